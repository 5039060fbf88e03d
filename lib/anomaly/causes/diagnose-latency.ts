// Why answers are slow, by rules on the last 100 points of six metrics of one service. Row RCA-04 fixes every figure.
import { PermanentError } from '../../model/errors.ts';

/** One point of all metrics. A metric that is not measured is NaN, and its rule says nothing. */
export interface LatencyPoint {
  /** Milliseconds, as are the other latencies. */
  readonly latency: number;
  readonly db_latency: number;
  /** Share 0..1, as is memory_usage. */
  readonly cpu_usage: number;
  readonly memory_usage: number;
}

export interface LatencyCause {
  readonly component: 'database' | 'cpu' | 'memory';
  /** 0..1 */
  readonly score: number;
  readonly action: string;
}

export type LatencyDiagnosis =
  | { readonly status: 'normal'; readonly action: 'none' }
  | {
      readonly status: 'anomaly_detected';
      /** Best first. */
      readonly root_causes: readonly LatencyCause[];
      readonly recommended_action: string;
    };

const POINTS = 100;
/** The newest points, which are not part of the usual latency. */
const RECENT = 10;
const SLOW_FROM = 1.5;
const DATABASE_POINTS = 30;
const DATABASE_ABOVE_MS = 100;
const CPU_ABOVE = 0.9;
const MEMORY_ABOVE = 0.85;
const NO_CAUSE = 'Investigate manually';

/**
 * Diagnoses the newest point.
 * @param history oldest first; only the last 100 count
 * @throws PermanentError `malformed` when fewer than 11 points, or none of the older ones, or not the newest have a latency
 */
export function diagnoseHighLatency(history: readonly LatencyPoint[]): LatencyDiagnosis {
  const points = history.slice(-POINTS);
  const newest = points.at(-1);
  const usual = mean(points.slice(0, -RECENT).map(({ latency }) => latency));
  if (newest === undefined || !Number.isFinite(newest.latency) || Number.isNaN(usual)) {
    throw new PermanentError(
      'malformed',
      `expected at least ${RECENT + 1} points with a latency, the newest among them, got ${history.length} points`,
    );
  }
  if (newest.latency < usual * SLOW_FROM) return { status: 'normal', action: 'none' };
  const root_causes: LatencyCause[] = [];
  if (mean(points.slice(-DATABASE_POINTS).map(({ db_latency }) => db_latency)) > DATABASE_ABOVE_MS) {
    const action = 'Check DB query performance, run EXPLAIN ANALYZE';
    root_causes.push({ component: 'database', score: 0.9, action });
  }
  if (newest.cpu_usage > CPU_ABOVE) {
    root_causes.push({ component: 'cpu', score: 0.8, action: 'Profile CPU, identify hot functions' });
  }
  if (newest.memory_usage > MEMORY_ABOVE) {
    root_causes.push({ component: 'memory', score: 0.7, action: 'Check memory usage, identify leaks' });
  }
  return {
    status: 'anomaly_detected',
    root_causes,
    recommended_action: root_causes[0]?.action ?? NO_CAUSE,
  };
}

/** Of the values that are there; NaN without any. */
function mean(values: readonly number[]): number {
  const there = values.filter(Number.isFinite);
  return there.reduce((sum, value) => sum + value, 0) / there.length;
}
