// Change points: found where they were planted, not found in noise.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changePoints } from '../../lib/anomaly/changes/change-points.ts';
import { hash, noise } from './series.ts';

const series = (count: number, at: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => at(index) + noise(index));

describe('levels', () => {
  test('a planted shift is found within a few values', () => {
    const [found, ...others] = changePoints(series(200, (index) => (index < 120 ? 50 : 55)));
    expect(others).toEqual([]);
    expect(Math.abs(found!.index - 120)).toBeLessThanOrEqual(2);
    expect(found!.before).toBeCloseTo(50, 0);
    expect(found!.after).toBeCloseTo(55, 0);
    expect(found!.confidence).toBeGreaterThan(0.99);
  });

  test('several shifts are found in order', () => {
    const indices = changePoints(series(400, (index) => [10, 20, 12, 30][Math.floor(index / 100)]!)).map(
      ({ index }) => index,
    );
    expect(indices).toHaveLength(3);
    indices.forEach((index, at) => {
      expect(Math.abs(index - 100 * (at + 1))).toBeLessThanOrEqual(2);
    });
  });

  test('noise, lasting noise, constants and one spike have none', () => {
    expect(changePoints(series(500, () => 3))).toEqual([]);
    expect(changePoints(new Array<number>(100).fill(5))).toEqual([]);
    const spike = series(100, () => 3);
    spike[50] = 500;
    expect(changePoints(spike)).toEqual([]);
    let found = 0;
    for (let seed = 0; seed < 10; seed++) {
      let lasting = 0;
      const walk = Array.from({ length: 300 }, (_, index) => {
        lasting = 0.7 * lasting + (hash(seed * 1000 + index) - 0.5);
        return lasting;
      });
      found += changePoints(walk).length;
    }
    expect(found).toBeLessThanOrEqual(2);
  });

  test('a long series is averaged down, the place stays right', () => {
    const [found] = changePoints(series(20_000, (index) => (index < 12_000 ? 50 : 55)));
    expect(Math.abs(found!.index - 12_000)).toBeLessThanOrEqual(30);
  });

  test('any finite series gives indices inside it, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 120 }), (values) => {
        const indices = changePoints(values).map(({ index }) => index);
        expect(indices).toEqual([...indices].sort((a, b) => a - b));
        for (const index of indices) expect(index).toBeLessThan(values.length);
      }),
      { numRuns: 50 },
    );
  });
});

test('a trend that begins is found as a change of trend', () => {
  const found = changePoints(
    series(300, (index) => 100 + Math.max(0, index - 180) * 0.8),
    { kind: 'trend' },
  );
  expect(found).toHaveLength(1);
  expect(Math.abs(found[0]!.index - 180)).toBeLessThanOrEqual(15);
  expect(found[0]!.before).toBeCloseTo(0, 1);
  expect(found[0]!.after).toBeCloseTo(0.8, 1);
});
