// UTF-8 one character at a time, for text that is mostly ASCII: a call of node:buffer's isUtf8 costs more.

/**
 * Where the character ends that starts at `at` with a byte above 0x7f.
 * @param end of the text; the character must end by there
 * @returns -1 for bytes that are no UTF-8: overlong, a surrogate, above U+10FFFF, cut off
 * @see RFC 3629, section 4
 */
export function characterEnd(bytes: Buffer, at: number, end: number): number {
  const first = bytes[at] as number;
  if (first < 0xe0) return first >= 0xc2 && follows(bytes, at + 1, end, 1) ? at + 2 : -1;
  const second = bytes[at + 1] as number;
  if (first < 0xf0) {
    const wrong = (first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f);
    return !wrong && follows(bytes, at + 1, end, 2) ? at + 3 : -1;
  }
  const wrong = first > 0xf4 || (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f);
  return !wrong && follows(bytes, at + 1, end, 3) ? at + 4 : -1;
}

/** True when `count` bytes of the form 10xxxxxx start at `at`. */
function follows(bytes: Buffer, at: number, end: number, count: number): boolean {
  if (at + count > end) return false;
  for (let i = at; i < at + count; i++) if (((bytes[i] as number) & 0xc0) !== 0x80) return false;
  return true;
}
