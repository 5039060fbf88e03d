// One alert for one incident: a score counts only if it beats every score of the rows just before.
import type { StateReader, StateWriter } from './state-bytes.ts';

/** Holds the scores that could still silence a later one: falling scores of the last `restRows` rows. */
export class Refractory {
  #rows: number[] = [];
  #scores: number[] = [];

  /**
   * @param row index of the row, rising
   * @param score the row's own score, 0 for none
   * @returns the score, or 0 while an equal or higher one rests
   */
  pass(row: number, score: number, restRows: number): number {
    while (this.#rows.length > 0 && this.#rows[0]! < row - restRows) {
      this.#rows.shift();
      this.#scores.shift();
    }
    if (score <= 0) return 0;
    const passes = !(this.#scores[0]! >= score);
    while (this.#scores.length > 0 && this.#scores.at(-1)! <= score) {
      this.#rows.pop();
      this.#scores.pop();
    }
    this.#rows.push(row);
    this.#scores.push(score);
    return passes ? score : 0;
  }

  save(writer: StateWriter): void {
    writer.number(this.#rows.length);
    writer.numbers(this.#rows);
    writer.numbers(this.#scores);
  }

  load(reader: StateReader): void {
    const count = reader.number();
    this.#rows = Array.from({ length: count }, () => reader.number());
    this.#scores = Array.from({ length: count }, () => reader.number());
  }
}
