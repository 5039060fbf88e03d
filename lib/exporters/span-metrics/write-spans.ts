// Counts of spans → the datums of namespace Tidewatch/Spans, with names above the cap put together.
import type { DatumBuilder } from '../cloudwatch-metrics/datum-builder.ts';
import { dimensionPrefix } from '../cloudwatch-metrics/dimension-rules.ts';
import { FINEST_SCALE } from '../cloudwatch-metrics/exponential-layout.ts';
import { type MetricHead, MetricHeads } from '../cloudwatch-metrics/metric-heads.ts';
import { OTHER } from './operation.ts';
import type { NameKind } from './ports.ts';
import type { ServiceCounts, SpanGroup } from './service-counts.ts';
import type { SpanMetricsSettings } from './settings.ts';

/** The dimension beside `service`. */
const DIMENSION: Readonly<Record<NameKind, string>> = { operations: 'operation', remotes: 'remote' };

export class SpanDatums {
  private readonly builder: DatumBuilder;
  private readonly requests: MetricHead;
  private readonly errors: MetricHead;
  private readonly faults: MetricHead;
  private readonly duration: MetricHead;
  private readonly calls: MetricHead;
  private readonly callFaults: MetricHead;
  private readonly serviceTotals: boolean;

  constructor(
    { namespace, serviceTotals }: Pick<SpanMetricsSettings, 'namespace' | 'serviceTotals'>,
    builder: DatumBuilder,
  ) {
    this.builder = builder;
    this.serviceTotals = serviceTotals;
    const heads = new MetricHeads(60);
    const counter = (name: string) => heads.of(namespace, name, 'Count', 'sum');
    this.requests = counter('Requests');
    this.errors = counter('Errors');
    this.faults = counter('Faults');
    this.duration = heads.of(namespace, 'Duration', 'Milliseconds', 'exponential');
    this.calls = counter('Calls');
    this.callFaults = counter('CallFaults');
  }

  /** Adds the counts of a service to the builder's part. @param admitted names that have a place of their own */
  add({ service, kind, names }: ServiceCounts, admitted: ReadonlySet<string>): void {
    const { dimensions } = this.builder;
    const first = dimensions.fragments.ofText(dimension('service', service));
    for (const [name, minutes] of names) {
      dimensions.push(first);
      const shown = admitted.has(name) ? name : OTHER;
      dimensions.push(dimensions.fragments.ofText(`,${dimension(DIMENSION[kind], shown)}`));
      const list = dimensions.keep();
      for (const group of minutes.values()) {
        if (kind === 'operations') this.addServed(list, group);
        else this.addCalled(list, group);
      }
    }
    if (this.serviceTotals && kind === 'operations') this.addTotals(first, names);
  }

  /** All operations of the service, those above the cap too, as one series. */
  private addTotals(service: number, names: ServiceCounts['names']): void {
    const { dimensions } = this.builder;
    dimensions.push(service);
    const list = dimensions.keep();
    for (const minutes of names.values()) for (const group of minutes.values()) this.addServed(list, group);
  }

  /** Zeros too: a rate of errors needs them, and an alarm on missing data is none. */
  private addServed(list: number, group: SpanGroup): void {
    const { groups, exponentialLayouts } = this.builder;
    const { minuteMs } = group;
    groups.addSum(this.requests, list, minuteMs, 0, group.count);
    groups.addSum(this.errors, list, minuteMs, 0, group.errors);
    groups.addSum(this.faults, list, minuteMs, 0, group.faults);
    if (Number.isNaN(group.sum)) return;
    const layout = exponentialLayouts.of(FINEST_SCALE, 1);
    const { zeros, sum, min, max } = group;
    const added = groups.addExponential(this.duration, list, minuteMs, layout, zeros, 0, sum, min, max);
    if (group.durations.size === 0) return;
    const low = Math.min(...group.durations.keys());
    const counts = new Float64Array(Math.max(...group.durations.keys()) - low + 1);
    for (const [index, count] of group.durations) counts[index - low] = count;
    groups.addBuckets(added, 'positive', counts, counts.length, low, FINEST_SCALE);
  }

  private addCalled(list: number, group: SpanGroup): void {
    const { groups } = this.builder;
    groups.addSum(this.calls, list, group.minuteMs, 0, group.count);
    groups.addSum(this.callFaults, list, group.minuteMs, 0, group.faults);
  }
}

function dimension(name: string, value: string): string {
  return `${dimensionPrefix(name)}${JSON.stringify(value).slice(1)}}`;
}
