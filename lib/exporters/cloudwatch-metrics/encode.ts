// OTLP metrics → finished PutMetricData datums, one request at a time. Points of cumulative series are only collected:
// what is new in them is added to a second part of the request when their baselines are known.
import type { AttributeList } from '../../telemetry/attribute-list.ts';
import type { ExponentialPointView } from '../../telemetry/exponential-point-view.ts';
import type { HistogramPointView } from '../../telemetry/histogram-point-view.ts';
import { METRIC_KINDS, type MetricView } from '../../telemetry/metric-view.ts';
import { type NumberPointView, POINT_FLAG_NO_RECORDED_VALUE } from '../../telemetry/number-point-view.ts';
import type { ResourceView } from '../../telemetry/resource-view.ts';
import type { ScopeView } from '../../telemetry/scope-view.ts';
import type { SummaryPointView } from '../../telemetry/summary-point-view.ts';
import type { MetricVisitor } from '../../telemetry/walk.ts';
import type { WireCursor } from '../../wire/cursor.ts';
import { unixMillis } from '../../wire/fixed64.ts';
import type { CumulativePoint } from './cumulative-point.ts';
import {
  exponentialTotals,
  histogramTotals,
  nanosAt,
  summaryTotals,
  sumTotals,
} from './cumulative-readings.ts';
import type { DatumBuilder } from './datum-builder.ts';
import { DimensionRules } from './dimension-rules.ts';
import type { ExplicitLayout } from './explicit-layout.ts';
import { COARSEST_SCALE, type ExponentialLayout, keptScale, MAX_SCALE } from './exponential-layout.ts';
import { MAX_VALUE } from './limits.ts';
import { MetricHeads } from './metric-heads.ts';
import { type MetricPlan, MetricPlans, type NameRefusal } from './metric-plan.ts';
import { renderNamespace } from './names.ts';
import { PointDimensions } from './point-dimensions.ts';
import type { Totals } from './readings.ts';
import { SeriesIdentity } from './series-identity.ts';
import type { MetricsSettings } from './settings.ts';

/** Why a point becomes no datum. */
export type PointDrop =
  | NameRefusal
  | 'noRecordedValue' // the client says that the series went stale
  | 'noValue'
  | 'noTime'
  | 'notFinite' // NaN or infinite
  | 'outOfRange' // beyond ±2^360
  | 'invalidBuckets' // bounds not ascending, or not one more count than bounds
  | 'tooManyDimensions'
  | 'tooManyAttributes'; // they could not all be read, and with fewer it would be another series

/** The one view of a point that all kinds have in common. */
interface AnyPoint {
  readonly cursor: WireCursor;
  readonly attributes: AttributeList;
  readonly startTimeAt: number;
  readonly timeAt: number;
  readonly flags: number;
}

export class MetricEncoder implements MetricVisitor {
  /** Points of the request that wait for their baselines. */
  cumulative: CumulativePoint[] = [];
  /** How many points of the request become nothing, by reason. */
  readonly drops = new Map<PointDrop, number>();
  private readonly builder: DatumBuilder;
  private readonly template: string;
  private readonly identity = new SeriesIdentity();
  private readonly dimensions: PointDimensions;
  private readonly plans: MetricPlans;
  private namespace = '';
  private resources = 0;
  private plan: MetricPlan = undefined as never;
  private refusal: NameRefusal | undefined;
  private readonly single = new Float64Array(1);

  /** @param builder gets the points; the caller begins and finishes its parts */
  constructor(settings: MetricsSettings, builder: DatumBuilder) {
    this.builder = builder;
    this.template = settings.namespaceTemplate;
    const rules = new DimensionRules(settings.dimensions);
    this.dimensions = new PointDimensions(builder.dimensions, rules.count);
    this.plans = new MetricPlans(rules, new MetricHeads(settings.storageResolution));
  }

  /** Begins a request. */
  start(tenant: string): void {
    this.cumulative = [];
    this.drops.clear();
    this.plans.startRequest();
    this.identity.startRequest(tenant);
    this.resources = 0;
  }

  resource(view: ResourceView): void {
    this.resources++;
    this.namespace = renderNamespace(this.template, (key) => view.text(key));
    this.dimensions.resource(view);
    this.identity.enterResource(view);
  }

  scope(view: ScopeView): void {
    this.identity.enterScope(view);
  }

  metric(view: MetricView): void {
    this.refusal = undefined;
    if (view.kind === METRIC_KINDS.none) return;
    const plan = this.plans.of(this.namespace, view);
    if (typeof plan === 'string') this.refusal = plan;
    else {
      this.plan = plan;
      if (plan.mode === 'cumulative' || plan.mode === 'summary') this.identity.enterMetric(view);
    }
  }

  numberPoint(point: NumberPointView): void {
    const timeMs = this.timeOf(point);
    if (timeMs === 0) return;
    const { plan } = this;
    const value = point.value * plan.factor;
    if (point.valueKind === 'none') this.drop('noValue');
    else if (!Number.isFinite(value)) this.drop('notFinite');
    else if (Math.abs(value) > MAX_VALUE) this.drop('outOfRange');
    else {
      const dimensions = this.dimensions.of(plan.rule, point.attributes, point.cursor);
      const { groups } = this.builder;
      if (plan.mode === 'values') groups.addValue(plan.head, dimensions, timeMs, value);
      else if (plan.mode === 'added') groups.addSum(plan.head, dimensions, timeMs, 0, value);
      else if (plan.mode === 'level') groups.addSum(plan.head, dimensions, timeMs, this.resources, value);
      else this.collect(point, timeMs, dimensions, sumTotals(point));
    }
  }

  histogramPoint(point: HistogramPointView): void {
    const timeMs = this.timeOf(point);
    if (timeMs === 0) return;
    const { plan } = this;
    const { bucketCounts, explicitBounds } = point;
    // Without buckets a histogram is one bucket from minimum to maximum.
    const bounds = bucketCounts.count === 0 ? 0 : explicitBounds.count;
    const layout = this.builder.explicitLayouts.of(explicitBounds.values, bounds, plan.factor);
    if (layout === undefined || (bucketCounts.count !== bounds + 1 && bucketCounts.count !== 0)) {
      this.drop('invalidBuckets');
      return;
    }
    this.single[0] = point.count;
    const counts = bucketCounts.count === 0 ? this.single : bucketCounts.values;
    const dimensions = this.dimensions.of(plan.rule, point.attributes, point.cursor);
    const { factor, head } = plan;
    if (plan.mode === 'added') {
      const { sum, min, max } = point;
      this.builder.groups.addExplicit(
        head,
        dimensions,
        timeMs,
        layout,
        counts,
        sum * factor,
        min * factor,
        max * factor,
      );
    } else {
      const totals = histogramTotals(
        point,
        counts.subarray(0, bounds + 1),
        explicitBounds.values.subarray(0, bounds),
      );
      this.collect(point, timeMs, dimensions, totals, layout, point.min * factor, point.max * factor);
    }
  }

  exponentialPoint(point: ExponentialPointView): void {
    const timeMs = this.timeOf(point);
    if (timeMs === 0) return;
    const { scale, positiveCounts, negativeCounts } = point;
    if (scale < COARSEST_SCALE || scale > MAX_SCALE) {
      this.drop('invalidBuckets');
      return;
    }
    const { factor, head, mode, rule } = this.plan;
    const dimensions = this.dimensions.of(rule, point.attributes, point.cursor);
    if (mode !== 'added') {
      const { min, max } = point;
      this.collect(
        point,
        timeMs,
        dimensions,
        exponentialTotals(point),
        undefined,
        min * factor,
        max * factor,
      );
      return;
    }
    const { groups, exponentialLayouts } = this.builder;
    const group = groups.addExponential(
      head,
      dimensions,
      timeMs,
      exponentialLayouts.of(keptScale(scale), factor),
      point.zeroCount,
      point.zeroThreshold * factor,
      point.sum * factor,
      point.min * factor,
      point.max * factor,
    );
    const { negativeOffset, positiveOffset } = point;
    groups.addBuckets(group, 'negative', negativeCounts.values, negativeCounts.count, negativeOffset, scale);
    groups.addBuckets(group, 'positive', positiveCounts.values, positiveCounts.count, positiveOffset, scale);
  }

  /** Quantiles are values of their own series, told apart by a dimension; count and sum are cumulative. */
  summaryPoint(point: SummaryPointView): void {
    const timeMs = this.timeOf(point);
    if (timeMs === 0) return;
    const { rule, factor, quantileHead } = this.plan;
    const dimensions = this.dimensions.of(rule, point.attributes, point.cursor);
    const { quantiles, quantileValues } = point;
    for (let i = 0; i < quantiles.count; i++) {
      const quantile = quantiles.values[i] as number;
      const value = (quantileValues.values[i] as number) * factor;
      if (!Number.isFinite(value) || !Number.isFinite(quantile)) this.drop('notFinite');
      else if (Math.abs(value) > MAX_VALUE) this.drop('outOfRange');
      else {
        const head = quantileHead(quantile);
        if (head === undefined) this.drop('tooManyDimensions');
        else this.builder.groups.addValue(head, dimensions, timeMs, value);
      }
    }
    if (Number.isFinite(point.sum)) this.collect(point, timeMs, dimensions, summaryTotals(point));
    else this.drop('notFinite');
  }

  /** @returns the point's time in milliseconds, or 0 for a point that was dropped */
  private timeOf(point: AnyPoint): number {
    if (this.refusal !== undefined) this.drop(this.refusal);
    else if ((point.flags & POINT_FLAG_NO_RECORDED_VALUE) !== 0) this.drop('noRecordedValue');
    else if (point.attributes.excess > 0) this.drop('tooManyAttributes');
    else {
      const timeMs = unixMillis(point.cursor.data, point.timeAt);
      if (timeMs > 0) return timeMs;
      this.drop('noTime');
    }
    return 0;
  }

  private collect(
    point: AnyPoint,
    timeMs: number,
    dimensions: number,
    totals: Totals,
    layout?: ExplicitLayout | ExponentialLayout,
    min = Number.NaN,
    max = Number.NaN,
  ): void {
    const { identity, plan } = this;
    const { cursor } = point;
    identity.point(point.attributes, point.startTimeAt, cursor);
    this.cumulative.push({
      resource: identity.resource,
      keyLo: identity.lo,
      keyHi: identity.hi,
      reading: {
        startNanos: nanosAt(cursor.data, point.startTimeAt),
        timeNanos: nanosAt(cursor.data, point.timeAt),
        totals,
      },
      target: {
        head: plan.head,
        sumHead: plan.sumHead,
        dimensions: this.builder.kept.keep(this.builder.dimensions, dimensions),
        timeMs,
        factor: plan.factor,
        layout,
        min,
        max,
      },
    });
  }

  private drop(reason: PointDrop): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
  }
}
