// Dimension lists of one request as rows of fragments, each kept once: points with the same list have the same number.
import type { JsonBuffer } from '../../wire/json-buffer.ts';
import { DimensionFragments, NO_FRAGMENT } from './dimension-fragments.ts';
import { grown, HashSlots } from './hash-slots.ts';

const INITIAL_CAPACITY = 1024;

export class DimensionLists {
  readonly fragments = new DimensionFragments();
  private readonly slots = new HashSlots();
  /** Fragments of all lists, one list behind the other. */
  private pool: Int32Array = new Int32Array(INITIAL_CAPACITY * 8);
  private used = 0;
  /** Where each list starts in the pool; the next one's start is its end. */
  private starts: Int32Array = new Int32Array(INITIAL_CAPACITY + 1);

  clear(): void {
    this.fragments.clear();
    this.slots.clear();
    this.used = 0;
  }

  /** Appends a fragment to the list that `keep` will end. */
  push(fragment: number): void {
    if (fragment === NO_FRAGMENT) return;
    if (this.used >= this.pool.length) this.pool = grown(this.pool, this.used + 1);
    this.pool[this.used++] = fragment;
  }

  /** Ends a list. @returns its number */
  keep(): number {
    const { slots } = this;
    const start = this.starts[slots.count] as number;
    let hash = this.used - start;
    for (let i = start; i < this.used; i++) hash = Math.imul(hash ^ (this.pool[i] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
    let list = slots.first(hash);
    while (list >= 0 && !this.isSame(list, start)) list = slots.next();
    if (list >= 0) {
      this.used = start;
      return list;
    }
    list = slots.add(hash);
    if (list + 1 >= this.starts.length) this.starts = grown(this.starts, list + 2);
    this.starts[list + 1] = this.used;
    return list;
  }

  /** Appends the dimensions of a list, separated by commas. */
  writeTo(json: JsonBuffer, list: number): void {
    const { data } = this.fragments.json;
    const { starts } = this.fragments;
    const end = this.starts[list + 1] as number;
    for (let i = this.starts[list] as number; i < end; i++) {
      const fragment = this.pool[i] as number;
      json.words(data, starts[fragment] as number, starts[fragment + 1] as number);
    }
  }

  private isSame(list: number, start: number): boolean {
    const from = this.starts[list] as number;
    const length = (this.starts[list + 1] as number) - from;
    if (this.used - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.pool[from + i] !== this.pool[start + i]) return false;
    return true;
  }
}
