// Learns from the rows seen how far apart they are, and notices when that changes for good.
import { seasonalSettings } from './settings.ts';
import type { StateReader, StateWriter } from './state-bytes.ts';

export const DAY_MS = 86_400_000;

/** Gaps remembered; that many must agree before a new step is believed. */
const GAPS = 64;
/** Numbers of gaps after which the first guesses are checked again. */
const GUESS_AT = [1, 3, 8, 24, 50] as const;
/** A new step is one at least this much longer or shorter, … */
const NEW_STEP_RATIO = 1.25;
/** … when this share of the remembered gaps lies within a tenth of it. */
const AGREEING_SHARE = 0.8;
const AGREEING_WITHIN = 0.1;
/** What rows are taken to be apart until two are seen: CloudWatch's usual period. */
const FIRST_SLOTS_PER_DAY = 288;

/** Tells how many slots a day has: one a row, 1 to 1440. */
export class SamplingStep {
  readonly #gaps = new Float64Array(GAPS);
  #count = 0;
  #lastTime = Number.NaN;
  slotsPerDay = FIRST_SLOTS_PER_DAY;

  /** Takes the next row's time, in epoch milliseconds. @returns whether `slotsPerDay` changed */
  observe(time: number): boolean {
    const gap = time - this.#lastTime;
    this.#lastTime = time;
    if (!(gap > 0)) return false;
    this.#gaps[this.#count % GAPS] = gap;
    this.#count++;
    const settled = this.#count > GUESS_AT.at(-1)!;
    if (settled ? this.#count % (GAPS / 4) !== 0 : !(GUESS_AT as readonly number[]).includes(this.#count))
      return false;
    const known = this.#gaps.slice(0, Math.min(this.#count, GAPS)).sort();
    const median = known[known.length >> 1]!;
    const slots = Math.min(seasonalSettings.slotsPerDayMax, Math.max(1, Math.round(DAY_MS / median)));
    const ratio = slots > this.slotsPerDay ? slots / this.slotsPerDay : this.slotsPerDay / slots;
    if (ratio < NEW_STEP_RATIO) return false;
    if (settled) {
      let agreeing = 0;
      for (const one of known) if (Math.abs(one - median) <= AGREEING_WITHIN * median) agreeing++;
      if (agreeing < AGREEING_SHARE * GAPS) return false;
    }
    this.slotsPerDay = slots;
    return true;
  }

  /** The time a row without one is taken to have: a step after the last. */
  nextTime(): number {
    return Number.isNaN(this.#lastTime) ? 0 : this.#lastTime + DAY_MS / this.slotsPerDay;
  }

  save(writer: StateWriter): void {
    writer.number(this.#count);
    writer.number(this.#lastTime);
    writer.number(this.slotsPerDay);
    writer.numbers(this.#gaps);
  }

  load(reader: StateReader): void {
    this.#count = reader.number();
    this.#lastTime = reader.number();
    this.slotsPerDay = reader.number();
    reader.numbers(this.#gaps);
  }
}
