// The deviation head: geometric mean of how far the value and its seasonal residual are from their slow and quick
// running means. It speaks again for each repeated spike.
import { Refractory } from './refractory.ts';
import { RunningDeviation } from './running-deviation.ts';
import { deviationSettings } from './settings.ts';
import type { StateReader, StateWriter } from './state-bytes.ts';

const HOURLY_SLOTS_PER_DAY = 24;

/** How many times the step is halved from an hour, 0 for longer ones. */
export function halvings(slotsPerDay: number): number {
  return Math.max(0, Math.log2(slotsPerDay / HOURLY_SLOTS_PER_DAY));
}

/** Deviations that are worth a score of 0.5. @param perHalving added for each halving of the step below an hour */
export function alertDeviations(slotsPerDay: number, perHalving: number): number {
  return deviationSettings.alertDeviations + perHalving * halvings(slotsPerDay);
}

/** Running means of one metric. */
export class DeviationHead {
  readonly #values = deviationSettings.rates.map((rate) => new RunningDeviation(rate));
  readonly #residuals = deviationSettings.rates.map((rate) => new RunningDeviation(rate));
  readonly #refractory = new Refractory();
  #rows = 0;

  /** How much of the warm-up is done, 0..1. */
  get warmUp(): number {
    return Math.min(1, this.#rows / deviationSettings.warmUpRows);
  }

  /**
   * Takes one row.
   * @param residual difference from the seasonal baseline, NaN without one
   * @returns deviations, >= 0; 0 during warm-up
   */
  push(value: number, residual: number): number {
    let product = 1;
    let factors = 0;
    for (const running of this.#values) {
      product *= running.push(value, 0);
      factors++;
    }
    if (!Number.isNaN(residual)) {
      const floor = deviationSettings.deviationFloor * this.#values[0]!.deviation;
      for (const running of this.#residuals) {
        const away = running.push(residual, floor);
        if (running.count <= deviationSettings.warmUpRows) continue;
        product *= away;
        factors++;
      }
    }
    if (this.#rows++ < deviationSettings.warmUpRows) return 0;
    return factors === 2 ? Math.sqrt(product) : Math.sqrt(Math.sqrt(product));
  }

  /** Lets a score pass unless a higher one was seen in the last `restRows` rows. Call once a row, after `push`. */
  rest(score: number, restRows: number): number {
    return this.#refractory.pass(this.#rows, score, restRows);
  }

  /** Usual value and spread: around the seasonal baseline where there is one. Undefined before the first row. */
  expected(baseline: number): { centre: number; deviation: number } | undefined {
    const slow = this.#values[0]!;
    if (slow.count === 0) return undefined;
    const residual = this.#residuals[0]!;
    if (Number.isNaN(baseline) || residual.count <= deviationSettings.warmUpRows) {
      return { centre: slow.mean, deviation: slow.deviation };
    }
    return { centre: baseline, deviation: residual.deviation };
  }

  save(writer: StateWriter): void {
    writer.number(this.#rows);
    for (const running of [...this.#values, ...this.#residuals]) running.save(writer);
    this.#refractory.save(writer);
  }

  load(reader: StateReader): void {
    this.#rows = reader.number();
    for (const running of [...this.#values, ...this.#residuals]) running.load(reader);
    this.#refractory.load(reader);
  }
}
