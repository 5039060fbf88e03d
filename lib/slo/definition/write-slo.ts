// Settings → Tidewatch's own form, as readSlos reads it: what `tidewatch slo import` prints. Defaults are left out.
import { formatDuration } from '../../model/duration.ts';
import { wallMs } from '../../model/time-zone.ts';
import {
  type Budgeting,
  type CompositePart,
  type MetricSource,
  SLO_DEFAULTS,
  type SloSettings,
} from '../settings.ts';
import { defaultTable } from '../windows/default-table.ts';
import { type BudgetPeriod, DEFAULT_ANCHOR, nominalLengthMs } from './budget-period.ts';

/** Exclusions, adjustments and policies are not written: no other tool's definition has them. */
export function writeSlo(slo: SloSettings): Record<string, unknown> {
  const { indicator } = slo;
  return {
    name: slo.name,
    ...texts(slo),
    ...(Object.keys(slo.labels).length > 0 && { labels: slo.labels }),
    ...(indicator.kind === 'composite'
      ? { composite: indicator.parts.map(writePart) }
      : { objective: slo.objective, indicator: writeIndicator(indicator) }),
    period: writePeriod(slo.period),
    ...(slo.budgeting.kind !== 'occurrences' && { budgeting: writeBudgeting(slo.budgeting) }),
    ...(!hasDefaultWindows(slo) && { windows: slo.windows.map(writeWindow) }),
    ...(slo.noDataAfterMs !== undefined && { noDataAfter: formatDuration(slo.noDataAfterMs) }),
    ...(slo.settleMs !== SLO_DEFAULTS.settleMs && { settle: formatDuration(slo.settleMs) }),
    ...(slo.notify.length > 0 && { notify: slo.notify }),
    ...(slo.tier !== undefined && { tier: slo.tier }),
    ...(slo.sla !== undefined && { sla: writeSla(slo.sla) }),
  };
}

const TEXTS = ['service', 'description', 'owner', 'rationale', 'runbookUrl', 'dashboardUrl'] as const;

function texts(slo: SloSettings): Record<string, string> {
  return Object.fromEntries(TEXTS.filter((key) => slo[key] !== '').map((key) => [key, slo[key]]));
}

/** What the default table gives is left to it, also what it drops because it can never fire. */
function hasDefaultWindows({ windows, period }: SloSettings): boolean {
  const table = defaultTable(nominalLengthMs(period)).map((window) => JSON.stringify(writeWindow(window)));
  const own = windows.map((window) => JSON.stringify(writeWindow(window)));
  return own.length > 0 && own.every((window, place) => table[place] === window);
}

function writeSla({
  objective,
  contract,
  credits,
}: NonNullable<SloSettings['sla']>): Record<string, unknown> {
  return {
    objective,
    ...(contract !== '' && { contract }),
    ...(credits.length > 0 && { credits }),
  };
}

function writeWindow(window: SloSettings['windows'][number]): Record<string, unknown> {
  return {
    severity: window.severity,
    longWindow: formatDuration(window.longWindowMs),
    shortWindow: formatDuration(window.shortWindowMs),
    factor: window.factor,
    ...(window.holdMs > 0 && { hold: formatDuration(window.holdMs) }),
  };
}

function writePeriod(period: BudgetPeriod): unknown {
  if (period.kind === 'rolling') return formatDuration(period.lengthMs);
  const { unit, count, timeZone, anchor } = period;
  return {
    calendar: unit,
    ...(count > 1 && { count }),
    ...(timeZone !== 'UTC' && { timeZone }),
    ...(wallMs(anchor) !== wallMs(DEFAULT_ANCHOR) && {
      start: new Date(wallMs(anchor)).toISOString().slice(0, 19).replace('T', ' '),
    }),
  };
}

function writeIndicator(indicator: CompositePart['indicator']): Record<string, unknown> {
  switch (indicator.kind) {
    case 'goodTotal':
      return { good: writeSource(indicator.good), total: writeSource(indicator.total) };
    case 'badTotal':
      return { bad: writeSource(indicator.bad), total: writeSource(indicator.total) };
    case 'raw':
      return { raw: writeSource(indicator.metric), rawType: indicator.rawType };
    case 'threshold': {
      const { metric, operator, limit } = indicator;
      return { threshold: { metric: writeSource(metric), operator, limit } };
    }
  }
}

function writeSource(source: MetricSource): Record<string, unknown> {
  if (source.kind === 'other') return { other: source.type };
  const { namespace, metric, dimensions, statistic, region, account } = source;
  return {
    namespace,
    metric,
    ...(Object.keys(dimensions).length > 0 && { dimensions }),
    ...(statistic !== 'Sum' && { statistic }),
    ...(region !== undefined && { region }),
    ...(account !== undefined && { account }),
  };
}

function writeBudgeting(budgeting: Exclude<Budgeting, { kind: 'occurrences' }>): Record<string, unknown> {
  const length = formatDuration(budgeting.sliceMs);
  return budgeting.kind === 'timeSlices'
    ? { timeSlices: length, target: budgeting.sliceTarget }
    : { ratioTimeSlices: length };
}

function writePart(part: CompositePart): Record<string, unknown> {
  return {
    name: part.name,
    objective: part.objective,
    indicator: writeIndicator(part.indicator),
    ...(part.weight !== 1 && { weight: part.weight }),
    ...(part.sliceTarget !== undefined && { sliceTarget: part.sliceTarget }),
  };
}
