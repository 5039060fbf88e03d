// What was added between two readings of one series.
import type {
  Buckets,
  ExponentialReading,
  HistogramReading,
  SummaryReading,
  SumReading,
  Totals,
} from './readings.ts';

/** Reason why there is no difference: a total went down, or both are not of the same make. */
export type Incomparable = 'reset' | 'changed';

/**
 * @param later @param earlier totals of the same series
 * @returns `later - earlier` in the form of totals; 'reset' when something went down, which means that counting
 *   started anew; 'changed' when bounds or kind differ
 */
export function subtract(later: Totals, earlier: Totals): Totals | Incomparable {
  switch (later.kind) {
    case 'sum':
      return earlier.kind === 'sum' ? subtractSum(later, earlier) : 'changed';
    case 'summary':
      return earlier.kind === 'summary' ? subtractSummary(later, earlier) : 'changed';
    case 'histogram':
      return earlier.kind === 'histogram' ? subtractHistogram(later, earlier) : 'changed';
    case 'exponential':
      return earlier.kind === 'exponential' ? subtractExponential(later, earlier) : 'changed';
  }
}

function subtractSum(later: SumReading, earlier: SumReading): SumReading | Incomparable {
  if (later.value < earlier.value) return 'reset';
  const bothWhole = typeof later.value === 'bigint' && typeof earlier.value === 'bigint';
  const value = bothWhole
    ? Number((later.value as bigint) - (earlier.value as bigint))
    : Number(later.value) - Number(earlier.value);
  return { kind: 'sum', value };
}

function subtractSummary(later: SummaryReading, earlier: SummaryReading): SummaryReading | Incomparable {
  if (later.count < earlier.count) return 'reset';
  return { kind: 'summary', count: later.count - earlier.count, sum: later.sum - earlier.sum };
}

function subtractHistogram(
  later: HistogramReading,
  earlier: HistogramReading,
): HistogramReading | Incomparable {
  if (later.boundsHash !== earlier.boundsHash || later.counts.length !== earlier.counts.length)
    return 'changed';
  const counts = new Float64Array(later.counts.length);
  for (let i = 0; i < counts.length; i++) {
    const added = (later.counts[i] as number) - (earlier.counts[i] as number);
    if (added < 0) return 'reset';
    counts[i] = added;
  }
  return { kind: 'histogram', boundsHash: later.boundsHash, counts, sum: later.sum - earlier.sum };
}

function subtractExponential(
  later: ExponentialReading,
  earlier: ExponentialReading,
): ExponentialReading | Incomparable {
  if (later.zeroThreshold < earlier.zeroThreshold) return 'changed';
  const scale = Math.min(later.scale, earlier.scale);
  const before = absorbed(toScale(earlier, scale), later.zeroThreshold);
  const after = toScale(later, scale);
  const positive = subtractBuckets(after.positive, before.positive);
  const negative = subtractBuckets(after.negative, before.negative);
  const zeroCount = after.zeroCount - before.zeroCount;
  if (positive === undefined || negative === undefined || zeroCount < 0) return 'reset';
  return { ...after, zeroCount, positive, negative, sum: later.sum - earlier.sum };
}

/** The same histogram with buckets merged down to a coarser scale. */
function toScale(reading: ExponentialReading, scale: number): ExponentialReading {
  const by = reading.scale - scale;
  if (by === 0) return reading;
  return {
    ...reading,
    scale,
    positive: merged(reading.positive, by),
    negative: merged(reading.negative, by),
  };
}

function merged({ offset, counts }: Buckets, by: number): Buckets {
  if (counts.length === 0) return { offset: 0, counts };
  const width = 2 ** by;
  const first = Math.floor(offset / width);
  const last = Math.floor((offset + counts.length - 1) / width);
  const sums = new Float64Array(last - first + 1);
  for (let i = 0; i < counts.length; i++) {
    const place = Math.floor((offset + i) / width) - first;
    sums[place] = (sums[place] as number) + (counts[i] as number);
  }
  return { offset: first, counts: sums };
}

/** The same histogram with what lies within ±threshold moved to the zero bucket, as a client does when it widens it. */
function absorbed(reading: ExponentialReading, threshold: number): ExponentialReading {
  if (threshold <= reading.zeroThreshold) return reading;
  const below = Math.floor(Math.log2(threshold) * 2 ** reading.scale + 1e-9);
  const positive = withoutBelow(reading.positive, below);
  const negative = withoutBelow(reading.negative, below);
  const zeroCount = reading.zeroCount + positive.moved + negative.moved;
  return { ...reading, zeroCount, positive: positive.rest, negative: negative.rest };
}

/** Buckets with an index of at least `below`, and how much the others held. */
function withoutBelow({ offset, counts }: Buckets, below: number): { rest: Buckets; moved: number } {
  const gone = Math.max(0, Math.min(counts.length, below - offset));
  let moved = 0;
  for (let i = 0; i < gone; i++) moved += counts[i] as number;
  return { rest: { offset: offset + gone, counts: counts.subarray(gone) }, moved };
}

/** @returns undefined when a count went down */
function subtractBuckets(later: Buckets, earlier: Buckets): Buckets | undefined {
  const counts = Float64Array.from(later.counts);
  for (let i = 0; i < earlier.counts.length; i++) {
    const count = earlier.counts[i] as number;
    if (count === 0) continue;
    const at = earlier.offset + i - later.offset;
    const rest = at >= 0 && at < counts.length ? (counts[at] as number) - count : -1;
    if (rest < 0) return undefined;
    counts[at] = rest;
  }
  return { offset: later.offset, counts };
}
