// When a metric will reach a limit: as a range of dates from its trend, and as a chance within a forecast.
import type { Forecast } from './forecast.ts';
import type { RegularSeries } from './regular-series.ts';
import { robustTrend } from './robust-trend.ts';

/** Dates in epoch milliseconds; `latest` is Infinity where the slowest likely trend never gets there. */
export interface LimitCrossing {
  readonly earliest: number;
  readonly likely: number;
  readonly latest: number;
}

export type LimitSide = 'above' | 'below';

/**
 * When the trend reaches a limit, such as a full disk ("in 3 to 5 days").
 * @param side whether going above or below the limit is what matters
 * @returns undefined when the trend does not lead there
 */
export function limitCrossing(
  series: RegularSeries,
  limit: number,
  side: LimitSide,
): LimitCrossing | undefined {
  const { start, stepMs, values } = series;
  const sign = side === 'above' ? 1 : -1;
  const { slope, slopeLow, slopeHigh, level } = robustTrend(values);
  const now = start + (values.length - 1) * stepMs;
  const distance = (limit - level) * sign;
  if (distance <= 0) return { earliest: now, likely: now, latest: now };
  const [slowest, quickest] = [slopeLow * sign, slopeHigh * sign].sort((a, b) => a - b) as [number, number];
  const reach = (perStep: number): number =>
    perStep > 0 ? now + (distance / perStep) * stepMs : Number.POSITIVE_INFINITY;
  if (!(slope * sign > 0)) return undefined;
  return {
    earliest: reach(Math.max(quickest, slope * sign)),
    likely: reach(slope * sign),
    latest: reach(slowest),
  };
}

/**
 * The chance that a forecast metric is beyond a limit at some time within the horizon: at its likeliest step, by what
 * the model missed in the past. Evaluate at 0.8 for an alert "will violate within H hours".
 * @returns 0..1
 */
export function violationChance({ points, misses }: Forecast, limit: number, side: LimitSide): number {
  let most = 0;
  points.forEach(({ value }, ahead) => {
    const possible = misses[ahead]!;
    let beyond = 0;
    for (const miss of possible) {
      if (side === 'above' ? value + miss > limit : value + miss < limit) beyond++;
    }
    most = Math.max(most, possible.length === 0 ? 0 : beyond / possible.length);
  });
  return most;
}
