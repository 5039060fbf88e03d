// What is done with the points of a metric, worked out once for each name, unit and kind.
import { METRIC_KINDS, type MetricView, TEMPORALITY } from '../../telemetry/metric-view.ts';
import type { DimensionRule, DimensionRules } from './dimension-rules.ts';
import { MAX_DIMENSIONS, MAX_NAME_CHARS } from './limits.ts';
import type { Combination, MetricHead, MetricHeads } from './metric-heads.ts';
import { asciiText } from './names.ts';
import { type CloudWatchUnit, cloudWatchUnit } from './units.ts';

/**
 * `values`: each value counts for itself (gauges). `level`: a sum that goes up and down; its value is kept, and those
 * of one resource add up. `added`: what the point says is new. `cumulative`: what is new is the difference to before.
 */
export type PlanMode = 'values' | 'level' | 'added' | 'cumulative' | 'summary';

export interface MetricPlan {
  readonly mode: PlanMode;
  readonly rule: DimensionRule;
  /** Of the metric's unit. */
  readonly factor: number;
  /** Takes the values; of a summary the count. */
  readonly head: MetricHead;
  /** Of a summary: takes the sum. */
  readonly sumHead: MetricHead | undefined;
  /** The head of one quantile of a summary; undefined when it would be one dimension too many. */
  readonly quantileHead: (quantile: number) => MetricHead | undefined;
}

export type NameRefusal = 'noName' | 'nameTooLong';

/** Plans kept between requests. */
const MAX_KEPT = 4096;

export class MetricPlans {
  private readonly rules: DimensionRules;
  private readonly heads: MetricHeads;
  private readonly namespaces = new Map<string, Map<string, MetricPlan | NameRefusal>>();
  private size = 0;

  constructor(rules: DimensionRules, heads: MetricHeads) {
    this.rules = rules;
    this.heads = heads;
  }

  /** Between requests only: within one, the same metric must have the same head. */
  startRequest(): void {
    if (this.size <= MAX_KEPT) return;
    this.namespaces.clear();
    this.heads.clear();
    this.size = 0;
  }

  /** @param view a metric that has a kind */
  of(namespace: string, view: MetricView): MetricPlan | NameRefusal {
    let plans = this.namespaces.get(namespace);
    if (plans === undefined) {
      plans = new Map();
      this.namespaces.set(namespace, plans);
      this.size++;
    }
    const { name, unit } = view;
    const key = `${view.kind}${view.temporality}${view.isMonotonic ? 1 : 0}${unit}\n${name}`;
    let plan = plans.get(key);
    if (plan === undefined) {
      plan = this.make(namespace, name, unit, view);
      plans.set(key, plan);
      this.size++;
    }
    return plan;
  }

  private make(namespace: string, name: string, code: string, view: MetricView): MetricPlan | NameRefusal {
    const ascii = asciiText(name, MAX_NAME_CHARS + 1);
    if (ascii === '') return 'noName';
    // A summary's sum and count have longer names.
    const isSummary = view.kind === METRIC_KINDS.summary;
    if (ascii.length > MAX_NAME_CHARS - (isSummary ? '_count'.length : 0)) return 'nameTooLong';
    const { unit, factor } = cloudWatchUnit(code);
    const rule = this.rules.of(name);
    const head = (suffix: string, of: CloudWatchUnit, how: Combination, quantile?: string) =>
      this.heads.of(namespace, `${ascii}${suffix}`, of, how, quantile);
    const hasRoom = rule.keys.length + 2 <= MAX_DIMENSIONS;
    return {
      mode: modeOf(view),
      rule,
      factor,
      head: isSummary ? head('_count', 'Count', 'sum') : head('', unit, combinationOf(view)),
      sumHead: isSummary ? head('_sum', unit, 'sum') : undefined,
      quantileHead: quantileHeads((quantile) =>
        hasRoom ? head('', unit, 'list', String(quantile)) : undefined,
      ),
    };
  }
}

/** A temporality that is not set is taken as delta, so that nothing is subtracted from what may be complete. */
function modeOf(view: MetricView): PlanMode {
  if (view.kind === METRIC_KINDS.gauge) return 'values';
  if (view.kind === METRIC_KINDS.summary) return 'summary';
  if (view.temporality !== TEMPORALITY.cumulative) return 'added';
  return view.kind === METRIC_KINDS.sum && !view.isMonotonic ? 'level' : 'cumulative';
}

function combinationOf(view: MetricView): Combination {
  switch (view.kind) {
    case METRIC_KINDS.histogram:
      return 'explicit';
    case METRIC_KINDS.exponentialHistogram:
      return 'exponential';
    case METRIC_KINDS.sum:
      return 'sum';
    default:
      return 'list';
  }
}

/** Quantiles that one plan remembers; a client has a handful. */
const MAX_QUANTILES = 32;

function quantileHeads(
  make: (quantile: number) => MetricHead | undefined,
): (quantile: number) => MetricHead | undefined {
  const known = new Map<number, MetricHead | undefined>();
  return (quantile) => {
    const before = known.get(quantile);
    if (before !== undefined) return before;
    const head = make(quantile);
    if (known.size < MAX_QUANTILES) known.set(quantile, head);
    return head;
  };
}
