// Puts the rows of a metric onto an even grid of times, as forecasting models want them.

/** Values at `start`, `start + stepMs`, …; none is missing. */
export interface RegularSeries {
  /** Epoch milliseconds. */
  readonly start: number;
  readonly stepMs: number;
  readonly values: readonly number[];
}

export interface TimedValue {
  /** Epoch milliseconds. */
  readonly time: number;
  /** NaN where it is missing. */
  readonly number: number;
}

/** Rows kept: the newest ones; older ones say little and cost time. */
const ROWS_MAX = 10_000;
/** What rows are taken to be apart when there is only one: CloudWatch's usual period. */
const SINGLE_STEP_MS = 300_000;

/**
 * Sorts rows, drops those without time or value, keeps the last of a repeated time, and fills gaps on a straight line.
 * @returns undefined without a single usable row
 */
export function regularSeries(rows: readonly TimedValue[]): RegularSeries | undefined {
  const byTime = new Map<number, number>();
  for (const { time, number } of rows) {
    if (Number.isFinite(time) && Number.isFinite(number)) byTime.set(time, number);
  }
  const times = [...byTime.keys()].sort((a, b) => a - b).slice(-ROWS_MAX);
  const first = times[0];
  if (first === undefined) return undefined;
  const gaps = times.slice(1).map((time, at) => time - times[at]!);
  gaps.sort((a, b) => a - b);
  const stepMs = gaps[gaps.length >> 1] ?? SINGLE_STEP_MS;
  const slots = Math.min(ROWS_MAX, Math.round((times.at(-1)! - first) / stepMs) + 1);
  const start = times.at(-1)! - (slots - 1) * stepMs;
  const values = new Array<number>(slots).fill(Number.NaN);
  for (const time of times) {
    const slot = Math.round((time - start) / stepMs);
    if (slot >= 0) values[slot] = byTime.get(time)!;
  }
  fillGaps(values);
  return { start, stepMs, values };
}

/** Straight lines between known values; the nearest known one at the ends. */
function fillGaps(values: number[]): void {
  let known = -1;
  for (let at = 0; at < values.length; at++) {
    if (Number.isNaN(values[at]!)) continue;
    for (let gap = known + 1; gap < at; gap++) {
      const share = (gap - known) / (at - known);
      values[gap] = known < 0 ? values[at]! : values[known]! * (1 - share) + values[at]! * share;
    }
    known = at;
  }
}
