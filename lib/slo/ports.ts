// What the running evaluation needs from outside; lib/aws implements it.
import type { Alert } from '../model/alert.ts';
import type { MetricSource } from './settings.ts';
import type { SloStatus } from './status.ts';

/** A metric of CloudWatch as an indicator names it. */
export type CloudWatchSource = Extract<MetricSource, { kind: 'cloudwatch' }>;

/** Metrics that are read together: all from the same moment, at the same resolution. */
export interface MetricRead {
  readonly sources: readonly CloudWatchSource[];
  /** Epoch milliseconds, [from, to). */
  readonly from: number;
  readonly to: number;
  /** Length of a point: 60, 300 or 3600 seconds. */
  readonly periodMs: number;
}

export type ReadFailure =
  | 'throttled'
  | 'unavailable'
  /** CloudWatch gave some of the points, or answered for this metric with an error. */
  | 'partial'
  | 'forbidden'
  /** CloudWatch refused what was asked. */
  | 'rejected'
  | 'outOfTime';

export type MetricSeries =
  | {
      readonly kind: 'complete';
      /** Value by the beginning of its period, epoch milliseconds. A period without a value has no data. */
      readonly values: ReadonlyMap<number, number>;
    }
  | { readonly kind: 'failed'; readonly reason: ReadFailure; readonly message: string };

export interface MetricReader {
  /**
   * @param deadlineMs epoch milliseconds by which it answers
   * @returns one series for each source, in their order; never throws for what CloudWatch does
   */
  read(read: MetricRead, deadlineMs: number): Promise<readonly MetricSeries[]>;
}

/** Metrics of one read at most. Source: API reference of GetMetricData, "500 MetricDataQuery structures", 2026-11. */
export const MAX_READ_SOURCES = 500;

/** The row of an SLO that each evaluation reads and writes; what it means is lib/slo/run/hot-row.ts. */
export interface HotRow {
  /** From 1, one more with each write. */
  readonly version: number;
  /** Epoch milliseconds for which it was evaluated. */
  readonly at: number;
  readonly state: string;
  /** Packed slices that are in no hour row yet. */
  readonly recent: Uint8Array;
  /** What has to be told and may not have been; empty when all is told. */
  readonly outbox: string;
  readonly status: SloStatus;
}

export interface SloCommit {
  readonly slo: string;
  readonly row: HotRow;
  /** Packed slices of whole hours by their beginning, epoch milliseconds. At most 99. */
  readonly hours: ReadonlyMap<number, Uint8Array>;
}

/** Hour rows that are asked for together. */
export interface HourRead {
  readonly slo: string;
  /** Beginnings, epoch milliseconds. */
  readonly hours: readonly number[];
}

export interface SloStore {
  /** Rows of those SLOs that were evaluated before, by name. */
  load(slos: readonly string[]): Promise<ReadonlyMap<string, HotRow>>;
  /** Hour rows that exist, by SLO and beginning. */
  hours(reads: readonly HourRead[]): Promise<ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>>;
  /** All hour rows of an SLO that begin in [from, to). */
  hoursBetween(slo: string, from: number, to: number): Promise<ReadonlyMap<number, Uint8Array>>;
  /**
   * Writes everything or nothing: the row takes the place of version `row.version - 1` (none for 1).
   * @returns `conflict` when another evaluation was faster
   */
  commit(commit: SloCommit): Promise<'committed' | 'conflict'>;
  /** Empties an outbox if it still holds this. */
  emptyOutbox(slo: string, outbox: string): Promise<void>;
}

/** For the API and the CLI. */
export interface SloStatusReader {
  /** Statuses of those SLOs that were evaluated at least once, by name. */
  statuses(slos: readonly string[]): Promise<ReadonlyMap<string, SloStatus>>;
}

/** An alert above this fits into no message: 256 KB less its frame. Source: lib/aws/alert-queue.ts. */
export const MAX_ALERT_BYTES = 262_000;

export interface AlertSink {
  /** @param now epoch milliseconds @throws when some may not have arrived; sending all again is safe */
  send(alerts: readonly Alert[], now: number): Promise<void>;
}

export interface SloDatum {
  readonly metric: string;
  /** Name of the SLO. */
  readonly slo: string;
  /** Long window of a pair such as `1h`, for burn rates of all pairs. */
  readonly window?: string;
  readonly value: number;
}

export interface MetricPublisher {
  /** @param at epoch milliseconds of the values @throws when some were not taken */
  publish(datums: readonly SloDatum[], at: number): Promise<void>;
}

export interface SloEvent {
  readonly type: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EventBus {
  /** @throws when some may not have arrived */
  put(events: readonly SloEvent[]): Promise<void>;
}
