// Running mean and standard deviation with bounded learning; says how many deviations a row is away.
import { deviationSettings } from './settings.ts';
import type { StateReader, StateWriter } from './state-bytes.ts';

const { learnAtMost, deviationsOfFirstChange } = deviationSettings;

/** Exponentially weighted, a plain average while few rows were seen. */
export class RunningDeviation {
  readonly #rate: number;
  #count = 0;
  #variance = 0;
  mean = 0;

  /** @param rate weight of a new row, 0..1 */
  constructor(rate: number) {
    this.#rate = rate;
  }

  get count(): number {
    return this.#count;
  }

  get deviation(): number {
    return Math.sqrt(this.#variance);
  }

  /**
   * Judges a row by the rows before it, then learns it.
   * @param floor the deviation is never taken for less
   * @returns deviations from the mean, >= 0
   */
  push(x: number, floor: number): number {
    if (this.#count === 0) {
      this.mean = x;
      this.#count = 1;
      return 0;
    }
    let difference = x - this.mean;
    const deviation = Math.max(Math.sqrt(this.#variance), floor);
    let away = 0;
    if (deviation > 0) {
      away = Math.abs(difference) / deviation;
      if (away > learnAtMost) difference = Math.sign(difference) * learnAtMost * deviation;
    } else if (difference !== 0) {
      away = deviationsOfFirstChange;
    }
    this.#count++;
    const rate = Math.max(this.#rate, 1 / this.#count);
    this.mean += rate * difference;
    this.#variance = (1 - rate) * (this.#variance + rate * difference * difference);
    return away;
  }

  save(writer: StateWriter): void {
    writer.number(this.#count);
    writer.number(this.mean);
    writer.number(this.#variance);
  }

  load(reader: StateReader): void {
    this.#count = reader.number();
    this.mean = reader.number();
    this.#variance = reader.number();
  }
}
