// Bounds what one text may add to a document: what is longer cannot be stored whole anyway.
import { MAX_DOCUMENT_BYTES } from '../limits.ts';

/** @returns `end`, or an earlier end at the border of a letter when the text is longer than a whole document */
export function boundedEnd(bytes: Buffer, start: number, end: number): number {
  if (end - start <= MAX_DOCUMENT_BYTES) return end;
  let cut = start + MAX_DOCUMENT_BYTES;
  while (cut > start && ((bytes[cut] as number) & 0xc0) === 0x80) cut--;
  return cut;
}
