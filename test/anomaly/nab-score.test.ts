// The scorer of the Numenta Anomaly Benchmark, on cases small enough to work out by hand.
import { describe, expect, test } from 'vitest';
import { nabCounts, nabOptimum, nabProfiles, nabScore, nabTruth } from '../../bench/anomaly/nab-score.ts';

const MINUTE = 60_000;
const times = Array.from({ length: 100 }, (_, row) => row * MINUTE);
const truth = nabTruth(times, [[40 * MINUTE, 59 * MINUTE]]);
const flagged = (...rows: number[]) => {
  const scores = new Float64Array(100);
  for (const row of rows) scores[row] = 1;
  return [{ truth, scores }];
};
const score = (...rows: number[]) => nabScore(flagged(...rows), nabProfiles.standard, 0.5);

describe('NAB score', () => {
  test('silence is worth 0 and the first row of the window 100', () => {
    expect(score()).toBe(0);
    expect(score(40)).toBeCloseTo(100, 10);
  });

  test('later rows of a window are worth less, and only the best one counts', () => {
    expect(score(59)).toBeLessThan(score(50));
    expect(score(50, 51, 52)).toBe(score(50));
  });

  test('a false row before any window costs its full weight, just after a window almost nothing', () => {
    expect(score(40, 20)).toBeCloseTo(100 - (100 * 0.11) / 2, 6);
    expect(score(40, 60)).toBeGreaterThan(score(40, 80));
  });

  test('rows of the probation are not judged', () => {
    expect(truth.probation).toBe(15);
    expect(score(3)).toBe(0);
  });

  test('windows are found by the first row of a repeated time', () => {
    const repeated = [...times.slice(0, 50), ...times.slice(40)];
    const doubled = nabTruth(repeated, [[45 * MINUTE, 48 * MINUTE]]);
    expect([...doubled.window.entries()].filter(([, window]) => window === 0).map(([row]) => row)).toEqual([
      45, 46, 47, 48,
    ]);
  });

  test('the best threshold keeps what pays and leaves what costs', () => {
    const scores = new Float64Array(100);
    scores[45] = 0.8;
    scores[20] = 0.6;
    const best = nabOptimum([{ truth, scores }], nabProfiles.standard);
    expect(best.threshold).toBe(0.8);
    expect(nabCounts([{ truth, scores }], 0.5)).toEqual({ windows: 1, found: 1, falseRows: 1 });
  });
});
