// The finest slice, a minute (or less), with two views of it: what budgets count, and what alerts count. They differ
// only after corrections: a budget takes each, an alert takes those that do not make its own past look worse.
import { type Counts, NO_EVENTS } from './counts.ts';
import type { PointReading } from './read-point.ts';

export interface Slice {
  /** Epoch milliseconds. */
  readonly start: number;
  /** As known now. */
  readonly counts: Counts;
  /** As alerts count it. */
  readonly seen: Counts;
  /** The total of a slice whose good events are missing; then both views are without events. */
  readonly unsettledTotal: number;
}

/** Where slices are read from. */
export interface SliceReader {
  /** Undefined where there was no data. @param start epoch milliseconds */
  slice(start: number): Slice | undefined;
}

/** How late the first data of a minute may come and still alert: after that it is the past. */
export const LATE_MS = 900_000;
/** How long good events may be missing beside a total before they count as none. */
export const SETTLE_GOOD_MS = 600_000;

/**
 * The slice after something was read about it.
 * @param isNew not evaluated before
 * @param ageMs since the end of the slice
 * @returns the old one, the same object, when nothing changes
 */
export function merge(
  old: Slice | undefined,
  start: number,
  reading: PointReading,
  isNew: boolean,
  ageMs: number,
): Slice | undefined {
  const hasCounts = old !== undefined && old.unsettledTotal === 0;
  switch (reading.kind) {
    case 'noData':
      return old;
    case 'unsettled':
      if (hasCounts || old?.unsettledTotal === reading.total) return old;
      return { start, counts: NO_EVENTS, seen: NO_EVENTS, unsettledTotal: reading.total };
    case 'counts': {
      const { counts } = reading;
      if (hasCounts && counts.bad === old.counts.bad && counts.total === old.counts.total) return old;
      return {
        start,
        counts,
        seen: seenOf(hasCounts && !isNew ? old : undefined, counts, isNew, ageMs),
        unsettledTotal: 0,
      };
    }
  }
}

function seenOf(old: Slice | undefined, counts: Counts, isNew: boolean, ageMs: number): Counts {
  if (old === undefined) return isNew || ageMs <= LATE_MS ? counts : NO_EVENTS;
  const isNoWorse = counts.bad <= old.seen.bad && counts.total >= old.seen.total;
  return isNoWorse ? counts : old.seen;
}

/** A slice whose good events never came: all failed. */
export function settledAsBad(slice: Slice, isNew: boolean, ageMs: number): Slice {
  const counts = { bad: slice.unsettledTotal, total: slice.unsettledTotal };
  return { start: slice.start, counts, seen: seenOf(undefined, counts, isNew, ageMs), unsettledTotal: 0 };
}

/** Slices that changed in a step, in front of those that are stored. */
export class SliceOverlay implements SliceReader {
  readonly changed = new Map<number, Slice>();
  private readonly stored: SliceReader;

  constructor(stored: SliceReader) {
    this.stored = stored;
  }

  slice(start: number): Slice | undefined {
    return this.changed.get(start) ?? this.stored.slice(start);
  }

  put(slice: Slice): void {
    this.changed.set(slice.start, slice);
  }
}
