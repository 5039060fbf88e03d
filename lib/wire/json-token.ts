// JSON syntax in its final form, laid out so that it is copied four bytes at a time: a third of what encoders write.
import type { JsonBuffer } from './json-buffer.ts';

/** What `JsonBuffer.words` may read behind the end. */
const SLACK_BYTES = 3;

export class JsonToken {
  private readonly data: DataView;
  private readonly length: number;

  /** @param bytes as they are written */
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

/**
 * Tokens by name, encoded for the mode of a buffer.
 * @example const token = jsonTokens(json, { open: '"attributes":{', close: '},' }); token.open.write(json)
 */
export function jsonTokens<T extends Record<string, string>>(
  json: JsonBuffer,
  syntax: T,
): { readonly [K in keyof T]: JsonToken } {
  const tokens = Object.entries(syntax).map(([name, text]) => [name, new JsonToken(json.token(text))]);
  return Object.fromEntries(tokens) as { readonly [K in keyof T]: JsonToken };
}
