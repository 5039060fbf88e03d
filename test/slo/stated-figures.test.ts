// Figures that were asked for, computed: budgets in minutes, ledgers, burn rates, states. Where a document states
// another number than its own inputs give, the computed one is held here.
import { describe, expect, test } from 'vitest';
import { budgetOf, timeToExhaustionMs } from '../../lib/slo/budget/budget.ts';
import { budgetState, policyActions } from '../../lib/slo/budget/budget-state.ts';
import { readSlos } from '../../lib/slo/definition/read-slos.ts';
import { badRatioThreshold, budgetShareOf, burnRate, factorOf } from '../../lib/slo/windows/burn-rate.ts';
import { DAY, HOUR, MINUTE } from './support.ts';

const PERIOD = 30 * DAY;

describe('30 days of 99.9 %', () => {
  /** Minutes of complete failure, of as many minutes as the period has. */
  const spending = (minutes: number) => budgetOf({ bad: minutes, total: PERIOD / MINUTE }, 0.999, PERIOD);

  test('are 43,200 minutes, of which 43.2 may fail: 0.72 hours', () => {
    expect(PERIOD / MINUTE).toBe(43_200);
    expect(spending(0)).toMatchObject({ remaining: 1, allowedEvents: 43.2, remainingMinutes: 43.2 });
    expect(spending(0).remainingMinutes / 60).toBeCloseTo(0.72, 12);
  });

  test('have a ledger: 5, 2 and 8 minutes leave 38.2, 36.2 and 28.2, of which the last is 65 % and not half', () => {
    expect([5, 7, 15].map((spent) => spending(spent).remainingMinutes)).toEqual([38.2, 36.2, 28.2]);
    expect(spending(15).remaining).toBeCloseTo(0.653, 3);
    expect(spending(21.6).remaining).toBe(0.5);
  });

  test.each([
    ['1h', HOUR, 14.4, 0.02],
    ['6h', 6 * HOUR, 6, 0.05],
    ['1d', DAY, 3, 0.1],
  ])('burnt for %s at the factor of its pair spend a round share', (_, windowMs, factor, share) => {
    expect(budgetShareOf(factor, windowMs, PERIOD)).toBe(share);
    expect(factorOf(share, windowMs, PERIOD)).toBe(factor);
  });

  test('lose 5 % in an hour at a burn rate of 36, and all of it in 20 hours', () => {
    expect(factorOf(0.05, HOUR, PERIOD)).toBe(36);
    expect(timeToExhaustionMs(1, 36, PERIOD)).toBe(20 * HOUR);
  });

  test('take a rule such as 5 % of the budget in an hour, and one of twice what can be sustained', () => {
    const metric = { namespace: 'Shop', metric: 'Requests' };
    const { slos, problems } = readSlos([
      {
        name: 'api',
        objective: '99.9%',
        period: '30d',
        indicator: { bad: metric, total: metric },
        windows: [
          { severity: 'page', longWindow: '1h', shortWindow: '5m', budgetShare: '5%' },
          { severity: 'ticket', longWindow: '1d', shortWindow: '2h', factor: 2 },
        ],
      },
    ]);
    expect(problems).toEqual([]);
    expect(slos[0]?.windows.map(({ factor, budgetShare }) => [factor, budgetShare])).toEqual([
      [36, 0.05],
      [2, 0.066666666666667].map((value) => Number(value.toPrecision(12))),
    ]);
  });

  test('are exceeded by an error ratio above 0.001, at which the burn rate is 1', () => {
    expect(badRatioThreshold(1, 0.999)).toBe(0.001);
    expect(burnRate(0.001, 0.999)).toBe(1);
  });
});

describe('what is left', () => {
  /** A share of good events, as it was measured. */
  const left = (objective: number, actual: number): string => {
    const total = 1_000_000;
    const { remaining } = budgetOf({ bad: Math.round((1 - actual) * total), total }, objective, PERIOD);
    return `${Number((remaining * 100).toPrecision(6))}%`;
  };

  test('is a signed share of the budget', () => {
    expect(left(0.999, 0.9992)).toBe('20%');
    expect(left(0.999, 0.9987)).toBe('-30%');
    expect(left(0.9995, 0.9989)).toBe('-120%');
  });

  test('in events follows the traffic: half a percent of 100 requests a second is 302,400 a week', () => {
    const total = 100 * 7 * 86_400;
    expect(budgetOf({ bad: 0, total }, 0.995, 7 * DAY).remainingEvents).toBe(302_400);
  });

  test('in minutes: one percent of 30 days is 432', () => {
    expect(budgetOf({ bad: 0, total: 1 }, 0.99, PERIOD).remainingMinutes).toBe(432);
  });
});

describe('the policy of three bounds', () => {
  test('is healthy above 25 %, a warning from 10 %, critical below, exhausted at nothing', () => {
    expect([0.26, 0.25, 0.1, 0.09, 0, -1].map((remaining) => budgetState(remaining))).toEqual([
      'healthy',
      'warning',
      'warning',
      'critical',
      'exhausted',
      'exhausted',
    ]);
  });

  test('freezes below 10 % when it is written so, and opens above 10 % again', () => {
    const policy = [{ action: 'freeze', below: 0.1, until: 0.1 }] as const;
    expect(policyActions(policy, 0.1, [])).toEqual([]);
    expect(policyActions(policy, 0.099, [])).toEqual(['freeze']);
    expect(policyActions(policy, 0.1, ['freeze'])).toEqual(['freeze']);
    expect(policyActions(policy, 0.101, ['freeze'])).toEqual([]);
  });
});
