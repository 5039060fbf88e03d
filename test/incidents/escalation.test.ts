// Escalation as stories on a virtual clock.
import { describe, expect, test } from 'vitest';
import { type Acknowledgement, acknowledgementLine } from '../../lib/incidents/acknowledge/metric.ts';
import { IncidentDesk } from '../../lib/incidents/desk.ts';
import { content, MINUTE, START, settings, World } from './escalation-world.ts';

describe('an incident that nobody acknowledges', () => {
  test('goes up level by level, begins again as often as the policy says, and then stops', async () => {
    const world = new World();
    const id = await world.notify();
    await world.run(300);
    expect(world.told()).toEqual([
      '0 ada',
      '10 cem',
      '30 boss',
      '30 boss-phone',
      '45 ada',
      '55 cem',
      '75 boss',
      '75 boss-phone',
    ]);
    expect((await world.timeline(id)).at(-1)).toBe(
      '90 exhausted tidewatch: nobody acknowledged; the policy has no further step',
    );
  });

  test('says to each why they are told now', async () => {
    const world = new World();
    await world.notify();
    await world.run(60);
    expect(world.sent.map(({ content: { remarks } }) => remarks[0])).toEqual([
      undefined,
      'Escalated to level 2: nobody acknowledged within 10m.',
      'Escalated to level 3: nobody acknowledged within 30m.',
      'Escalated to level 3: nobody acknowledged within 30m.',
      'Escalated to level 1 (round 2): nobody acknowledged within 45m.',
      'Escalated to level 2 (round 2): nobody acknowledged within 55m.',
    ]);
  });

  test('keeps a line for each thing that happened', async () => {
    const world = new World();
    const id = await world.notify();
    await world.run(11);
    await world.acknowledge(id, 'cem');
    expect(await world.timeline(id)).toEqual([
      '0 opened tidewatch: Shop is down fires',
      '0 stepBegan tidewatch: level 1: tells ada, 10m to acknowledge',
      '0 told tidewatch: told ada by webhook',
      '10 stepBegan tidewatch: level 2: tells cem, 20m to acknowledge',
      '10 told tidewatch: told cem by webhook',
      '11 acknowledged cem: acknowledged after 11 min, 6 min later than aimed at',
    ]);
  });
});

describe('an acknowledgement', () => {
  test('stops what was still to come', async () => {
    const world = new World();
    const id = await world.notify();
    await world.run(5);
    await world.acknowledge(id);
    await world.run(600);
    expect(world.told()).toEqual(['0 ada']);
  });

  test('stops attempts to tell somebody who could not be told yet', async () => {
    const world = new World();
    world.answer = () => ({ kind: 'retry', reason: 'HTTP 503' });
    const id = await world.notify();
    await world.run(1);
    world.answer = () => undefined;
    await world.acknowledge(id);
    await world.run(600);
    expect(world.told()).toEqual([]);
  });

  test('counts once, and the first one stays', async () => {
    const world = new World();
    const id = await world.notify();
    await world.acknowledge(id, 'ada');
    await world.acknowledge(id, 'ben');
    expect(await world.incidents.read(id)).toMatchObject({ acknowledgedBy: 'ada', acknowledgedAt: START });
  });

  test('is measured from the first page on, by priority, and against what was aimed at', async () => {
    const world = new World();
    const took: Acknowledgement[] = [];
    const desk = new IncidentDesk({ ...world.ports, onAcknowledged: (one) => took.push(one) });
    const id = await world.notify();
    await world.run(7);
    await desk.apply(id, { kind: 'acknowledge', by: 'ada' }, world.now);
    await desk.apply(id, { kind: 'acknowledge', by: 'ben' }, world.now);
    expect(took).toEqual([
      { incident: id, policy: 'shop', priority: 'P1', tookMs: 7 * MINUTE, isLate: true },
    ]);
    const line = JSON.parse(acknowledgementLine(took[0]!, START));
    expect(line).toMatchObject({ Priority: 'P1', timeToAcknowledge: 420_000, lateAcknowledgements: 1 });
    const [{ Metrics, Dimensions }] = line._aws.CloudWatchMetrics;
    expect(Dimensions).toEqual([['Priority']]);
    expect(Metrics.map(({ Name }: { Name: string }) => Name in line)).toEqual([true, true]);
  });

  test('holds while the group goes on firing and says more', async () => {
    const world = new World();
    const id = await world.notify();
    await world.acknowledge(id);
    await world.run(5);
    expect(await world.notify({ commonAnnotations: { summary: 'Shop is still down' } })).toBe(id);
    await world.run(600);
    expect(world.told()).toEqual(['0 ada']);
  });
});

describe('an incident that is over', () => {
  test('is resolved by its alerts, and nobody is told any more', async () => {
    const world = new World();
    const id = await world.notify();
    await world.run(5);
    await world.notify({ status: 'resolved' });
    await world.run(600);
    expect(world.told()).toEqual(['0 ada']);
    expect(await world.incidents.read(id)).toMatchObject({ status: 'resolved', resolvedBy: 'its alerts' });
  });

  test('opens again when it fires within half an hour, from the first level on', async () => {
    const world = new World();
    const id = await world.notify();
    await world.acknowledge(id);
    await world.notify({ status: 'resolved' });
    await world.run(29);
    expect(await world.notify()).toBe(id);
    await world.run(10);
    expect(world.told()).toEqual(['0 ada', '29 ada', '39 cem']);
    expect(new Set(world.sent.map(({ key }) => key)).size).toBe(3);
    expect(await world.incidents.read(id)).toMatchObject({ episode: 2, status: 'triggered' });
  });

  test('is another one when it fires later', async () => {
    const world = new World();
    const id = await world.notify();
    await world.notify({ status: 'resolved' });
    await world.run(31);
    expect(await world.notify()).not.toBe(id);
    expect(world.told()).toEqual(['0 ada', '31 ada']);
  });

  test('does not open again by a notification that was delivered twice', async () => {
    const world = new World();
    const id = await world.notify({}, 'shop', 'first');
    await world.notify({ status: 'resolved' }, 'shop', 'second');
    await world.run(1);
    expect(await world.notify({}, 'shop', 'first')).toBe(id);
    await world.run(60);
    expect(world.told()).toEqual(['0 ada']);
  });

  test('is acknowledged and closed at services that would go on calling people by themselves', async () => {
    const pagerDuty = { kind: 'pagerduty', fields: { to: 'pd' } };
    const world = new World(settings({ people: { ada: { contacts: [pagerDuty] } } }));
    const id = await world.notify();
    await world.acknowledge(id);
    await world.run(600);
    await world.notify({ status: 'resolved' });
    await world.run(600);
    expect(
      world.sent.map(({ act, to, content: { status, groupKey } }) => ({ act, to, status, groupKey })),
    ).toEqual([
      { act: 'send', to: 'pd', status: 'firing', groupKey: `incident/${id}/1` },
      { act: 'acknowledge', to: 'pd', status: 'firing', groupKey: `incident/${id}/1` },
      { act: 'send', to: 'pd', status: 'resolved', groupKey: `incident/${id}/1` },
    ]);
    expect(await world.timeline(id)).toContain(
      '0 told tidewatch: told ada by pagerduty that somebody took it on',
    );
  });
});

describe('who is told', () => {
  test('is whoever is on call when the step begins', async () => {
    const world = new World();
    await world.run(7 * 24 * 60);
    await world.notify();
    expect(world.sent.map(({ to }) => to)).toEqual(['ben']);
  });

  test('is who an override names', async () => {
    const world = new World();
    await world.overrides.add({
      id: 'o1',
      schedule: 'primary',
      person: 'cem',
      from: START - MINUTE,
      to: START + 5 * MINUTE,
      madeBy: 'test',
      madeAt: START,
    });
    await world.notify();
    expect(world.told()).toEqual(['0 cem']);
  });

  test('is the fallback when nobody is on call, and it says so', async () => {
    const world = new World();
    const id = await world.notify({}, 'nobody');
    expect(world.told()).toEqual(['0 boss', '0 boss-phone']);
    expect(world.sent[0]?.content.remarks[0]).toBe(
      'Nobody can be reached by empty: you are told as the fallback.',
    );
    expect(await world.timeline(id)).toContain(
      '0 nobodyOnCall tidewatch: nobody can be reached by empty: the fallback is told',
    );
  });

  test('is the fallback when the policy was taken out of the configuration', async () => {
    const world = new World();
    await world.notify();
    const { shop: _, ...policies } = world.ports.settings.policies;
    Object.assign(world.ports.settings, { policies });
    await world.run(600);
    expect(world.told()).toEqual(['0 ada', '10 boss', '10 boss-phone']);
    expect(world.sent[1]?.content.remarks[0]).toMatch(/policy shop is no longer configured/);
  });

  test('is the next level at once when the first one cannot be reached at all', async () => {
    const world = new World();
    world.answer = (to) => (to === 'ada' ? { kind: 'refused', reason: 'HTTP 404' } : undefined);
    const id = await world.notify();
    await world.run(1);
    expect(world.told()).toEqual(['0 cem']);
    expect(await world.timeline(id)).toContain(
      '0 notTold tidewatch: could not tell ada by webhook: HTTP 404',
    );
  });

  test('is told again and again until the receiver takes it, with the same key', async () => {
    const world = new World();
    let failures = 3;
    world.answer = () => (failures-- > 0 ? { kind: 'retry', reason: 'HTTP 503' } : undefined);
    await world.notify();
    await world.run(5);
    expect(world.told()).toEqual([`${35_000 / MINUTE} ada`]);
  });
});

describe('pages above three an hour', () => {
  const group = (number: number, priority: 'P1' | 'P2' = 'P2') => ({
    groupKey: `group ${number}`,
    priority,
    commonAnnotations: { summary: `Problem ${number}` },
  });

  test('leave as one within five minutes, and it says so', async () => {
    const world = new World();
    for (let number = 1; number <= 5; number++) await world.notify(group(number));
    expect(world.told()).toEqual(['0 ada', '0 ada', '0 ada']);
    await world.run(5);
    expect(world.told().slice(3)).toEqual(['5 ada']);
    const { commonAnnotations, remarks } = world.sent[3]!.content;
    expect(commonAnnotations.summary).toBe('2 incidents wait for you');
    expect(remarks[0]).toMatch(/3 pages within an hour/);
    expect(remarks[1]).toMatch(/^Problem 4: acknowledge at https:\/\/api\.example\/ack\//);
  });

  test('go at once when they are P1 or escalations', async () => {
    const world = new World();
    for (let number = 1; number <= 5; number++) await world.notify(group(number, 'P1'));
    expect(world.told()).toHaveLength(5);
    await world.run(10);
    expect(world.told().slice(5)).toEqual(Array.from({ length: 5 }, () => '10 cem'));
  });

  test('are not sent when they were acknowledged while they waited', async () => {
    const world = new World();
    const ids: string[] = [];
    for (let number = 1; number <= 4; number++) ids.push(await world.notify(group(number)));
    for (const id of ids) await world.acknowledge(id);
    await world.run(30);
    expect(world.told()).toHaveLength(3);
  });

  test('go at once again when an hour has passed', async () => {
    const world = new World(settings({ policies: { shop: { ...settings().policies.shop!, repeat: 0 } } }));
    for (let number = 1; number <= 3; number++) await world.acknowledge(await world.notify(group(number)));
    await world.run(61);
    await world.notify(group(4));
    expect(world.told().at(-1)).toBe('61 ada');
  });
});

describe('correlation', () => {
  const correlation = { withinMs: 5 * MINUTE, labels: ['service'] };
  const other = {
    groupKey: 'other',
    commonLabels: { alertname: 'Slow', service: 'shop' },
    commonAnnotations: {},
  };

  test('makes one incident of groups of one service that begin together, over when all are over', async () => {
    const world = new World(settings({ correlation }));
    const id = await world.notify();
    await world.run(1);
    expect(await world.notify(other)).toBe(id);
    await world.notify({ status: 'resolved' });
    expect(await world.incidents.read(id)).toMatchObject({ status: 'triggered' });
    await world.notify({ ...other, status: 'resolved' });
    expect(await world.incidents.read(id)).toMatchObject({ status: 'resolved' });
    expect(world.told()).toEqual(['0 ada']);
  });

  test('leaves apart what is of another service, what comes later, and everything when it is off', async () => {
    const together = new World(settings({ correlation }));
    const id = await together.notify();
    expect(await together.notify({ ...other, commonLabels: { service: 'bank' } })).not.toBe(id);
    await together.run(6);
    expect(await together.notify(other)).not.toBe(id);
    const apart = new World();
    expect(await apart.notify()).not.toBe(await apart.notify(other));
  });
});

test('a page says what fires, and links to the page that acknowledges it', async () => {
  const world = new World();
  const id = await world.notify();
  const page = world.sent[0]!.content;
  expect(page).toMatchObject({
    groupKey: `incident/${id}/1`,
    priority: 'P1',
    commonAnnotations: { ...content().commonAnnotations, acknowledge_url: page.links.acknowledge },
  });
  expect(page.links.acknowledge).toMatch(/^https:\/\/api\.example\/ack\/[\w-]+\.[\w-]+$/);
});
