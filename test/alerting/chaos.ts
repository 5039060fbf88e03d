// A world in which everything may fail, come twice or late: instances that end between any two lines, writes that
// fail or whose answer is lost, messages that are lost, doubled or delayed, receivers that are down or answer too late.

import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import { notifyBatch } from '../../lib/alerting/durable/notify-batch.ts';
import { routeBatch } from '../../lib/alerting/durable/route-batch.ts';
import { needsMessage } from '../../lib/alerting/durable/sweep.ts';
import { createRouter } from '../../lib/alerting/groups/router.ts';
import type { OutboxEntry, SilenceRecord } from '../../lib/alerting/ports.ts';
import { Timeline } from '../../lib/alerting/replay/timeline.ts';
import { BEYOND_DEFAULTS } from '../../lib/alerting/settings.ts';
import type { NotificationContent, NotificationResult } from '../../lib/model/notification.ts';
import type { WakeUp } from '../../lib/model/wake-up.ts';
import {
  AlertingRows,
  Crash,
  MemoryAlerting,
  MemoryTimers,
  type Weather,
} from '../support/memory-alerting.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** After this the weather is fair, and everything must come to its end. */
export const FAULTS_UNTIL = 180 * MINUTE;
export const END = 330 * MINUTE;
export const REPEAT_MS = 4 * 60 * MINUTE;

const CONFIG = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
receivers:
- name: team
  webhook_configs: [{url: 'http://team.invalid/'}]
  pagerduty_configs: [{routing_key: 'key'}]
inhibit_rules:
- source_matchers: [severity="critical"]
  target_matchers: [severity="warning"]
  equal: [cluster]
`;

export interface WorldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly firesAt: number;
  readonly resolvesAt: number;
}

/** A delivery as a receiver that remembers idempotency keys sees it: each key once. */
export interface Seen {
  readonly at: number;
  readonly kind: string;
  readonly content: NotificationContent;
}

export interface World {
  readonly alerts: readonly WorldAlert[];
  readonly silences: readonly SilenceRecord[];
  readonly seen: readonly Seen[];
  /** Outbox entries and when it was decided to send them. */
  readonly decided: readonly { readonly at: number; readonly entry: OutboxEntry }[];
  readonly groupsLeft: number;
  readonly timersLeft: number;
  readonly crashes: number;
}

type Happening =
  | { readonly kind: 'post'; readonly alert: WorldAlert }
  | { readonly kind: 'poll' }
  | { readonly kind: 'wakeUp'; readonly wakeUp: WakeUp }
  | { readonly kind: 'sweep' }
  | { readonly kind: 'silence'; readonly silence: SilenceRecord }
  | { readonly kind: 'outage'; readonly until: number };

/** @param seed the same seed makes the same world */
export async function live(seed: number): Promise<World> {
  const random = generator(seed);
  const chance = (probability: number) => random() < probability;
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low));
  const rough = () => now < FAULTS_UNTIL;

  let now = 0;
  let crashes = 0;
  let outageUntil = 0;
  const table = new AlertingRows();
  const timeline = new Timeline<Happening>();
  const rules = createRouter(parseAlertmanagerConfig(CONFIG), BEYOND_DEFAULTS);
  const queue: string[] = [];
  const keys = new Set<string>();
  const seen: Seen[] = [];
  const decided: { at: number; entry: OutboxEntry }[] = [];

  const alerts = makeAlerts(between, chance);
  const silences = makeSilences(between, chance);
  for (const alert of alerts) {
    for (let at = alert.firesAt; at < alert.resolvesAt; at += 5 * MINUTE)
      timeline.add(at, { kind: 'post', alert });
    timeline.add(alert.resolvesAt, { kind: 'post', alert });
  }
  for (const silence of silences) timeline.add(silence.startsAt, { kind: 'silence', silence });
  for (let at = MINUTE; at < END; at += MINUTE) timeline.add(at, { kind: 'sweep' });
  for (let i = 0; i < 6; i++) {
    const at = between(0, FAULTS_UNTIL - 5 * MINUTE);
    timeline.add(at, { kind: 'outage', until: at + between(10 * SECOND, 4 * MINUTE) });
  }

  const deliver = (wakeUp: WakeUp): void => {
    if (rough() && chance(0.1)) return;
    const late = rough() && chance(0.2) ? between(0, 50 * SECOND) : between(0, SECOND);
    timeline.add(Math.max(now, wakeUp.dueAt) + late, { kind: 'wakeUp', wakeUp });
    if (rough() && chance(0.15)) timeline.add(Math.max(now, wakeUp.dueAt) + late, { kind: 'wakeUp', wakeUp });
  };

  /** One instance of a function, with weather of its own; a crash ends it for good. */
  const instance = () => {
    let dead = false;
    const weather: Weather = async () => {
      for (let turns = between(0, 4); turns > 0; turns--) await Promise.resolve();
      if (dead) throw new Crash('is dead');
      if (!rough()) return;
      if (chance(0.015)) {
        dead = true;
        crashes += 1;
        throw new Crash('dies');
      }
      if (chance(0.03)) throw new Error('a call failed');
    };
    const timers = new MemoryTimers(deliver, weather, () => now, table);
    const stores = new MemoryAlerting(timers, weather, table);
    const send = async (
      kind: string,
      content: NotificationContent,
      key: string,
    ): Promise<NotificationResult> => {
      await weather('send', 'before');
      if (now < outageUntil || (rough() && chance(0.05))) return { kind: 'retry', reason: '503' };
      if (rough() && chance(0.02)) return { kind: 'refused', reason: '400' };
      if (!keys.has(key)) seen.push({ at: now, kind, content });
      keys.add(key);
      await weather('send', 'after');
      return rough() && chance(0.05) ? { kind: 'retry', reason: 'time-out' } : { kind: 'delivered' };
    };
    const groups: MemoryAlerting['groups'] = {
      join: (join) => stores.groups.join(join),
      load: (ref) => stores.groups.load(ref),
      save: async (change) => {
        const result = await stores.groups.save(change);
        if (result === 'saved') decided.push(...change.outbox.map((entry) => ({ at: now, entry })));
        return result;
      },
    };
    return {
      timers,
      stores: { ...stores, groups },
      rules,
      rewriteBelow: 0.5,
      sender: {
        send: (target: { kind: string }, content: NotificationContent, context: { idempotencyKey: string }) =>
          send(target.kind, content, context.idempotencyKey),
      },
      externalUrl: '',
      now: () => now,
    };
  };

  let polling = false;
  const carryOut = async (happening: Happening): Promise<void> => {
    switch (happening.kind) {
      case 'post': {
        const { labels, firesAt, resolvesAt } = happening.alert;
        const endsAt = now >= resolvesAt ? resolvesAt : now + 15 * MINUTE;
        const body = JSON.stringify({ alerts: [{ labels, startsAt: firesAt, endsAt, source: 'chaos' }] });
        queue.push(body, ...(rough() && chance(0.1) ? [body] : []));
        timeline.add(now + between(0, 2 * SECOND), { kind: 'poll' });
        return;
      }
      case 'poll': {
        if (polling || queue.length === 0) return;
        polling = true;
        const bodies = queue.slice(0, between(1, 4));
        const messages = bodies.map((body, i) => ({ messageId: String(i), body }));
        const { failedMessageIds } = await routeBatch(instance(), messages, now);
        polling = false;
        if (failedMessageIds.length === 0) queue.splice(0, bodies.length);
        if (queue.length > 0) timeline.add(now + between(SECOND, 30 * SECOND), { kind: 'poll' });
        return;
      }
      case 'wakeUp': {
        const messages = [{ messageId: '0', body: JSON.stringify(happening.wakeUp) }];
        const { failedMessageIds } = await notifyBatch(instance(), messages);
        if (failedMessageIds.length > 0) timeline.add(now + MINUTE, happening);
        return;
      }
      case 'sweep': {
        const { timers } = instance();
        const rows = await timers.due(now + MINUTE);
        for (const row of rows.filter((one) => needsMessage(one, now))) {
          await timers.announce(row.wakeUp).catch(() => undefined);
        }
        return;
      }
      case 'silence':
        table.silences.set(happening.silence.id, happening.silence);
        return;
      case 'outage':
        outageUntil = Math.max(outageUntil, happening.until);
        return;
    }
  };

  for (let next = timeline.next(END); next !== undefined; next = timeline.next(END)) {
    now = next.at;
    const together = [next.value];
    // What is near in time may happen at once.
    while (rough() && together.length < 4 && chance(0.5)) {
      const other = timeline.next(now + 2 * SECOND);
      if (other === undefined) break;
      now = Math.max(now, other.at);
      together.push(other.value);
    }
    await Promise.all(together.map(carryOut));
  }
  return {
    alerts,
    silences,
    seen,
    decided,
    groupsLeft: table.heads.size,
    timersLeft: table.due.size,
    crashes,
  };
}

type Between = (low: number, high: number) => number;
type Chance = (probability: number) => boolean;

function makeAlerts(between: Between, chance: Chance): WorldAlert[] {
  return Array.from({ length: between(4, 9) }, (_, i) => {
    const firesAt = between(0, 100 * MINUTE);
    const severity = chance(0.2) ? 'critical' : chance(0.3) ? 'warning' : 'page';
    return {
      labels: {
        alertname: `Alert${between(0, 3)}`,
        instance: String(i),
        severity,
        cluster: `c${between(0, 2)}`,
      },
      firesAt,
      resolvesAt: firesAt + between(20 * MINUTE, 150 * MINUTE),
    };
  });
}

function makeSilences(between: Between, chance: Chance): SilenceRecord[] {
  return Array.from({ length: between(0, 3) }, (_, i): SilenceRecord => {
    const startsAt = between(0, 120 * MINUTE);
    return {
      id: `silence-${i}`,
      matcherSets: [
        chance(0.5)
          ? [{ name: 'alertname', operator: '=', value: `Alert${between(0, 3)}` }]
          : [{ name: 'instance', operator: '=~', value: `[${between(0, 4)}-${between(4, 9)}]` }],
      ],
      startsAt,
      endsAt: startsAt + between(10 * MINUTE, 100 * MINUTE),
      updatedAt: startsAt,
      createdBy: 'chaos',
      comment: '',
      annotations: {},
      version: 1,
    };
  });
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
