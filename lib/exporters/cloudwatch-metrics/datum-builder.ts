// Values of one request on their way to datums: put together, then written. Knows nothing of views.
import type { DeltaTarget } from './cumulative-point.ts';
import type { DatumList } from './datum-list.ts';
import { DimensionLists } from './dimension-lists.ts';
import { type ExplicitLayout, ExplicitLayouts } from './explicit-layout.ts';
import { ExponentialLayouts } from './exponential-layout.ts';
import { KeptDimensions } from './kept-dimensions.ts';
import { PointGroups } from './point-groups.ts';
import type { Totals } from './readings.ts';
import { DatumWriter } from './write-datums.ts';

export class DatumBuilder {
  readonly dimensions = new DimensionLists();
  /** Lists of points that wait for their deltas. */
  readonly kept = new KeptDimensions();
  readonly groups = new PointGroups();
  readonly explicitLayouts = new ExplicitLayouts();
  readonly exponentialLayouts = new ExponentialLayouts();
  private readonly writer = new DatumWriter();
  private part: 'points' | 'deltas' = 'points';

  /** Forgets everything that was kept for a flush. */
  startBatch(): void {
    this.kept.clear();
  }

  /** Begins a request. */
  startRequest(): void {
    this.explicitLayouts.startRequest();
    this.kept.startRequest();
    this.startPart('points');
  }

  /**
   * Begins the datums of one part of a request: of `points` as they come, or of `deltas`. Minimum and maximum of a
   * histogram occurred among its points; of deltas they only bound the values.
   */
  startPart(part: 'points' | 'deltas'): void {
    this.part = part;
    this.dimensions.clear();
    this.groups.clear(part === 'points');
  }

  /** Appends the part's datums. @returns points that came to nothing: histograms into which nothing fell */
  finishPart(list: DatumList): number {
    const dimensions = this.part === 'points' ? this.dimensions : this.kept;
    const empty = this.writer.write(this.groups, dimensions, list);
    this.startPart('points');
    return empty;
  }

  /** Adds what is new of a cumulative series. */
  addDelta(target: DeltaTarget, totals: Totals): void {
    const { groups } = this;
    const { head, dimensions, timeMs, factor, min, max } = target;
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
