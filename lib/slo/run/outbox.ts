// What an evaluation found and has to tell. It is written in the same row as the state, told, and then taken out: an
// evaluation that dies in between is found by the next one, which tells it.
import type { Alert } from '../../model/alert.ts';
import { alertOf } from '../evaluation/alert-message.ts';
import type { SloReport } from '../evaluation/evaluator.ts';
import { ALERT_KINDS, type AlertKind, type Effect, type SloState } from '../evaluation/state.ts';
import type { SloEvent } from '../ports.ts';
import { SLO_EVENT_TYPE } from '../published-metrics.ts';
import type { SloSettings } from '../settings.ts';
import type { SloStatus } from '../status.ts';

/** An evaluation that began so long ago is dead: its function's time is over. */
const DEAD_AFTER_MS = 90_000;

/** Events that wait at most, some 20 KB of a row of 400 KB: while the event bus is down the oldest give way. */
const MAX_WAITING_EVENTS = 50;

export interface Outbox {
  /** Epoch milliseconds of the evaluation. */
  readonly at: number;
  /** Alerts of which something is new, by since when they fire (or fired). */
  readonly alerts: Readonly<Partial<Record<AlertKind, number>>>;
  readonly events: readonly SloEvent[];
}

export function isEmpty({ alerts, events }: Pick<Outbox, 'alerts' | 'events'>): boolean {
  return events.length === 0 && Object.keys(alerts).length === 0;
}

export function writeOutbox(outbox: Outbox): string {
  return isEmpty(outbox) ? '' : JSON.stringify(outbox);
}

/**
 * What an earlier evaluation left: undefined when all is told, or when it may just be telling it.
 * @param now epoch milliseconds
 * @param isNews there is more to tell, so that this outbox takes the place of the earlier one: better twice than never
 */
export function abandonedOutbox(text: string, now: number, isNews: boolean): Outbox | undefined {
  if (text === '') return undefined;
  const outbox = JSON.parse(text) as Outbox;
  return isNews || now - outbox.at >= DEAD_AFTER_MS ? outbox : undefined;
}

/** What is new, with what an earlier evaluation left: of an alert only how it stands now is told. @returns `lost` events */
export function joinOutbox(
  earlier: Outbox | undefined,
  at: number,
  effects: readonly Effect[],
  events: readonly SloEvent[],
): { readonly outbox: Outbox; readonly lost: number } {
  const alerts: Partial<Record<AlertKind, number>> = { ...earlier?.alerts };
  for (const effect of effects) if ('alert' in effect) alerts[effect.alert] = effect.since;
  const all = [...(earlier?.events ?? []), ...events];
  const kept = all.slice(-MAX_WAITING_EVENTS);
  return { outbox: { at, alerts, events: kept }, lost: all.length - kept.length };
}

/** The alerts of an outbox, as they stand. @param now epoch milliseconds */
export function alertsToTell(
  slo: SloSettings,
  { alerts }: Pick<Outbox, 'alerts'>,
  state: SloState,
  report: SloReport,
  now: number,
): Alert[] {
  return ALERT_KINDS.flatMap((alert) => {
    const told = alerts[alert];
    if (told === undefined) return [];
    const firing = state.firing[alert];
    const pairs = firing === undefined ? [] : burningPairs(slo, state, alert);
    const since = firing?.since ?? told;
    return [
      alertOf(slo, { kind: firing === undefined ? 'resolved' : 'fired', alert, since, pairs }, report, now),
    ];
  });
}

function burningPairs(slo: SloSettings, { burningSince, to }: SloState, alert: AlertKind): number[] {
  return slo.windows.flatMap(({ severity, holdMs }, place) => {
    const since = burningSince[place] ?? null;
    return severity === alert && since !== null && to - since >= holdMs ? [place] : [];
  });
}

/** The transitions of a step as events. */
export function eventsOf(
  slo: SloSettings,
  effects: readonly Effect[],
  gate: { readonly before: 'open' | 'closed'; readonly after: 'open' | 'closed'; readonly reason: string },
  status: SloStatus,
  at: number,
): SloEvent[] {
  const detail = {
    slo: slo.name,
    service: slo.service,
    owner: slo.owner,
    objective: slo.objective,
    remaining: status.remaining,
    burnRate: status.burnRate,
    evaluatedAt: new Date(status.evaluatedAt).toISOString(),
  };
  const events: SloEvent[] = [];
  const add = (type: string, more: object) => events.push({ type, at, detail: { ...detail, ...more } });
  for (const effect of effects) {
    if (effect.kind === 'budgetState')
      add(SLO_EVENT_TYPE.budgetState, { before: effect.before, after: effect.after });
    else if (effect.kind === 'policy') {
      const [before, after] = effect.isInForce ? ['ended', 'inForce'] : ['inForce', 'ended'];
      add(SLO_EVENT_TYPE.policy, { action: effect.action, before, after });
    }
  }
  if (gate.before !== gate.after)
    add(SLO_EVENT_TYPE.gate, { before: gate.before, after: gate.after, reason: gate.reason });
  return events;
}
