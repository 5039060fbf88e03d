// What was read about a minute → counts. What is impossible is clamped and counted, what is missing is told apart.
import type { Indicator, ThresholdOperator } from '../settings.ts';
import { type Counts, exact } from './counts.ts';

/** One minute as it was read; a term that had no point is left out. */
export interface MinutePoint {
  /** Epoch milliseconds of its beginning. */
  readonly start: number;
  readonly good?: number | undefined;
  readonly bad?: number | undefined;
  readonly total?: number | undefined;
  /** For raw ratios and thresholds. */
  readonly value?: number | undefined;
}

export type PointReading =
  | { readonly kind: 'noData' }
  /** The total is there and the good events are not (yet). */
  | { readonly kind: 'unsettled'; readonly total: number }
  | { readonly kind: 'counts'; readonly counts: Counts; readonly isClamped: boolean };

/** More than any metric counts in a minute, and little enough that a year of it still sums exactly. */
const COUNT_MAX = 1e12;

const NO_DATA: PointReading = { kind: 'noData' };

/** @param kind of the indicator: says which terms are read */
export function readPoint(indicator: Indicator, point: MinutePoint): PointReading {
  switch (indicator.kind) {
    case 'goodTotal': {
      const total = given(point.total);
      const good = given(point.good);
      if (total === undefined) return NO_DATA;
      if (good === undefined) {
        const all = clampedCounts(0, total);
        return all.counts.total > 0 ? { kind: 'unsettled', total: all.counts.total } : all;
      }
      return clampedCounts(total - good, total, good);
    }
    case 'badTotal':
    case 'composite': {
      const total = given(point.total);
      return total === undefined ? NO_DATA : clampedCounts(given(point.bad) ?? 0, total);
    }
    case 'raw': {
      const value = given(point.value);
      if (value === undefined) return NO_DATA;
      return clampedCounts(indicator.rawType === 'success' ? 1 - value : value, 1);
    }
    case 'threshold': {
      const value = given(point.value);
      if (value === undefined) return NO_DATA;
      return clampedCounts(holds(value, indicator.operator, indicator.limit) ? 0 : 1, 1);
    }
  }
}

function given(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function clampedCounts(bad: number, total: number, good = 0): Extract<PointReading, { kind: 'counts' }> {
  const all = Math.min(COUNT_MAX, Math.max(0, total));
  const failed = Math.min(all, Math.max(0, bad));
  return {
    kind: 'counts',
    counts: { bad: Math.min(exact(failed), exact(all)), total: exact(all) },
    isClamped: total < 0 || total > COUNT_MAX || good < 0 || bad < 0 || bad > total,
  };
}

function holds(value: number, operator: ThresholdOperator, limit: number): boolean {
  switch (operator) {
    case 'lt':
      return value < limit;
    case 'lte':
      return value <= limit;
    case 'gt':
      return value > limit;
    case 'gte':
      return value >= limit;
  }
}
