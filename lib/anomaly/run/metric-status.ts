// From scores to an anomaly with a beginning and an end: the detector speaks when something is new, so what decides
// how long it lasts is the band that was usual when it spoke.
import type { Verdict } from '../detector.ts';
import { ALERT_SCORE, type NoveltyFeature } from '../settings.ts';
import type { ReadyRow } from './new-rows.ts';

/** An anomaly that is going on. Plain JSON; times in epoch milliseconds, null where nothing is known. */
export interface OpenAnomaly {
  /** Start of the first period that was judged an anomaly. */
  readonly startedAt: number;
  /** Start of the last period outside the band. */
  readonly lastAt: number;
  /** Highest score so far. */
  readonly score: number;
  /** Both heads have spoken. */
  readonly certain: boolean;
  /** The newest value, and what would be usual. */
  readonly value: number;
  readonly expected: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Half of the usual band when it started; the band would widen while the anomaly lasts. */
  readonly reach: number | null;
  readonly leading: NoveltyFeature | null;
  /** Rows inside the band since the last one outside. */
  readonly calmRows: number;
}

export const statusSettings = {
  /** So many rows in turn inside the band end an anomaly. */
  calmRowsToEnd: 2,
  /** What lasts this long is the new normal. */
  lastsMs: 24 * 3_600_000,
  /** Without a point for this long nobody can say that it lasts. */
  silentMs: 3_600_000,
} as const;

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The anomaly after one more row; undefined when there is none, or it has ended. */
export function nextStatus(
  before: OpenAnomaly | undefined,
  { time, value }: ReadyRow,
  verdict: Verdict,
): OpenAnomaly | undefined {
  if (before === undefined) {
    return verdict.score >= ALERT_SCORE ? opened(time, value, verdict) : undefined;
  }
  if (Number.isNaN(value)) return time - before.lastAt >= statusSettings.silentMs ? undefined : before;
  const expected = known(verdict.expected) ?? before.expected;
  const low = expected === null || before.reach === null ? before.low : expected - before.reach;
  const high = expected === null || before.reach === null ? before.high : expected + before.reach;
  const outside = (low !== null && value < low) || (high !== null && value > high);
  const speaks = verdict.score >= ALERT_SCORE;
  const calmRows = outside || speaks ? 0 : before.calmRows + 1;
  if (calmRows >= statusSettings.calmRowsToEnd) return undefined;
  if (time - before.startedAt >= statusSettings.lastsMs && !speaks) return undefined;
  return {
    ...before,
    lastAt: calmRows === 0 ? time : before.lastAt,
    score: Math.max(before.score, verdict.score),
    certain: before.certain || isCertain(verdict),
    value,
    expected,
    low,
    high,
    calmRows,
  };
}

function opened(time: number, value: number, verdict: Verdict): OpenAnomaly {
  return {
    startedAt: time,
    lastAt: time,
    score: verdict.score,
    certain: isCertain(verdict),
    value,
    expected: known(verdict.expected),
    low: known(verdict.low),
    high: known(verdict.high),
    reach: known(verdict.reach),
    leading: verdict.leading ?? null,
    calmRows: 0,
  };
}

const isCertain = ({ novelty, deviation }: Verdict): boolean =>
  novelty >= ALERT_SCORE && deviation >= ALERT_SCORE;
