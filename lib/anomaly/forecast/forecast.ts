// Forecasts a metric: the model that did best on its own history, with a band as wide as it used to miss.
import { type Choice, chooseModel, forecastOf } from './backtest.ts';
import { modelsFor } from './models.ts';
import type { RegularSeries } from './regular-series.ts';

export interface ForecastPoint {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly value: number;
  /** Nine of ten values are expected between low and high. */
  readonly low: number;
  readonly high: number;
}

export interface Forecast {
  /** In words, such as `seasonal naive (week)`. */
  readonly model: string;
  readonly points: readonly ForecastPoint[];
  /** Mean absolute error on the end of the history; NaN when it was too short to try. */
  readonly error: number;
  /** What each point missed by in the past (actual minus forecast), sorted: the band and chances come from it. */
  readonly misses: readonly (readonly number[])[];
}

/** Share of past misses inside the band. */
const BAND_SHARE = 0.9;
/** Misses of this many steps on either side, as a share of the horizon, speak for a step too. */
const NEIGHBOURS_SHARE = 1 / 8;

/**
 * The next `horizon` values after a series.
 * @param horizon whole number >= 1
 * @throws RangeError for another horizon
 */
export function forecast(series: RegularSeries, horizon: number): Forecast {
  if (!Number.isInteger(horizon) || horizon < 1) {
    throw new RangeError(`horizon: expected a whole number from 1, got ${horizon}`);
  }
  const { start, stepMs, values } = series;
  const choice = chooseModel(modelsFor(stepMs), values, horizon);
  const isNeverNegative = values.every((value) => value >= 0);
  const bounded = (value: number): number => (isNeverNegative ? Math.max(0, value) : value);
  const misses = missesByStep(choice, values, horizon);
  const points = forecastOf(choice, values, horizon).map((value, ahead): ForecastPoint => {
    const reach = quantile(
      misses[ahead]!.map(Math.abs).sort((a, b) => a - b),
      BAND_SHARE,
    );
    return {
      time: start + (values.length + ahead) * stepMs,
      value: bounded(value),
      low: bounded(value - reach),
      high: bounded(value + reach),
    };
  });
  return { model: choice.name, points, error: choice.error, misses };
}

/** Past misses that speak for each step ahead, sorted. */
function missesByStep({ residuals }: Choice, history: readonly number[], horizon: number): number[][] {
  const reached = residuals[0]?.length ?? 0;
  const around = Math.max(1, Math.round(horizon * NEIGHBOURS_SHARE));
  return Array.from({ length: horizon }, (_, ahead) => {
    if (reached === 0) return spreadWithoutBacktest(history, ahead);
    const nearest = Math.min(ahead, reached - 1);
    const scale = Math.sqrt((ahead + 1) / (nearest + 1));
    return residuals
      .flatMap((misses) => misses.slice(Math.max(0, nearest - around), nearest + around + 1))
      .map((miss) => miss * scale)
      .sort((a, b) => a - b);
  });
}

/** Too little history to try anything: steps between values so far, both ways. */
function spreadWithoutBacktest(history: readonly number[], ahead: number): number[] {
  const scale = Math.sqrt(ahead + 1);
  const steps = history.slice(1).map((value, at) => Math.abs(value - history[at]!) * scale);
  return [...steps, 0, ...steps.map((step) => -step)].sort((a, b) => a - b);
}

/** Value below which a share of sorted numbers lies, between neighbours on a straight line. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below);
}
