// One metric on: from its state and new points to its next state, its anomaly and its newest score. Pure.
import { Detector } from '../detector.ts';
import type { Point } from '../ports.ts';
import type { DetectorSettings } from '../settings.ts';
import { CADENCE_MS, type WatchSettings } from '../watch/settings.ts';
import { nextStatus, type OpenAnomaly } from './metric-status.ts';
import { readyRows } from './new-rows.ts';
import type { MetricState } from './shard-state.ts';

export interface Judged {
  readonly state: MetricState;
  /** Rows that were judged now. */
  readonly rows: number;
  /** Of the newest row. */
  readonly newest: {
    readonly time: number;
    readonly score: number;
    readonly low: number;
    readonly high: number;
    /** How much of its detector's warm-up is done, 0..1; scores are 0 until then. */
    readonly warmUp: number;
  };
}

/** History that a detector is built from, in milliseconds: what it can remember, and its warm-up. */
export const HISTORY_MS = 14 * 86_400_000;
/** A run may come late by hours, as its event is tried again; a state further ahead was made by a wrong clock. */
const AHEAD_MAX_MS = 86_400_000;

/** @returns undefined when no new row is ready */
export function judgeMetric(
  before: MetricState | undefined,
  points: readonly Point[],
  watch: WatchSettings,
  nowMs: number,
): Judged | undefined {
  const stepMs = CADENCE_MS[watch.every];
  const rows = readyRows(points, before?.lastTime, nowMs, stepMs, watch.missing);
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  const settings = detectorSettings(watch);
  const detector =
    before === undefined ? new Detector(settings) : Detector.restore(before.detector, settings);
  let open: OpenAnomaly | undefined = before?.open;
  let verdict = detector.push(rows[0]!.time, rows[0]!.value);
  open = nextStatus(open, rows[0]!, verdict);
  for (const row of rows.slice(1)) {
    verdict = detector.push(row.time, row.value);
    open = nextStatus(open, row, verdict);
  }
  return {
    state: {
      lastTime: last.time,
      excludedKey: excludedKey(watch, nowMs),
      open,
      detector: detector.save(),
    },
    rows: rows.length,
    newest: {
      time: last.time,
      score: verdict.score,
      low: verdict.low,
      high: verdict.high,
      warmUp: verdict.warmUp,
    },
  };
}

/** Whether a state can be gone on with: learned without the same periods, not too old, and not of a time to come. */
export function canGoOn(state: MetricState, watch: WatchSettings, nowMs: number): boolean {
  const age = nowMs - state.lastTime;
  return state.excludedKey === excludedKey(watch, nowMs) && age < HISTORY_MS / 2 && age > -AHEAD_MAX_MS;
}

/**
 * The excluded periods that history can hold. Another key means that a period was excluded or let in again after it
 * was learned; only learning anew really forgets it. A period that is still going on counts by its beginning.
 */
export function excludedKey({ excluded }: WatchSettings, nowMs: number): string {
  return excluded
    .filter(({ from, to }) => from < nowMs && to > nowMs - HISTORY_MS)
    .map(({ from, to }) => `${from}-${to}`)
    .sort()
    .join(',');
}

/** How the detector of a metric is set up. */
export function detectorSettings(watch: WatchSettings): Partial<DetectorSettings> {
  const { head, strictness, excluded, minimum, maximum } = watch;
  return {
    head,
    strictness,
    excluded,
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
  };
}
