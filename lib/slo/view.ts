// How an SLO and its changes look to whoever asks: the bodies of the API and the output of the command line. Times are
// ISO 8601, durations seconds.
import { formatDuration } from '../model/duration.ts';
import type { SloChange } from './changes/change.ts';
import type { BudgetPeriod } from './definition/budget-period.ts';
import type { Schedule } from './definition/schedule.ts';
import type { GateDecision } from './gate/gate.ts';
import type { SloSettings } from './settings.ts';
import { slaCompliance } from './sla/sla.ts';
import type { SloStatus } from './status.ts';

/** @param status undefined when it was never evaluated: what is measured then is null */
export function sloView(slo: SloSettings, status: SloStatus | undefined, gate: GateDecision) {
  const { name, service, description, owner, objective, period, runbookUrl, dashboardUrl } = slo;
  const exhaustion = status?.timeToExhaustionMs ?? null;
  return {
    slo: name,
    service,
    description,
    owner,
    objective,
    period: periodText(period),
    budgetState: status?.budgetState ?? null,
    remaining: status?.remaining ?? null,
    remainingMinutes: status?.remainingMinutes ?? null,
    badEvents: status?.badEvents ?? null,
    allowedEvents: status?.allowedEvents ?? null,
    burnRate: status?.burnRate ?? null,
    secondsToExhaustion: exhaustion === null ? null : Math.round(exhaustion / 1000),
    firing: status?.firing ?? [],
    actions: status?.actions ?? [],
    gate: gate.gate,
    gateReason: gate.reason,
    evaluatedAt: isoTime(status?.evaluatedAt),
    measuredTo: isoTime(status?.measuredTo),
    lastDataAt: isoTime(status?.lastDataAt),
    runbookUrl,
    dashboardUrl,
    tier: slo.tier ?? null,
    sla: slo.sla === undefined ? null : slaCompliance(slo.sla, objective, status),
  };
}

export type SloView = ReturnType<typeof sloView>;

export function gateView({ override, evaluatedAt, opensAbove, ...decision }: GateDecision) {
  return {
    ...decision,
    opensAbove: opensAbove ?? null,
    override: override === undefined ? null : { ...override, until: isoTime(override.until) },
    evaluatedAt: isoTime(evaluatedAt),
  };
}

export function changeView(change: SloChange) {
  const { id, slo, kind, madeAt, madeBy, author, reason, withdrawn } = change;
  return {
    id,
    slo,
    kind,
    ...detail(change),
    reason,
    author,
    madeBy,
    madeAt: isoTime(madeAt),
    withdrawn: withdrawn === undefined ? null : { ...withdrawn, at: isoTime(withdrawn.at) },
  };
}

function detail(change: SloChange): Record<string, unknown> {
  switch (change.kind) {
    case 'exclusion': {
      const { schedule, durationMs } = change.exclusion;
      return { from: isoTime(schedule.start), duration: formatDuration(durationMs), ...repeats(schedule) };
    }
    case 'adjustment': {
      const { schedule, bad, total } = change.adjustment;
      return { at: isoTime(schedule.start), bad, total, ...repeats(schedule) };
    }
    case 'override':
      return { until: isoTime(change.until) };
  }
}

/** The rule as it is kept, with the zone whose clock it follows; nothing for what happens once. */
function repeats({ repeat, timeZone }: Schedule) {
  return repeat === undefined ? {} : { repeat: { ...repeat, until: isoTime(repeat.until) }, timeZone };
}

/** @example "30d", or "calendar month, Europe/Berlin" */
export function periodText(period: BudgetPeriod): string {
  if (period.kind === 'rolling') return formatDuration(period.lengthMs);
  const { unit, count, timeZone } = period;
  return `calendar ${count > 1 ? `${count} ${unit}s` : unit}, ${timeZone}`;
}

function isoTime(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : new Date(at).toISOString().replace('.000Z', 'Z');
}
