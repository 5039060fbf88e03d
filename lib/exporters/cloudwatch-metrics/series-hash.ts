// Hashes that tell cumulative series apart, made from the wire bytes without a string.

/** Two independent 32-bit lanes; 64 bits in all. Not for use against an adversary: a client only meets its own series. */
export class SeriesHash {
  lo = 0;
  hi = 0;

  start(): void {
    this.lo = 0x811c9dc5;
    this.hi = 0x6c62272e;
  }

  /** @param data of at least `end` bytes */
  bytes(data: DataView, start: number, end: number): void {
    let { lo, hi } = this;
    let i = start;
    for (; i + 4 <= end; i += 4) {
      const word = data.getInt32(i, true);
      lo = Math.imul(lo ^ word, 0x01000193);
      lo ^= lo >>> 15;
      hi = Math.imul(((hi << 5) | (hi >>> 27)) ^ word, 0x9e3779b1);
    }
    for (; i < end; i++) {
      const byte = data.getUint8(i);
      lo = Math.imul(lo ^ byte, 0x01000193);
      hi = Math.imul(((hi << 5) | (hi >>> 27)) ^ byte, 0x9e3779b1);
    }
    this.lo = lo;
    this.hi = hi;
    // So that 'a' + 'bc' is not 'ab' + 'c'.
    this.number(end - start);
  }

  number(value: number): void {
    this.lo = Math.imul(this.lo ^ value, 0x85ebca6b) ^ (this.lo >>> 13);
    this.hi = Math.imul(this.hi ^ value, 0xc2b2ae35) ^ (this.hi >>> 16);
  }

  /** Spreads what was hashed over all bits. */
  finish(): void {
    this.lo = mix(this.lo);
    this.hi = mix(this.hi ^ this.lo);
  }

  /** Adds the finished hash of a member whose order among others does not matter. */
  addUnordered(lo: number, hi: number): void {
    this.lo = (this.lo + lo) | 0;
    this.hi = (this.hi + hi) | 0;
  }
}

function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
