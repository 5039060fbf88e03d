// Percentiles of explicit histograms: what a reader computes from Values and Counts against histogram_quantile.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistogramDataPoint } from '../../../bench/payloads/otlp-json.ts';
import { Seeded } from '../../../bench/payloads/seeded.ts';
import { datumsOf, percentile } from './encode-metrics.ts';

const TIMES = { startTimeUnixNano: '1767225600000000000', timeUnixNano: '1767225660000000000' };

/** Four ways in which people cut latencies into buckets, in seconds. */
const BUCKET_SETS = {
  fine: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  coarse: [0.1, 0.5, 1, 2, 5],
  decades: [0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10],
  mixed: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5],
};

function convert(point: HistogramDataPoint, unit = 's') {
  const histogram = { dataPoints: [{ ...TIMES, ...point }], aggregationTemporality: 1 };
  return datumsOf([{ name: 'latency', unit, histogram }]);
}

/** Prometheus: linear interpolation in the bucket that holds the rank. */
function histogramQuantile(bounds: number[], counts: number[], share: number): number {
  const rank = share * counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [i, count] of counts.entries()) {
    if (below + count < rank) {
      below += count;
      continue;
    }
    if (i === bounds.length) return bounds.at(-1)!;
    const lower = i === 0 ? Math.min(0, bounds[0]!) : bounds[i - 1]!;
    return lower + ((bounds[i]! - lower) * (rank - below)) / count;
  }
  return Number.NaN;
}

/** Latencies as services have them: log-normal, now and then a slow one. */
function latencies(random: Seeded, count: number): number[] {
  return Array.from({ length: count }, () => {
    const normal =
      Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction());
    return Math.exp(normal * 0.9 - 1.6) * (random.fraction() < 0.02 ? 10 : 1);
  });
}

function histogramOf(values: number[], bounds: number[]): number[] {
  const counts = new Array(bounds.length + 1).fill(0) as number[];
  for (const value of values) {
    const bucket = bounds.findIndex((bound) => value <= bound);
    counts[bucket < 0 ? bounds.length : bucket]! += 1;
  }
  return counts;
}

describe.each(Object.entries(BUCKET_SETS))('with %s buckets', (_, bounds) => {
  test.each([0.5, 0.9, 0.95, 0.99])('percentile %f is within five percent of histogram_quantile', (share) => {
    for (let seed = 1; seed <= 20; seed++) {
      const counts = histogramOf(latencies(new Seeded(seed), 5000), bounds);
      const datums = convert({ bucketCounts: counts.map(String), explicitBounds: bounds });
      const wanted = histogramQuantile(bounds, counts, share);
      expect(Math.abs(percentile(datums, share) / wanted - 1)).toBeLessThan(0.05);
    }
  });

  test('one datum holds it, with all counts', () => {
    const values = latencies(new Seeded(7), 100_000);
    const counts = histogramOf(values, bounds);
    const datums = convert({ bucketCounts: counts.map(String), explicitBounds: bounds });
    expect(datums).toHaveLength(1);
    expect(datums[0]!.Values!.length).toBeLessThanOrEqual(150);
    expect(datums[0]!.Counts!.reduce((sum, count) => sum + count, 0)).toBe(values.length);
  });
});

test('minimum and maximum that the client knows are values of their own, and nothing lies beyond them', () => {
  const values = latencies(new Seeded(3), 2000);
  const bounds = BUCKET_SETS.coarse;
  const min = Math.min(...values);
  const max = Math.max(...values);
  const bucketCounts = histogramOf(values, bounds).map(String);
  const sum = values.reduce((total, value) => total + value);
  const { Values = [] } = convert({ bucketCounts, explicitBounds: bounds, min, max, sum })[0]!;
  expect(Math.min(...Values)).toBe(min);
  expect(Math.max(...Values)).toBe(max);
});

test('what lies above the last bound has the mean that the sum leaves for it', () => {
  const bounds = [1, 2];
  const point = { bucketCounts: ['0', '0', '100'], explicitBounds: bounds, min: 3, max: 1000, sum: 5000 };
  const { Values = [], Counts = [] } = convert(point)[0]!;
  const sum = Values.reduce((total, value, i) => total + value * Counts[i]!, 0);
  expect(sum).toBeCloseTo(5000, -1);
});

test('what lies above the last bound is on the bound when nothing more is known', () => {
  expect(convert({ bucketCounts: ['0', '0', '100'], explicitBounds: [1, 2] })[0]).toMatchObject({
    Values: [2],
    Counts: [100],
  });
});

test('a single value is exact when the sum says it', () => {
  expect(convert({ bucketCounts: ['0', '1', '0'], explicitBounds: [1, 2], sum: 1.234567 })[0]).toMatchObject({
    Values: [1.234567],
    Counts: [1],
  });
});

test('bounds are scaled with the unit', () => {
  const [datum] = convert({ bucketCounts: ['0', '4'], explicitBounds: [2], min: 2.5, max: 2.5 }, 'min');
  expect(datum).toMatchObject({ Unit: 'Seconds', Values: [150], Counts: [4] });
});

test('no bucket loses or gains a count, and no value leaves its bucket', () => {
  const bounds = fc
    .uniqueArray(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 40 })
    .map((list) => list.map((bound) => Number((bound / 100).toPrecision(3))).sort((a, b) => a - b))
    .filter((list) => list.every((bound, i) => i === 0 || bound > list[i - 1]!));
  const histogram = bounds.chain((list) =>
    fc.tuple(
      fc.constant(list),
      fc.array(fc.nat(300), { minLength: list.length + 1, maxLength: list.length + 1 }),
    ),
  );
  fc.assert(
    fc.property(histogram, ([list, counts]) => {
      const datums = convert({ bucketCounts: counts.map(String), explicitBounds: list });
      const found = new Array(counts.length).fill(0) as number[];
      for (const { Values = [], Counts = [] } of datums) {
        for (const [i, value] of Values.entries()) {
          // Derived values have five digits, which may carry them over a bound that is nearer.
          const bucket = list.findIndex((bound) => value <= bound + Math.abs(bound) * 1e-4);
          found[bucket < 0 ? list.length : bucket]! += Counts[i]!;
        }
      }
      // With neither minimum nor maximum the open buckets lie on the bounds next to them.
      const wanted = [...counts];
      wanted[list.length - 1]! += wanted[list.length]!;
      wanted[list.length] = 0;
      expect(found).toEqual(wanted);
    }),
    { numRuns: 300 },
  );
});
