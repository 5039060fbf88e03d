// Cumulative series → deltas: a reducer over one series. CloudWatch adds up what it gets, so it must get differences.
import type { Reading, Totals } from './readings.ts';
import { subtract } from './subtract.ts';

/**
 * A series that is seen for the first time this long after its start may have been counted before, by an instance
 * whose memory of it is gone: it sets a baseline and no more.
 */
export const MAX_FIRST_AGE_NANOS = 10 * 60 * 1e9;

/** Why a point adds nothing. */
export type NoDelta =
  | 'firstSeenLate' // started over 10 minutes before its first point, or does not say when: a baseline only
  | 'outOfOrder' // a newer point was counted, which holds all this one says
  | 'duplicate' // a point of the same time was counted
  | 'changed'; // other bounds than before although the series did not start anew: a new baseline

export interface Step {
  /** What the next point is compared with. */
  readonly baseline: Reading;
  /** What to add; undefined when there is nothing, for `reason`. */
  readonly delta: Totals | undefined;
  readonly reason: NoDelta | undefined;
  /** The total went down although the start time stayed: all of it counts as new. */
  readonly reset: boolean;
}

/**
 * Takes one point of a series. The series includes its start time, so a restarted process begins a new one.
 * The sum of the deltas is the last total minus the first, in whatever order the points come.
 * @param baseline undefined for a series not seen before
 */
export function step(baseline: Reading | undefined, point: Reading): Step {
  if (baseline === undefined) {
    const late = point.startNanos === 0 || point.timeNanos - point.startNanos > MAX_FIRST_AGE_NANOS;
    return late ? nothing(point, 'firstSeenLate') : { ...all(point), reset: false };
  }
  if (point.timeNanos === baseline.timeNanos) return nothing(baseline, 'duplicate');
  if (point.timeNanos < baseline.timeNanos) return nothing(baseline, 'outOfOrder');
  const delta = subtract(point.totals, baseline.totals);
  if (delta === 'changed') return nothing(point, 'changed');
  if (delta === 'reset') return { ...all(point), reset: true };
  return { baseline: point, delta, reason: undefined, reset: false };
}

function all(point: Reading): Omit<Step, 'reset'> {
  const { totals } = point;
  const delta: Totals = totals.kind === 'sum' ? { kind: 'sum', value: Number(totals.value) } : totals;
  return { baseline: point, delta, reason: undefined };
}

function nothing(baseline: Reading, reason: NoDelta): Step {
  return { baseline, delta: undefined, reason, reset: false };
}
