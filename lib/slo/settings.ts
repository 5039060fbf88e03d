// What the engine is given about an SLO: checked, defaults filled in, plain data. Made by definition/read-slos.ts and
// openslo/read-openslo.ts.
import type { BudgetPeriod } from './definition/budget-period.ts';
import type { Adjustment, Exclusion } from './definition/schedule.ts';
import type { BurnWindow } from './windows/default-table.ts';

/** Where a term of an indicator is read. */
export type MetricSource =
  | {
      readonly kind: 'cloudwatch';
      readonly namespace: string;
      readonly metric: string;
      readonly dimensions: Readonly<Record<string, string>>;
      /** A CloudWatch statistic such as `Sum`, `p95` or `TC(:0.5)`, the count of values up to 0.5. */
      readonly statistic: string;
      readonly region?: string;
      readonly account?: string;
    }
  /** A system that Tidewatch does not read: its series can be replayed by `slo backtest`. */
  | { readonly kind: 'other'; readonly type: string };

export type ThresholdOperator = 'lte' | 'gte' | 'lt' | 'gt';

/** What is measured each minute. */
export type Indicator =
  | { readonly kind: 'goodTotal'; readonly good: MetricSource; readonly total: MetricSource }
  | { readonly kind: 'badTotal'; readonly bad: MetricSource; readonly total: MetricSource }
  /** A ratio that is measured as such, 0..1. */
  | { readonly kind: 'raw'; readonly rawType: 'success' | 'failure'; readonly metric: MetricSource }
  /** A value that is good when it stands in a relation to a limit, such as a p95 below 0.2 s. */
  | {
      readonly kind: 'threshold';
      readonly metric: MetricSource;
      readonly operator: ThresholdOperator;
      readonly limit: number;
    }
  | { readonly kind: 'composite'; readonly parts: readonly CompositePart[] };

/** A part of a composite, with an objective of its own. */
export interface CompositePart {
  readonly name: string;
  readonly indicator: Exclude<Indicator, { kind: 'composite' }>;
  /** 0..1, not 1. */
  readonly objective: number;
  /** For time slices: the ratio a slice must reach, 0..1. */
  readonly sliceTarget: number | undefined;
  /** Above 0. */
  readonly weight: number;
}

/** What one unit of the budget is. */
export type Budgeting =
  | { readonly kind: 'occurrences' }
  /** A slice of time is good when its ratio reaches the target. */
  | { readonly kind: 'timeSlices'; readonly sliceMs: number; readonly sliceTarget: number }
  /** Each slice counts as much as any other, with the ratio it had. */
  | { readonly kind: 'ratioTimeSlices'; readonly sliceMs: number };

/** What keeps a handful of failures at night from paging. None by default. */
export interface LowTrafficGuards {
  /** A pair fires only with that many events in its long window. */
  readonly minimumEvents: number;
  /** A pair fires only with that many failures in its long window. */
  readonly minimumFailures: number;
  /** Events (or slices) that a minute normally has: fewer in a window are filled up with good ones. */
  readonly expectedPerMinute: number;
  /** A pair fires only when its long window spent its share of the budget by the traffic the period really has. */
  readonly budgetShare: boolean;
}

export type PolicyAction = 'notify' | 'requireApproval' | 'freeze';

/** Taken when less than `below` of the budget is left, until more than `until` is left again. */
export interface PolicyStep {
  readonly action: PolicyAction;
  /** Share of the budget, 0..1. */
  readonly below: number;
  /** Share of the budget, `below`..1. */
  readonly until: number;
}

export interface SloSettings {
  /** Unique among the SLOs of a deployment; the label `slo` of its alerts. */
  readonly name: string;
  readonly service: string;
  readonly description: string;
  readonly owner: string;
  /** Why this objective and not another. */
  readonly rationale: string;
  readonly labels: Readonly<Record<string, string>>;
  /** 0..1, not 1. */
  readonly objective: number;
  readonly period: BudgetPeriod;
  readonly indicator: Indicator;
  readonly budgeting: Budgeting;
  readonly windows: readonly BurnWindow[];
  readonly guards: LowTrafficGuards;
  /** An alert when there was no event for so long; undefined for none. */
  readonly noDataAfterMs: number | undefined;
  /** How long after its end a minute is read: metrics take that long to be complete. */
  readonly settleMs: number;
  readonly exclusions: readonly Exclusion[];
  readonly adjustments: readonly Adjustment[];
  readonly policy: readonly PolicyStep[];
  readonly runbookUrl: string;
  readonly dashboardUrl: string;
  /** Names of receivers that the definition asked for. */
  readonly notify: readonly string[];
  /** How important the service is, 1 the most; left out where nobody said. */
  readonly tier?: number;
  /** What a contract promises beside the objective. */
  readonly sla?: Sla;
}

/** A promise to customers: nothing alerts by it, the status says whether it is kept. */
export interface Sla {
  /** 0..1, both excluded. */
  readonly objective: number;
  /** Which contract, or a link to it; may be empty. */
  readonly contract: string;
  /** Below which share of good events which share of the price is due back. */
  readonly credits: readonly { readonly below: number; readonly credit: number }[];
}

export const NO_GUARDS: LowTrafficGuards = {
  minimumEvents: 0,
  minimumFailures: 0,
  expectedPerMinute: 0,
  budgetShare: false,
};

/** What an SLO has when nothing else is written. */
export const SLO_DEFAULTS = {
  service: '',
  description: '',
  owner: '',
  rationale: '',
  labels: {},
  budgeting: { kind: 'occurrences' },
  guards: NO_GUARDS,
  noDataAfterMs: undefined,
  settleMs: 120_000,
  exclusions: [],
  adjustments: [],
  policy: [],
  runbookUrl: '',
  dashboardUrl: '',
  notify: [],
} as const satisfies Partial<SloSettings>;

/** RFC 1123 label, as OpenSLO asks for; it also is a label value, a key and a part of an address. */
export const SLO_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Longest period: CloudWatch keeps hourly points for 455 days.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html (2026-08)
 */
export const PERIOD_MAX_MS = 455 * 86_400_000;

/** Smallest period that a metric of high resolution has, and all others that CloudWatch stores. */
export const RESOLUTIONS_MS: readonly number[] = [60_000, 30_000, 10_000, 5_000, 1_000];

/** What `evaluate-slos` runs on: all SLOs of a deployment, each function call takes one shard of them. */
export interface SloRuntimeSettings {
  readonly slos: readonly SloSettings[];
  /** Shards that the SLOs are dealt out to, from 1; the schedule calls the function once for each, see shardCount. */
  readonly shards: number;
  /** CloudWatch namespace of `budget_remaining` and `burn_rate`. */
  readonly metricsNamespace: string;
  /** Names of SLOs that publish more than the two metrics: each metric costs $0.30 a month. */
  readonly detailedMetrics: readonly string[];
  /** Whether transitions of budgets, policies and gates are put on the default event bus of EventBridge. */
  readonly events: boolean;
}

/** SLOs that one call of the function evaluates at most: two calls of GetMetricData for two terms each. */
export const SLOS_PER_SHARD = 500;

/** @param slos how many there are @returns shards, at least 1 */
export function shardCount(slos: number): number {
  return Math.max(1, Math.ceil(slos / SLOS_PER_SHARD));
}

/** What a schedule calls `evaluate-slos` with. */
export interface EvaluateSlosEvent {
  /** When the schedule was due, ISO 8601; the minutes up to then are evaluated. */
  readonly time: string;
  /** From 0; absent for the first. */
  readonly shard?: number;
}

/**
 * The inhibition that a compiled configuration adds when it has SLOs: while a budget burns fast enough to page, the
 * ticket of the same SLO says nothing new. In the form of alertmanager.yml. The matchers on `slo` are needed: labels
 * that are missing on both sides count as equal.
 */
export const PAGE_INHIBITS_TICKET = {
  source_matchers: ['severity="page"', 'slo!=""'],
  target_matchers: ['severity="ticket"', 'slo!=""'],
  equal: ['slo'],
} as const;
