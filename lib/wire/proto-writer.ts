// Small protobuf messages, such as answers: each function gives one field. Requests are never written this way; the
// JSON transcoder writes them straight into one buffer.

/** A length-delimited field: bytes, text or a message. @param tag field number × 8 + 2, below 2^31 */
export function lengthDelimited(tag: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(tag), varint(bytes.length), bytes]);
}

/** A field of text, as UTF-8; lone surrogates become U+FFFD. */
export function textField(tag: number, text: string): Buffer {
  return lengthDelimited(tag, Buffer.from(text));
}

/** A number field; 0 is not written, as in proto3. @param value whole, 0..2^53-1 */
export function varintField(tag: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.concat([varint(tag), varint(value)]);
}

/** @param value whole, 0..2^53-1 @throws RangeError for any other number */
export function varint(value: number): Buffer {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`varint: expected 0..2^53-1, got ${value}`);
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
