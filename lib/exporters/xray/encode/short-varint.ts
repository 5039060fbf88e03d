// Reads the small numbers that nearly all integer attributes are.

/** A varint of one to four bytes that ends at `end`; -1 for any other. */
export function shortVarint(bytes: Buffer, start: number, end: number): number {
  let number = 0;
  let shift = 0;
  for (let i = start; i < end && shift < 28; i++, shift += 7) {
    const byte = bytes[i] as number;
    number |= (byte & 127) << shift;
    if (byte < 128) return i + 1 === end ? number : -1;
  }
  return -1;
}
