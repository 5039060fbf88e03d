// The durable path step by step: what is written and what is not, wake-ups that come at the wrong time, batches with
// bad input, the sweep, the heartbeat.
import { describe, expect, test } from 'vitest';
import { standingAlerts, standingOf } from '../../lib/alerting/api/alert-status.ts';
import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import { takeAlerts } from '../../lib/alerting/durable/alert-intake.ts';
import { groupRef } from '../../lib/alerting/durable/digests.ts';
import { GroupNotifier } from '../../lib/alerting/durable/group-notifier.ts';
import { heartbeatAlert, withHeartbeat, withHeartbeatChannel } from '../../lib/alerting/durable/heartbeat.ts';
import { notifyBatch } from '../../lib/alerting/durable/notify-batch.ts';
import { routeBatch } from '../../lib/alerting/durable/route-batch.ts';
import { needsMessage, sweep } from '../../lib/alerting/durable/sweep.ts';
import { createRouter } from '../../lib/alerting/groups/router.ts';
import { type GroupJoin, groupWakeUp } from '../../lib/alerting/ports.ts';
import { BEYOND_DEFAULTS } from '../../lib/alerting/settings.ts';
import { PermanentError } from '../../lib/model/errors.ts';
import type { NotificationContent, NotificationResult } from '../../lib/model/notification.ts';
import type { WakeUp } from '../../lib/model/wake-up.ts';
import { MemoryAlerting, MemoryTimers } from '../support/memory-alerting.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const CONFIG = `
route: {receiver: team, group_by: [alertname]}
receivers:
- {name: team, webhook_configs: [{url: 'http://team.invalid/'}], pagerduty_configs: [{routing_key: k}]}
`;
const REF = groupRef('{}:{alertname="Down"}');

function world(config = CONFIG, writes: string[] = []) {
  const clock = { now: START };
  const sent: WakeUp[] = [];
  const told: { kind: string; content: NotificationContent; previous: unknown; key: string }[] = [];
  const answers: NotificationResult[] = [];
  const timers = new MemoryTimers(
    (wakeUp) => sent.push(wakeUp),
    async () => {},
    () => clock.now,
  );
  const stores = new MemoryAlerting(timers, async (operation, moment) => {
    if (moment === 'before' && /save|row|join|put/.test(operation)) writes.push(operation);
  });
  const rules = createRouter(withHeartbeat(parseAlertmanagerConfig(config)), BEYOND_DEFAULTS);
  const ports = {
    rules,
    stores,
    timers,
    rewriteBelow: BEYOND_DEFAULTS.rewriteBelow,
    externalUrl: '',
    now: () => clock.now,
    onAttempt: () => {},
    sender: withHeartbeatChannel(
      {
        send: async ({ kind }, content, { previous, idempotencyKey: key }) => {
          told.push({ kind, content, previous, key });
          return answers.shift() ?? { kind: 'delivered', reference: { id: String(told.length) } };
        },
      },
      () => writes.push('heartbeat'),
    ),
  };
  const post = (endsAt: number, more: object = {}) =>
    takeAlerts(
      ports,
      [{ labels: { alertname: 'Down' }, startsAt: START, endsAt, source: 'test', ...more }],
      clock.now,
    );
  const wake = async (): Promise<string> => {
    const { head } = (await stores.groups.load(REF))!;
    clock.now = Math.max(clock.now, head.dueAt);
    return new GroupNotifier(ports).wake(groupWakeUp(head));
  };
  return { clock, sent, told, answers, stores, ports, post, wake, writes };
}

describe('taking alerts', () => {
  test('writes what is new: source of inhibition and groups first, the alert itself last', async () => {
    const { post, writes } = world();
    expect(await post(START + 15 * MINUTE)).toEqual({ written: 1, unchanged: 0, rejected: [] });
    expect(writes).toEqual(['group.row', 'group.join', 'alerts.save']);
  });

  test('writes nothing for an alert that is sent again, until half of its time is over', async () => {
    const { post, writes, clock } = world();
    await post(START + 15 * MINUTE);
    writes.length = 0;
    clock.now += 5 * MINUTE;
    expect(await post(clock.now + 15 * MINUTE)).toMatchObject({ written: 0, unchanged: 1 });
    expect(writes).toEqual([]);
    clock.now += 5 * MINUTE;
    expect(await post(clock.now + 15 * MINUTE)).toMatchObject({ written: 1 });
  });

  test('writes at once what has changed, ends, or fires again', async () => {
    const { post, clock } = world();
    await post(START + 15 * MINUTE);
    clock.now += MINUTE;
    expect(await post(START + 15 * MINUTE, { annotations: { summary: 'worse' } })).toMatchObject({
      written: 1,
    });
    expect(await post(clock.now, { annotations: { summary: 'worse' } })).toMatchObject({ written: 1 });
    expect(await post(clock.now, { annotations: { summary: 'worse' } })).toMatchObject({ written: 0 });
    clock.now += MINUTE;
    expect(await post(clock.now + 15 * MINUTE, { startsAt: clock.now })).toMatchObject({ written: 1 });
  });

  test('leaves out what is no alert, counts it, and routes the rest', async () => {
    const { ports, stores } = world();
    const bodies = [
      'no JSON',
      '{"alerts":7}',
      JSON.stringify({
        alerts: [{ labels: { alertname: 'Down' } }, { labels: [] }, { labels: { a: 1 } }, null],
      }),
      JSON.stringify({ alerts: [{ labels: {} }, { labels: { alertname: 'Up' }, startsAt: 5, endsAt: 4 }] }),
      JSON.stringify({ alerts: [{ labels: { alertname: 'Up' }, endsAt: 'soon' }] }),
    ];
    const messages = bodies.map((body, i) => ({ messageId: String(i), body }));
    const { failedMessageIds, counts } = await routeBatch(ports, messages, START);
    expect(failedMessageIds).toEqual([]);
    expect(counts).toEqual([
      { name: 'rejectedAlerts', reason: 'malformed', count: 6 },
      { name: 'alerts', reason: 'written', count: 1 },
      { name: 'rejectedAlerts', reason: 'noLabels', count: 1 },
      { name: 'rejectedAlerts', reason: 'endsBeforeStart', count: 1 },
    ]);
    expect(await stores.groups.load(REF)).toBeDefined();
  });

  test('refuses an alert that no row can hold, and routes the others of its batch', async () => {
    const { ports, stores } = world();
    const groups = {
      join: async (join: GroupJoin) => {
        if (join.head.labels.alertname !== 'Huge') return stores.groups.join(join);
        throw new PermanentError('rejected', 'Item size has exceeded the maximum allowed size');
      },
    };
    const picky = { ...ports, stores: { ...stores, alerts: stores.alerts, sources: stores.sources, groups } };
    const alerts = ['Before', 'Huge', 'Down', 'After'].map((alertname) => ({ labels: { alertname } }));
    const { failedMessageIds, counts, log } = await routeBatch(
      picky as unknown as typeof ports,
      [{ messageId: 'a', body: JSON.stringify({ alerts }) }],
      START,
    );
    expect(failedMessageIds).toEqual([]);
    expect(counts).toEqual([
      { name: 'alerts', reason: 'written', count: 3 },
      { name: 'rejectedAlerts', reason: 'notStorable', count: 1 },
    ]);
    expect(log).toEqual(['an alert Huge from the API was refused: notStorable']);
    expect(await stores.groups.load(REF)).toBeDefined();
    expect([...(await stores.alerts.list())].map(({ alert }) => alert.labels.alertname).sort()).toEqual([
      'After',
      'Before',
      'Down',
    ]);
  });

  test('keeps alerts on the queue while the table refuses the function itself', async () => {
    const { ports } = world();
    const load = () => Promise.reject(new PermanentError('denied', 'AccessDenied'));
    const denied = { ...ports, stores: { ...ports.stores, alerts: { ...ports.stores.alerts, load } } };
    const body = JSON.stringify({ alerts: [{ labels: { alertname: 'Down' } }] });
    const { failedMessageIds } = await routeBatch(denied, [{ messageId: 'a', body }], START);
    expect(failedMessageIds).toEqual(['a']);
  });

  test('gives the whole batch back when a write fails', async () => {
    const { ports } = world();
    const broken = { ...ports.stores.alerts, load: () => Promise.reject(new Error('no table')) };
    const failing = { ...ports, stores: { ...ports.stores, alerts: broken } };
    const messages = ['a', 'b'].map((messageId) => ({ messageId, body: '{"alerts":[]}' }));
    const { failedMessageIds, log } = await routeBatch(failing, messages, START);
    expect(failedMessageIds).toEqual(['a', 'b']);
    expect(log).toEqual(['alerts go back to the queue: no table']);
  });
});

describe('an alert that flaps', () => {
  test('is known as such from its rows, is told once, and its end when it is steady', async () => {
    const { post, wake, told, clock, stores } = world();
    for (let i = 0; i < 8; i++) {
      const startsAt = clock.now;
      await post(startsAt + 60 * MINUTE, { startsAt });
      clock.now += 2 * MINUTE;
      await post(clock.now, { startsAt });
      clock.now += 2 * MINUTE;
      const { head } = (await stores.groups.load(REF))!;
      if (head.dueAt <= clock.now) await wake();
    }
    const flapping = told.filter(({ content }) => content.remarks.some((text) => text.includes('flaps')));
    expect(flapping.map(({ kind, content }) => [kind, content.status])).toEqual([
      ['webhook', 'firing'],
      ['pagerduty', 'firing'],
    ]);
    expect(told.at(-1)).toBe(flapping.at(-1));
    for (let ticks = 0; ticks < 6 && (await stores.groups.load(REF)) !== undefined; ticks++) await wake();
    expect(told.slice(-2).map(({ content }) => [content.status, content.remarks])).toEqual([
      ['resolved', []],
      ['resolved', []],
    ]);
    expect(await stores.groups.load(REF)).toBeUndefined();
  });
});

describe('a wake-up', () => {
  test('tells of a group although a stored silence cannot be read', async () => {
    const { post, wake, told, stores } = world();
    await stores.silences.put({
      id: 's',
      matcherSets: [[{ name: 'alertname', operator: '=~', value: '(' }]],
      startsAt: START,
      endsAt: START + 60 * MINUTE,
      updatedAt: START,
      createdBy: '',
      comment: '',
      annotations: {},
      version: 1,
    });
    await post(START + 15 * MINUTE);
    expect(await wake()).toBe('flushed');
    expect(told).toHaveLength(2);
  });

  test('tells each integration once, and hands on what it answered', async () => {
    const { post, wake, told, clock } = world();
    await post(START + 15 * MINUTE);
    expect(await wake()).toBe('flushed');
    expect(told.map(({ kind, content }) => [kind, content.status])).toEqual([
      ['webhook', 'firing'],
      ['pagerduty', 'firing'],
    ]);
    clock.now += MINUTE;
    await post(clock.now);
    await wake();
    expect(told.slice(2).map(({ content, previous }) => [content.status, previous])).toEqual([
      ['resolved', { id: '1' }],
      ['resolved', { id: '2' }],
    ]);
    expect(new Set(told.map(({ key }) => key)).size).toBe(4);
  });

  test('that comes early is set again, one that is stale does nothing', async () => {
    const { post, told, ports, stores, sent } = world();
    await post(START + 15 * MINUTE);
    const { head } = (await stores.groups.load(REF))!;
    const notifier = new GroupNotifier(ports);
    expect(await notifier.wake(groupWakeUp(head))).toBe('early');
    expect(sent).toEqual([groupWakeUp(head), groupWakeUp(head)]);
    expect(await notifier.wake({ ...groupWakeUp(head), generation: 9 })).toBe('stale');
    expect(await notifier.wake({ ...groupWakeUp(head), id: 'gone' })).toBe('stale');
    expect(told).toEqual([]);
  });

  test('waits as long as a receiver asks for, and sends under the same key', async () => {
    const { post, wake, told, answers, stores, clock } = world();
    await post(START + 15 * MINUTE);
    answers.push({ kind: 'retry', reason: '429', afterMs: 45_000 }, { kind: 'delivered' });
    expect(await wake()).toBe('waits');
    const at = clock.now;
    const { head } = (await stores.groups.load(REF))!;
    expect(head.dueAt).toBe(at + 45_000);
    expect(await wake()).toBe('flushed');
    expect(told.map(({ kind }) => kind)).toEqual(['webhook', 'pagerduty', 'webhook']);
    expect(told[2]!.key).toBe(told[0]!.key);
  });

  test('of a group whose route is gone ends the group', async () => {
    const { post, told, ports, stores, clock } = world();
    await post(START + 15 * MINUTE);
    const { head } = (await stores.groups.load(REF))!;
    const other = { ...ports.rules, root: { ...ports.rules.root, id: 'another', routes: [] } };
    clock.now = head.dueAt;
    expect(await new GroupNotifier({ ...ports, rules: other }).wake(groupWakeUp(head))).toBe('flushed');
    expect(await stores.groups.load(REF)).toBeUndefined();
    expect(told).toEqual([]);
  });

  test('tells a receiver with a state of the end under a silence, and a webhook not', async () => {
    const { post, wake, told, stores, clock } = world();
    await post(START + 15 * MINUTE);
    await wake();
    const silence = {
      id: 's',
      matcherSets: [[{ name: 'alertname', operator: '=' as const, value: 'Down' }]],
      startsAt: clock.now,
      endsAt: clock.now + 60 * MINUTE,
      updatedAt: clock.now,
      createdBy: 'ann',
      comment: '',
      annotations: {},
      version: 1,
    };
    await stores.silences.put(silence);
    clock.now += MINUTE;
    await post(clock.now);
    await wake();
    expect(told.slice(2).map(({ kind, content }) => [kind, content.status])).toEqual([
      ['pagerduty', 'resolved'],
    ]);
  });

  test('that is none is counted, and the others of its batch are carried out', async () => {
    const { post, ports, stores, clock, told } = world();
    await post(START + 15 * MINUTE);
    const { head } = (await stores.groups.load(REF))!;
    clock.now = head.dueAt;
    const bodies = [
      '',
      'null',
      '{"kind":"escalation","id":"x","generation":1,"dueAt":1}',
      JSON.stringify(groupWakeUp(head)),
    ];
    const { failedMessageIds, counts } = await notifyBatch(
      ports,
      bodies.map((body, i) => ({ messageId: String(i), body })),
    );
    expect(failedMessageIds).toEqual([]);
    expect(counts).toContainEqual({ name: 'rejectedWakeUps', reason: 'malformed', count: 3 });
    expect(counts).toContainEqual({ name: 'notifications', reason: 'pagerduty', count: 1 });
    expect(told).toHaveLength(2);
  });
});

describe('the sweep', () => {
  const wakeUp: WakeUp = { kind: 'group', id: 'g', generation: 1, dueAt: START };

  test.each([
    ['a row that was announced is left in peace while its message may come', true, START + 29_999, false],
    ['a row that was announced and is late has lost its message', true, START + 30_000, true],
    ['a row that was not announced is, a minute ahead', false, START - MINUTE, true],
    ['a row that is further away waits', false, START - MINUTE - 1, false],
  ])('%s', (_sentence, announced, now, expected) => {
    expect(needsMessage({ wakeUp, announced }, now)).toBe(expected);
  });

  test('sends what is due and the heartbeat, and what fails stops nothing else', async () => {
    const announced: string[] = [];
    const rows = ['a', 'b', 'c'].map((id) => ({ wakeUp: { ...wakeUp, id }, announced: id === 'c' }));
    const { counts, failures } = await sweep(
      {
        timers: {
          due: async () => rows,
          announce: async ({ id }) => {
            if (id === 'a') throw new Error('no queue');
            announced.push(id);
          },
        },
        alerts: { send: async ([alert]) => void announced.push(alert!.labels.alertname!) },
        silences: { list: () => Promise.reject(new Error('no table')) },
        silenceReminderMs: MINUTE,
      },
      START + MINUTE,
    );
    expect(announced.toSorted()).toEqual(['TidewatchHeartbeat', 'b', 'c']);
    expect(failures).toHaveLength(2);
    expect(counts).toContainEqual({ name: 'lostWakeUps', reason: 'group', count: 1 });
    expect(counts).toContainEqual({ name: 'sweepFailures', reason: 'group', count: 1 });
  });
});

test('the API shows no heartbeats', async () => {
  const { ports, stores, clock } = world();
  await takeAlerts(ports, [heartbeatAlert(clock.now), { labels: { alertname: 'Down' } }], clock.now);
  const standing = standingOf(parseAlertmanagerConfig(CONFIG), [], [], clock.now);
  const shown = standingAlerts(standing, await stores.alerts.list());
  expect(shown.map(({ stored }) => stored.alert.labels.alertname)).toEqual(['Down']);
});

test('a heartbeat each minute is one delivery each minute, and none once they stop', async () => {
  const { ports, stores, clock, writes, told } = world();
  const ref = groupRef('{}/{alertname="TidewatchHeartbeat"}/0:{alertname="TidewatchHeartbeat"}');
  const beats: number[] = [];
  for (let minute = 0; minute < 12; minute++) {
    clock.now = START + minute * MINUTE;
    if (minute < 6) await takeAlerts(ports, [heartbeatAlert(clock.now)], clock.now);
    writes.length = 0;
    const group = await stores.groups.load(ref);
    if (group !== undefined && group.head.dueAt <= clock.now) {
      await new GroupNotifier(ports).wake(groupWakeUp(group.head));
    }
    if (writes.includes('heartbeat')) beats.push(minute);
  }
  expect(beats.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(beats.length).toBeLessThan(10);
  expect(told).toEqual([]);
});
