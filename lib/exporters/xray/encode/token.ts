// JSON syntax in its final form, laid out so that it can be copied four bytes at a time.
import type { JsonBuffer } from '../../../wire/json-buffer.ts';

/** What `JsonBuffer.words` may read behind the end. */
const SLACK_BYTES = 3;

/** @param bytes in the buffer's own form, as `JsonBuffer.token` makes them */
export class Token {
  private readonly data: DataView;
  readonly length: number;

  constructor(bytes: Uint8Array) {
    const padded = new Uint8Array(bytes.length + SLACK_BYTES);
    padded.set(bytes);
    this.data = new DataView(padded.buffer);
    this.length = bytes.length;
  }

  write(json: JsonBuffer): void {
    json.words(this.data, 0, this.length);
  }
}

/** The tokens of a table of JSON syntax, by the same names. */
export type Tokens<T extends Record<string, string>> = { readonly [K in keyof T]: Token };

/** @example tokensOf(json, { open: ',"http":{', close: '}' }) */
export function tokensOf<T extends Record<string, string>>(json: JsonBuffer, syntax: T): Tokens<T> {
  const entries = Object.entries(syntax).map(([name, text]) => [name, new Token(json.token(text))] as const);
  return Object.fromEntries(entries) as Tokens<T>;
}
