// SLOs as recording rules of Prometheus, for those who also look at them there: the budget, and how much of it is
// consumed, under the names `slo:<name>:error_budget` and `slo:<name>:consumed_error_budget`.
import { formatDuration } from '../../model/duration.ts';
import { nominalLengthMs } from '../definition/budget-period.ts';
import type { CompositePart, MetricSource, SloSettings } from '../settings.ts';
import { errorBudget } from '../windows/burn-rate.ts';

/** A rule a block, in the order of the SLOs, as YAML; those that no rule can say are named in `left`. */
export interface PrometheusRules {
  readonly text: string;
  /** Names of SLOs that are not ratios of counters. */
  readonly left: readonly string[];
}

/** Composites, thresholds and ratios that are measured as such are no quotient of two counters. */
export function prometheusRules(slos: readonly SloSettings[]): PrometheusRules {
  const blocks: string[] = [];
  const left: string[] = [];
  for (const slo of slos) {
    const ratio = slo.indicator.kind === 'composite' ? undefined : badRatio(slo.indicator, windowOf(slo));
    if (ratio === undefined) {
      left.push(slo.name);
      continue;
    }
    const name = slo.name.replace(/[^A-Za-z0-9_]/g, '_');
    blocks.push(
      [
        `# ${slo.name} SLO`,
        `- record: slo:${name}:error_budget`,
        `  expr: ${errorBudget(slo.objective)}`,
        '',
        `- record: slo:${name}:consumed_error_budget`,
        '  expr: |',
        `    ${ratio}`,
      ].join('\n'),
    );
  }
  return { text: blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`, left };
}

function windowOf({ period }: SloSettings): string {
  return formatDuration(nominalLengthMs(period));
}

/** Share of failed events over a window. */
function badRatio(indicator: CompositePart['indicator'], window: string): string | undefined {
  const sum = (source: MetricSource): string => `sum(rate(${selector(source)}[${window}]))`;
  switch (indicator.kind) {
    case 'goodTotal':
      return `1 - (${sum(indicator.good)} / ${sum(indicator.total)})`;
    case 'badTotal':
      return `${sum(indicator.bad)} / ${sum(indicator.total)}`;
    case 'raw':
    case 'threshold':
      return undefined;
  }
}

/** The metric under the name that prometheus/cloudwatch_exporter gives it; one of another system under its own. */
function selector(source: MetricSource): string {
  if (source.kind === 'other') return identifier(source.type);
  const namespace = identifier(source.namespace).toLowerCase();
  const name = `${namespace}_${snake(source.metric)}_${snake(source.statistic)}`;
  const labels = Object.entries(source.dimensions).map(
    ([key, value]) => `${snake(key)}=${JSON.stringify(value)}`,
  );
  return labels.length === 0 ? name : `${name}{${labels.join(',')}}`;
}

function snake(text: string): string {
  return identifier(text.replace(/([a-z0-9])([A-Z])/g, '$1_$2'))
    .toLowerCase()
    .replace(/_+/g, '_')
    .replace(/^_|_$/g, '');
}

function identifier(text: string): string {
  const name = text.replace(/[^A-Za-z0-9_]/g, '_');
  return /^\d/.test(name) ? `_${name}` : name;
}
