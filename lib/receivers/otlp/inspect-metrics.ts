// Looks at each data point of a request at the door. The views read points to the bottom but for their attributes.
import type { AttributeList } from '../../telemetry/attribute-list.ts';
import type { ExponentialPointView } from '../../telemetry/exponential-point-view.ts';
import type { HistogramPointView } from '../../telemetry/histogram-point-view.ts';
import { METRIC_KINDS, type MetricView } from '../../telemetry/metric-view.ts';
import type { NumberPointView } from '../../telemetry/number-point-view.ts';
import type { SummaryPointView } from '../../telemetry/summary-point-view.ts';
import type { MetricVisitor } from '../../telemetry/walk.ts';
import type { WireCursor } from '../../wire/cursor.ts';
import { Inspector } from './inspector.ts';

export class MetricInspector extends Inspector implements MetricVisitor {
  private withoutData = 0;

  override start(): void {
    super.start();
    this.withoutData = 0;
  }

  metric(metric: MetricView): void {
    if (metric.kind === METRIC_KINDS.none) this.withoutData += 1;
  }

  numberPoint(point: NumberPointView): void {
    this.point(point);
  }

  histogramPoint(point: HistogramPointView): void {
    this.point(point);
  }

  exponentialPoint(point: ExponentialPointView): void {
    this.point(point);
  }

  summaryPoint(point: SummaryPointView): void {
    this.point(point);
  }

  protected override warnings(): string[] {
    return this.withoutData === 0
      ? []
      : [`${this.withoutData} metrics hold no data of a known kind; ignored`];
  }

  private point(point: { readonly cursor: WireCursor; readonly attributes: AttributeList }): void {
    this.items += 1;
    this.look(point.cursor, point.attributes);
  }
}
