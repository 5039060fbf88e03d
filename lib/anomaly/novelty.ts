// The novelty head: remembers the range of a few features and speaks when one leaves it. Records become rare as
// 1/t in a steady series, so false alarms are few by construction.
import type { RecentRows } from './recent-rows.ts';
import { Refractory } from './refractory.ts';
import { type NoveltyFeature, type NoveltySettings, noveltySettings, RECENT_ROWS } from './settings.ts';
import type { StateReader, StateWriter } from './state-bytes.ts';

const features = Object.keys(noveltySettings.weights) as NoveltyFeature[];
const VALUE = features.indexOf('value');
const isResidual = features.map((feature) => feature.endsWith('Residual'));
/** Excess of the first change after a warm-up without any. */
const EXCESS_OF_FIRST_CHANGE = 100;
const FEATURE_COUNT = features.length;

const rowsOf = (days: number, slotsPerDay: number, least: number, most: number): number =>
  Math.round(Math.min(most, Math.max(least, days * slotsPerDay)));

/** Ranges of all features of one metric. */
export class NoveltyHead {
  readonly #low = new Float64Array(FEATURE_COUNT).fill(Number.POSITIVE_INFINITY);
  readonly #high = new Float64Array(FEATURE_COUNT).fill(Number.NEGATIVE_INFINITY);
  readonly #now = new Float64Array(FEATURE_COUNT);
  readonly #refractory = new Refractory();
  readonly #settings: NoveltySettings;
  readonly #weights: Float64Array;
  #rows = 0;
  /** The row at which the windows began to mean what they mean now. */
  #restartedAt = 0;
  /** Which feature left its range furthest in the last row, if any did. */
  leading: NoveltyFeature | undefined;

  constructor(settings: NoveltySettings) {
    this.#settings = settings;
    this.#weights = Float64Array.from(features, (feature) => settings.weights[feature]);
  }

  /** How much of the warm-up is done, 0..1. */
  warmUp(slotsPerDay: number): number {
    return Math.min(1, this.#rows / this.#warmUpRows(slotsPerDay));
  }

  /**
   * Takes one row, already pushed to the windows.
   * @param values last values, @param residuals last differences from the baseline, @param steps last |differences|
   * @param hasResidual whether there is a seasonal baseline yet
   * @returns weighted excess over the seen range, >= 0; 0 during warm-up and while a worse row rests
   */
  push(
    values: RecentRows,
    residuals: RecentRows,
    steps: RecentRows,
    hasResidual: boolean,
    slotsPerDay: number,
  ): number {
    const { shortRows, growth, rangeFloor, residualWarmUpDays } = this.#settings;
    const now = this.#now;
    const value = values.back(0)!;
    const earlier = values.back(RECENT_ROWS - 1);
    now[0] = value;
    now[1] = residuals.mean(shortRows);
    now[2] = residuals.mean(RECENT_ROWS);
    now[3] = steps.mean(RECENT_ROWS);
    now[4] = values.median(shortRows);
    now[5] = earlier === undefined ? 0 : value - earlier;
    const warmUpRows = this.#warmUpRows(slotsPerDay);
    const windowRows = this.#rows - this.#restartedAt;
    const residualRows = Math.max(warmUpRows, residualWarmUpDays * slotsPerDay);
    const valueRange = this.#high[VALUE]! - this.#low[VALUE]!;
    const floor = valueRange > 0 ? rangeFloor * valueRange : 0;
    let most = 0;
    this.leading = undefined;
    for (let feature = 0; feature < FEATURE_COUNT; feature++) {
      const residual = isResidual[feature]!;
      if (residual && !hasResidual) continue;
      const x = now[feature]!;
      const low = this.#low[feature]!;
      const high = this.#high[feature]!;
      const needed = residual ? residualRows : warmUpRows;
      if ((feature === VALUE ? this.#rows : windowRows) < needed || high < low) {
        if (x < low) this.#low[feature] = x;
        if (x > high) this.#high[feature] = x;
        continue;
      }
      const above = x - high;
      const below = low - x;
      const excess = Math.max(above, below);
      if (!(excess > 0)) continue;
      const range = Math.max(high - low, floor);
      const score = range > 0 ? (this.#weights[feature]! * excess) / range : EXCESS_OF_FIRST_CHANGE;
      const step = range > 0 ? Math.min(excess, growth * range) : excess;
      if (above > 0) this.#high[feature] = high + step;
      else this.#low[feature] = low - step;
      if (score > most) {
        most = score;
        this.leading = features[feature]!;
      }
    }
    const { restDays, restRowsMin, restRowsMax } = this.#settings;
    const rest = rowsOf(restDays, slotsPerDay, restRowsMin, restRowsMax);
    return this.#refractory.pass(this.#rows++, most, rest);
  }

  /** The step changed: windows of rows mean other spans now, so their ranges are learned anew. */
  restartWindows(): void {
    for (let feature = 0; feature < FEATURE_COUNT; feature++) {
      if (feature === VALUE) continue;
      this.#low[feature] = Number.POSITIVE_INFINITY;
      this.#high[feature] = Number.NEGATIVE_INFINITY;
    }
    this.#restartedAt = this.#rows;
  }

  save(writer: StateWriter): void {
    writer.number(this.#rows);
    writer.number(this.#restartedAt);
    writer.numbers(this.#low);
    writer.numbers(this.#high);
    this.#refractory.save(writer);
  }

  load(reader: StateReader): void {
    this.#rows = reader.number();
    this.#restartedAt = reader.number();
    reader.numbers(this.#low);
    reader.numbers(this.#high);
    this.#refractory.load(reader);
  }

  #warmUpRows(slotsPerDay: number): number {
    const { warmUpDays, warmUpRowsMin, warmUpRowsMax } = this.#settings;
    return rowsOf(warmUpDays, slotsPerDay, warmUpRowsMin, warmUpRowsMax);
  }
}
