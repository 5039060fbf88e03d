// The last rows of one quantity: mean, median and difference over short windows, exact whatever came before.
import { RECENT_ROWS } from './settings.ts';
import type { StateReader, StateWriter } from './state-bytes.ts';

/** A ring of the last RECENT_ROWS numbers. Windows are shorter while fewer rows were seen. */
export class RecentRows {
  readonly #ring = new Float64Array(RECENT_ROWS);
  readonly #sorted = new Float64Array(RECENT_ROWS);
  #next = 0;
  #count = 0;

  push(value: number): void {
    this.#ring[this.#next] = value;
    this.#next = this.#next + 1 === RECENT_ROWS ? 0 : this.#next + 1;
    if (this.#count < RECENT_ROWS) this.#count++;
  }

  /** The row that was pushed `rows` ago (0 = the last), or undefined before there was one. */
  back(rows: number): number | undefined {
    if (rows >= this.#count) return undefined;
    const at = this.#next - 1 - rows;
    return this.#ring[at < 0 ? at + RECENT_ROWS : at];
  }

  /** Mean of the last `rows`; 0 before the first. Summed afresh, so that nothing drifts. */
  mean(rows: number): number {
    const count = Math.min(rows, this.#count);
    let sum = 0;
    let at = this.#next;
    for (let row = 0; row < count; row++) {
      at = at === 0 ? RECENT_ROWS - 1 : at - 1;
      sum += this.#ring[at]!;
    }
    return count === 0 ? 0 : sum / count;
  }

  /** Median of the last `rows`; 0 before the first. */
  median(rows: number): number {
    const count = Math.min(rows, this.#count);
    let at = this.#next;
    for (let row = 0; row < count; row++) {
      at = at === 0 ? RECENT_ROWS - 1 : at - 1;
      insertSorted(this.#sorted, row, this.#ring[at]!);
    }
    return medianOfSorted(this.#sorted, count);
  }

  clear(): void {
    this.#next = 0;
    this.#count = 0;
  }

  save(writer: StateWriter): void {
    writer.number(this.#next);
    writer.number(this.#count);
    writer.numbers(this.#ring);
  }

  load(reader: StateReader): void {
    this.#next = reader.number();
    this.#count = reader.number();
    reader.numbers(this.#ring);
  }
}

/** Puts `value` into the sorted first `count` numbers. */
export function insertSorted(sorted: Float64Array, count: number, value: number): void {
  let at = count;
  while (at > 0 && sorted[at - 1]! > value) {
    sorted[at] = sorted[at - 1]!;
    at--;
  }
  sorted[at] = value;
}

/** Median of the sorted first `count` numbers; 0 of none. */
export function medianOfSorted(sorted: Float64Array, count: number): number {
  if (count === 0) return 0;
  const middle = count >> 1;
  return count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
