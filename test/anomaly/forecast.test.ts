// Forecasts: the model fits the series, the band holds, and limits are met when they will be.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { forecastErrors } from '../../bench/anomaly/forecasts.ts';
import { forecast, quantile } from '../../lib/anomaly/forecast/forecast.ts';
import { limitCrossing, violationChance } from '../../lib/anomaly/forecast/limit-crossing.ts';
import { regularSeries } from '../../lib/anomaly/forecast/regular-series.ts';
import { robustTrend } from '../../lib/anomaly/forecast/robust-trend.ts';
import { registerForecast } from '../../lib/cli/commands/forecast.ts';
import { dailyWave, noise } from './series.ts';

const HOUR = 3_600_000;
const hourly = (values: readonly number[]) => ({ start: 0, stepMs: HOUR, values });
const hours = (count: number, at: (hour: number) => number) =>
  Array.from({ length: count }, (_, hour) => at(hour));

describe('choice', () => {
  test('on generated seasonal series the choice beats seasonal naive, and the band holds nine of ten values', () => {
    const errors = forecastErrors();
    expect(errors.ours).toBeLessThan(0.9 * errors.seasonalNaive);
    expect(errors.inBand).toBeGreaterThan(0.82);
    expect(errors.inBand).toBeLessThan(0.98);
  });

  test('quiet weekends are foreseen from the week, not from the day before', () => {
    const at = (hour: number) => (Math.floor(hour / 24) % 7 >= 5 ? 10 : dailyWave(hour, 24)) + noise(hour);
    const { model, points } = forecast(hourly(hours(5 * 168 + 5 * 24, at)), 24);
    expect(model).toContain('week');
    points.forEach(({ value }) => {
      expect(Math.abs(value - 10)).toBeLessThan(5);
    });
  });

  test('what fills up steadily goes on filling up', () => {
    const { points } = forecast(hourly(hours(600, (hour) => 20 + 0.5 * hour + noise(hour))), 100);
    expect(points.at(-1)!.value).toBeCloseTo(20 + 0.5 * 699, -1);
  });

  test('a constant stays constant with no band', () => {
    const { points } = forecast(hourly(hours(100, () => 7)), 3);
    expect(points).toEqual(
      [7, 7, 7].map((value, at) => ({ time: (100 + at) * HOUR, value, low: 7, high: 7 })),
    );
  });
});

describe('any history', () => {
  test('points are finite, ordered in time, and the value lies in its band', () => {
    const value = fc.oneof(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 1, max: 60 }),
        (values, horizon) => {
          const { points } = forecast(hourly(values), horizon);
          expect(points).toHaveLength(horizon);
          points.forEach(({ time, value: middle, low, high }, at) => {
            expect(time).toBe((values.length + at) * HOUR);
            expect([low, middle, high].every(Number.isFinite)).toBe(true);
            expect(low).toBeLessThanOrEqual(middle);
            expect(high).toBeGreaterThanOrEqual(middle);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a metric that was never negative is not forecast below zero', () => {
    const { points } = forecast(hourly(hours(200, (hour) => Math.max(0, 100 - hour))), 50);
    for (const { value, low } of points) expect(Math.min(value, low)).toBeGreaterThanOrEqual(0);
  });

  test('a horizon of none is refused', () => {
    expect(() => forecast(hourly([1]), 0)).toThrow(RangeError);
  });
});

describe('even grid', () => {
  test('rows are sorted, repeated times keep the last, gaps are filled on a line', () => {
    const rows = [
      [3, 40],
      [0, 10],
      [1, 99],
      [1, 20],
      [5, Number.NaN],
      [4, 50],
    ].map(([hour, number]) => ({ time: hour! * HOUR, number: number! }));
    expect(regularSeries(rows)).toEqual({ start: 0, stepMs: HOUR, values: [10, 20, 30, 40, 50] });
  });

  test('nothing usable is nothing', () => {
    expect(regularSeries([{ time: Number.NaN, number: 1 }])).toBeUndefined();
  });
});

describe('limits', () => {
  const filling = hourly(hours(500, (hour) => 100 + hour + noise(hour) * 5));

  test('a filling disk is full in a range of dates around the right one', () => {
    const crossing = limitCrossing(filling, 1000, 'above')!;
    const truth = 900 * HOUR;
    expect(crossing.earliest).toBeLessThanOrEqual(crossing.likely);
    expect(crossing.latest).toBeGreaterThanOrEqual(crossing.likely);
    expect(Math.abs(crossing.likely - truth)).toBeLessThan(20 * HOUR);
    expect(crossing.latest).toBeLessThan(1000 * HOUR);
  });

  test('what moves away from a limit never reaches it; what is beyond it is there now', () => {
    expect(limitCrossing(filling, 50, 'below')).toBeUndefined();
    expect(limitCrossing(filling, 300, 'above')!.likely).toBe(499 * HOUR);
  });

  test('one wild value does not bend the trend', () => {
    const values = hours(100, (hour) => hour);
    values[90] = 1e9;
    expect(robustTrend(values).slope).toBeCloseTo(1, 6);
  });

  test('the chance of a violation is 0 far away, 1 beyond, and between near the limit', () => {
    const result = forecast(hourly(hours(400, (hour) => 50 + noise(hour))), 12);
    expect(violationChance(result, 100, 'above')).toBe(0);
    expect(violationChance(result, 20, 'above')).toBe(1);
    const near = violationChance(result, 51, 'above');
    expect(near).toBeGreaterThan(0.05);
    expect(near).toBeLessThan(0.6);
  });

  test('quantiles lie between neighbours', () => {
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(quantile([3], 0.9)).toBe(3);
  });
});

describe('command', () => {
  function run(csv: string, ...options: string[]): { model: string; points: Record<string, unknown>[] } {
    const folder = mkdtempSync(join(tmpdir(), 'forecast-'));
    writeFileSync(join(folder, 'in.csv'), csv);
    const written: string[] = [];
    const spy = vi
      .spyOn(process.stdout, 'write')
      .mockImplementation((text) => written.push(String(text)) > 0);
    try {
      const program = new Command().exitOverride().option('--json');
      registerForecast(program);
      program.parse(['forecast', '--input', join(folder, 'in.csv'), '--json', ...options], { from: 'user' });
    } finally {
      spy.mockRestore();
      rmSync(folder, { recursive: true });
    }
    return JSON.parse(written.join(''));
  }

  test('times are written as the file writes them', () => {
    const iso = run('timestamp,value\n2026-01-05 00:00:00,1\n2026-01-05 01:00:00,1\n', '--horizon', '2');
    expect(iso.points.map(({ timestamp }) => timestamp)).toEqual([
      '2026-01-05T02:00:00Z',
      '2026-01-05T03:00:00Z',
    ]);
    const epoch = run('0,1\n3600,1\n', '--horizon', '1');
    expect(epoch).toEqual({ model: 'naive', points: [{ timestamp: 7200, value: 1, low: 1, high: 1 }] });
  });

  test('a wrong horizon and an empty file are said plainly', () => {
    expect(() => run('0,1\n', '--horizon', 'soon')).toThrow('--horizon: expected a whole number');
    expect(() => run('timestamp,value\n', '--horizon', '1')).toThrow('no row with a time and a value');
  });
});
