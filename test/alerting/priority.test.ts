import { expect, test } from 'vitest';
import { mostUrgent, priorityOf } from '../../lib/alerting/priority.ts';

test.each([
  ['a written priority counts before the severity', { priority: 'P4', severity: 'critical' }, 'P4'],
  ['a priority that is none is not looked at', { priority: 'urgent', severity: 'info' }, 'P4'],
  ['a page is P2', { severity: 'page' }, 'P2'],
  ['a page is P1 while a budget burns fast', { severity: 'page', burn_tier: 'fast' }, 'P1'],
  ['a page is P1 where the impact is critical', { severity: 'page', impact: 'critical' }, 'P1'],
  ['a ticket stays P3 however fast a budget burns', { severity: 'ticket', burn_tier: 'fast' }, 'P3'],
  ['critical is P1', { severity: 'critical' }, 'P1'],
  ['the case does not matter', { severity: 'Critical' }, 'P1'],
  ['an error is P2', { severity: 'error' }, 'P2'],
  ['a warning is P3', { severity: 'warning' }, 'P3'],
  ['info is P4', { severity: 'info' }, 'P4'],
  ['without a severity it is P3', {}, 'P3'],
  ['names of what every object has are no severities', { severity: 'constructor' }, 'P3'],
])('%s', (_sentence, labels, expected) => {
  expect(priorityOf(labels as Record<string, string>)).toBe(expected);
});

test('a group is as urgent as its most urgent alert', () => {
  expect(mostUrgent([{ severity: 'info' }, { severity: 'critical' }, { severity: 'page' }])).toBe('P1');
  expect(mostUrgent([])).toBe('P3');
});
