// One point of a cumulative series on its way from the walk to its delta.
import type { ExplicitLayout } from './explicit-layout.ts';
import type { ExponentialLayout } from './exponential-layout.ts';
import type { MetricHead } from './metric-heads.ts';
import type { Reading } from './readings.ts';

export interface CumulativePoint {
  /** Which shards of state may hold the series: one name for all series of a resource. */
  readonly resource: string;
  /** Tells the series apart within its resource: both halves, 32 bits each. */
  readonly keyLo: number;
  readonly keyHi: number;
  readonly reading: Reading;
  /** What the delta becomes. */
  readonly target: DeltaTarget;
}

/** Where the delta of a point goes: everything a datum needs but its values. */
export interface DeltaTarget {
  readonly head: MetricHead;
  /** Of a summary: where its sum goes; `head` takes its count. */
  readonly sumHead: MetricHead | undefined;
  /** Finished dimension list: its number in the texts that are kept for the flush. */
  readonly dimensions: number;
  readonly timeMs: number;
  /** Of the metric's unit. */
  readonly factor: number;
  readonly layout: ExplicitLayout | ExponentialLayout | undefined;
  /** Bounds of all values since the start, in the unit of the datum; NaN: unknown. */
  readonly min: number;
  readonly max: number;
}
