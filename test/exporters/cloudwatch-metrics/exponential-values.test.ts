// Percentiles of exponential histograms: within 1 % of the values that went in.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExponentialHistogramDataPoint } from '../../../bench/payloads/otlp-json.ts';
import { Seeded } from '../../../bench/payloads/seeded.ts';
import { datumsOf, percentile } from './encode-metrics.ts';

const TIMES = { startTimeUnixNano: '1767225600000000000', timeUnixNano: '1767225660000000000' };

function convert(...points: ExponentialHistogramDataPoint[]) {
  const exponentialHistogram = {
    dataPoints: points.map((point) => ({ ...TIMES, ...point })),
    aggregationTemporality: 1,
  };
  return datumsOf([{ name: 'latency', unit: 'ms', exponentialHistogram }]);
}

/** As an SDK with no limit of buckets makes it. */
function histogramOf(values: readonly number[], scale: number): ExponentialHistogramDataPoint {
  const side = (sign: 1 | -1) => {
    const indexes = values
      .filter((value) => value * sign > 0)
      .map((value) => Math.ceil(Math.log2(Math.abs(value)) * 2 ** scale) - 1);
    if (indexes.length === 0) return { offset: 0, bucketCounts: [] };
    const offset = Math.min(...indexes);
    const counts = new Array(Math.max(...indexes) - offset + 1).fill(0) as number[];
    for (const index of indexes) counts[index - offset]! += 1;
    return { offset, bucketCounts: counts.map(String) };
  };
  return {
    scale,
    count: String(values.length),
    zeroCount: String(values.filter((value) => value === 0).length),
    positive: side(1),
    negative: side(-1),
  };
}

const nearestRank = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1]!;

/** @param decades powers of ten between smallest and largest */
function spread(random: Seeded, count: number, decades: number): number[] {
  return Array.from({ length: count }, () => 10 ** (random.fraction() * decades - 1));
}

describe.each([6, 7, 10, 16])('at scale %i', (scale) => {
  // A histogram this fine has a bucket for each byte that it is worth testing.
  const decades = scale > 10 ? 0.05 : 4;
  test.each([0.5, 0.9, 0.99, 0.999])(
    'percentile %f is within one percent of the value that has this rank',
    (share) => {
      for (let seed = 1; seed <= 10; seed++) {
        const values = spread(new Seeded(seed), 3000, decades);
        const found = percentile(convert(histogramOf(values, scale)), share);
        expect(Math.abs(found / nearestRank(values, share) - 1)).toBeLessThan(0.01);
      }
    },
  );
});

test('a coarser histogram loses nothing more than it has lost already', () => {
  const values = spread(new Seeded(5), 3000, 3);
  const found = percentile(convert(histogramOf(values, 3)), 0.9);
  expect(Math.abs(found / nearestRank(values, 0.9) - 1)).toBeLessThan(2 ** (1 / 8) - 1);
});

test('more buckets than a datum takes are split into several, none lost', () => {
  const values = spread(new Seeded(2), 20_000, 4);
  const datums = convert(histogramOf(values, 6));
  expect(datums.length).toBeGreaterThan(3);
  for (const { Values, Counts } of datums) {
    expect(Values!.length).toBeLessThanOrEqual(150);
    expect(Counts).toHaveLength(Values!.length);
  }
  expect(datums.flatMap(({ Counts }) => Counts!).reduce((sum, count) => sum + count)).toBe(values.length);
});

test('points of any scales, sides and distances become datums that hold all counts', () => {
  const value = fc.oneof(
    fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    fc.constantFrom(0, 1e-30, 1e30, -1e30, 1),
  );
  const point = fc.tuple(fc.array(value, { minLength: 1, maxLength: 20 }), fc.integer({ min: -10, max: 7 }));
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 4 }), (points) => {
      const datums = convert(...points.map(([values, scale]) => histogramOf(values, scale)));
      const total = datums.flatMap(({ Counts }) => Counts!).reduce((sum, count) => sum + count);
      expect(total).toBe(points.reduce((sum, [values]) => sum + values.length, 0));
    }),
    { numRuns: 80 },
  );
});

test('minimum and maximum are values of their own', () => {
  const values = spread(new Seeded(9), 500, 3);
  const min = Math.min(...values);
  const max = Math.max(...values);
  const datums = convert({ ...histogramOf(values, 5), min, max });
  const Values = datums.flatMap((datum) => datum.Values!);
  expect(Values[0]).toBe(min);
  expect(Values.at(-1)).toBe(max);
});
