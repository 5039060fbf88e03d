// Where SLOs read from, checked against the rest of the configuration: what Tidewatch writes itself, and what is not
// in CloudWatch at all.

import { SPAN_METRICS_DEFAULTS } from '../../exporters/span-metrics/settings.ts';
import { formatDuration } from '../../model/duration.ts';
import type { ProblemList } from '../../slo/problems.ts';
import type { CompositePart, Indicator, MetricSource, SloSettings } from '../../slo/settings.ts';

const MINUTE_MS = 60_000;

export interface SpanMetricsUse {
  readonly enabled: boolean;
  readonly namespace: string;
}

/**
 * The SLOs that can be evaluated. Presets name the default namespace of span metrics: what they read is where this
 * deployment writes them.
 */
export function withSpanMetrics(
  slos: readonly SloSettings[],
  spans: SpanMetricsUse,
  problems: ProblemList,
): { readonly evaluated: readonly SloSettings[]; readonly needsServiceTotals: boolean } {
  let needsServiceTotals = false;
  const evaluated: SloSettings[] = [];
  for (const slo of slos) {
    const sources = sourcesOf(slo.indicator);
    const foreign = sources.find((source) => source.kind === 'other');
    if (foreign !== undefined) {
      problems.warning(
        'slos',
        `the SLO ${slo.name} is not evaluated: its metrics are in ${foreign.type}, and only those of CloudWatch are read`,
      );
      continue;
    }
    checkMinutes(slo, problems);
    const ofSpans = sources.filter((source) => isOfSpans(source));
    if (ofSpans.length > 0 && !spans.enabled)
      problems.error('slos', `the SLO ${slo.name} reads span metrics; expected spanMetrics.enabled: true`);
    needsServiceTotals ||= ofSpans.some(({ dimensions }) => Object.keys(dimensions).join() === 'service');
    evaluated.push({ ...slo, indicator: mapSources(slo.indicator, (source) => moved(source, spans)) });
  }
  return { evaluated, needsServiceTotals };
}

/** The evaluation runs each minute on points of a minute; a replay may be finer. */
function checkMinutes({ name, windows, budgeting }: SloSettings, problems: ProblemList): void {
  const lengths = windows.flatMap(({ longWindowMs, shortWindowMs }) => [longWindowMs, shortWindowMs]);
  if (budgeting.kind !== 'occurrences') lengths.push(budgeting.sliceMs);
  const finer = lengths.find((length) => length % MINUTE_MS !== 0);
  if (finer === undefined) return;
  problems.error(
    'slos',
    `the SLO ${name} has a window or slice of ${formatDuration(finer)}; expected whole minutes, in which deployed SLOs are evaluated`,
  );
}

type CloudWatchSource = Extract<MetricSource, { kind: 'cloudwatch' }>;

function isOfSpans(source: MetricSource): source is CloudWatchSource {
  return source.kind === 'cloudwatch' && source.namespace === SPAN_METRICS_DEFAULTS.namespace;
}

function moved(source: MetricSource, { namespace }: SpanMetricsUse): MetricSource {
  return isOfSpans(source) ? { ...source, namespace } : source;
}

/** Every metric that an indicator reads. */
function sourcesOf(indicator: Indicator): MetricSource[] {
  const sources: MetricSource[] = [];
  mapSources(indicator, (source) => {
    sources.push(source);
    return source;
  });
  return sources;
}

function mapSources(indicator: Indicator, map: (source: MetricSource) => MetricSource): Indicator {
  if (indicator.kind !== 'composite') return mapPart(indicator, map);
  const parts = indicator.parts.map((part) => ({ ...part, indicator: mapPart(part.indicator, map) }));
  return { kind: 'composite', parts };
}

function mapPart(
  indicator: CompositePart['indicator'],
  map: (source: MetricSource) => MetricSource,
): CompositePart['indicator'] {
  switch (indicator.kind) {
    case 'goodTotal':
      return { ...indicator, good: map(indicator.good), total: map(indicator.total) };
    case 'badTotal':
      return { ...indicator, bad: map(indicator.bad), total: map(indicator.total) };
    case 'raw':
    case 'threshold':
      return { ...indicator, metric: map(indicator.metric) };
  }
}
