// Detection and reset times in a simulation against the formulas, for every pair and error ratios from 0.1 % to 100 %.
import { describe, expect, test } from 'vitest';
import { backtest } from '../../lib/slo/backtest/backtest.ts';
import { detectionTimeMs, resetTimeMs } from '../../lib/slo/windows/burn-rate.ts';
import { type BurnWindow, defaultTable } from '../../lib/slo/windows/default-table.ts';
import { DAY, MINUTE, slo, T0, traffic } from './support.ts';

/** Divides evenly by all ratios below. */
const PER_MINUTE = 10_000;
const RATIOS = [0.001, 0.002, 0.005, 0.01, 0.0144, 0.015, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
const OBJECTIVES = [0.99, 0.999, 0.9999];

const pairs = [7, 28, 30, 90].flatMap((days) => defaultTable(days * DAY).map((window) => ({ days, window })));

/** Good traffic for a while (what was before the first data counts as such), then failures until well after detection, then good traffic. */
function simulate(days: number, window: BurnWindow, objective: number, ratio: number) {
  const before = 60;
  const expected = detectionTimeMs(window, objective, ratio);
  const failing = Number.isFinite(expected)
    ? Math.ceil(expected / MINUTE) + window.shortWindowMs / MINUTE + 3
    : window.longWindowMs / MINUTE + 3;
  const after = window.shortWindowMs / MINUTE + 3;
  const bad = (minute: number): number =>
    minute >= before && minute < before + failing ? Math.round(PER_MINUTE * ratio) : 0;
  const { alerts } = backtest(
    slo({ objective, windows: [window], period: { kind: 'rolling', lengthMs: days * DAY } }),
    traffic(before + failing + after, PER_MINUTE, bad),
  );
  const began = T0 + before * MINUTE;
  return {
    alerts,
    expected,
    detection: alerts.length === 0 ? Number.POSITIVE_INFINITY : alerts[0]!.firedAt * 1000 - began,
    reset: (alerts[0]?.resolvedAt ?? 0) * 1000 - (began + failing * MINUTE),
  };
}

describe.each(pairs)(
  '$window.severity, $window.longWindowMs/$window.shortWindowMs ms of $days days',
  ({ days, window }) => {
    test.each(OBJECTIVES)(
      'fires and resolves when the formulas say so, at an objective of %d',
      (objective) => {
        for (const ratio of RATIOS) {
          const { alerts, expected, detection, reset } = simulate(days, window, objective, ratio);
          if (!Number.isFinite(expected)) {
            expect(alerts, `ratio ${ratio}`).toEqual([]);
            continue;
          }
          expect(alerts, `ratio ${ratio}`).toHaveLength(1);
          // The formula gives the moment at which the ratio equals the threshold; it fires at the next end of a minute.
          expect(detection, `ratio ${ratio}`).toBeGreaterThan(expected - 1);
          expect(detection, `ratio ${ratio}`).toBeLessThanOrEqual(expected + MINUTE + 1);
          const back = resetTimeMs(window, objective, ratio);
          expect(reset, `ratio ${ratio}`).toBeGreaterThan(back - 1);
          expect(reset, `ratio ${ratio}`).toBeLessThanOrEqual(back + MINUTE + 1);
        }
      },
    );
  },
);

describe('traffic that meets 99.9 % for 30 days', () => {
  const MINUTES = 30 * 1440;
  // A seeded generator: the same failures in every run.
  const random = (seed: number) => (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };

  test('never fires with a steady rate just below the budget', () => {
    const points = traffic(MINUTES, 2000, (minute) => (minute % 10 === 0 ? 1 : 2));
    expect(backtest(slo(), points).alerts).toEqual([]);
  });

  test('never fires with random failures that use four fifths of the budget, by day and night', () => {
    const next = random(7);
    const points = Array.from({ length: MINUTES }, (_, minute) => {
      const total = Math.round(6000 + 4000 * Math.sin((minute / 1440) * 2 * Math.PI));
      let bad = 0;
      for (let hundred = 0; hundred < total / 100; hundred++) if (next() < 0.08) bad++;
      return { start: T0 + minute * MINUTE, good: total - bad, total };
    });
    const spent = points.reduce((sum, { good, total }) => sum + total - good, 0);
    const all = points.reduce((sum, { total }) => sum + total, 0);
    expect(spent / all).toBeLessThan(0.001);
    expect(backtest(slo(), points).alerts).toEqual([]);
  });

  test('never fires on silence', () => {
    const points = [{ start: T0, good: 1, total: 1 }, { start: T0 + 30 * DAY }];
    const { alerts, budget } = backtest(slo(), points);
    expect(alerts).toEqual([]);
    expect(budget).toHaveLength(720);
    expect(budget.every(({ remaining }) => remaining === 1)).toBe(true);
  });
});
