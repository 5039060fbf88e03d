// What a cumulative point says of its series: the totals since the series' start.

/** A counter, or any other monotonic sum. Integers keep all their 64 bits. */
export interface SumReading {
  readonly kind: 'sum';
  readonly value: number | bigint;
}

/** Counts and sum of a summary (its quantiles are no totals). */
export interface SummaryReading {
  readonly kind: 'summary';
  readonly count: number;
  readonly sum: number;
}

export interface HistogramReading {
  readonly kind: 'histogram';
  /** Told from other bounds by this hash of them, unsigned. */
  readonly boundsHash: number;
  readonly counts: Float64Array;
  /** NaN: unknown. */
  readonly sum: number;
}

/** Consecutive buckets from index `offset` on. */
export interface Buckets {
  readonly offset: number;
  readonly counts: Float64Array;
}

export interface ExponentialReading {
  readonly kind: 'exponential';
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
  /** NaN: unknown. */
  readonly sum: number;
}

export type Totals = SumReading | SummaryReading | HistogramReading | ExponentialReading;

/** One point of a cumulative series. Times are nanoseconds since the epoch as doubles: exact to 256 ns, enough to order. */
export interface Reading {
  /** 0: the client does not say. */
  readonly startNanos: number;
  readonly timeNanos: number;
  readonly totals: Totals;
}
