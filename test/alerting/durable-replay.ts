// A replay through the durable path: stores in memory, timers on a virtual clock, the same lines in and out as replay().
import type { AlertmanagerConfig } from '../../lib/alerting/config/parse-tree.ts';
import { takeAlerts } from '../../lib/alerting/durable/alert-intake.ts';
import { GroupNotifier } from '../../lib/alerting/durable/group-notifier.ts';
import { outcomeOfStatus } from '../../lib/alerting/groups/retry.ts';
import { createRouter } from '../../lib/alerting/groups/router.ts';
import type { LabelSet } from '../../lib/alerting/matchers/matcher.ts';
import { storedMatcher } from '../../lib/alerting/muting/silence-record.ts';
import type { ReplayedNotification } from '../../lib/alerting/replay/replay.ts';
import type { ReplayEvent } from '../../lib/alerting/replay/replay-events.ts';
import { Timeline } from '../../lib/alerting/replay/timeline.ts';
import { BEYOND_NOTHING } from '../../lib/alerting/settings.ts';
import { compareCodePoints } from '../../lib/model/code-points.ts';
import { sortedNames } from '../../lib/model/fingerprint.ts';
import type { NotificationContent, NotificationSender } from '../../lib/model/notification.ts';
import type { WakeUp } from '../../lib/model/wake-up.ts';
import { MemoryAlerting, MemoryTimers } from '../support/memory-alerting.ts';

type Happening = ReplayEvent | { readonly kind: 'wakeUp'; readonly wakeUp: WakeUp };

/** @param untilMs nothing later happens */
export async function replayDurably(
  config: AlertmanagerConfig,
  events: readonly ReplayEvent[],
  untilMs: number,
): Promise<ReplayedNotification[]> {
  let now = 0;
  const timeline = new Timeline<Happening>();
  for (const event of events) timeline.add(event.atMs, event);
  const deliver = (wakeUp: WakeUp) => timeline.add(Math.max(now, wakeUp.dueAt), { kind: 'wakeUp', wakeUp });
  const timers = new MemoryTimers(
    deliver,
    async () => {},
    () => now,
  );
  const stores = new MemoryAlerting(timers);
  const rules = createRouter(config);
  const failures = new Map<string, { until: number; status: number }>();
  const delivered: ReplayedNotification[] = [];
  const sender: NotificationSender = {
    async send(target, content) {
      const failure = failures.get(content.receiver);
      const status = failure !== undefined && now < failure.until ? failure.status : 200;
      const retries429 = rules.receivers
        .get(content.receiver)!
        .integrations.find(({ kind }) => kind === target.kind)!.retries429;
      const outcome = outcomeOfStatus(status, retries429);
      if (outcome === 'retry') return { kind: 'retry', reason: String(status) };
      if (outcome === 'failed') return { kind: 'refused', reason: String(status) };
      delivered.push(shown(content, now));
      return { kind: 'delivered' };
    },
  };
  const notifier = new GroupNotifier({
    rules,
    stores,
    sender,
    timers,
    externalUrl: 'http://tidewatch.invalid',
    now: () => now,
    onAttempt: () => {},
  });
  const intake = { stores, rules, rewriteBelow: BEYOND_NOTHING.rewriteBelow };
  let silences = 0;

  for (let next = timeline.next(untilMs); next !== undefined; next = timeline.next(untilMs)) {
    now = next.at;
    const { value } = next;
    switch (value.kind) {
      case 'wakeUp':
        await notifier.wake(value.wakeUp);
        break;
      case 'alert': {
        const { labels, annotations, startsAtMs: startsAt, endsAtMs: endsAt } = value;
        await takeAlerts(intake, [{ labels, annotations, startsAt, endsAt }], now);
        break;
      }
      case 'silence':
        await stores.silences.put({
          id: String(silences),
          matcherSets: [value.matchers.map(storedMatcher)],
          startsAt: now,
          endsAt: value.endsAtMs,
          updatedAt: now,
          createdBy: '',
          comment: '',
          annotations: {},
          version: 1,
        });
        silences += 1;
        break;
      case 'expireSilence': {
        const silence = (await stores.silences.get(String(value.silence)))!;
        await stores.silences.put({
          ...silence,
          endsAt: Math.min(silence.endsAt, now - 1),
          version: silence.version + 1,
        });
        break;
      }
      case 'receiverFails':
        if (value.untilMs > now) failures.set(value.receiver, { until: value.untilMs, status: value.status });
        break;
    }
  }
  return delivered;
}

function shown(
  { receiver, groupKey, status, alerts }: NotificationContent,
  now: number,
): ReplayedNotification {
  return {
    at: Math.round(now) / 1_000,
    receiver,
    groupKey,
    status,
    alerts: alerts
      .map(({ labels, status }) => ({ labels: sorted(labels), status }))
      .sort((left, right) => compareCodePoints(JSON.stringify(left.labels), JSON.stringify(right.labels))),
  };
}

function sorted(labels: LabelSet): LabelSet {
  return Object.fromEntries(sortedNames(labels).map((name) => [name, labels[name]!]));
}
