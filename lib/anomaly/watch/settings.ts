// What the anomaly detection is told: which metrics it watches and how. Compiled from `anomalies` of the
// configuration; plain JSON, read by detect-anomalies. Defaults in one constant.
import type { AlertSeverity } from '../../model/alert.ts';
import type { DetectorHead, ExcludedPeriod } from '../settings.ts';

/** How often a metric is looked at; also the length of its points. */
export type Cadence = '5m' | '1m';

/** Milliseconds of a cadence. */
export const CADENCE_MS: Readonly<Record<Cadence, number>> = { '5m': 300_000, '1m': 60_000 };

/** What a point that CloudWatch does not have means: nothing happened, or nothing is known. */
export type MissingPoint = 'zero' | 'skip';

/** "Tell me before it goes there": evaluated each hour on hourly points. */
export interface PredictionSettings {
  readonly limit: number;
  readonly side: 'above' | 'below';
  /** How far ahead is looked, in milliseconds. */
  readonly horizonMs: number;
  /** 0..1; an alert from here on. */
  readonly probability: number;
}

/** "Tell me when it gets slowly worse": by this share, 0..1 and above, over two weeks. */
export interface TrendSettings {
  readonly worse: 'up' | 'down';
  readonly by: number;
}

/** Metrics that are watched alike. */
export interface WatchSettings {
  /** Where it is written, for messages, such as `anomalies.watch[2]`. */
  readonly source: string;
  readonly namespace: string;
  /** A metric name, or a prefix followed by `*`. */
  readonly metric: string;
  /** Exactly these dimensions; the value is a text in which `*` stands for any text. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Such as `Sum`, `Average`, `p95`. */
  readonly statistic: string;
  /** What the metric is of; `{Dimension}` stands for the value of a dimension. */
  readonly component: string;
  readonly every: Cadence;
  /** Of an alert that is certain; one that is less so is a step lower. */
  readonly severity: AlertSeverity;
  readonly head: DetectorHead;
  /** Evidence an alert needs, as a multiple of the usual: 0.5 is twice as sensitive. */
  readonly strictness: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly missing: MissingPoint;
  /** Score and band as metrics of namespace SCORE_NAMESPACE. */
  readonly publishScore: boolean;
  readonly excluded: readonly ExcludedPeriod[];
  readonly prediction?: PredictionSettings;
  readonly trend?: TrendSettings;
}

export interface AnomalySettings {
  /** The first that matches a metric and statistic counts. */
  readonly watches: readonly WatchSettings[];
  /** Namespace of the span metrics, whose dimensions tell who calls whom. */
  readonly spanNamespace: string;
  /** Anomalies that start this close together on connected components are one incident, in milliseconds. */
  readonly groupWithinMs: number;
  /** Changes this long before an incident are named, in milliseconds. */
  readonly changesWithinMs: number;
}

/** Namespace of published scores. */
export const SCORE_NAMESPACE = 'Tidewatch/Anomalies';

export const WATCH_DEFAULTS = {
  every: '5m',
  severity: 'ticket',
  head: 'both',
  strictness: 1,
  missing: 'skip',
  publishScore: false,
} as const satisfies Partial<WatchSettings>;

export const ANOMALY_DEFAULTS = {
  groupWithinMs: 15 * 60_000,
  changesWithinMs: 60 * 60_000,
  predictionProbability: 0.8,
} as const;
