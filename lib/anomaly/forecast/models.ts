// The forecasting models, each a pure function of the history. Small on purpose: which one is used is decided by
// trying all of them on the end of the history (backtest.ts).

import { robustTrend } from './robust-trend.ts';

/** Forecasts the next `horizon` values of a history of at least one value. */
export type ForecastModel = (history: readonly number[], horizon: number) => number[];

export interface NamedModel {
  readonly name: string;
  readonly forecast: ForecastModel;
  /** Values of history that the model needs. */
  readonly needs: number;
}

/** Seasons of a step: a day and a week where there are at least two values in them. @param stepMs between values */
export function seasonLengths(stepMs: number): { name: string; length: number }[] {
  const day = 86_400_000 / stepMs;
  return [
    { name: 'day', length: Math.round(day) },
    { name: 'week', length: Math.round(7 * day) },
  ].filter(({ length }) => length >= 2);
}

/** How quickly a seasonal profile follows: 1 = the last season only. */
const PROFILE_RATES = [1, 0.5, 0.25] as const;
/** A residual's autocorrelation is taken for at most this: a difference fades, if slowly. */
const FADING_MAX = 0.995;
const SMOOTHING_GRID = [0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 0.95] as const;
const TREND_GRID = [0.02, 0.08, 0.2] as const;
const DAMPING_GRID = [0.85, 0.95, 0.99] as const;

/** All models that make sense for values this far apart. */
export function modelsFor(stepMs: number): NamedModel[] {
  const seasonal = seasonLengths(stepMs).flatMap(({ name, length }): NamedModel[] => [
    { name: `seasonal naive (${name})`, needs: length, forecast: seasonalNaive(length) },
    ...PROFILE_RATES.map((rate) => ({
      name: `seasonal profile (${name}, rate ${rate})`,
      needs: 2 * length + 2,
      forecast: seasonalProfile(length, rate),
    })),
    { name: `theta (${name})`, needs: 2 * length + 4, forecast: deseasonalised(length, theta) },
    { name: `damped trend (${name})`, needs: 2 * length + 4, forecast: deseasonalised(length, dampedTrend) },
    {
      name: `straight line (${name})`,
      needs: 2 * length + 8,
      forecast: deseasonalised(length, straightLine),
    },
  ]);
  return [
    { name: 'naive', needs: 1, forecast: naive },
    { name: 'theta', needs: 4, forecast: theta },
    { name: 'damped trend', needs: 4, forecast: dampedTrend },
    { name: 'straight line', needs: 8, forecast: straightLine },
    ...seasonal,
  ];
}

/** The last value for ever. */
export const naive: ForecastModel = (history, horizon) => new Array<number>(horizon).fill(history.at(-1)!);

/** The last season again and again. */
export function seasonalNaive(length: number): ForecastModel {
  return (history, horizon) =>
    Array.from({ length: horizon }, (_, ahead) => history[history.length - length + (ahead % length)]!);
}

/**
 * A smoothed season, plus today's difference from it, fading as quickly as such differences used to.
 * @param rate 0..1, how much of each new season goes into the profile
 */
export function seasonalProfile(length: number, rate: number): ForecastModel {
  return (history, horizon) => {
    const profile = history.slice(0, length);
    const residuals: number[] = [];
    for (let at = length; at < history.length; at++) {
      const slot = at % length;
      const residual = history[at]! - profile[slot]!;
      residuals.push(residual);
      profile[slot]! += rate * residual;
    }
    const fading = Math.min(FADING_MAX, Math.max(0, autocorrelation(residuals)));
    const last = residuals.at(-1) ?? 0;
    return Array.from(
      { length: horizon },
      (_, ahead) => profile[(history.length + ahead) % length]! + last * fading ** (ahead + 1),
    );
  };
}

/** Correlation of a series with itself one step later, around zero. */
function autocorrelation(values: readonly number[]): number {
  let product = 0;
  let square = 0;
  for (let at = 1; at < values.length; at++) {
    product += values[at]! * values[at - 1]!;
    square += values[at - 1]! ** 2;
  }
  return square === 0 ? 0 : product / square;
}

/**
 * The theta method with two lines: half of the linear trend on top of simple exponential smoothing.
 * @see Assimakopoulos, Nikolopoulos, "The theta model", International Journal of Forecasting 16, 2000
 */
export const theta: ForecastModel = (history, horizon) => {
  const { intercept, slope } = linearTrend(history);
  const line = (at: number): number => intercept + slope * at;
  const doubled = history.map((value, at) => 2 * value - line(at));
  const level = smoothedLevel(doubled);
  return Array.from({ length: horizon }, (_, ahead) => (level + line(history.length + ahead)) / 2);
};

/** Holt's linear smoothing whose trend fades. @see Gardner, McKenzie, Management Science 31, 1985 */
export const dampedTrend: ForecastModel = (history, horizon) => {
  let best = { error: Number.POSITIVE_INFINITY, level: history.at(-1)!, trend: 0, damping: 0.9 };
  for (const smoothing of SMOOTHING_GRID) {
    for (const trendRate of TREND_GRID) {
      for (const damping of DAMPING_GRID) {
        let level = history[0]!;
        let trend = 0;
        let error = 0;
        for (let at = 1; at < history.length; at++) {
          const expected = level + damping * trend;
          const miss = history[at]! - expected;
          error += miss * miss;
          level = expected + smoothing * miss;
          trend = damping * trend + smoothing * trendRate * miss;
        }
        if (error < best.error) best = { error, level, trend, damping };
      }
    }
  }
  let value = best.level;
  let step = best.trend;
  return Array.from({ length: horizon }, () => {
    step *= best.damping;
    value += step;
    return value;
  });
};

/** The median slope goes on: for what fills up. */
export const straightLine: ForecastModel = (history, horizon) => {
  const { slope, level } = robustTrend(history);
  return Array.from({ length: horizon }, (_, ahead) => level + slope * (ahead + 1));
};

/** A model on the series without its season, which is put back afterwards. */
export function deseasonalised(length: number, model: ForecastModel): ForecastModel {
  return (history, horizon) => {
    const indices = seasonalIndices(history, length);
    const flat = history.map((value, at) => value - indices[at % length]!);
    return model(flat, horizon).map((value, ahead) => value + indices[(history.length + ahead) % length]!);
  };
}

/** Mean difference from a centred moving average at each place of the season (classical additive decomposition). */
function seasonalIndices(history: readonly number[], length: number): number[] {
  const sums = new Array<number>(length).fill(0);
  const counts = new Array<number>(length).fill(0);
  const half = length >> 1;
  let window = 0;
  for (let at = 0; at < length && at < history.length; at++) window += history[at]!;
  for (let centre = half; centre + length - half <= history.length; centre++) {
    const from = centre - half;
    // An even season has no middle: the two windows around it are averaged.
    const next =
      length % 2 === 0 && from + length < history.length
        ? window - history[from]! + history[from + length]!
        : window;
    const average = (window + next) / (2 * length);
    sums[centre % length]! += history[centre]! - average;
    counts[centre % length]!++;
    if (from + length < history.length) window += history[from + length]! - history[from]!;
  }
  const means = sums.map((sum, at) => (counts[at] === 0 ? 0 : sum / counts[at]!));
  const centre = means.reduce((sum, value) => sum + value / length, 0);
  return means.map((value) => value - centre);
}

/** Least-squares line through a history. */
function linearTrend(history: readonly number[]): { intercept: number; slope: number } {
  const middle = (history.length - 1) / 2;
  const mean = history.reduce((sum, value) => sum + value / history.length, 0);
  let product = 0;
  let square = 0;
  history.forEach((value, at) => {
    product += (at - middle) * (value - mean);
    square += (at - middle) ** 2;
  });
  const slope = square === 0 ? 0 : product / square;
  return { intercept: mean - slope * middle, slope };
}

/** The last level of simple exponential smoothing with the rate that fits best. */
function smoothedLevel(history: readonly number[]): number {
  let best = { error: Number.POSITIVE_INFINITY, level: history.at(-1)! };
  for (const rate of SMOOTHING_GRID) {
    let level = history[0]!;
    let error = 0;
    for (let at = 1; at < history.length; at++) {
      const miss = history[at]! - level;
      error += miss * miss;
      level += rate * miss;
    }
    if (error < best.error) best = { error, level };
  }
  return best.level;
}
