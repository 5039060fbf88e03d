// What a user writes about anomalies: `anomalies` of the configuration. Checked by lib/config/schema/anomalies.ts.

export interface AnomaliesConfig {
  /** What is watched; left out, Tidewatch's own span metrics. The first entry that matches a metric counts. */
  readonly watch?: readonly WatchConfig[];
  /** Evidence an alert needs, as a multiple of the usual: 0.5 is twice as sensitive, 2 half as much. */
  readonly strictness?: number;
  /** Periods that are neither judged nor learned, for all metrics: load tests, migrations. */
  readonly excluded?: readonly ExcludedConfig[];
  /** Anomalies that start this close together on connected services are one incident; "15m" by default. */
  readonly groupWithin?: string;
  /** Deployments and other changes this long before an incident are named; "1h" by default. */
  readonly changesWithin?: string;
  /** A gate of deployments: a lifecycle hook of CodeDeploy that compares the new version with the old one. */
  readonly canary?: CanaryGateConfig;
  /** Log groups that are watched for new, vanished and surging patterns. */
  readonly logPatterns?: LogPatternsConfig;
}

export interface LogPatternsConfig {
  /** Names of log groups, or prefixes followed by `*`, such as "/tidewatch/*". */
  readonly groups: readonly string[];
  /** Of a change that is sure, such as a new pattern with an error in it; others are `info`. `ticket` by default. */
  readonly severity?: 'page' | 'ticket' | 'info';
}

export interface CanaryGateConfig {
  readonly metrics: readonly GateMetricConfig[];
  /** How long the new version is watched, "10m" by default, at most "12m": a function runs for 15. */
  readonly watchFor?: string;
  /** Let a marginal verdict pass. */
  readonly acceptMarginal?: boolean;
}

export interface GateMetricConfig {
  readonly namespace: string;
  readonly metric: string;
  readonly statistic: string;
  /** Of the new version. */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** Of the old version, where both run side by side; left out, the minutes before the deployment count. */
  readonly baseline?: Readonly<Record<string, string>>;
  /** Which way is bad: `increase` (default), `decrease` or `either`. */
  readonly bad?: 'increase' | 'decrease' | 'either';
  /** Fails the deployment alone. */
  readonly critical?: boolean;
}

export type WatchConfig = PresetWatchConfig | MetricWatchConfig;

/** The metrics of a service that are worth watching. */
export interface PresetWatchConfig extends WatchOptionsConfig {
  readonly preset: 'spans' | 'lambda' | 'apiGateway' | 'alb' | 'dynamodb' | 'sqs' | 'rds';
  /** Only resources of this name; `*` stands for any text, as in "shop-*". */
  readonly name?: string;
}

/** Metrics of one's own choice. */
export interface MetricWatchConfig extends WatchOptionsConfig {
  readonly namespace: string;
  /** A metric name, or a prefix followed by `*`. */
  readonly metric: string;
  /** `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, a percentile such as `p95`, or another of CloudWatch. */
  readonly statistic: string;
  /** Exactly the dimensions the metric has; in a value `*` stands for any text. Left out: a metric without any. */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** What the metric is of; `{Dimension}` stands for a value. Left out: the value of the first dimension. */
  readonly component?: string;
  /** What a missing point means: `zero` for counts that are not published while nothing happens; else `skip`. */
  readonly missing?: 'zero' | 'skip';
  /** No band goes below or above, such as 0 and 100 for a percentage. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Warn before the metric goes there. */
  readonly predict?: PredictConfig;
  /** Say when it got slowly worse over two weeks: `{ worse: 'up', by: 0.25 }` is a quarter more. */
  readonly trend?: TrendConfig;
}

export interface TrendConfig {
  readonly worse: 'up' | 'down';
  /** Share of where it was, above 0 and at most 10. */
  readonly by: number;
}

export interface WatchOptionsConfig {
  /** How often it is looked at, and how long its points are; "5m" by default. */
  readonly every?: '5m' | '1m';
  /** Of an alert that is certain; one that is less so is a step lower. `ticket` by default. */
  readonly severity?: 'page' | 'ticket' | 'info';
  /** Which detector speaks: what is new, what is far from usual, or both (default). */
  readonly head?: 'novelty' | 'deviation' | 'both';
  readonly strictness?: number;
  readonly excluded?: readonly ExcludedConfig[];
  /** Publish score and expected band as metrics of namespace Tidewatch/Anomalies. */
  readonly publishScore?: boolean;
}

export interface ExcludedConfig {
  /** ISO 8601 with its zone, such as "2026-11-24T10:00:00Z". */
  readonly from: string;
  /** Outside the period. */
  readonly to: string;
}

export interface PredictConfig {
  /** Either of the two. */
  readonly above?: number;
  readonly below?: number;
  /** How far ahead, such as "72h"; at most "14d". */
  readonly within: string;
  /** 0..1; 0.8 by default. */
  readonly probability?: number;
}
