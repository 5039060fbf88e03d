// What a step found → an alert by the contract. Only what stays the same while it fires is a label: one alert for each
// SLO and severity, whichever of its pairs burn. That is said in the annotations.
import type { Alert } from '../../model/alert.ts';
import { formatDuration } from '../../model/duration.ts';
import { figure, share, writtenShare } from '../figure.ts';
import type { SloSettings } from '../settings.ts';
import type { SloReport } from './evaluator.ts';
import type { AlertKind, Effect } from './state.ts';

/** How long a firing alert lives unless it is told again (the alert contract). */
export const LIFE_MS = 900_000;
const MINUTE = 60_000;

const NAMES: Readonly<Record<AlertKind, string>> = {
  page: 'SloBudgetBurn',
  ticket: 'SloBudgetBurn',
  noData: 'SloNoData',
  budget: 'SloBudgetLow',
};
/** The label by which a fast burn inhibits a slow one of the same SLO. */
const TIERS: Readonly<Partial<Record<AlertKind, string>>> = { page: 'fast', ticket: 'slow' };

export type AlertEffect = Extract<Effect, { alert: AlertKind }>;

/** @param now epoch milliseconds */
export function alertOf(slo: SloSettings, effect: AlertEffect, report: SloReport, now: number): Alert {
  const { alert, since } = effect;
  const tier = TIERS[alert];
  const own = Object.entries(slo.labels).map(([key, value]) => [labelName(key), value]);
  return {
    labels: {
      ...Object.fromEntries(own),
      alertname: NAMES[alert],
      slo: slo.name,
      severity: alert === 'page' ? 'page' : 'ticket',
      ...(slo.service !== '' && { service: slo.service }),
      ...(tier !== undefined && { burn_tier: tier }),
    },
    annotations: annotationsOf(slo, effect, report),
    startsAt: since,
    endsAt: effect.kind === 'resolved' ? now : now + LIFE_MS,
    generatorUrl: slo.dashboardUrl,
    source: 'slo',
  };
}

function annotationsOf(slo: SloSettings, effect: AlertEffect, report: SloReport): Record<string, string> {
  const { remaining, remainingEvents, remainingMinutes } = report.budget;
  const windows = effect.pairs
    .map((place) => slo.windows[place]!)
    .map(
      ({ longWindowMs, shortWindowMs, factor }) =>
        `${windowText(longWindowMs, shortWindowMs)} above ${Number(factor.toPrecision(6))}`,
    )
    .join(', ');
  const exhaustion = report.timeToExhaustionMs;
  return {
    summary: summaryOf(slo, effect.alert, report),
    ...(windows !== '' && { burn_windows: windows }),
    budget_remaining: share(remaining),
    budget_remaining_events: String(Math.round(remainingEvents) + 0),
    budget_remaining_minutes: figure(remainingMinutes),
    ...(exhaustion !== undefined && {
      time_to_exhaustion: formatDuration(Math.round(exhaustion / MINUTE) * MINUTE),
    }),
    ...(slo.description !== '' && { description: slo.description }),
    ...(slo.runbookUrl !== '' && { runbook_url: slo.runbookUrl }),
    ...(slo.dashboardUrl !== '' && { dashboard_url: slo.dashboardUrl }),
    ...(slo.notify.length > 0 && { notify: slo.notify.join(',') }),
  };
}

function summaryOf(slo: SloSettings, alert: AlertKind, { burnRate, budget }: SloReport): string {
  const objective = writtenShare(slo.objective);
  if (alert === 'noData')
    return `${slo.name} (objective ${objective}) has had no events since its last minute with data`;
  if (alert === 'budget')
    return budget.remaining <= 0
      ? `${slo.name} (objective ${objective}) has spent its error budget`
      : `${slo.name} (objective ${objective}) has ${share(budget.remaining)} of its error budget left`;
  return `${slo.name} (objective ${objective}) spends its error budget ${figure(burnRate)} times as fast as allowed`;
}

function windowText(longWindowMs: number, shortWindowMs: number): string {
  return `${formatDuration(longWindowMs)}/${formatDuration(shortWindowMs)}`;
}

/** A name that every reader of labels takes. */
function labelName(text: string): string {
  const name = text.replace(/[^A-Za-z0-9_]/g, '_');
  return /^\d/.test(name) ? `_${name}` : name;
}
