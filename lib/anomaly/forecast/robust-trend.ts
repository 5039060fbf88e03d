// A straight line that outliers do not bend: the median of all slopes between two points (Theil–Sen).

/** Points that slopes are taken between; a longer history is gathered into that many medians. */
const POINTS_MAX = 200;

export interface RobustTrend {
  /** Change for each step of the history. */
  readonly slope: number;
  /** Where nine of ten slopes between halves of the history lie. */
  readonly slopeLow: number;
  readonly slopeHigh: number;
  /** Level at the last value, on the line. */
  readonly level: number;
}

const medianOf = (values: readonly number[]): number => {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** The trend of a history of at least one value. */
export function robustTrend(history: readonly number[]): RobustTrend {
  const size = Math.ceil(history.length / POINTS_MAX);
  const places: number[] = [];
  const values: number[] = [];
  // Gathered from the end, so that the newest point is never a small one.
  for (let end = history.length; end > 0; end -= size) {
    const from = Math.max(0, end - size);
    places.unshift((from + end - 1) / 2);
    values.unshift(medianOf(history.slice(from, end)));
  }
  const slopes: number[] = [];
  const long: number[] = [];
  for (let a = 0; a < places.length; a++) {
    for (let b = a + 1; b < places.length; b++) {
      const slope = (values[b]! - values[a]!) / (places[b]! - places[a]!);
      slopes.push(slope);
      if (b - a >= places.length / 2) long.push(slope);
    }
  }
  if (slopes.length === 0) return { slope: 0, slopeLow: 0, slopeHigh: 0, level: history.at(-1)! };
  const slope = medianOf(slopes);
  const sorted = Float64Array.from(long.length > 0 ? long : slopes).sort();
  const last = history.length - 1;
  return {
    slope,
    slopeLow: sorted[Math.floor(0.05 * (sorted.length - 1))]!,
    slopeHigh: sorted[Math.ceil(0.95 * (sorted.length - 1))]!,
    level: medianOf(values.map((value, at) => value - slope * (places[at]! - last))),
  };
}
