// What a user writes about SLOs: `slos` and `sloOptions` of the configuration. Read and checked by
// lib/config/schema/slos.ts; presets that write such objects are in slo-presets.ts.

/** A ratio: 0.999 and "99.9%" are the same. */
export type RatioText = number | `${number}%`;

/** One objective with its error budget. A YAML file of `sloOptions.files` holds the same under `slos`. */
export interface SloConfig {
  /** At most 63 small letters, digits and hyphens; unique. The label `slo` of alerts, the address of its gate. */
  readonly name: string;
  readonly service?: string;
  readonly description?: string;
  /** Who answers for it. */
  readonly owner?: string;
  /** Why this objective and not another; asked for above 99.99 %. */
  readonly rationale?: string;
  /** Labels of its alerts, besides `slo`, `service`, `severity` and `burn_tier`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** At least 0 and below 1; none for a composite, whose parts have their own. */
  readonly objective?: RatioText;
  /** "30d" for the last 30 days, or a calendar. */
  readonly period: string | CalendarPeriodConfig;
  /** What is measured each minute; either this or `composite`. */
  readonly indicator?: IndicatorConfig;
  /** Several objectives with one budget. */
  readonly composite?: readonly CompositePartConfig[];
  /** `occurrences` (default) counts events; or slices of time, see the types. */
  readonly budgeting?: 'occurrences' | TimeSlicesConfig | RatioTimeSlicesConfig;
  /** Burn-rate pairs; left out, those of the SRE workbook, fitted to the period. */
  readonly windows?: readonly BurnWindowConfig[];
  /** What keeps a handful of failures at night from paging. */
  readonly lowTraffic?: LowTrafficConfig;
  /** A ticket when there was no event for so long, such as "30m"; left out, none. */
  readonly noDataAfter?: string;
  /** How long after its end a minute is read, "2m" by default: metrics take that long to be complete. */
  readonly settle?: string;
  readonly exclusions?: readonly ExclusionConfig[];
  readonly adjustments?: readonly AdjustmentConfig[];
  /** What happens as the budget shrinks; `requireApproval` and `freeze` close the gate of deployments. */
  readonly policy?: readonly PolicyStepConfig[];
  /** What to do when it alerts; a link. Without one there is a warning. */
  readonly runbookUrl?: string;
  readonly dashboardUrl?: string;
  /** Names of receivers, for the routing of alerts: the annotation `notify`. */
  readonly notify?: readonly string[];
  /** How important the service is, 1 the most: `tidewatch slo coverage` wants an SLO for each service of tier 1. */
  readonly tier?: 1 | 2 | 3 | 4;
  /** What a contract promises; `tidewatch slo status` says whether it is kept. */
  readonly sla?: SlaConfig;
}

/** A promise to customers, weaker than the objective, so that the objective alerts before it is broken. */
export interface SlaConfig {
  readonly objective: RatioText;
  /** Which contract, or a link to it. */
  readonly contract?: string;
  /** Share of the price that is due back below a share of good events: `[{ below: '99%', credit: '10%' }]`. */
  readonly credits?: readonly { readonly below: RatioText; readonly credit: RatioText }[];
}

export interface CalendarPeriodConfig {
  readonly calendar: 'day' | 'week' | 'month' | 'quarter' | 'year';
  /** Units a period has; 1 by default. */
  readonly count?: number;
  /** IANA name; UTC by default. */
  readonly timeZone?: string;
  /** When some period began on the zone's clock, such as "2026-01-01 00:00:00". */
  readonly start?: string;
}

/** A CloudWatch metric and how its values of a minute become one. */
export interface SloMetricConfig {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  /** `Sum` by default; also SampleCount, Maximum, p95, TC(:300), the count of values up to 300, and so on. */
  readonly statistic?: string;
  readonly region?: string;
  readonly account?: string;
}

export type IndicatorConfig =
  | { readonly good: SloMetricConfig; readonly total: SloMetricConfig }
  | { readonly bad: SloMetricConfig; readonly total: SloMetricConfig }
  /** A ratio that is measured as such, 0..1. */
  | { readonly raw: SloMetricConfig; readonly rawType?: 'success' | 'failure' }
  /** A minute is good when its value stands in this relation to the limit. */
  | {
      readonly threshold: {
        readonly metric: SloMetricConfig;
        readonly operator: 'lte' | 'gte' | 'lt' | 'gt';
        readonly limit: number;
      };
    };

export interface CompositePartConfig {
  readonly name?: string;
  readonly indicator: IndicatorConfig;
  readonly objective: RatioText;
  /** For time slices: the ratio a slice of this part must reach. */
  readonly sliceTarget?: RatioText;
  /** Above 0; 1 by default. */
  readonly weight?: number;
}

/** A slice of time is good when its ratio reaches the target; the budget is in slices. */
export interface TimeSlicesConfig {
  /** A length that divides an hour, such as "1m". */
  readonly timeSlices: string;
  readonly target: RatioText;
}

/** Each slice of time counts as much as any other, with the ratio it had. */
export interface RatioTimeSlicesConfig {
  readonly ratioTimeSlices: string;
}

/** Fires while the error ratios of both windows are above factor × error budget. One of budgetShare and factor. */
export interface BurnWindowConfig {
  readonly severity: 'page' | 'ticket';
  readonly longWindow: string;
  readonly shortWindow: string;
  /** Share of the period's budget that is spent when it fires, such as "2%". */
  readonly budgetShare?: RatioText;
  /** Burn rate above which it fires. */
  readonly factor?: number;
  /** How long both must burn before it fires. */
  readonly hold?: string;
}

export interface LowTrafficConfig {
  /** A pair fires only with that many events in its long window. */
  readonly minimumEvents?: number;
  /** A pair fires only with that many failures in its long window. */
  readonly minimumFailures?: number;
  /** Events that a minute normally has: fewer are filled up with good ones. */
  readonly expectedPerMinute?: number;
  /** A pair fires only when its long window spent its share of the budget of the whole period. */
  readonly budgetShare?: boolean;
}

/** Time that does not count. Also made and taken back while it runs: `tidewatch slo exclude`. */
export interface ExclusionConfig {
  /** With an offset, such as "2026-01-31T22:00:00Z". */
  readonly from: string;
  readonly duration: string;
  /** An RRULE, such as "FREQ=WEEKLY;BYDAY=SA". */
  readonly repeat?: string;
  readonly timeZone?: string;
  readonly reason: string;
  readonly author: string;
}

/** Events added to, or below zero taken from, the budget. */
export interface AdjustmentConfig {
  readonly at: string;
  readonly bad?: number;
  readonly total?: number;
  readonly repeat?: string;
  readonly timeZone?: string;
  readonly reason: string;
  readonly author: string;
}

/** Taken when less than `below` of the budget is left, until more than `until` is left again. */
export interface PolicyStepConfig {
  readonly action: 'notify' | 'requireApproval' | 'freeze';
  readonly below: RatioText;
  /** `below` by default; higher keeps a budget at the bound from going back and forth. */
  readonly until?: RatioText;
}

/** What an SLO takes that does not say it itself, whether it was written here or in a file. */
export interface SloDefaultsConfig {
  readonly owner?: string;
  /** `{slo}` and `{service}` stand for the names: "https://runbooks.example.com/{service}/{slo}". */
  readonly runbookUrl?: string;
  /** `{slo}` and `{service}` stand for the names. */
  readonly dashboardUrl?: string;
  readonly noDataAfter?: string;
  readonly lowTraffic?: LowTrafficConfig;
  readonly policy?: readonly PolicyStepConfig[];
}

/** What is the same for all SLOs. */
export interface SloOptionsConfig {
  /**
   * Files with more SLOs: OpenSLO v1 YAML, or Tidewatch's own form in YAML or JSON. Paths with `*` and `**`, from the
   * folder in which `cdk` or `tidewatch` runs.
   */
  readonly files?: readonly string[];
  readonly defaults?: SloDefaultsConfig;
  /** CloudWatch namespace of the metrics about SLOs; `Tidewatch/SLO` by default. */
  readonly metricsNamespace?: string;
  /** SLOs that publish more than budget_remaining and burn_rate; each further metric costs $0.30 a month. */
  readonly detailedMetrics?: readonly string[];
  /**
   * A CloudWatch alarm for each SLO whose policy closes a gate, for pipelines that watch alarms; true by default. A stack
   * has room for 300 of them: switch them off for more, and ask the API.
   */
  readonly gateAlarms?: boolean;
  /** Whether transitions go to the default event bus of EventBridge; true by default. */
  readonly events?: boolean;
}
