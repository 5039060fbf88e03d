// What starts a run, and what its shards brought.
import type { Cadence } from '../watch/settings.ts';
import type { KnownAnomaly } from './incident.ts';

/** The scheduled event. */
export interface AnomalyEvent {
  /** Which metrics are looked at. */
  readonly every: Cadence;
  /** Epoch milliseconds: what counts as now. */
  readonly nowMs: number;
  /** Epoch milliseconds by the wall clock, after which nothing new is begun. */
  readonly deadlineMs: number;
}

/** What a run found in one of its shards. */
export interface FinishedShards {
  readonly every: Cadence;
  /** Shards of this cadence that could not be judged: their anomalies stay as they were. */
  readonly failed: ReadonlySet<string>;
  readonly anomalies: readonly KnownAnomaly[];
}
