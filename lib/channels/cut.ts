// Texts that fit: cut by characters or bytes, never inside a character, and marked where they were cut.

const MARK = '…';
const MARK_BYTES = 3;

/**
 * At most `max` UTF-16 units, never half a character; a lone surrogate becomes U+FFFD.
 * @example cutText('abcdef', 4) // 'abc…'
 */
export function cutText(text: string, max: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= max) return whole;
  if (max < MARK.length) return '';
  return whole.slice(0, splitsPair(whole, max - 1) ? max - 2 : max - 1) + MARK;
}

/**
 * At most `max` bytes of UTF-8.
 * @example cutBytes('äöü', 5) // 'ä…'
 */
export function cutBytes(text: string, max: number): string {
  const bytes = Buffer.from(text.toWellFormed());
  if (bytes.byteLength <= max) return text.toWellFormed();
  let end = max - MARK_BYTES;
  if (end < 0) return '';
  // A byte 10xxxxxx goes on with a character.
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + MARK;
}

/** Bytes of UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** One line: control characters and line ends become blanks. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function splitsPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
