// What each channel sends: golden messages, and every limit of the real service kept whatever the alerts are.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INTEGRATIONS } from '../../lib/alerting/config/integration-fields.ts';
import { CHANNELS } from '../../lib/channels/channels.ts';
import { CHANNEL_FIELDS, REFUSED_FIELDS, REFUSED_KINDS } from '../../lib/channels/fields.ts';
import type { NotificationContent, Priority } from '../../lib/model/notification.ts';
import {
  alertOf,
  type ChannelWorld,
  CONTENTS,
  CONTEXT,
  channelWorld,
  contentOf,
  HARD_CONTENTS,
  NOW,
  TARGETS,
} from './channel-world.ts';

const GOLDEN = new URL('../golden/channels/', import.meta.url);
const KINDS = Object.keys(CHANNEL_FIELDS);

describe('kinds', () => {
  test('that have fields are those that have a channel', () => {
    expect(Object.keys(CHANNELS).toSorted()).toEqual(KINDS.toSorted());
    expect(Object.keys(TARGETS).toSorted()).toEqual(KINDS.toSorted());
  });

  test('of Alertmanager have a channel, or a reason why not', () => {
    const without = Object.keys(INTEGRATIONS).filter(
      (kind) => !(kind in CHANNEL_FIELDS) && !(kind in REFUSED_KINDS),
    );
    expect(without).toEqual([]);
  });

  test('take the fields of Alertmanager, or say what to know instead', () => {
    const lost = Object.entries(INTEGRATIONS).flatMap(([kind, { fields }]) =>
      Object.entries(fields)
        .filter(([, what]) => what !== 'secretFile')
        .map(([name]) => name)
        .filter((name) => kind in CHANNEL_FIELDS && !(name in CHANNEL_FIELDS[kind]!.fields))
        .filter((name) => !(name in (REFUSED_FIELDS[kind] ?? {})))
        .map((name) => `${kind}.${name}`),
    );
    expect(lost).toEqual([]);
  });
});

test('the end of an alert is told by those kinds by which Alertmanager tells it', () => {
  const kinds = KINDS.filter((kind) => kind in INTEGRATIONS);
  const told = (table: Readonly<Record<string, { readonly sendResolved: boolean }>>) =>
    kinds.filter((kind) => table[kind]!.sendResolved);
  expect(told(CHANNEL_FIELDS)).toEqual(told(INTEGRATIONS));
});

describe.each(KINDS)('%s', (kind) => {
  test.each(Object.keys(CONTENTS))('golden message: %s', async (name) => {
    const world = channelWorld();
    const result = await world.sender.send(TARGETS[kind]!, CONTENTS[name]!, CONTEXT);
    expect(result.kind).toBe('delivered');
    const file = new URL(`${kind}.${name}.expected.json`, GOLDEN);
    const sent = `${JSON.stringify(sentBy(world), null, 2)}\n`;
    // UPDATE_GOLDEN=1 rewrites the files; a person reads the difference.
    if (process.env.UPDATE_GOLDEN === '1') {
      if (!existsSync(GOLDEN)) mkdirSync(GOLDEN);
      writeFileSync(file, sent);
    }
    expect(sent).toBe(readFileSync(file, 'utf8'));
  });

  test.each(Object.keys(HARD_CONTENTS))('keeps the limits of the service: %s', async (name) => {
    const world = channelWorld();
    const result = await world.sender.send(TARGETS[kind]!, HARD_CONTENTS[name]!, CONTEXT);
    expect(result).toMatchObject({ kind: 'delivered' });
    expect(world.problems).toEqual([]);
  });

  test('keeps them for any words', async () => {
    await fc.assert(
      fc.asyncProperty(anyContent(), async (content) => {
        const world = channelWorld();
        expect(await world.sender.send(TARGETS[kind]!, content, CONTEXT)).toMatchObject({
          kind: 'delivered',
        });
      }),
      { numRuns: 25 },
    );
  });

  test('says what, where, since when, how bad and where to read on', async () => {
    const world = channelWorld();
    await world.sender.send(TARGETS[kind]!, CONTENTS.firing!, CONTEXT);
    // Marks of a markup stand between the letters of some.
    const text = JSON.stringify(sentBy(world)).replaceAll('\\', '').replaceAll('&amp;', '&');
    expect(text).toContain('CheckoutFails');
    expect(text).toContain('Checkout fails for 12 % of customers');
    expect(text).toContain('checkout');
    expect(text).toMatch(/2026-11-24.{1,3}09:35|1795512900/);
    // Its shape is Alertmanager's.
    if (kind === 'webhook') return;
    expect(text).toContain('P1');
    expect(text).toMatch(/customers.cannot.pay/);
    expect(text).toMatch(/runbooks\.example\.com(\/|%2F)checkout/);
  });
});

function sentBy(world: ChannelWorld): unknown[] {
  const http = world.requests.map(({ method, url, headers, body }) => ({
    method,
    url,
    headers,
    body: bodyOf(headers['content-type'], body),
  }));
  return [
    ...http,
    ...world.mail.sent,
    ...world.topics.published,
    ...world.bus.events.map((event) => ({ ...event, detail: JSON.parse(event.detail) })),
    ...world.opsItems.items.values(),
  ];
}

function bodyOf(type: string | undefined, body: string | undefined): unknown {
  if (body === undefined) return null;
  return type === 'application/json' ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
}

function anyContent(): fc.Arbitrary<NotificationContent> {
  const word = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 400 }),
    fc.constantFrom('<!channel>', '{{ x }}', '{% if %}', '&amp;', '\\', '*_`~|', '\ud800'),
    fc.nat({ max: 4_000 }).map((length) => '&'.repeat(length)),
  );
  const words = fc.dictionary(
    fc.oneof(fc.constantFrom('alertname', 'service', 'severity', 'summary', 'description', 'impact'), word),
    word,
    { maxKeys: 8 },
  );
  const alert = fc
    .record({ labels: words, annotations: words, over: fc.boolean(), age: fc.nat({ max: 1e9 }) })
    .map(({ labels, annotations, over, age }) =>
      alertOf('x', {
        labels,
        annotations,
        status: over ? 'resolved' : 'firing',
        startsAt: NOW - age,
        endsAt: over ? NOW : NOW + 900_000,
      }),
    );
  return fc
    .record({
      alerts: fc.array(alert, { minLength: 1, maxLength: 40 }),
      groupLabels: words,
      commonLabels: words,
      commonAnnotations: words,
      groupKey: word,
      remarks: fc.array(word, { maxLength: 3 }),
      priority: fc.constantFrom<Priority>('P1', 'P2', 'P3', 'P4'),
      dashboard: fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true }), word),
    })
    .map(({ alerts, dashboard, ...rest }) => contentOf(alerts, { ...rest, links: { dashboard } }));
}
