// Values of one request on their way to datums: put together, then written. Knows nothing of views.
import type { DeltaTarget } from './cumulative-point.ts';
import type { DatumList } from './datum-list.ts';
import { DimensionLists } from './dimension-lists.ts';
import { type ExplicitLayout, ExplicitLayouts } from './explicit-layout.ts';
import { ExponentialLayouts } from './exponential-layout.ts';
import { PointGroups } from './point-groups.ts';
import type { Totals } from './readings.ts';
import { DatumWriter } from './write-datums.ts';

export class DatumBuilder {
  readonly dimensions = new DimensionLists();
  readonly groups = new PointGroups();
  readonly explicitLayouts = new ExplicitLayouts();
  readonly exponentialLayouts = new ExponentialLayouts();
  private readonly writer = new DatumWriter();

  /** Begins a request. */
  startRequest(): void {
    this.explicitLayouts.startRequest();
    this.startPart(true);
  }

  /**
   * Begins the datums of one part of a request.
   * @param exact minimum and maximum of histograms are values that occurred; else they only bound them
   */
  startPart(exact: boolean): void {
    this.dimensions.clear();
    this.groups.clear(exact);
  }

  /** Appends the part's datums. @returns points that came to nothing: histograms into which nothing fell */
  finishPart(list: DatumList): number {
    const empty = this.writer.write(this.groups, this.dimensions, list);
    this.startPart(true);
    return empty;
  }

  /** Adds what is new of a cumulative series; for a part that is not exact. */
  addDelta(target: DeltaTarget, totals: Totals): void {
    this.dimensions.push(this.dimensions.fragments.ofText(target.dimensions));
    const dimensions = this.dimensions.keep();
    const { groups } = this;
    const { head, timeMs, factor, min, max } = target;
    switch (totals.kind) {
      case 'sum':
        groups.addSum(head, dimensions, timeMs, 0, Number(totals.value) * factor);
        return;
      case 'summary':
        groups.addSum(head, dimensions, timeMs, 0, totals.count);
        groups.addSum(target.sumHead!, dimensions, timeMs, 0, totals.sum * factor);
        return;
      case 'histogram': {
        const layout = target.layout as ExplicitLayout;
        groups.addExplicit(head, dimensions, timeMs, layout, totals.counts, totals.sum * factor, min, max);
        return;
      }
      case 'exponential': {
        const { scale, zeroCount, positive, negative } = totals;
        const layout = this.exponentialLayouts.of(scale, factor);
        const threshold = totals.zeroThreshold * factor;
        const sum = totals.sum * factor;
        const group = groups.addExponential(
          head,
          dimensions,
          timeMs,
          layout,
          zeroCount,
          threshold,
          sum,
          min,
          max,
        );
        groups.addBuckets(group, 'negative', negative.counts, negative.counts.length, negative.offset, scale);
        groups.addBuckets(group, 'positive', positive.counts, positive.counts.length, positive.offset, scale);
        return;
      }
    }
  }
}
