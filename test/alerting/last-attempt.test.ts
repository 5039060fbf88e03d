// Which attempt of a flush is the last one: then those that stand in for a receiver are told.
import { expect, test } from 'vitest';
import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import { takeAlerts } from '../../lib/alerting/durable/alert-intake.ts';
import { groupRef } from '../../lib/alerting/durable/digests.ts';
import { GroupNotifier } from '../../lib/alerting/durable/group-notifier.ts';
import { createRouter } from '../../lib/alerting/groups/router.ts';
import { groupWakeUp } from '../../lib/alerting/ports.ts';
import { BEYOND_DEFAULTS } from '../../lib/alerting/settings.ts';
import { MemoryAlerting, MemoryTimers } from '../support/memory-alerting.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const CONFIG = `
route: {receiver: team, group_by: [alertname], group_interval: 2m}
receivers: [{name: team, webhook_configs: [{url: 'http://team.invalid/'}]}]
`;

test('an attempt is the last one of its flush when the next would come too late, and no other is', async () => {
  const clock = { now: START };
  const asked: { readonly at: number; readonly isLast: boolean; readonly afterLongWait: boolean }[] = [];
  const timers = new MemoryTimers(
    () => {},
    async () => {},
    () => clock.now,
  );
  const stores = new MemoryAlerting(timers, async () => {});
  const ports = {
    rules: createRouter(parseAlertmanagerConfig(CONFIG), BEYOND_DEFAULTS),
    stores,
    timers,
    rewriteBelow: BEYOND_DEFAULTS.rewriteBelow,
    externalUrl: '',
    now: () => clock.now,
    onAttempt: () => {},
    sender: {
      send: async (
        _target: unknown,
        _content: unknown,
        { isLast }: { readonly isLast?: (afterMs: number | undefined) => boolean },
      ) => {
        asked.push({ at: clock.now, isLast: isLast!(undefined), afterLongWait: isLast!(10 * MINUTE) });
        return { kind: 'retry' as const, reason: '503' };
      },
    },
  };
  const alert = {
    labels: { alertname: 'Down' },
    startsAt: START,
    endsAt: START + 60 * MINUTE,
    source: 'test',
  };
  await takeAlerts(ports, [alert], clock.now);
  let begun: number | undefined;
  for (;;) {
    const { head } = (await stores.groups.load(groupRef('{}:{alertname="Down"}')))!;
    clock.now = Math.max(clock.now, head.dueAt);
    begun ??= clock.now;
    if (clock.now >= begun + 2 * MINUTE) break;
    await new GroupNotifier(ports).wake(groupWakeUp(head));
  }
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.map(({ isLast }) => isLast)).toEqual(asked.map((_, place) => place === asked.length - 1));
  expect(asked.every(({ afterLongWait }) => afterLongWait)).toBe(true);
});
