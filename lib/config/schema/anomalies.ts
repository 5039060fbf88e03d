// The section `anomalies`: what is watched, presets written out, durations and dates read.
import { z } from 'zod';
import { CANARY_GATE_DEFAULTS, type CanaryGateSettings } from '../../anomaly/canary/settings.ts';
import { LOG_WATCH_DEFAULTS, type LogWatchSettings } from '../../anomaly/log-watch/settings.ts';
import { PRESET_NAMES, PRESETS, type PresetMetric, type PresetName } from '../../anomaly/presets/settings.ts';
import type { ExcludedPeriod } from '../../anomaly/settings.ts';
import {
  ANOMALY_DEFAULTS,
  type AnomalySettings,
  type PredictionSettings,
  WATCH_DEFAULTS,
  type WatchSettings,
} from '../../anomaly/watch/settings.ts';
import { DAY_MS, formatDuration, parseDuration } from '../../model/duration.ts';
import { type Problem, pathText } from '../problem.ts';
import { distinct, parse, section, words } from './parts.ts';

/** Forecasts are made from two weeks of history; further ahead they say nothing. */
const HORIZON_MAX_MS = 14 * DAY_MS;
const GROUP_MAX_MS = 6 * 3_600_000;
/** A function runs for 15 minutes, and points come two minutes late. */
const GATE_MAX_MS = 12 * 60_000;
const STATISTIC =
  /^(?:Average|Sum|Minimum|Maximum|SampleCount|IQM|p\d{1,2}(?:\.\d{1,10})?|p100|(?:tm|wm|tc|ts)\d{1,2}(?:\.\d{1,10})?|(?:PR|TM|WM|TC|TS)\([^()]+\))$/;
const STATISTICS = 'a statistic of CloudWatch such as "Average", "Sum", "Maximum" or "p95"';

const duration = (example: string, mostMs: number) => {
  const expected = `a duration such as "${example}", at most "${formatDuration(mostMs)}"`;
  return z.string({ error: expected }).transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms > 0 && ms <= mostMs) return ms;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
};

const moment = () => {
  const expected = 'a time with its zone such as "2026-11-24T10:00:00Z"';
  return z.string({ error: expected }).transform((text, context) => {
    const ms = /(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isFinite(ms)) return ms;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
};

const excluded = () =>
  z.array(
    section({ from: moment(), to: moment() }).refine(({ from, to }) => from < to, {
      error: 'a period that ends after it begins',
    }),
    { error: 'a list of { from, to }' },
  );

const strictness = () =>
  z
    .number({ error: 'a number from 0.1 to 10' })
    .refine((value) => value >= 0.1 && value <= 10, { error: 'a number from 0.1 to 10' });

const options = {
  every: z.enum(['5m', '1m']).optional(),
  severity: z.enum(['page', 'ticket', 'info']).optional(),
  head: z.enum(['novelty', 'deviation', 'both']).optional(),
  strictness: strictness().optional(),
  excluded: excluded().optional(),
  publishScore: z.boolean().optional(),
};

const presetWatch = section({
  preset: z.enum(PRESET_NAMES as [PresetName, ...PresetName[]]),
  name: words('a name, in which * stands for any text', 255).optional(),
  ...options,
});

const limit = () => z.number({ error: 'a number' }).refine(Number.isFinite, { error: 'a finite number' });

const metricWatch = section({
  namespace: words('a CloudWatch namespace', 255),
  metric: z
    .string({ error: 'a metric name, or a prefix followed by *' })
    .regex(/^[^*]+\*?$|^\*$/, { error: 'a metric name, or a prefix followed by *' }),
  statistic: z.string({ error: STATISTICS }).regex(STATISTIC, { error: STATISTICS }),
  dimensions: z
    .record(z.string(), words('a dimension value, in which * stands for any text', 1024))
    .refine((value) => Object.keys(value).length <= 30, { error: 'at most 30 dimensions' })
    .optional(),
  component: words('a name, with {Dimension} for the value of a dimension', 255).optional(),
  missing: z.enum(['zero', 'skip']).optional(),
  minimum: limit().optional(),
  maximum: limit().optional(),
  predict: section({
    above: limit().optional(),
    below: limit().optional(),
    within: duration('72h', HORIZON_MAX_MS),
    probability: z
      .number({ error: 'a number above 0 and below 1' })
      .refine((value) => value > 0 && value < 1, { error: 'a number above 0 and below 1' })
      .optional(),
  })
    .refine(({ above, below }) => (above === undefined) !== (below === undefined), {
      error: 'either above or below',
    })
    .optional(),
  trend: section({
    worse: z.enum(['up', 'down']),
    by: z
      .number({ error: 'a number above 0, at most 10' })
      .refine((value) => value > 0 && value <= 10, { error: 'a number above 0, at most 10' }),
  }).optional(),
  ...options,
});

const plainDimensions = () =>
  z
    .record(z.string(), words('a dimension value', 1024))
    .refine((value) => Object.keys(value).length <= 30, { error: 'at most 30 dimensions' });

type PresetWatch = z.output<typeof presetWatch>;
type MetricWatch = z.output<typeof metricWatch>;

const anomaliesSchema = section({
  watch: z
    .array(z.unknown(), { error: 'a list of { preset } or { namespace, metric, statistic }' })
    .optional(),
  strictness: strictness().optional(),
  excluded: excluded().optional(),
  groupWithin: duration('15m', GROUP_MAX_MS).optional(),
  changesWithin: duration('1h', DAY_MS).optional(),
  canary: section({
    metrics: z
      .array(
        section({
          namespace: words('a CloudWatch namespace', 255),
          metric: words('a metric name', 255),
          statistic: z.string({ error: STATISTICS }).regex(STATISTIC, { error: STATISTICS }),
          dimensions: plainDimensions().optional(),
          baseline: plainDimensions().optional(),
          bad: z.enum(['increase', 'decrease', 'either']).optional(),
          critical: z.boolean().optional(),
        }),
        { error: 'a list of metrics' },
      )
      .refine((list) => list.length >= 1 && list.length <= 100, { error: '1 to 100 metrics' }),
    watchFor: duration('10m', GATE_MAX_MS).optional(),
    acceptMarginal: z.boolean().optional(),
  }).optional(),
  logPatterns: section({
    groups: distinct(
      z
        .string({ error: 'a log group, or a prefix followed by *' })
        .regex(/^[.\-_/#A-Za-z0-9]{1,512}\*?$/, { error: 'a log group, or a prefix followed by *' }),
      100,
      'log groups',
    ),
    severity: z.enum(['page', 'ticket', 'info']).optional(),
  }).optional(),
});

type Anomalies = z.output<typeof anomaliesSchema>;

export interface AnomalySection {
  /** Undefined without the section, and when something is wrong: then nothing is deployed for it. */
  readonly settings: AnomalySettings | undefined;
  /** Undefined without a gate. */
  readonly canary: CanaryGateSettings | undefined;
  /** Undefined when no logs are watched. */
  readonly logWatch: LogWatchSettings | undefined;
  readonly problems: readonly Problem[];
}

const NOTHING = { settings: undefined, canary: undefined, logWatch: undefined };

/** What is watched when nothing is said. */
const WATCH_DEFAULT: readonly unknown[] = [{ preset: 'spans' }];

/** Reads the section. @param written the section, undefined where there is none */
export function readAnomalySection(
  written: unknown,
  spanMetrics: { readonly enabled: boolean; readonly namespace: string },
): AnomalySection {
  if (written === undefined) return { ...NOTHING, problems: [] };
  const { value, problems: found } = parse(anomaliesSchema, written, ['anomalies']);
  const problems: Problem[] = [...found];
  // The entries are read even when something above them is wrong, so that one mistake hides no other.
  const anomalies: Anomalies = value ?? {};
  const watches = watchList(written).flatMap((item, place) => {
    const path = ['anomalies', 'watch', place];
    const source = pathText(path);
    if (!isPreset(item)) {
      const read = parse(metricWatch, item, path);
      problems.push(...read.problems);
      if (read.value === undefined) return [];
      problems.push(...boundProblems(read.value, source));
      return [metricWatchSettings(read.value, anomalies, source)];
    }
    const read = parse(presetWatch, item, path);
    problems.push(...read.problems);
    if (read.value === undefined) return [];
    if (read.value.preset === 'spans' && !spanMetrics.enabled) {
      const message = 'expected spanMetrics to be enabled: this preset watches them';
      problems.push({ level: 'error', path: source, message });
    }
    return presetWatches(read.value, anomalies, spanMetrics.namespace, source);
  });
  if (problems.some(({ level }) => level === 'error')) return { ...NOTHING, problems };
  return {
    settings: {
      watches,
      spanNamespace: spanMetrics.namespace,
      groupWithinMs: anomalies.groupWithin ?? ANOMALY_DEFAULTS.groupWithinMs,
      changesWithinMs: anomalies.changesWithin ?? ANOMALY_DEFAULTS.changesWithinMs,
    },
    canary: anomalies.canary && gateSettings(anomalies.canary),
    logWatch: anomalies.logPatterns && {
      groups: anomalies.logPatterns.groups,
      severity: anomalies.logPatterns.severity ?? LOG_WATCH_DEFAULTS.severity,
    },
    problems,
  };
}

function gateSettings(gate: NonNullable<Anomalies['canary']>): CanaryGateSettings {
  const { metrics, watchFor, acceptMarginal } = gate;
  return {
    metrics: metrics.map(({ namespace, metric, statistic, dimensions, baseline, bad, critical }) => ({
      name: `${namespace} ${metric} ${statistic}`,
      metric: { namespace, name: metric, dimensions: sorted(dimensions ?? {}) },
      statistic,
      ...(baseline !== undefined && { baseline: { namespace, name: metric, dimensions: sorted(baseline) } }),
      bad: bad ?? 'increase',
      critical: critical ?? false,
    })),
    watchMs: watchFor ?? CANARY_GATE_DEFAULTS.watchMs,
    acceptMarginal: acceptMarginal ?? CANARY_GATE_DEFAULTS.acceptMarginal,
  };
}

function sorted(dimensions: Readonly<Record<string, string>>): { name: string; value: string }[] {
  const entries = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, value]) => ({ name, value }));
}

function watchList(written: unknown): readonly unknown[] {
  const { watch } = (typeof written === 'object' && written !== null ? written : {}) as { watch?: unknown };
  if (watch === undefined) return WATCH_DEFAULT;
  return Array.isArray(watch) ? watch : [];
}

const isPreset = (item: unknown): boolean => typeof item === 'object' && item !== null && 'preset' in item;

function presetWatches(
  watch: PresetWatch,
  anomalies: Anomalies,
  spanNamespace: string,
  source: string,
): WatchSettings[] {
  const { namespace, metrics } = PRESETS[watch.preset];
  return metrics.map(
    ({ metric, statistic, dimensions, missing, minimum, maximum }: PresetMetric): WatchSettings => ({
      ...common(watch, anomalies, source),
      namespace: namespace ?? spanNamespace,
      metric,
      statistic,
      dimensions: Object.fromEntries(
        dimensions.map((dimension, at) => [dimension, at === 0 ? (watch.name ?? '*') : '*']),
      ),
      component: `{${componentDimension(metric, dimensions)}}`,
      missing,
      minimum,
      ...(maximum !== undefined && { maximum }),
    }),
  );
}

/** Failed calls speak of who was called, everything else of its first dimension. */
function componentDimension(metric: string, dimensions: readonly string[]): string {
  return metric === 'CallFaults' && dimensions.includes('remote') ? 'remote' : dimensions[0]!;
}

function metricWatchSettings(watch: MetricWatch, anomalies: Anomalies, source: string): WatchSettings {
  const { namespace, metric, statistic, dimensions = {}, missing, minimum, maximum, predict, trend } = watch;
  const [first] = Object.keys(dimensions);
  const prediction = predict === undefined ? undefined : predictionSettings(predict);
  return {
    ...common(watch, anomalies, source),
    namespace,
    metric,
    statistic,
    dimensions,
    component: watch.component ?? (first === undefined ? `${namespace} ${metric}` : `{${first}}`),
    missing: missing ?? WATCH_DEFAULTS.missing,
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(prediction !== undefined && { prediction }),
    ...(trend !== undefined && { trend }),
  };
}

function common(watch: PresetWatch | MetricWatch, anomalies: Anomalies, source: string) {
  const excludedPeriods: ExcludedPeriod[] = [...(anomalies.excluded ?? []), ...(watch.excluded ?? [])];
  return {
    source,
    every: watch.every ?? WATCH_DEFAULTS.every,
    severity: watch.severity ?? WATCH_DEFAULTS.severity,
    head: watch.head ?? WATCH_DEFAULTS.head,
    strictness: watch.strictness ?? anomalies.strictness ?? WATCH_DEFAULTS.strictness,
    excluded: excludedPeriods,
    publishScore: watch.publishScore ?? WATCH_DEFAULTS.publishScore,
  };
}

function predictionSettings(predict: NonNullable<MetricWatch['predict']>): PredictionSettings {
  const { above, below, within, probability } = predict;
  return {
    limit: above ?? below!,
    side: above === undefined ? 'below' : 'above',
    horizonMs: within,
    probability: probability ?? ANOMALY_DEFAULTS.predictionProbability,
  };
}

function boundProblems({ minimum, maximum }: MetricWatch, source: string): Problem[] {
  if (minimum === undefined || maximum === undefined || minimum < maximum) return [];
  const message = `expected above minimum (${minimum}), got ${maximum}`;
  return [{ level: 'error', path: `${source}.maximum`, message }];
}
