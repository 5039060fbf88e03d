// The section `onCall`: what is taken, and what is refused in which words.
import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../lib/config/compile.ts';
import type { OnCallConfig } from '../../lib/config/define/on-call.ts';

const secret = { secret: 'tidewatch/x' };

const good: OnCallConfig = {
  people: {
    ada: { contacts: { pagerduty: [{ routingKey: secret }] } },
    ben: { contacts: { email: [{ to: 'ben@example.com', from: 'tidewatch@example.com' }] } },
  },
  schedules: {
    primary: {
      timeZone: 'Europe/Berlin',
      layers: [
        { people: ['ada', 'ben'], start: '2026-01-05T09:00' },
        {
          name: 'nights',
          people: ['ben', ''],
          start: '2026-01-05T21:00',
          turn: '2d',
          restrictions: [{ days: ['sat', 'sun'], from: '21:00', to: '24:00' }],
        },
      ],
      overrides: [{ person: 'ben', from: '2026-12-24T00:00:00+01:00', to: '2026-12-26T00:00:00+01:00' }],
    },
  },
  policies: {
    shop: {
      steps: [
        { tell: [{ schedule: 'primary' }, { name: '#ops', channel: { webhook: [{ url: secret }] } }] },
        { tell: [{ person: 'ben' }], acknowledgeWithin: '45s' },
        { tell: [{ person: 'ben' }] },
      ],
    },
  },
  fallback: [{ person: 'ben' }],
};
const alerting = {
  route: { receiver: 'pages' },
  receivers: [{ name: 'pages', escalation: [{ policy: 'shop' }] }],
};

/** Paths and messages of everything that is wrong. */
function problems(onCall: unknown, others: object = { alerting }): string[] {
  return checkConfig({ onCall, ...others }).problems.map(({ path, message }) => `${path}: ${message}`);
}

test('is compiled to plain settings, with defaults where nothing is said', () => {
  const result = checkConfig({ onCall: good, alerting });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const { onCall } = result.compiled.runtime;
  expect(JSON.parse(JSON.stringify(onCall))).toEqual(onCall);
  expect(onCall).toMatchObject({
    people: { ada: { contacts: [{ kind: 'pagerduty', fields: { routing_key: secret } }] } },
    policies: {
      shop: {
        repeat: 2,
        steps: [
          { acknowledgeWithinMs: 600_000 },
          { acknowledgeWithinMs: 45_000 },
          { acknowledgeWithinMs: 900_000 },
        ],
      },
    },
    pagesPerHour: 3,
    bundleWithinMs: 300_000,
    reopenWithinMs: 1_800_000,
    acknowledgeTargetsMs: { P1: 300_000, P2: 900_000 },
  });
  expect(onCall?.schedules.primary?.layers).toEqual([
    {
      name: 'layer 1',
      people: ['ada', 'ben'],
      startWallMs: Date.UTC(2026, 0, 5, 9),
      turn: { count: 1, unit: 'week' },
      restrictions: [],
    },
    {
      name: 'nights',
      people: ['ben', ''],
      startWallMs: Date.UTC(2026, 0, 5, 21),
      turn: { count: 2, unit: 'day' },
      restrictions: [{ days: [5, 6], from: 1260, to: 1440 }],
    },
  ]);
  expect(onCall?.policies.shop?.steps[0]?.targets[1]).toEqual({
    kind: 'channel',
    name: '#ops',
    targets: [{ kind: 'webhook', fields: { url: secret } }],
  });
});

test('is not there when it is not written', () => {
  const result = checkConfig({});
  expect(result.ok && result.compiled.runtime.onCall).toBeUndefined();
});

describe('refuses', () => {
  test.each<[string, unknown, string]>([
    [
      'a person who is not there',
      { ...good, fallback: [{ person: 'zed' }] },
      'onCall.fallback[0].person: expected a person (ada, ben), got "zed"',
    ],
    [
      'a turn of somebody who is not there',
      {
        ...good,
        schedules: {
          primary: { timeZone: 'UTC', layers: [{ people: ['ada', 'zed'], start: '2026-01-05T09:00' }] },
        },
      },
      'onCall.schedules.primary.layers[0].people[1]: expected a person (ada, ben), got "zed"',
    ],
    [
      'a schedule without anybody to tell when nobody is on call',
      { ...good, fallback: [{ schedule: 'primary' }] },
      'onCall.fallback: expected a person or a channel to tell when nobody is on call, got none',
    ],
    [
      'a secret that stands in the file',
      { ...good, people: { ...good.people, ada: { contacts: { pagerduty: [{ routingKey: 'abc' }] } } } },
      'onCall.people.ada.contacts.pagerduty[0].routingKey: a secret must not stand in the file',
    ],
    [
      'a person who cannot be told',
      { ...good, people: { ...good.people, ada: { contacts: {} } } },
      'onCall.people.ada.contacts: expected at least one channel, got none',
    ],
    [
      'a contact that would open another incident',
      { ...good, people: { ...good.people, ada: { contacts: { escalation: [{ policy: 'shop' }] } } } },
      'onCall.people.ada.contacts.escalation',
    ],
    [
      'an unknown time zone',
      { ...good, schedules: { primary: { timeZone: 'Berlin', layers: good.schedules!.primary!.layers } } },
      'onCall.schedules.primary.timeZone: expected a time zone such as "Europe/Berlin", got "Berlin"',
    ],
    [
      'a start with a zone of its own',
      {
        ...good,
        schedules: {
          primary: { timeZone: 'UTC', layers: [{ people: ['ada'], start: '2026-01-05T09:00Z' }] },
        },
      },
      'onCall.schedules.primary.layers[0].start: expected a time without a zone such as "2026-01-05T09:00", got "2026-01-05T09:00Z"',
    ],
    [
      'a name that cannot stand in an address',
      { ...good, policies: { ...good.policies, 'a b': good.policies.shop } },
      'onCall.policies["a b"]',
    ],
    ['unknown keys', { ...good, pagesPerDay: 3 }, 'onCall.pagesPerDay: unknown key'],
  ])('%s', (_, onCall, expected) => {
    const found = problems(onCall);
    expect(
      found.some((line) => line.startsWith(expected)),
      found.join('\n'),
    ).toBe(true);
    expect(checkConfig({ onCall, alerting }).ok).toBe(false);
  });

  test('a receiver whose policy is not there', () => {
    const receivers = [{ name: 'pages', escalation: [{ policy: 'bank' }] }];
    expect(problems(good, { alerting: { ...alerting, receivers } })).toContain(
      'onCall.policies: the receiver pages expects the policy "bank" of onCall, which is not there (shop)',
    );
    expect(problems(undefined)).toContain(
      'onCall.policies: the receiver pages expects the policy "shop" of onCall, which is not there (onCall has none)',
    );
  });
});

test('warns of a policy that nothing starts', () => {
  const result = checkConfig({ onCall: good });
  expect(result.ok).toBe(true);
  expect(result.problems).toContainEqual({
    level: 'warning',
    path: 'onCall.policies.shop',
    message: 'no receiver of alerting has escalation: [{ policy: "shop" }], so nothing starts it',
  });
});
