// What services with a state of their own hear after they were paged, whatever comes in between.
import { describe, expect, test } from 'vitest';
import { CHANNELS } from '../../lib/channels/channels.ts';
import { CLAIM_MS, claimDue } from '../../lib/incidents/incident/claim.ts';
import { nextWakeAt } from '../../lib/incidents/incident/incident.ts';
import { ACKNOWLEDGED_KINDS } from '../../lib/incidents/incident/notices.ts';
import { openIncident, step } from '../../lib/incidents/incident/step.ts';
import type { OnCallSettings } from '../../lib/incidents/settings.ts';
import type { NotificationTarget } from '../../lib/model/notification.ts';
import { content, MINUTE, START, settings, World } from './escalation-world.ts';

const pagerDuty: NotificationTarget = { kind: 'pagerduty', fields: { to: 'ada-pd' } };

function worldOf(contacts: readonly NotificationTarget[], change: Partial<OnCallSettings> = {}): World {
  const given = settings(change);
  return new World({ ...given, people: { ...given.people, ada: { contacts } } });
}

/** Act, receiver, status and group of each message. */
const said = ({ sent }: World) =>
  sent.map(({ act, to, content }) => `${act} ${to} ${content.status} ${content.groupKey.split('/').at(-1)}`);

test('the kinds that hear of an acknowledgement are those whose channel can say it', () => {
  const able = Object.entries(CHANNELS).flatMap(([kind, { acknowledge }]) => (acknowledge ? [kind] : []));
  expect(able.toSorted()).toEqual([...ACKNOWLEDGED_KINDS].toSorted());
});

test('an acknowledgement and the end are told by the sender’s own acts', async () => {
  const world = worldOf([pagerDuty]);
  const id = await world.notify();
  await world.acknowledge(id);
  await world.desk.apply(id, { kind: 'resolve', by: 'ada' }, world.now);
  await world.run(1);
  expect(said(world)).toEqual([
    'send ada-pd firing 1',
    'acknowledge ada-pd firing 1',
    'send ada-pd resolved 1',
  ]);
});

test('a ticket is closed with the incident, and hears nothing of its acknowledgement', async () => {
  const world = worldOf([{ kind: 'jira', fields: { to: 'board' } }]);
  const id = await world.notify();
  await world.acknowledge(id);
  await world.desk.apply(id, { kind: 'resolve', by: 'ada' }, world.now);
  await world.run(1);
  expect(said(world)).toEqual(['send board firing 1', 'send board resolved 1']);
});

test('whoever was told in place of another hears of it too', async () => {
  const fields = { to: 'phone', otherwise: [{ kind: 'jsm', fields: { to: 'jsm' } }] };
  const world = worldOf([{ kind: 'sns', fields }]);
  await world.acknowledge(await world.notify());
  expect(said(world)).toEqual(['send phone firing 1', 'acknowledge phone firing 1']);
});

test('an end that could not be told before the incident fires again is told all the same', async () => {
  const world = worldOf([pagerDuty]);
  const id = await world.notify();
  await world.acknowledge(id);
  world.answer = () => ({ kind: 'retry', reason: 'down' });
  await world.desk.apply(id, { kind: 'resolve', by: 'its alerts' }, world.now);
  await world.run(0);
  expect(await world.notify()).toBe(id);
  world.answer = () => undefined;
  await world.run(1);
  expect(said(world).slice(2).toSorted()).toEqual(['send ada-pd firing 2', 'send ada-pd resolved 1']);
  await world.acknowledge(id);
  expect(said(world).at(-1)).toBe('acknowledge ada-pd firing 2');
});

test('a page that arrives after its acknowledgement is acknowledged once more', () => {
  const { people } = settings();
  const rules = {
    settings: settings({ people: { ...people, ada: { contacts: [pagerDuty] } } }),
    overrides: {},
  };
  const delivered = { kind: 'delivered' } as const;
  const opened = openIncident('i', 'shop', content(), 'n1', rules, START).incident;
  const sending = claimDue(opened, START);
  const taken = step(sending.incident, { kind: 'acknowledge', by: 'ben' }, rules, START).incident;
  const notice = claimDue(taken, START);
  const answer = (pageKey: string) => ({ kind: 'answer', pageKey, result: delivered }) as const;
  const noticed = step(notice.incident, answer(notice.claimed[0]!.key), rules, START).incident;
  expect(nextWakeAt(noticed)).toBe(START + CLAIM_MS);
  const arrived = step(noticed, answer(sending.claimed[0]!.key), rules, START + 500).incident;
  expect(arrived.pages.map(({ purpose, state }) => `${purpose} ${state}`)).toEqual([
    'page delivered',
    'acknowledging waiting',
  ]);
  expect(nextWakeAt(arrived)).toBe(START + 500);
});

describe('pages that were held back', () => {
  test('are one alert for PagerDuty, and it ends with the incident whose key it has', async () => {
    const world = worldOf([pagerDuty], { pagesPerHour: 1 });
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      ids.push(await world.notify({ groupKey: name, groupLabels: { name }, priority: 'P2' }));
    }
    await world.run(6);
    const bundle = world.sent.at(-1)!;
    expect(bundle.content.groupKey).toBe(`incident/${ids[1]}/1`);
    await world.acknowledge(ids[1]!);
    expect(world.sent.at(-1)).toMatchObject({
      act: 'acknowledge',
      content: { groupKey: bundle.content.groupKey },
    });
  });

  test('come again only by the way that did not take them', async () => {
    const ways = ['mail', 'hook'].map((to) => ({ kind: 'webhook', fields: { to } }));
    const world = worldOf(ways, { pagesPerHour: 1 });
    await world.notify({ groupKey: 'a', priority: 'P2' });
    world.answer = (to) => (to === 'hook' ? { kind: 'retry', reason: 'down' } : undefined);
    await world.notify({ groupKey: 'b', priority: 'P2' });
    await world.run(9);
    const bundles = world.sent.filter(({ key }) => key.startsWith('bundle.'));
    expect(bundles.map(({ to }) => to)).toEqual(['mail']);
    world.answer = () => undefined;
    await world.run(4);
    expect(
      world.sent.filter(({ key, at }) => key.startsWith('bundle.') && at > world.now - 20 * MINUTE),
    ).toHaveLength(2);
  });
});

test('a page goes without its link when the secret that signs links stays away', async () => {
  const world = worldOf([pagerDuty]);
  Object.assign(world.ports, {
    linkSecret: async () => {
      throw new Error('Secrets Manager is down');
    },
  });
  await world.notify();
  await world.run(1);
  expect(said(world)).toEqual(['send ada-pd firing 1']);
  expect(world.sent[0]!.content.links.acknowledge).toBeUndefined();
});
