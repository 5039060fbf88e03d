// JSON syntax in its final form, laid out so that it can be copied several bytes at a time.
import type { JsonBuffer } from '../../../wire/json-buffer.ts';

/** Copying may read this much behind the end. */
const SLACK_BYTES = 8;

/** @param bytes in the buffer's own form, as `JsonBuffer.token` makes them */
export class Token {
  readonly length: number;
  private readonly data: DataView;
  private readonly isAscii: boolean;

  constructor(bytes: Uint8Array) {
    const padded = new Uint8Array(bytes.length + SLACK_BYTES);
    padded.set(bytes);
    this.data = new DataView(padded.buffer);
    this.length = bytes.length;
    this.isAscii = bytes.every((byte) => byte < 0x80);
  }

  write(json: JsonBuffer): void {
    const { data, length } = this;
    if (!this.isAscii) {
      json.words(data, 0, length);
      return;
    }
    // Eight bytes at a time as doubles: ASCII is never the bit pattern of a NaN, which might not survive.
    json.ensure(length + SLACK_BYTES);
    const out = json.data;
    let at = json.length;
    for (let i = 0; i < length; i += 8, at += 8) out.setFloat64(at, data.getFloat64(i, true), true);
    json.length += length;
  }
}

/** The tokens of a table of JSON syntax, by the same names. */
export type Tokens<T extends Record<string, string>> = { readonly [K in keyof T]: Token };

/** @example tokensOf(json, { open: ',"http":{', close: '}' }) */
export function tokensOf<T extends Record<string, string>>(json: JsonBuffer, syntax: T): Tokens<T> {
  const entries = Object.entries(syntax).map(([name, text]) => [name, new Token(json.token(text))] as const);
  return Object.fromEntries(entries) as Tokens<T>;
}
