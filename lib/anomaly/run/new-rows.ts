// Which rows of a metric are ready to be judged: whole periods, in order, each once. A point that is late is waited
// for; one that does not come is missing, and means nothing or zero.
import type { Point } from '../ports.ts';
import type { MissingPoint } from '../watch/settings.ts';

export interface ReadyRow {
  /** Start of the period, epoch milliseconds. */
  readonly time: number;
  /** NaN where the metric has no point. */
  readonly value: number;
}

/** How long after its end a period is judged: until then its values still grow as the last minutes come in. */
export const SETTLE_MS = 2 * 60_000;

/** How long a point is waited for after its period: most CloudWatch metrics are there within three minutes. */
export const LATE_MS = 10 * 60_000;

/** End of the last period that is settled. */
export function settledEnd(nowMs: number, stepMs: number): number {
  return Math.floor((nowMs - SETTLE_MS) / stepMs) * stepMs;
}

/**
 * Rows after `lastTime`, up to the last period that is settled at `nowMs`, or up to the first point that may still come.
 * @param points in any order, also repeated; the last of equal times counts
 * @param lastTime the last row that was judged; undefined starts at the first point
 */
export function readyRows(
  points: readonly Point[],
  lastTime: number | undefined,
  nowMs: number,
  stepMs: number,
  missing: MissingPoint,
): ReadyRow[] {
  const values = new Map<number, number>();
  let first = Number.POSITIVE_INFINITY;
  for (const { time, value } of points) {
    if (!Number.isFinite(time)) continue;
    const start = Math.floor(time / stepMs) * stepMs;
    values.set(start, value);
    first = Math.min(first, start);
  }
  const rows: ReadyRow[] = [];
  const begin = lastTime === undefined ? first : lastTime + stepMs;
  for (let time = begin; time + stepMs + SETTLE_MS <= nowMs; time += stepMs) {
    const value = values.get(time);
    if (value !== undefined) rows.push({ time, value });
    else if (nowMs - (time + stepMs) < LATE_MS) break;
    else rows.push({ time, value: missing === 'zero' ? 0 : Number.NaN });
  }
  return rows;
}
