// JSON syntax in its final form, laid out so that it is copied eight bytes at a time: a third of what encoders write.
import type { JsonBuffer } from './json-buffer.ts';

/** Copying may read this much behind the end. */
const SLACK_BYTES = 8;

export class JsonToken {
  /** Bytes that are written. */
  readonly length: number;
  private readonly data: DataView;
  private readonly isAscii: boolean;

  /** @param bytes in the buffer's own form, as `JsonBuffer.token` makes them */
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
    // As doubles: ASCII is never the bit pattern of a NaN, which might not survive.
    json.ensure(length + SLACK_BYTES);
    const out = json.data;
    let at = json.length;
    for (let i = 0; i < length; i += 8, at += 8) out.setFloat64(at, data.getFloat64(i, true), true);
    json.length += length;
  }
}

/** The tokens of a table of JSON syntax, by the same names. */
export type JsonTokens<T extends Record<string, string>> = { readonly [K in keyof T]: JsonToken };

/**
 * Tokens by name, encoded for the mode of a buffer.
 * @example const token = jsonTokens(json, { open: '"attributes":{', close: '},' }); token.open.write(json)
 */
export function jsonTokens<T extends Record<string, string>>(json: JsonBuffer, syntax: T): JsonTokens<T> {
  const tokens = Object.entries(syntax).map(([name, text]) => [name, new JsonToken(json.token(text))]);
  return Object.fromEntries(tokens) as JsonTokens<T>;
}
