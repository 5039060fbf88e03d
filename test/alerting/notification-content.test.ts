// What channels get to write from.
import { expect, test } from 'vitest';
import { inCommon, notificationContent } from '../../lib/alerting/durable/notification-content.ts';
import type { OutboxEntry } from '../../lib/alerting/ports.ts';
import { anAlert } from './stores-suite.ts';

function entry(more: Partial<OutboxEntry>): OutboxEntry {
  return {
    place: 0,
    flush: 1,
    idempotencyKey: 'key',
    receiver: 'team',
    integration: 'webhook/0',
    reason: 'firstNotification',
    status: 'firing',
    routeLabels: {},
    alerts: [],
    firing: [],
    resolved: [],
    leaving: [],
    ...more,
  };
}

const head = { key: '{}:{alertname="Down"}', labels: { alertname: 'Down' } };
const firing = anAlert({
  labels: { alertname: 'Down', instance: 'a', severity: 'warning' },
  annotations: { summary: 'down', runbook_url: 'https://runbooks.example.com/down' },
});
const resolved = anAlert({
  labels: { alertname: 'Down', instance: 'b', severity: 'critical' },
  annotations: { summary: 'down', dashboard_url: 'https://dashboards.example.com/b' },
});
const both = [
  { alert: firing, status: 'firing' as const },
  { alert: resolved, status: 'resolved' as const },
];

test('holds the group, what is common, and each alert with its status', () => {
  const content = notificationContent(entry({ alerts: both }), head, 'https://api.example.com');
  expect(content).toMatchObject({
    receiver: 'team',
    groupKey: head.key,
    groupLabels: { alertname: 'Down' },
    commonLabels: { alertname: 'Down' },
    commonAnnotations: { summary: 'down' },
    status: 'firing',
    externalUrl: 'https://api.example.com',
    remarks: [],
  });
  expect(content.alerts.map(({ fingerprint, status }) => [fingerprint, status])).toEqual([
    [firing.fingerprint, 'firing'],
    [resolved.fingerprint, 'resolved'],
  ]);
});

test('has a score where it is reckoned, of what still fires', () => {
  const scored = { inhibits: () => true };
  expect(notificationContent(entry({ alerts: both }), head, '', scored).score).toBe(30);
  expect(notificationContent(entry({ alerts: both }), head, '')).not.toHaveProperty('score');
});

test('is as urgent as what still fires; once all has resolved, as what was', () => {
  expect(notificationContent(entry({ alerts: both }), head, '').priority).toBe('P3');
  const over = entry({ alerts: [both[1]!], status: 'resolved' });
  expect(notificationContent(over, head, '').priority).toBe('P1');
});

test('links are the addresses that annotations hold, and nothing that is none', () => {
  expect(notificationContent(entry({ alerts: both }), head, '').links).toEqual({
    runbook: 'https://runbooks.example.com/down',
    dashboard: 'https://dashboards.example.com/b',
  });
  const odd = anAlert({ annotations: { runbook_url: 'javascript:alert(1)', runbook: 'see the wiki' } });
  expect(notificationContent(entry({ alerts: [{ alert: odd, status: 'firing' }] }), head, '').links).toEqual(
    {},
  );
});

test('a reminder says that it is one', () => {
  const content = notificationContent(entry({ alerts: both, reason: 'repeatDue' }), head, '');
  expect(content.remarks).toEqual(['Still firing: this is a reminder, nothing has changed.']);
});

test('in common is what all sets have with one value', () => {
  expect(inCommon([])).toEqual({});
  expect(
    inCommon([
      { a: '1', b: '2' },
      { a: '1', b: '3', c: '' },
    ]),
  ).toEqual({ a: '1' });
});
