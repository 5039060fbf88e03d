// How far a metric has moved from its baseline, in deviations of the baseline, by mean and by median.

/** A floor for the spread, as a share of the baseline's size: a metric that never moved is not infinitely exact. */
const SPREAD_FLOOR = 1e-3;
/** From this many baseline points on the spread is taken as it is; with fewer it is widened. */
const POINTS_TRUSTED = 30;
/** Deviations are cut here: beyond, bigger is not worse. */
const LARGEST_SHIFT = 1000;
/** Turns a median absolute deviation into a standard deviation (normal distribution). */
const MAD_TO_DEVIATION = 1.4826;

/** Signed shifts in deviations: positive where the metric went up. */
export interface Shift {
  readonly mean: number;
  readonly median: number;
  /** Means of the two periods. */
  readonly before: number;
  readonly now: number;
}

/** The shift between two periods; undefined when one of them is empty. */
export function shiftBetween(before: readonly number[], now: readonly number[]): Shift | undefined {
  if (before.length === 0 || now.length === 0) return undefined;
  const meanBefore = mean(before);
  const meanNow = mean(now);
  const medianBefore = median(before);
  const doubt = Math.sqrt(1 + POINTS_TRUSTED / before.length);
  const floor = SPREAD_FLOOR * Math.max(Math.abs(meanBefore), Math.abs(medianBefore));
  const deviation = Math.sqrt(mean(before.map((value) => (value - meanBefore) ** 2)));
  const robust = MAD_TO_DEVIATION * median(before.map((value) => Math.abs(value - medianBefore)));
  return {
    mean: inDeviations(meanNow - meanBefore, Math.max(deviation, floor) * doubt),
    median: inDeviations(median(now) - medianBefore, Math.max(robust, floor) * doubt),
    before: meanBefore,
    now: meanNow,
  };
}

function inDeviations(difference: number, spread: number): number {
  if (difference === 0) return 0;
  return Math.max(-LARGEST_SHIFT, Math.min(LARGEST_SHIFT, difference / spread));
}

/** Arithmetic mean of at least one number. */
export function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value / values.length;
  return sum;
}

/** Middle value of at least one number. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
