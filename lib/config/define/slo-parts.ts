// What the presets of SLOs are made of: from metrics to an indicator and a name.
import { parseDuration } from '../../model/duration.ts';
import type { IndicatorConfig, RatioText, SloConfig, SloMetricConfig } from './slos.ts';

/** Whatever else an SLO takes; `period` is 30 days unless said otherwise, `name` is made of what is measured. */
export type SloOptions = Partial<Omit<SloConfig, 'objective' | 'indicator' | 'composite'>>;

/** A latency: how fast is fast enough. */
export interface LatencyOptions extends SloOptions {
  /** A duration, such as "300ms": events up to it are good. */
  readonly below: string;
  /**
   * Left out, each event counts by itself. With a percentile such as `p95`, a minute is good when that percentile is
   * up to the threshold: for metrics of which CloudWatch keeps no distribution, or because a contract says so.
   */
  readonly percentile?: `p${number}`;
}

export interface FreshnessOptions extends SloOptions {
  /** A duration, such as "5m": data up to that old is fresh. */
  readonly below: string;
}

export interface ThroughputOptions extends SloOptions {
  /** Events that a minute must have to be good. */
  readonly atLeastPerMinute: number;
}

/** What a metric of durations is measured in. */
export type DurationUnit = 'ms' | 's';

type Metric = (name: string, statistic?: string) => SloMetricConfig;

const DEFAULT_PERIOD = '30d';
const UNIT_MS: Readonly<Record<DurationUnit, number>> = { ms: 1, s: 1000 };

/** An SLO with the name of what it is about, unless the options have another. */
export function define(
  name: string,
  objective: RatioText,
  indicator: IndicatorConfig,
  options: SloOptions = {},
): SloConfig {
  return { name: sloName(name), period: DEFAULT_PERIOD, ...options, objective, indicator };
}

/** Small letters, digits and single hyphens, at most 63. @example sloName('POST /orders') // 'post-orders' */
export function sloName(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63);
  return plain.replace(/^-|-$/g, '');
}

/**
 * A duration in the unit of a metric.
 * @throws TypeError when the text is no duration: the objective would be about another limit
 */
export function inUnit(text: string, unit: DurationUnit): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms / UNIT_MS[unit];
  throw new TypeError(`below: expected a duration such as "300ms" or "5m", got ${JSON.stringify(text)}`);
}

/** Events up to a threshold of all events, or minutes whose percentile is. */
export function latencyOf(
  name: string,
  objective: RatioText,
  metric: (statistic: string) => SloMetricConfig,
  unit: DurationUnit,
  { below, percentile, ...options }: LatencyOptions,
): SloConfig {
  const limit = inUnit(below, unit);
  const indicator: IndicatorConfig =
    percentile === undefined
      ? { good: metric(`TC(:${limit})`), total: metric('SampleCount') }
      : { threshold: { metric: metric(percentile), operator: 'lte', limit } };
  return define(name, objective, indicator, options);
}

export function metricsOf(namespace: string, dimensions: Readonly<Record<string, string>>): Metric {
  return (metric, statistic = 'Sum') => ({
    namespace,
    metric,
    ...(Object.keys(dimensions).length > 0 && { dimensions }),
    ...(statistic !== 'Sum' && { statistic }),
  });
}

export function throughputOf(
  name: string,
  objective: RatioText,
  metric: SloMetricConfig,
  { atLeastPerMinute, ...options }: ThroughputOptions,
): SloConfig {
  const threshold = { metric, operator: 'gte', limit: atLeastPerMinute } as const;
  return define(name, objective, { threshold }, options);
}

/** Ratio of failures that is allowed → the objective. */
export function allowing(errorRatio: number): number {
  return Number((1 - errorRatio).toPrecision(12));
}

/** Requests of a service: how many, how many failed by its own fault, and how long they took. */
export function requests(
  name: string,
  metric: Metric,
  total: string,
  faults: string,
  duration: string,
  unit: DurationUnit,
) {
  const ratio = { bad: metric(faults), total: metric(total) };
  return {
    /** Share of requests without a fault of the service. */
    availability: (objective: RatioText, options?: SloOptions): SloConfig =>
      define(`${name}-availability`, objective, ratio, options),
    /** The same, said by what is allowed. @param atMost such as 0.001 */
    errorRatio: (atMost: number, options?: SloOptions): SloConfig =>
      define(`${name}-errors`, allowing(atMost), ratio, options),
    /** Share of requests that are fast enough. */
    latency: (objective: RatioText, options: LatencyOptions): SloConfig =>
      latencyOf(`${name}-latency`, objective, (statistic) => metric(duration, statistic), unit, options),
    /** Share of minutes with enough requests. A minute without any metric is no data: add `noDataAfter`. */
    throughput: (objective: RatioText, options: ThroughputOptions): SloConfig =>
      throughputOf(`${name}-throughput`, objective, metric(total), options),
  };
}
