// A hash table of numbers 0, 1, 2, …: whoever owns it knows what each number stands for and compares.

const INITIAL_SIZE = 2048;

/**
 * Open addressing, half full at most.
 * @example let n = slots.first(hash); while (n >= 0 && !same(n)) n = slots.next(); if (n < 0) n = slots.add(hash);
 */
export class HashSlots {
  /** Numbers given out. */
  count = 0;
  private hashes: Int32Array = new Int32Array(INITIAL_SIZE / 2);
  /** Number + 1, or 0. */
  private slots: Int32Array = new Int32Array(INITIAL_SIZE);
  private slot = 0;
  private wanted = 0;

  clear(): void {
    this.count = 0;
    this.slots.fill(0);
  }

  /** @returns a number that was added with this hash, or -1 */
  first(hash: number): number {
    this.wanted = hash;
    this.slot = hash & (this.slots.length - 1);
    return this.candidate();
  }

  /** @returns the next one with the hash that `first` was asked for, or -1 */
  next(): number {
    this.slot = (this.slot + 1) & (this.slots.length - 1);
    return this.candidate();
  }

  /** @returns the new number; they count up from 0 */
  add(hash: number): number {
    if (this.count >= this.hashes.length) this.grow();
    const number = this.count++;
    this.hashes[number] = hash;
    this.place(number, hash);
    return number;
  }

  private candidate(): number {
    const { slots, hashes, wanted } = this;
    const mask = slots.length - 1;
    for (let slot = this.slot; ; slot = (slot + 1) & mask) {
      const number = (slots[slot] as number) - 1;
      if (number < 0) return -1;
      if (hashes[number] === wanted) {
        this.slot = slot;
        return number;
      }
    }
  }

  private place(number: number, hash: number): void {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = number + 1;
  }

  private grow(): void {
    const hashes = new Int32Array(this.hashes.length * 2);
    hashes.set(this.hashes);
    this.hashes = hashes;
    this.slots = new Int32Array(hashes.length * 2);
    for (let number = 0; number < this.count; number++) this.place(number, hashes[number] as number);
  }
}

/** A longer copy of an array that ran full. */
export function grown<T extends Int32Array | Float64Array>(old: T, needed: number): T {
  const larger = new (old.constructor as new (length: number) => T)(Math.max(old.length * 2, needed));
  larger.set(old);
  return larger;
}
