// Points of cumulative series as readings: copies that outlast the walk, because the baselines are not loaded yet.
import type { ExponentialPointView } from '../../telemetry/exponential-point-view.ts';
import type { HistogramPointView } from '../../telemetry/histogram-point-view.ts';
import type { NumberPointView } from '../../telemetry/number-point-view.ts';
import type { SummaryPointView } from '../../telemetry/summary-point-view.ts';
import { uint64Number } from '../../wire/fixed64.ts';
import { keptIndex, keptScale } from './exponential-layout.ts';
import type { Buckets, Totals } from './readings.ts';
import { SeriesHash } from './series-hash.ts';

const hash = new SeriesHash();

/** @param at offset of a `fixed64`, 0 when absent @returns nanoseconds, exact to 256 ns */
export function nanosAt(data: DataView, at: number): number {
  return at === 0 ? 0 : uint64Number(data, at);
}

export function sumTotals(point: NumberPointView): Totals {
  const { data } = point.cursor;
  const value = point.valueKind === 'int' ? data.getBigInt64(point.valueAt, true) : point.value;
  return { kind: 'sum', value };
}

export function summaryTotals(point: SummaryPointView): Totals {
  return { kind: 'summary', count: point.count, sum: point.sum };
}

/** @param counts one for each bucket @param bounds as in the point */
export function histogramTotals(
  point: HistogramPointView,
  counts: Float64Array,
  bounds: Float64Array,
): Totals {
  hash.start();
  hash.bytes(new DataView(bounds.buffer, bounds.byteOffset, bounds.byteLength), 0, bounds.byteLength);
  hash.finish();
  return { kind: 'histogram', boundsHash: hash.hi >>> 0, counts: counts.slice(), sum: point.sum };
}

/** Kept no finer than the datums are. */
export function exponentialTotals(point: ExponentialPointView): Totals {
  const { positiveCounts, negativeCounts, scale } = point;
  return {
    kind: 'exponential',
    scale: keptScale(scale),
    zeroCount: point.zeroCount,
    zeroThreshold: point.zeroThreshold,
    positive: buckets(positiveCounts.values, positiveCounts.count, point.positiveOffset, scale),
    negative: buckets(negativeCounts.values, negativeCounts.count, point.negativeOffset, scale),
    sum: point.sum,
  };
}

/** Without the empty buckets at both ends. */
function buckets(values: Float64Array, count: number, offset: number, scale: number): Buckets {
  let first = 0;
  while (first < count && values[first] === 0) first++;
  if (first === count) return { offset: 0, counts: new Float64Array(0) };
  let last = count - 1;
  while (values[last] === 0) last--;
  const lowest = keptIndex(offset + first, scale);
  const counts = new Float64Array(keptIndex(offset + last, scale) - lowest + 1);
  for (let i = first; i <= last; i++) {
    const place = keptIndex(offset + i, scale) - lowest;
    counts[place] = (counts[place] as number) + (values[i] as number);
  }
  return { offset: lowest, counts };
}
