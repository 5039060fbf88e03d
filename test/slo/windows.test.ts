// Windows as data: the published tables, scaled ones, and what can never fire.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration } from '../../lib/model/duration.ts';
import { readSlos } from '../../lib/slo/definition/read-slos.ts';
import { badRatioThreshold, burnRate, errorBudget, factorOf } from '../../lib/slo/windows/burn-rate.ts';
import { defaultTable } from '../../lib/slo/windows/default-table.ts';
import { DAY, HOUR } from './support.ts';

const rows = (periodMs: number): unknown[] =>
  defaultTable(periodMs).map(({ severity, longWindowMs, shortWindowMs, budgetShare, factor }) => [
    severity,
    formatDuration(longWindowMs),
    formatDuration(shortWindowMs),
    budgetShare,
    factor,
  ]);

describe('default windows', () => {
  // slok/sloth@0e395d8 internal/alert/windows/google-30d.yaml, factors by its getBurnRateFactor.
  test('of 30 days are those of the workbook as Sloth has them', () => {
    expect(rows(30 * DAY)).toEqual([
      ['page', '1h', '5m', 0.02, 14.4],
      ['page', '6h', '30m', 0.05, 6],
      ['ticket', '1d', '2h', 0.1, 3],
      ['ticket', '3d', '6h', 0.1, 1],
    ]);
  });

  // slok/sloth@0e395d8 internal/alert/windows/google-28d.yaml
  test('of 28 days keep the windows and budget shares, so that the last factor is below 1', () => {
    expect(rows(28 * DAY)).toEqual([
      ['page', '1h', '5m', 0.02, 13.44],
      ['page', '6h', '30m', 0.05, 5.6],
      ['ticket', '1d', '2h', 0.1, 2.8],
      ['ticket', '3d', '6h', 0.1, 0.933333333333],
    ]);
  });

  test('of 7 days keep the factors and shrink the windows to whole minutes', () => {
    expect(rows(7 * DAY)).toEqual([
      ['page', '14m', '1m', 0.02, 14.4],
      ['page', '1h24m', '7m', 0.05, 6],
      ['ticket', '5h36m', '28m', 0.1, 3],
      ['ticket', '16h48m', '1h24m', 0.1, 1],
    ]);
  });

  test('of 90 days keep the factors and stretch the windows', () => {
    expect(rows(90 * DAY)).toEqual([
      ['page', '3h', '15m', 0.02, 14.4],
      ['page', '18h', '1h30m', 0.05, 6],
      ['ticket', '3d', '6h', 0.1, 3],
      ['ticket', '9d', '18h', 0.1, 1],
    ]);
  });

  test('of any period have a short window below the long one, in whole minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 455 * 24 }), (hours) => {
        for (const { longWindowMs, shortWindowMs } of defaultTable(hours * HOUR)) {
          expect(shortWindowMs).toBeLessThan(longWindowMs);
          expect(shortWindowMs % 60_000).toBe(0);
          expect(shortWindowMs).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe('thresholds', () => {
  test('are free of the dust of floating point', () => {
    expect(errorBudget(0.999)).toBe(0.001);
    expect(errorBudget(0.9)).toBe(0.1);
    expect(badRatioThreshold(14.4, 0.999)).toBe(0.0144);
    expect(badRatioThreshold(3, 0.9)).toBe(0.3);
    expect(burnRate(0.0144, 0.999)).toBe(14.4);
    expect(factorOf(0.05, HOUR, 30 * DAY)).toBe(36);
  });

  test('of an objective of 1 do not exist', () => {
    expect(() => burnRate(0.1, 1)).toThrow(RangeError);
  });
});

const METRIC = { namespace: 'Shop', metric: 'Requests' };
const written = (more: Record<string, unknown>): unknown => ({
  name: 'checkout',
  objective: 0.9,
  period: '30d',
  indicator: { good: METRIC, total: METRIC },
  ...more,
});

describe('a pair that can never fire', () => {
  test('is dropped from a default table, with a warning', () => {
    const { slos, problems } = readSlos([written({})]);
    expect(slos[0]!.windows.map(({ factor }) => factor)).toEqual([6, 3, 1]);
    expect(problems).toEqual([
      {
        level: 'warning',
        path: 'slos[0]',
        message:
          'page 1h/5m can never fire and is left out: 14.4 times the budget of objective 0.9 is an error ratio of 1.44',
      },
    ]);
  });

  test('is an error in a table that a user wrote', () => {
    const { slos, problems } = readSlos([
      written({ windows: [{ severity: 'page', longWindow: '1h', shortWindow: '5m', budgetShare: '2%' }] }),
    ]);
    expect(slos).toEqual([]);
    expect(problems).toMatchObject([{ level: 'error', path: 'slos[0].windows[0]' }]);
    expect(problems[0]!.message).toContain('can never fire');
  });

  test('is one whose threshold is exactly 1: the ratio must be above it', () => {
    const windows = [{ severity: 'page', longWindow: '1h', shortWindow: '5m', factor: 10 }];
    expect(readSlos([written({ windows })]).problems).toMatchObject([{ level: 'error' }]);
    expect(readSlos([written({ windows: [{ ...windows[0], factor: 9.99 }] })]).problems).toEqual([]);
  });
});

describe('a table that a user wrote', () => {
  test('may use seconds', () => {
    const { slos, problems } = readSlos([
      written({
        period: '1h',
        windows: [{ severity: 'page', longWindow: '2m30s', shortWindow: '10s', budgetShare: 0.25 }],
      }),
    ]);
    expect(problems).toEqual([]);
    expect(slos[0]!.windows).toEqual([
      {
        severity: 'page',
        longWindowMs: 150_000,
        shortWindowMs: 10_000,
        budgetShare: 0.25,
        factor: 6,
        holdMs: 0,
      },
    ]);
  });

  test('lists every mistake with its path', () => {
    const { problems } = readSlos([
      written({
        windows: [
          { severity: 'loud', longWindow: '1h', shortWindow: '5', budgetShare: 0.02 },
          { severity: 'page', longWindow: '5m', shortWindow: '1h', budgetShare: 0.0001 },
          { severity: 'page', longWindow: '40d', shortWindow: '1h', budgetShare: 0.5, factor: 2 },
          { severity: 'page', longWindow: '40d', shortWindow: '1h', factor: 2, colour: 'red' },
        ],
      }),
    ]);
    expect(problems.map(({ path }) => path)).toEqual([
      'slos[0].windows[0].severity',
      'slos[0].windows[0].shortWindow',
      'slos[0].windows[1].shortWindow',
      'slos[0].windows[1]',
      'slos[0].windows[2]',
      'slos[0].windows[3].colour',
      'slos[0].windows[3].longWindow',
    ]);
  });

  test('with a factor below 1 only warns', () => {
    const windows = [{ severity: 'ticket', longWindow: '3d', shortWindow: '6h', factor: 0.9 }];
    const { slos, problems } = readSlos([written({ windows })]);
    expect(slos).toHaveLength(1);
    expect(problems).toMatchObject([{ level: 'warning' }]);
  });
});
