// The score by which alerts of one priority are put in order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { priorityScore } from '../../lib/alerting/priority-score.ts';

const rules = { inhibits: (labels: Readonly<Record<string, string>>) => labels.alertname === 'RegionDown' };
const impact = fc.constantFrom('', 'low', 'medium', 'high', 'critical', 'yes', 'nonsense', '__proto__');
const labels = fc.record({
  severity: fc.constantFrom('page', 'critical', 'ticket', 'info', 'x'),
  burn_tier: fc.constantFrom('fast', 'slow', ''),
  revenue_impact: impact,
  user_impact: impact,
  dependencies_down: fc.constantFrom('', 'true', '3', 'no'),
  alertname: fc.constantFrom('RegionDown', 'Down'),
});

test('is the sum that the table in docs/alerting.md says', () => {
  expect(priorityScore([{}], rules)).toBe(25);
  expect(priorityScore([{ severity: 'page', burn_tier: 'fast' }], rules)).toBe(70);
  expect(priorityScore([{ severity: 'info', user_impact: 'Low' }], rules)).toBe(8);
  expect(priorityScore([{ alertname: 'RegionDown' }, {}, {}, {}], rules)).toBe(32);
  expect(priorityScore([], rules)).toBe(0);
});

test('is a whole number of 0 to 100', () => {
  const worst = {
    severity: 'critical',
    burn_tier: 'fast',
    revenue_impact: 'critical',
    user_impact: 'critical',
    dependencies_down: '2',
  };
  expect(
    priorityScore(
      Array.from({ length: 10_000 }, () => worst),
      rules,
    ),
  ).toBe(100);
  fc.assert(
    fc.property(fc.array(labels, { maxLength: 40 }), (alerts) => {
      const score = priorityScore(alerts, rules);
      expect(Number.isInteger(score) && score >= 0 && score <= 100).toBe(true);
    }),
  );
});

test('never falls when an alert joins', () => {
  fc.assert(
    fc.property(fc.array(labels, { minLength: 1, maxLength: 20 }), labels, (alerts, one) => {
      expect(priorityScore([...alerts, one], rules)).toBeGreaterThanOrEqual(priorityScore(alerts, rules));
    }),
  );
});
