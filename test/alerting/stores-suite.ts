// What the stores of alert routing and its timers do; run against those in memory here and those on DynamoDB, SQS and
// S3 in test/stack/.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { AlertRecord } from '../../lib/alerting/alerts/alert-record.ts';
import {
  type AlertingStores,
  type GroupHead,
  groupWakeUp,
  type OutboxEntry,
  type SilenceRecord,
  type TimerRows,
} from '../../lib/alerting/ports.ts';
import type { Timers, WakeUp } from '../../lib/model/wake-up.ts';

export interface OpenStores {
  readonly stores: AlertingStores;
  readonly timers: Timers & TimerRows;
  /** Wake-ups that were sent, so far or soon. */
  readonly sent: () => Promise<readonly WakeUp[]>;
}

const HOUR = 3_600_000;
const random = () => randomBytes(16).toString('hex');
const now = Date.now();

export function anAlert(more: Partial<AlertRecord> = {}): AlertRecord {
  return {
    fingerprint: random().slice(0, 16),
    labels: { alertname: 'Down', instance: 'ä"\\' },
    annotations: { summary: 'it is down' },
    startsAt: now - HOUR,
    endsAt: now + HOUR,
    timesOut: false,
    generatorUrl: 'http://prometheus.invalid/graph',
    revision: 1,
    ...more,
  };
}

export function aHead(more: Partial<GroupHead> = {}): GroupHead {
  const ref = random();
  return {
    ref,
    id: `{}:{alertname="${ref}"}`,
    key: `{}:{alertname="${ref}"}`,
    routeId: '{}',
    labels: { alertname: ref },
    version: 1,
    joins: 0,
    nextFlushAt: now + 1_000,
    dueAt: now + 1_000,
    flushes: 0,
    flush: undefined,
    ...more,
  };
}

function anEntry(more: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    place: 0,
    flush: 1,
    idempotencyKey: random(),
    receiver: 'team',
    integration: 'webhook/0',
    reason: 'firstNotification',
    status: 'firing',
    routeLabels: {},
    alerts: [{ alert: anAlert(), status: 'firing' }],
    firing: [random().slice(0, 16)],
    resolved: [],
    leaving: [],
    ...more,
  };
}

function aSilence(more: Partial<SilenceRecord> = {}): SilenceRecord {
  return {
    id: random(),
    matcherSets: [[{ name: 'alertname', operator: '=~', value: 'Down|Slow' }]],
    startsAt: now,
    endsAt: now + HOUR,
    updatedAt: now,
    createdBy: 'ann',
    comment: 'maintenance',
    annotations: {},
    version: 1,
    ...more,
  };
}

const firing = (head: GroupHead): GroupHead => ({
  ...head,
  version: head.version + 1,
  dueAt: head.dueAt + 60_000,
  flushes: 1,
  flush: {
    number: 1,
    begunAt: now,
    deadlineAt: now + 60_000,
    failed: false,
    pending: [{ place: 0, attempts: 0, retryAt: now, inDoubt: true }],
  },
});

/** @param open gives the stores; called in each test, they may hold what earlier ones left */
export function describeAlertingStores(open: () => OpenStores): void {
  const unchanged = { outbox: [], leaving: [], announce: true };

  test('alerts are loaded as they were saved last, and only those asked for', async () => {
    const { stores } = open();
    const alerts = Array.from({ length: 130 }, () => ({ alert: anAlert(), source: 'slo', writtenAt: now }));
    await stores.alerts.save(alerts);
    const changed = { ...alerts[7]!, alert: { ...alerts[7]!.alert, annotations: {}, revision: 2 } };
    await stores.alerts.save([changed]);
    const asked = alerts.slice(5).map(({ alert }) => alert.fingerprint);
    const found = await stores.alerts.load([...asked, '0123456789abcdef']);
    expect(found.size).toBe(125);
    expect(found.get(changed.alert.fingerprint)).toEqual(changed);
    expect(found.get(alerts[9]!.alert.fingerprint)).toEqual(alerts[9]);
    const listed = await stores.alerts.list();
    for (const { alert } of alerts) {
      expect(listed.filter((one) => one.alert.fingerprint === alert.fingerprint)).toHaveLength(1);
    }
  });

  test('sources of inhibition are listed as they were saved last', async () => {
    const { stores } = open();
    const source = anAlert();
    await stores.sources.save([source]);
    await stores.sources.save([{ ...source, endsAt: now - 1, revision: 2 }]);
    const mine = (await stores.sources.list()).filter(
      ({ fingerprint }) => fingerprint === source.fingerprint,
    );
    expect(mine).toEqual([{ ...source, endsAt: now - 1, revision: 2 }]);
  });

  test('a silence is there at once, and of two writes of one version one is lost', async () => {
    const { stores } = open();
    const silence = aSilence();
    expect(await stores.silences.put(silence)).toBe('saved');
    expect(await stores.silences.get(silence.id)).toEqual(silence);
    expect((await stores.silences.list()).filter(({ id }) => id === silence.id)).toEqual([silence]);
    const second = { ...silence, version: 2, comment: 'longer' };
    expect(await stores.silences.put(second)).toBe('saved');
    expect(await stores.silences.put({ ...silence, version: 2, comment: 'other' })).toBe('conflict');
    expect(await stores.silences.put({ ...silence, comment: 'again' })).toBe('conflict');
    expect(await stores.silences.get(silence.id)).toEqual(second);
    expect(await stores.silences.get(random())).toBeUndefined();
  });

  test('the log keeps what each integration of a receiver was told about a group', async () => {
    const { stores } = open();
    const key = random();
    const entry = {
      at: now,
      firing: new Set([random().slice(0, 16), random().slice(0, 16)]),
      resolved: new Set<string>(),
      expiresAt: now + HOUR,
      idempotencyKey: 'k1',
      reference: { ts: '1.2' },
    };
    await stores.log.put(key, 'team', 'slack/0', { ...entry, idempotencyKey: 'k0' });
    await stores.log.put(key, 'team', 'slack/0', entry);
    const doubted = { ...entry, reference: {}, doubtful: entry.firing, flapping: entry.firing };
    await stores.log.put(key, 'team', 'webhook/1', doubted);
    await stores.log.put(key, 'other', 'slack/0', { ...entry, firing: new Set() });
    const found = await stores.log.load(key, 'team');
    expect([...found.keys()].toSorted()).toEqual(['slack/0', 'webhook/1']);
    expect(found.get('slack/0')).toEqual(entry);
    expect(found.get('webhook/1')).toEqual(doubted);
    expect((await stores.log.load(random(), 'team')).size).toBe(0);
  });

  test('the first join makes a group and wakes it, later ones add to it', async () => {
    const { stores, timers, sent } = open();
    const head = aHead();
    const [one, two] = [anAlert(), anAlert()];
    await stores.groups.join({ head, alerts: [one] });
    await stores.groups.join({ head: { ...head, nextFlushAt: 1, dueAt: 1 }, alerts: [two] });
    await stores.groups.join({ head, alerts: [{ ...one, revision: 2 }] });
    const group = (await stores.groups.load(head.ref))!;
    expect(group.head).toEqual({ ...head, joins: 2 });
    expect(group.alerts.toSorted(byFingerprint)).toEqual(
      [{ ...one, revision: 2 }, two].toSorted(byFingerprint),
    );
    expect(group.outbox).toEqual([]);
    expect((await sent()).filter(({ id }) => id === head.ref)).toEqual([groupWakeUp(head)]);
    expect((await timers.due(head.dueAt)).filter(({ wakeUp }) => wakeUp.id === head.ref)).toEqual([
      { wakeUp: groupWakeUp(head), announced: true },
    ]);
    expect((await timers.due(head.dueAt - 1)).filter(({ wakeUp }) => wakeUp.id === head.ref)).toEqual([]);
    expect(await stores.groups.load(random())).toBeUndefined();
  });

  test('head, timer and outbox change together, and of two changes of one version one is lost', async () => {
    const { stores, timers } = open();
    const head = aHead();
    await stores.groups.join({ head, alerts: [anAlert()] });
    const entry = anEntry();
    const claim = { before: head, after: firing(head), outbox: [entry], leaving: [], announce: false };
    const results = await Promise.all([
      stores.groups.save(claim),
      stores.groups.save({ ...claim, outbox: [{ ...entry, idempotencyKey: 'late' }] }),
    ]);
    expect(results.toSorted()).toEqual(['conflict', 'saved']);
    const group = (await stores.groups.load(head.ref))!;
    expect(group.head).toEqual(firing(head));
    expect(group.outbox).toEqual([results[0] === 'saved' ? entry : { ...entry, idempotencyKey: 'late' }]);
    const due = (await timers.due(head.dueAt + HOUR)).filter(({ wakeUp }) => wakeUp.id === head.ref);
    expect(due).toEqual([{ wakeUp: groupWakeUp(firing(head)), announced: false }]);
  });

  test('the outbox of an earlier flush is replaced', async () => {
    const { stores } = open();
    const head = aHead();
    await stores.groups.join({ head, alerts: [anAlert()] });
    const first = firing(head);
    await stores.groups.save({ ...unchanged, before: head, after: first, outbox: [anEntry()] });
    const second = { ...first, version: 3, flushes: 2, flush: { ...first.flush!, number: 2 } };
    const entry = anEntry({ flush: 2 });
    expect(await stores.groups.save({ ...unchanged, before: first, after: second, outbox: [entry] })).toBe(
      'saved',
    );
    expect((await stores.groups.load(head.ref))!.outbox).toEqual([entry]);
  });

  test('an entry larger than a row comes back as it was', async () => {
    const { stores } = open();
    const head = aHead();
    await stores.groups.join({ head, alerts: [anAlert()] });
    const alerts = Array.from({ length: 1_500 }, () => ({ alert: anAlert(), status: 'firing' as const }));
    const entry = anEntry({ alerts, firing: alerts.map(({ alert }) => alert.fingerprint) });
    const small = anEntry({ place: 1 });
    await stores.groups.save({ ...unchanged, before: head, after: firing(head), outbox: [entry, small] });
    const { outbox } = (await stores.groups.load(head.ref))!;
    expect(outbox.toSorted((a, b) => a.place - b.place)).toEqual([entry, small]);
  });

  test('an alert leaves unless it has changed', async () => {
    const { stores } = open();
    const head = aHead();
    const [one, two] = [anAlert(), anAlert({ revision: 2 })];
    await stores.groups.join({ head, alerts: [one, two] });
    const leaving = [one, { ...two, revision: 1 }];
    const after = { ...head, version: 2 };
    expect(await stores.groups.save({ ...unchanged, before: head, after, leaving })).toBe('saved');
    const { alerts } = (await stores.groups.load(head.ref))!;
    expect(alerts).toEqual([two]);
  });

  test('a group does not end when an alert has joined it since it was read', async () => {
    const { stores, timers } = open();
    const head = aHead();
    const alert = anAlert();
    await stores.groups.join({ head, alerts: [alert] });
    await stores.groups.join({ head, alerts: [anAlert()] });
    const end = { before: head, after: undefined, outbox: [], leaving: [alert], announce: false };
    expect(await stores.groups.save(end)).toBe('conflict');
    const { head: found } = (await stores.groups.load(head.ref))!;
    expect(await stores.groups.save({ ...end, before: found, leaving: [] })).toBe('saved');
    expect(await stores.groups.load(head.ref)).toBeUndefined();
    expect((await timers.due(head.dueAt)).filter(({ wakeUp }) => wakeUp.id === head.ref)).toEqual([]);
    // A join that comes now makes it anew.
    await stores.groups.join({ head, alerts: [alert] });
    expect((await stores.groups.load(head.ref))!.head).toEqual(head);
  });

  test('a join between reading and writing is not forgotten by a change of the head', async () => {
    const { stores } = open();
    const head = aHead();
    await stores.groups.join({ head, alerts: [anAlert()] });
    await stores.groups.join({ head, alerts: [anAlert()] });
    const after = { ...head, version: 2 };
    expect(await stores.groups.save({ ...unchanged, before: head, after })).toBe('saved');
    expect((await stores.groups.load(head.ref))!.head).toEqual({ ...after, joins: 1 });
  });

  test('joins of many at once all count', async () => {
    const { stores, sent } = open();
    const head = aHead();
    const alerts = Array.from({ length: 12 }, () => anAlert());
    await Promise.all(alerts.map((alert) => stores.groups.join({ head, alerts: [alert] })));
    const group = (await stores.groups.load(head.ref))!;
    expect(group.alerts).toHaveLength(12);
    expect(group.head.joins).toBe(11);
    expect((await sent()).filter(({ id }) => id === head.ref)).toHaveLength(1);
  });

  test('a timer that is set twice is one row, and none once it is done', async () => {
    const { timers, sent } = open();
    const wakeUp: WakeUp = { kind: 'group', id: random(), generation: 3, dueAt: now + 1_000 };
    await timers.schedule(wakeUp);
    await timers.schedule(wakeUp);
    const mine = async () => (await timers.due(now + HOUR)).filter((row) => row.wakeUp.id === wakeUp.id);
    expect(await mine()).toEqual([{ wakeUp, announced: true }]);
    expect((await sent()).filter(({ id }) => id === wakeUp.id)).toContainEqual(wakeUp);
    await timers.done(wakeUp);
    await timers.done(wakeUp);
    expect(await mine()).toEqual([]);
  });

  test('a timer beyond the reach of a delayed message is only a row', async () => {
    const { timers, sent } = open();
    const wakeUp: WakeUp = { kind: 'group', id: random(), generation: 1, dueAt: now + 2 * HOUR };
    await timers.schedule(wakeUp);
    expect((await sent()).filter(({ id }) => id === wakeUp.id)).toEqual([]);
    const mine = (await timers.due(now + 3 * HOUR)).filter((row) => row.wakeUp.id === wakeUp.id);
    expect(mine).toEqual([{ wakeUp, announced: false }]);
    await timers.done(wakeUp);
  });
}

function byFingerprint(left: AlertRecord, right: AlertRecord): number {
  return left.fingerprint < right.fingerprint ? -1 : 1;
}
