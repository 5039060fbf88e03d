// Attribute keys repeat in every span: this table turns key bytes into one shared object without making a string.
import type { AttributeKey, KeyBytes } from './attribute-key.ts';
import { KeySequenceTree } from './key-sequence.ts';

export type { AttributeKey };

/** Keys kept; when more come the table starts over before the next request. */
const MAX_KEYS = 4096;

/** Longer keys are not kept. */
const MAX_KEPT_KEY_BYTES = 256;

/** Size of the hash table, a power of two. */
const BUCKETS = 16384;

/** Keys kept in one bucket: without a limit, keys made to collide would cost thousands of comparisons each. */
const MAX_CHAIN = 16;

/** A full tree of sequences is used for so many requests before a new one is grown. */
const REQUESTS_WITH_FULL_TREE = 64;

class KeptKey implements KeyBytes {
  readonly id: number;
  readonly text: string;
  readonly generation: number;
  readonly bytes: Uint8Array;
  readonly data: DataView;
  readonly isPlain: boolean;
  /** The next key of the same bucket. */
  readonly chained: KeptKey | undefined;
  /** The two keys that came after this one last: guesses that make nine look-ups of ten one comparison or two. */
  successor: KeptKey | undefined = undefined;
  otherSuccessor: KeptKey | undefined = undefined;

  constructor(id: number, text: string, generation: number, bytes: Uint8Array, chained: KeptKey | undefined) {
    this.id = id;
    this.text = text;
    this.generation = generation;
    this.bytes = bytes;
    this.data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.isPlain = bytes.every((byte) => byte > 0 && byte < 0x80);
    this.chained = chained;
  }
}

let nextGeneration = 1;

/** Interns attribute keys; one for each walker. */
export class KeyTable {
  private generation = nextGeneration++;
  private buckets: (KeptKey | undefined)[] = new Array(BUCKETS).fill(undefined);
  private count = 0;
  private full = false;
  private last: KeptKey | undefined = undefined;
  /** The orders in which keys came. */
  sequences = new KeySequenceTree();
  private requestsWithFullTree = 0;

  /** Empties a table that was full; called between requests, so that no key changes its id within one. */
  startRequest(): void {
    // Senders whose keys come in no order fill a tree at once: it is not worth growing a new one for each request.
    if (this.sequences.isFull && ++this.requestsWithFullTree >= REQUESTS_WITH_FULL_TREE) this.plant();
    if (!this.full) return;
    this.generation = nextGeneration++;
    this.buckets = new Array(BUCKETS).fill(undefined);
    this.count = 0;
    this.full = false;
    this.last = undefined;
    this.plant();
  }

  private plant(): void {
    this.sequences = new KeySequenceTree();
    this.requestsWithFullTree = 0;
  }

  /** @returns the key whose UTF-8 bytes are `bytes[start, end)` */
  intern(bytes: Buffer, data: DataView, start: number, end: number): AttributeKey {
    const last = this.last;
    if (last !== undefined) {
      const first = last.successor;
      if (first !== undefined && isSame(first, bytes, data, start, end)) {
        this.last = first;
        return first;
      }
      const second = last.otherSuccessor;
      if (second !== undefined && isSame(second, bytes, data, start, end)) {
        last.otherSuccessor = first;
        last.successor = second;
        this.last = second;
        return second;
      }
    }
    const bucket = bucketOf(bytes, start, end);
    let key = this.buckets[bucket];
    let chain = 0;
    while (key !== undefined && !isSame(key, bytes, data, start, end)) {
      key = key.chained;
      chain += 1;
    }
    if (key === undefined) {
      const text = bytes.toString('utf8', start, end);
      if (this.count >= MAX_KEYS || end - start > MAX_KEPT_KEY_BYTES || chain >= MAX_CHAIN) {
        this.full ||= this.count >= MAX_KEYS;
        return { id: -1, text, generation: this.generation };
      }
      const copy = Uint8Array.prototype.slice.call(bytes, start, end);
      key = new KeptKey(this.count++, text, this.generation, copy, this.buckets[bucket]);
      this.buckets[bucket] = key;
    }
    if (last !== undefined) {
      last.otherSuccessor = last.successor;
      last.successor = key;
    }
    this.last = key;
    return key;
  }
}

/** True when `bytes[start, end)` are those of the key. @param data over the whole of `bytes` */
export function isSame(key: KeyBytes, bytes: Buffer, data: DataView, start: number, end: number): boolean {
  const length = end - start;
  const kept = key.bytes;
  if (kept.length !== length) return false;
  if (length >= 8 && key.isPlain) {
    // Eight bytes at a time; the last eight may overlap those before.
    const lastDouble = length - 8;
    if (data.getFloat64(start + lastDouble, true) !== key.data.getFloat64(lastDouble, true)) return false;
    for (let i = 0; i < lastDouble; i += 8) {
      if (data.getFloat64(start + i, true) !== key.data.getFloat64(i, true)) return false;
    }
    return true;
  }
  if (length < 4) {
    for (let i = 0; i < length; i++) if (bytes[start + i] !== kept[i]) return false;
    return true;
  }
  // Four bytes at a time; the last four may overlap those before.
  const lastWord = length - 4;
  if (data.getInt32(start + lastWord, true) !== key.data.getInt32(lastWord, true)) return false;
  for (let i = 0; i < lastWord; i += 4) {
    if (data.getInt32(start + i, true) !== key.data.getInt32(i, true)) return false;
  }
  return true;
}

/** A few bytes of the key tell most keys apart; the comparison settles the rest. */
function bucketOf(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  let hash = length * 31;
  if (length > 0) {
    const quarter = length >> 2;
    hash +=
      (bytes[start] as number) * 7 +
      (bytes[end - 1] as number) * 131 +
      (bytes[start + (length >> 1)] as number) * 1031 +
      (bytes[start + quarter] as number) * 517 +
      (bytes[end - 1 - quarter] as number) * 2053;
  }
  return hash & (BUCKETS - 1);
}

/**
 * Something derived from each key, made once: a slot number, the key's escaped bytes, a decision.
 * @example const labels = new KeySideTable((key) => json.keyToken(key.text)); labels.of(attributes.keys[i])
 */
export class KeySideTable<T> {
  private readonly make: (key: AttributeKey) => T;
  private values: (T | undefined)[] = [];
  private generation = 0;

  constructor(make: (key: AttributeKey) => T) {
    this.make = make;
  }

  of(key: AttributeKey): T {
    if (key.generation !== this.generation) {
      this.values = [];
      this.generation = key.generation;
    }
    if (key.id < 0) return this.make(key);
    const known = this.values[key.id];
    if (known !== undefined) return known;
    const made = this.make(key);
    while (this.values.length <= key.id) this.values.push(undefined);
    this.values[key.id] = made;
    return made;
  }
}
