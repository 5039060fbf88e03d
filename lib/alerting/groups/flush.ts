// One flush of a group: what is not muted goes to each integration that has a reason to be told, and is tried again
// until it is delivered or the flush's time is up.
import { flapsUntil } from '../alerts/flapping.ts';
import type { IntegrationConfig } from '../config/receiver-fields.ts';
import { inhibitedBy } from '../muting/inhibition.ts';
import { silencedBy } from '../muting/silence.ts';
import { isWithin } from '../muting/time-interval.ts';
import { priorityOf } from '../priority.ts';
import type { Route } from '../routing/route.ts';
import { type Delivery, type Flush, type Group, type SnapshotAlert, snapshot } from './group.ts';
import { flappingReason, type LogEntry, notificationReason } from './notification-log.ts';
import { type DeliveryOutcome, flushTimeoutMs, retryDelayMs } from './retry.ts';
import type { RouterEffect, RouterState } from './router-state.ts';

/** The log keeps an entry for twice the repeat interval, at most this long (Alertmanager's default retention). */
const LOG_RETENTION_MS = 120 * 3_600_000;

/** When something was told of which it is not known that it was. */
const NEVER = 0;

/** The priority whose every change is told, flapping or not. */
const NEVER_HELD = 'P1';

/** Integrations that keep something open on the other side until they are told of the end. */
const STATEFUL: ReadonlySet<string> = new Set([
  'pagerduty',
  'opsgenie',
  'jsm',
  'victorops',
  'incidentio',
  'jira',
  'servicenow',
  'opsitem',
  'escalation',
]);

interface DeliveryEvent {
  readonly group: string;
  readonly flush: number;
  readonly integration: number;
}

/** Flushes a group that is due. Its next tick counts from now, but it is judged by the time this one was due. */
export function beginFlush(state: RouterState, group: Group, now: number, effects: RouterEffect[]): void {
  const { route } = group;
  const tickAt = group.nextFlushAt;
  group.nextFlushAt = now + route.groupIntervalMs;
  state.flushes += 1;
  const all = snapshot(group, now).map((one) => heldWhileFlapping(state, one, now));
  const flush: Flush = {
    number: state.flushes,
    deadlineAt: now + flushTimeoutMs(route.groupIntervalMs),
    leaving: all
      .filter(({ status }) => status === 'resolved')
      .map(({ alert: { fingerprint, revision } }) => ({ fingerprint, revision })),
    pending: new Map(),
    failed: false,
  };
  group.flush = flush;
  const audible = withoutMuted(state, route, all, tickAt, now);
  planDeliveries(state, group, flush, { audible, all }, tickAt, now);
  for (const [integration, { notification }] of flush.pending) {
    effects.push({ kind: 'send', group: group.id, flush: flush.number, integration, notification });
  }
  endIfDone(state, group, now, effects);
}

/** Takes the answer to an attempt. */
export function answer(
  state: RouterState,
  event: DeliveryEvent & { readonly outcome: DeliveryOutcome; readonly afterMs?: number | undefined },
  now: number,
  effects: RouterEffect[],
): void {
  const found = findDelivery(state, event);
  if (found === undefined) return;
  const { group, flush, delivery } = found;
  const attempts = delivery.attempts + 1;
  if (event.outcome === 'retry') {
    flush.pending.set(event.integration, { ...delivery, attempts });
    const retryAt = now + Math.max(retryDelayMs(attempts), event.afterMs ?? 0);
    const inTime = retryAt < flush.deadlineAt;
    effects.push({
      kind: 'wake',
      at: inTime ? retryAt : flush.deadlineAt,
      event: {
        kind: inTime ? 'retryDue' : 'deadline',
        group: event.group,
        flush: event.flush,
        integration: event.integration,
      },
    });
    return;
  }
  flush.pending.delete(event.integration);
  if (event.outcome === 'delivered') remember(state, group, delivery, now);
  else flush.failed = true;
  endIfDone(state, group, now, effects);
}

/** Sends once more what a flush collected. */
export function retry(state: RouterState, event: DeliveryEvent, effects: RouterEffect[]): void {
  const found = findDelivery(state, event);
  if (found === undefined) return;
  const { group, flush, integration } = event;
  effects.push({ kind: 'send', group, flush, integration, notification: found.delivery.notification });
}

/** Gives a delivery up until the next tick. */
export function passDeadline(
  state: RouterState,
  event: DeliveryEvent,
  now: number,
  effects: RouterEffect[],
): void {
  const found = findDelivery(state, event);
  if (found === undefined) return;
  if (state.resolveWhenMuted) noteDoubt(state, found.group, found.delivery, now);
  found.flush.pending.delete(event.integration);
  found.flush.failed = true;
  endIfDone(state, found.group, now, effects);
}

function findDelivery(
  state: RouterState,
  { group: id, flush: number, integration }: DeliveryEvent,
): { group: Group; flush: Flush; delivery: Delivery } | undefined {
  const group = state.groups.get(id);
  const flush = group?.flush;
  const delivery = flush?.number === number ? flush.pending.get(integration) : undefined;
  return group !== undefined && flush !== undefined && delivery !== undefined
    ? { group, flush, delivery }
    : undefined;
}

/** What flaps is said to fire until it is steady; what is most urgent is told as it is. */
function heldWhileFlapping({ flapping }: RouterState, one: SnapshotAlert, now: number): SnapshotAlert {
  const { alert } = one;
  const until = flapping && flapsUntil(alert, now, flapping);
  if (until === undefined || priorityOf(alert.labels) === NEVER_HELD) return one;
  return { alert: { ...alert, endsAt: Math.max(alert.endsAt, until) }, status: 'firing', flapping: true };
}

/** Leaves out, in Alertmanager's order: inhibited alerts, all at times when the route is quiet, silenced alerts. */
function withoutMuted(
  state: RouterState,
  route: Route,
  alerts: readonly SnapshotAlert[],
  tickAt: number,
  now: number,
): SnapshotAlert[] {
  if (isQuiet(state, route, tickAt)) return [];
  return alerts.filter(
    ({ alert }) =>
      inhibitedBy(state.inhibition, alert.labels, now) === undefined &&
      silencedBy(state.silences, alert.labels, now) === undefined,
  );
}

function isQuiet({ timeIntervals }: RouterState, route: Route, at: number): boolean {
  const holds = (name: string): boolean => {
    const interval = timeIntervals.get(name);
    return interval !== undefined && isWithin(interval, at);
  };
  const { activeTimeIntervals, muteTimeIntervals } = route;
  return (
    (activeTimeIntervals.length > 0 && !activeTimeIntervals.some(holds)) || muteTimeIntervals.some(holds)
  );
}

function planDeliveries(
  state: RouterState,
  group: Group,
  flush: Flush,
  { audible, all }: { readonly audible: readonly SnapshotAlert[]; readonly all: readonly SnapshotAlert[] },
  tickAt: number,
  now: number,
): void {
  const { receiver, repeatIntervalMs, labels: routeLabels } = group.route;
  const integrations = state.receivers.get(receiver)?.integrations ?? [];
  const fingerprints = (alerts: readonly SnapshotAlert[], status: SnapshotAlert['status']) =>
    new Set(alerts.filter((one) => one.status === status).map(({ alert }) => alert.fingerprint));
  const firing = fingerprints(audible, 'firing');
  const flapping = new Set(audible.filter((one) => one.flapping).map(({ alert }) => alert.fingerprint));
  integrations.forEach((integration, place) => {
    const { sendResolved } = integration;
    const entry = state.log.get(logKey(group.key, receiver, integration));
    const heard =
      audible.length === 0 && state.resolveWhenMuted ? endOfTheMuted(integration, entry, all) : audible;
    if (heard.length === 0) return;
    const resolved = fingerprints(heard, 'resolved');
    const change = notificationReason(entry, firing, resolved, { sendResolved, repeatIntervalMs }, tickAt);
    const reason = change === 'none' ? flappingReason(entry, firing, flapping) : change;
    if (reason === 'none') return;
    const alerts = sendResolved ? heard : heard.filter(({ status }) => status === 'firing');
    const delivery: Delivery = {
      notification: {
        receiver,
        integration,
        groupKey: group.key,
        groupLabels: group.labels,
        routeLabels,
        reason,
        status: firing.size > 0 ? 'firing' : 'resolved',
        alerts,
      },
      firing,
      resolved,
      flapping,
      attempts: 0,
    };
    // Nothing is left to say, but that everything has resolved is noted.
    if (alerts.length === 0) remember(state, group, delivery, now);
    else flush.pending.set(place, delivery);
  });
}

/**
 * Beyond Alertmanager (its issue #226): a receiver that keeps an incident open until it hears of the end hears of it
 * under a silence too, once nothing fires any more of what it was told.
 */
function endOfTheMuted(
  { kind, sendResolved }: IntegrationConfig,
  entry: LogEntry | undefined,
  all: readonly SnapshotAlert[],
): readonly SnapshotAlert[] {
  if (entry === undefined || !sendResolved || !STATEFUL.has(kind)) return [];
  const told = all.filter(
    ({ alert: { fingerprint } }) => entry.firing.has(fingerprint) || entry.doubtful?.has(fingerprint),
  );
  return told.every(({ status }) => status === 'resolved') ? told : [];
}

function remember(state: RouterState, group: Group, delivery: Delivery, now: number): void {
  const { integration, receiver } = delivery.notification;
  state.log.set(logKey(group.key, receiver, integration), {
    at: now,
    firing: delivery.firing,
    resolved: delivery.resolved,
    ...(delivery.flapping.size > 0 && { flapping: delivery.flapping }),
    expiresAt: now + Math.min(LOG_RETENTION_MS, 2 * group.route.repeatIntervalMs),
  });
}

/** Beyond Alertmanager: an attempt that brought no answer may have opened something, so its end will be told. */
function noteDoubt(state: RouterState, group: Group, { notification, firing }: Delivery, now: number): void {
  const { integration, receiver } = notification;
  if (!STATEFUL.has(integration.kind) || firing.size === 0) return;
  const key = logKey(group.key, receiver, integration);
  const nothing = { at: NEVER, firing: new Set<string>(), resolved: new Set<string>() };
  state.log.set(key, {
    ...(state.log.get(key) ?? nothing),
    doubtful: firing,
    expiresAt: now + Math.min(LOG_RETENTION_MS, 2 * group.route.repeatIntervalMs),
  });
}

/** Not by route: groups of equal sibling routes with one receiver share what it was told. */
export function logKey(groupKey: string, receiver: string, integration: IntegrationConfig): string {
  return `${groupKey}\u0000${receiver}\u0000${integrationName(integration)}`;
}

/** @example 'webhook/0' */
export function integrationName({ kind, index }: Pick<IntegrationConfig, 'kind' | 'index'>): string {
  return `${kind}/${index}`;
}

function endIfDone(state: RouterState, group: Group, now: number, effects: RouterEffect[]): void {
  const { flush } = group;
  if (flush === undefined || flush.pending.size > 0) return;
  group.flush = undefined;
  if (!flush.failed) {
    for (const { fingerprint, revision } of flush.leaving) {
      if (group.alerts.get(fingerprint)?.revision === revision) group.alerts.delete(fingerprint);
    }
    if (group.alerts.size === 0) {
      state.groups.delete(group.id);
      return;
    }
  }
  // The tick that passed meanwhile follows at once.
  if (group.nextFlushAt <= now) beginFlush(state, group, now, effects);
  else {
    effects.push({
      kind: 'wake',
      at: group.nextFlushAt,
      event: { kind: 'groupDue', group: group.id, at: group.nextFlushAt },
    });
  }
}
