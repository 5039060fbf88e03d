// The router as a state machine: alerts, silences, timers and answers in; things to send and times to wake up out.
// It knows no clock and does no I/O. The state is changed in place: a caller goes on with the one it gets back.
import {
  type AlertRecord,
  completeAlert,
  isResolved,
  mergeAlerts,
  type PostedAlert,
} from '../alerts/alert-record.ts';
import { flapOf } from '../alerts/flapping.ts';
import type { AlertmanagerConfig } from '../config/parse-tree.ts';
import type { LabelSet } from '../matchers/matcher.ts';
import { forgetResolvedSources, forgetSources, noSources, rememberSource } from '../muting/inhibition.ts';
import { addSilence, expireSilence, noSilences, silenceRejection } from '../muting/silence.ts';
import { buildRoutes, matchRoutes, type Route } from '../routing/route.ts';
import { BEYOND_NOTHING, type BeyondSettings } from '../settings.ts';
import { answer, beginFlush, passDeadline, retry } from './flush.ts';
import { type Group, groupLabels, labelSetText } from './group.ts';
import type { Place, RouterEffect, RouterEvent, RouterState } from './router-state.ts';

/** A router without alerts. @param beyond what it does beyond Alertmanager */
export function createRouter(
  config: AlertmanagerConfig,
  beyond: Pick<BeyondSettings, 'resolveWhenMuted' | 'priorityScore' | 'flapping'> = BEYOND_NOTHING,
): RouterState {
  const recurringSilences = (config.recurringSilences ?? []).map(({ silence }) => silence);
  return {
    root: buildRoutes(config.route),
    receivers: new Map(config.receivers.map((receiver) => [receiver.name, receiver])),
    timeIntervals: new Map(config.timeIntervals.map((interval) => [interval.name, interval])),
    resolveTimeoutMs: config.resolveTimeoutMs,
    resolveWhenMuted: beyond.resolveWhenMuted,
    priorityScore: beyond.priorityScore,
    flapping: beyond.flapping,
    recurringSilences,
    alerts: new Map(),
    groups: new Map(),
    inhibition: noSources(config.inhibitRules),
    silences: noSilences(recurringSilences),
    log: new Map(),
    revision: 0,
    flushes: 0,
  };
}

/** A router of the same rules that knows nothing: where the state lies in rows, each step has a small one of its own. */
export function withSameRules(state: RouterState): RouterState {
  return {
    ...state,
    alerts: new Map(),
    groups: new Map(),
    inhibition: forgetSources(state.inhibition),
    silences: noSilences(state.recurringSilences),
    log: new Map(),
    revision: 0,
    flushes: 0,
  };
}

/**
 * One step. Wake-ups may come late or twice: one that no longer fits the state does nothing.
 * @param now epoch milliseconds, never less than before
 */
export function step(
  state: RouterState,
  event: RouterEvent,
  now: number,
): { state: RouterState; effects: RouterEffect[] } {
  const effects: RouterEffect[] = [];
  switch (event.kind) {
    case 'alerts':
      event.alerts.forEach((posted, index) => {
        takeAlert(state, posted, index, now, effects);
      });
      break;
    case 'silence': {
      const reason = silenceRejection(event.silence, now);
      if (reason !== undefined) effects.push({ kind: 'rejected', index: 0, reason });
      // One cannot be silenced in the past.
      else addSilence(state.silences, { ...event.silence, startsAt: Math.max(event.silence.startsAt, now) });
      break;
    }
    case 'expireSilence':
      if (!expireSilence(state.silences, event.id, now)) {
        effects.push({ kind: 'rejected', index: 0, reason: 'noSuchSilence' });
      }
      break;
    case 'groupDue': {
      const group = state.groups.get(event.group);
      // A group that is being flushed goes on by itself when the flush ends.
      if (group !== undefined && group.flush === undefined && group.nextFlushAt === event.at) {
        beginFlush(state, group, now, effects);
      }
      break;
    }
    case 'retryDue':
      retry(state, event, effects);
      break;
    case 'deadline':
      passDeadline(state, event, now, effects);
      break;
    case 'answered':
      answer(state, event, now, effects);
      break;
    case 'collectGarbage':
      collectGarbage(state, now);
      break;
  }
  return { state, effects };
}

function takeAlert(
  state: RouterState,
  posted: PostedAlert,
  index: number,
  now: number,
  effects: RouterEffect[],
): void {
  state.revision += 1;
  const arrived = completeAlert(posted, now, state.resolveTimeoutMs, state.revision);
  if (typeof arrived === 'string') {
    effects.push({ kind: 'rejected', index, reason: arrived });
    return;
  }
  const known = state.alerts.get(arrived.fingerprint);
  const alert = known === undefined ? arrived : merged(state, known.alert, arrived, now);
  const places = known?.places ?? findPlaces(state.root, alert.labels);
  state.alerts.set(alert.fingerprint, { alert, places });
  rememberSource(state.inhibition, alert);
  for (const { route, groupId } of places) {
    const group = state.groups.get(groupId);
    if (group === undefined) createGroup(state, route, groupId, alert, now, effects);
    else group.alerts.set(alert.fingerprint, alert);
  }
}

function merged(
  { flapping }: RouterState,
  known: AlertRecord,
  arrived: AlertRecord,
  now: number,
): AlertRecord {
  const alert = mergeAlerts(known, arrived, now);
  const flap = flapping && flapOf(known, alert, now, flapping);
  return flap === undefined ? alert : { ...alert, flap };
}

/** The groups that an alert with these labels goes to. */
export function findPlaces(root: Route, labels: LabelSet): Place[] {
  return matchRoutes(root, labels).map((route) => ({
    route,
    groupId: `${route.id}:${labelSetText(groupLabels(route, labels))}`,
  }));
}

function createGroup(
  state: RouterState,
  route: Route,
  id: string,
  alert: AlertRecord,
  now: number,
  effects: RouterEffect[],
): void {
  const labels = groupLabels(route, alert.labels);
  // An alert that has waited elsewhere long enough waits no more.
  const waited = alert.startsAt + route.groupWaitMs < now;
  const group: Group = {
    id,
    key: `${route.key}:${labelSetText(labels)}`,
    route,
    labels,
    alerts: new Map([[alert.fingerprint, alert]]),
    nextFlushAt: waited ? now : now + route.groupWaitMs,
    flush: undefined,
  };
  state.groups.set(id, group);
  effects.push({
    kind: 'wake',
    at: group.nextFlushAt,
    event: { kind: 'groupDue', group: id, at: group.nextFlushAt },
  });
}

function collectGarbage(state: RouterState, now: number): void {
  for (const [id, { alert }] of state.alerts) if (isResolved(alert, now)) state.alerts.delete(id);
  for (const [key, { expiresAt }] of state.log) if (expiresAt <= now) state.log.delete(key);
  forgetResolvedSources(state.inhibition, now);
}
