// A text that is too long for one event → the pieces that go into several.
import { isUtf8 } from 'node:buffer';

/** Bytes of JSON that a control character takes at most: `\u0001`. */
const CONTROL_BYTES = 6;
/** Of a quote or a backslash. */
const ESCAPE_BYTES = 2;
/** Of U+FFFD, which stands for a byte that is not UTF-8. */
const REPLACEMENT_BYTES = 3;

/** A character of UTF-8 has so many bytes behind its first at most. */
const MAX_CONTINUATION_BYTES = 3;

/**
 * Cuts UTF-8 between characters.
 * @param maxBytes of a piece as the inside of a JSON string; 10 or more
 * @returns where each piece ends, the last one at `end`; a piece is as long as it surely fits
 */
export function textParts(bytes: Buffer, start: number, end: number, maxBytes: number): number[] {
  const ends: number[] = [];
  const otherBytes = isUtf8(bytes.subarray(start, end)) ? 1 : REPLACEMENT_BYTES;
  let pieceStart = start;
  let size = 0;
  for (let i = start; i < end; i++) {
    size += jsonBytes(bytes[i] as number, otherBytes);
    if (size <= maxBytes) continue;
    const cut = characterStart(bytes, pieceStart, i);
    ends.push(cut);
    pieceStart = cut;
    size = 0;
    i = cut - 1;
  }
  ends.push(end);
  return ends;
}

function jsonBytes(byte: number, otherBytes: number): number {
  if (byte < 0x20) return CONTROL_BYTES;
  if (byte === 0x22 || byte === 0x5c) return ESCAPE_BYTES;
  return byte < 0x80 ? 1 : otherBytes;
}

/** Where the character of byte `at` begins, but behind `from`. */
function characterStart(bytes: Buffer, from: number, at: number): number {
  for (let back = 0; back <= MAX_CONTINUATION_BYTES && at - back > from; back++) {
    if (((bytes[at - back] as number) & 0xc0) !== 0x80) return at - back;
  }
  return at;
}
