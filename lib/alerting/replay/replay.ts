// `alerts replay`: the router on a virtual clock, with receivers that fail when they are told to.
import { compareCodePoints } from '../../model/code-points.ts';
import { sortedNames } from '../../model/fingerprint.ts';
import type { AlertmanagerConfig } from '../config/parse-tree.ts';
import type { AlertStatus, Notification } from '../groups/group.ts';
import { outcomeOfStatus } from '../groups/retry.ts';
import { createRouter, step } from '../groups/router.ts';
import type { RouterEffect, RouterEvent } from '../groups/router-state.ts';
import type { LabelSet } from '../matchers/matcher.ts';
import type { ReplayEvent } from './replay-events.ts';
import { Timeline } from './timeline.ts';

/** A notification that a receiver took. */
export interface ReplayedNotification {
  /** Seconds from the start. */
  readonly at: number;
  readonly receiver: string;
  readonly groupKey: string;
  readonly status: AlertStatus;
  /** In the order of their labels. */
  readonly alerts: readonly { readonly labels: LabelSet; readonly status: AlertStatus }[];
}

export interface ReplayOptions {
  /** Milliseconds from the start; nothing later happens. Without it the last event ends the replay. */
  readonly untilMs?: number | undefined;
  /** Epoch milliseconds of the start, which only time intervals can tell. */
  readonly startMs?: number;
  /** Is told of what was refused. */
  readonly onRejected?: (atMs: number, reason: string) => void;
}

type Happening = RouterEvent | Extract<ReplayEvent, { kind: 'receiverFails' }>;

const GARBAGE_INTERVAL_MS = 15 * 60_000;

/** Plays the events and gives what was delivered, in order. */
export function replay(
  config: AlertmanagerConfig,
  events: readonly ReplayEvent[],
  { untilMs, startMs = 0, onRejected }: ReplayOptions = {},
): ReplayedNotification[] {
  const until = startMs + (untilMs ?? events.at(-1)?.atMs ?? 0);
  const timeline = new Timeline<Happening>();
  for (const { at, happening } of happenings(events, startMs)) timeline.add(at, happening);
  timeline.add(startMs + GARBAGE_INTERVAL_MS, { kind: 'collectGarbage' });

  const delivered: ReplayedNotification[] = [];
  const failures = new Map<string, { until: number; status: number }>();
  let state = createRouter(config);

  const send = (effect: Extract<RouterEffect, { kind: 'send' }>, now: number): RouterEvent => {
    const { notification, group, flush, integration } = effect;
    const failure = failures.get(notification.receiver);
    const status = failure !== undefined && now < failure.until ? failure.status : 200;
    const outcome = outcomeOfStatus(status, notification.integration.retries429);
    if (outcome === 'delivered') delivered.push(shown(notification, now - startMs));
    return { kind: 'answered', group, flush, integration, outcome };
  };
  const run = (first: RouterEvent, now: number): void => {
    const queue = [first];
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      const result = step(state, event, now);
      state = result.state;
      for (const effect of result.effects) {
        switch (effect.kind) {
          case 'wake':
            timeline.add(effect.at, effect.event);
            break;
          case 'send':
            queue.push(send(effect, now));
            break;
          case 'rejected':
            onRejected?.(now - startMs, effect.reason);
            break;
        }
      }
    }
  };

  for (let next = timeline.next(until); next !== undefined; next = timeline.next(until)) {
    const { at, value } = next;
    if (value.kind === 'receiverFails') {
      const end = startMs + value.untilMs;
      if (end > at) failures.set(value.receiver, { until: end, status: value.status });
      continue;
    }
    if (value.kind === 'collectGarbage') timeline.add(at + GARBAGE_INTERVAL_MS, value);
    run(value, at);
  }
  return delivered;
}

/** Router events of the lines. Alerts of one time in a row are one post. */
function happenings(events: readonly ReplayEvent[], startMs: number): { at: number; happening: Happening }[] {
  const result: { at: number; happening: Happening }[] = [];
  let silences = 0;
  for (const event of events) {
    const at = startMs + event.atMs;
    switch (event.kind) {
      case 'alert': {
        const { labels, annotations, startsAtMs, endsAtMs } = event;
        const posted = {
          labels,
          annotations,
          startsAt: startsAtMs === undefined ? undefined : startMs + startsAtMs,
          endsAt: endsAtMs === undefined ? undefined : startMs + endsAtMs,
        };
        const last = result.at(-1);
        if (last?.at === at && last.happening.kind === 'alerts') {
          last.happening = { kind: 'alerts', alerts: [...last.happening.alerts, posted] };
        } else result.push({ at, happening: { kind: 'alerts', alerts: [posted] } });
        break;
      }
      case 'silence': {
        const silence = {
          id: String(silences),
          matcherSets: [event.matchers],
          startsAt: at,
          endsAt: startMs + event.endsAtMs,
        };
        silences += 1;
        result.push({ at, happening: { kind: 'silence', silence } });
        break;
      }
      case 'expireSilence':
        result.push({ at, happening: { kind: 'expireSilence', id: String(event.silence) } });
        break;
      case 'receiverFails':
        result.push({ at, happening: event });
        break;
    }
  }
  return result;
}

function shown(
  { receiver, groupKey, status, alerts, integration }: Notification,
  atMs: number,
): ReplayedNotification {
  // A webhook may take only so many alerts; 0 is no limit.
  const limit = Number(integration.fields.max_alerts ?? 0) || alerts.length;
  return {
    at: Math.round(atMs) / 1_000,
    receiver,
    groupKey,
    status,
    alerts: alerts
      .slice(0, limit)
      .map(({ alert, status }) => ({ labels: sortLabels(alert.labels), status }))
      .sort((left, right) => compareCodePoints(JSON.stringify(left.labels), JSON.stringify(right.labels))),
  };
}

function sortLabels(labels: LabelSet): LabelSet {
  return Object.fromEntries(sortedNames(labels).map((name) => [name, labels[name]!]));
}
