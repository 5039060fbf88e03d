// Canary analysis: what is worse is found, what only differs is let pass.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BadDirection, judgeCanary } from '../../lib/anomaly/canary/judge.ts';
import { compareRanks, normalCdf, normalQuantile } from '../../lib/anomaly/canary/mann-whitney.ts';
import { noise } from './series.ts';

const sample = (level: number, from = 0, count = 60) =>
  Array.from({ length: count }, (_, at) => level + noise(from + at));

describe('Mann–Whitney', () => {
  test('a worked example: U = 2 of 25, p as the normal approximation gives it', () => {
    const { superiority, pValue, shift } = compareRanks([1, 2, 4, 5, 7], [6, 8, 9, 10, 11]);
    expect(superiority).toBe(24 / 25);
    expect(pValue).toBeCloseTo(2 * (1 - normalCdf(11 / Math.sqrt(25 * (11 / 12)))), 6);
    expect(shift).toBe(5);
  });

  test('swapping the samples mirrors the answer', () => {
    const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const one = compareRanks(a, b);
        const other = compareRanks(b, a);
        expect(one.superiority + other.superiority).toBeCloseTo(1, 12);
        expect(one.pValue).toBeCloseTo(other.pValue, 12);
        expect(one.shift + other.shift).toBeCloseTo(0, 12);
        expect(one.shiftLow).toBeLessThanOrEqual(one.shift);
        expect(one.shiftHigh).toBeGreaterThanOrEqual(one.shift);
      }),
    );
  });

  test('equal samples are alike, an empty one is refused', () => {
    expect(compareRanks([3, 3, 3], [3, 3, 3])).toMatchObject({ pValue: 1, superiority: 0.5, shift: 0 });
    expect(() => compareRanks([], [1])).toThrow(RangeError);
  });

  test.each([
    [0, 0.5],
    [1.96, 0.975],
    [-1.6449, 0.05],
  ])('normalCdf(%d) is %d', (z, p) => {
    expect(normalCdf(z)).toBeCloseTo(p, 4);
  });

  test('the quantile inverts it', () => {
    expect(normalQuantile(0.99)).toBeCloseTo(2.3263, 3);
  });
});

describe('verdicts', () => {
  const latency = (canary: number[], bad: BadDirection = 'increase', critical = false) => ({
    name: 'latency',
    baseline: sample(50),
    canary,
    bad,
    critical,
  });

  test.each([
    ['a slower canary fails', [latency(sample(65, 500))], 'fail', 0],
    ['a quicker canary passes', [latency(sample(40, 500))], 'pass', 100],
    ['a significant but small difference passes', [latency(sample(52, 500))], 'pass', 100],
    ['a drop matters where less is bad', [latency(sample(40, 500), 'decrease')], 'fail', 0],
    [
      'one of five worse is marginal',
      [latency(sample(65, 500)), ...[1, 2, 3, 4].map((at) => latency(sample(50, at * 100)))],
      'marginal',
      80,
    ],
    [
      'one critical of five worse fails',
      [
        latency(sample(65, 500), 'increase', true),
        ...[1, 2, 3, 4].map((at) => latency(sample(50, at * 100))),
      ],
      'fail',
      80,
    ],
    ['too few values show nothing, which is no pass', [latency([1, 2, 3])], 'fail', 0],
    ['no metrics show nothing', [], 'fail', 0],
  ] as const)('%s', (_, metrics, verdict, score) => {
    expect(judgeCanary(metrics)).toMatchObject({ verdict, score });
  });

  test('each metric says why, with the size of the shift', () => {
    const [result] = judgeCanary([latency(sample(65, 500))]).metrics;
    expect(result).toMatchObject({ name: 'latency', verdict: 'high' });
    expect(result!.reason).toMatch(/^shift 1[45]\.\d \(.+ to .+\), higher in 100 % of comparisons$/);
  });

  test('a canary like its baseline passes nearly always', () => {
    let passed = 0;
    for (let seed = 0; seed < 200; seed++) {
      const metrics = [{ ...latency(sample(50, 10_000 + 97 * seed)), baseline: sample(50, 131 * seed) }];
      if (judgeCanary(metrics).verdict === 'pass') passed++;
    }
    expect(passed).toBeGreaterThanOrEqual(198);
  });
});
