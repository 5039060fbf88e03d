// CloudWatch metrics as a destination: takes metrics requests of a batch, works out the deltas of their cumulative
// series, then sends them call by call.
import { RetryBudget } from '../../aws/retry.ts';
import type { AwsTransport } from '../../aws/transport.ts';
import type { ExponentialPointView } from '../../telemetry/exponential-point-view.ts';
import type { HistogramPointView } from '../../telemetry/histogram-point-view.ts';
import type { MetricView } from '../../telemetry/metric-view.ts';
import type { NumberPointView } from '../../telemetry/number-point-view.ts';
import type { ResourceView } from '../../telemetry/resource-view.ts';
import type { ScopeView } from '../../telemetry/scope-view.ts';
import type { SummaryPointView } from '../../telemetry/summary-point-view.ts';
import type { MetricVisitor } from '../../telemetry/walk.ts';
import type { Exporter, ExportOutcome, ExportRequest, FlushContext } from '../exporter.ts';
import type { CumulativePoint } from './cumulative-point.ts';
import { DatumBuilder } from './datum-builder.ts';
import { DatumList } from './datum-list.ts';
import { MetricEncoder } from './encode.ts';
import { MetricLane } from './metric-lane.ts';
import type { SeriesStore } from './ports.ts';
import { ALL, type MetricProgress, parseProgress, progressTag } from './progress.ts';
import { DeltaResolver, type Resolution } from './resolve-deltas.ts';
import { MetricSender, type PutOptions } from './send.ts';
import type { PointResult } from './series-leaf.ts';
import type { MetricsSettings } from './settings.ts';

const DESTINATION = 'cloudwatch-metrics';

export interface CloudWatchMetricsOptions {
  readonly settings: MetricsSettings;
  readonly transport: AwsTransport;
  readonly series: SeriesStore;
  readonly calls?: PutOptions;
}

interface Taken {
  readonly ingestId: string;
  readonly acceptedAtMs: number;
  readonly progress: MetricProgress;
  /** Datums made so far, from…to. */
  readonly datums: readonly [from: number, to: number];
  /** Points that wait for their deltas. */
  readonly points: readonly CumulativePoint[];
  /** Points that become nothing, by reason. */
  readonly drops: Map<string, number>;
}

export class CloudWatchMetricsExporter implements Exporter, MetricVisitor {
  readonly destination = DESTINATION;
  readonly signals = ['metrics'] as const;
  private readonly builder = new DatumBuilder();
  private readonly datums = new DatumList();
  private readonly encoder: MetricEncoder;
  private readonly resolver: DeltaResolver;
  private readonly sender: MetricSender;
  private readonly tag: string;
  private requests: Taken[] = [];
  private current: { request: ExportRequest; progress: MetricProgress } | undefined;

  constructor({ settings, transport, series, calls }: CloudWatchMetricsOptions) {
    this.encoder = new MetricEncoder(settings, this.builder);
    this.resolver = new DeltaResolver(series);
    this.sender = new MetricSender(DESTINATION, transport, calls ?? { budget: new RetryBudget() });
    this.tag = progressTag(settings);
  }

  begin(request: ExportRequest, text: string | undefined): boolean {
    const progress = parseProgress(text, this.tag);
    if (progress === ALL) return false;
    this.current = { request, progress };
    this.builder.startRequest();
    this.encoder.start(request.tenant);
    return true;
  }

  resource(view: ResourceView): void {
    this.encoder.resource(view);
  }

  scope(view: ScopeView): void {
    this.encoder.scope(view);
  }

  metric(view: MetricView): void {
    this.encoder.metric(view);
  }

  numberPoint(point: NumberPointView): void {
    this.encoder.numberPoint(point);
  }

  histogramPoint(point: HistogramPointView): void {
    this.encoder.histogramPoint(point);
  }

  exponentialPoint(point: ExponentialPointView): void {
    this.encoder.exponentialPoint(point);
  }

  summaryPoint(point: SummaryPointView): void {
    this.encoder.summaryPoint(point);
  }

  end(): void {
    if (this.current === undefined) return;
    const { request, progress } = this.current;
    const drops = new Map<string, number>(this.encoder.drops);
    this.requests.push({
      ingestId: request.ingestId,
      acceptedAtMs: request.acceptedAtMs,
      progress,
      datums: this.finishPart(drops),
      points: this.encoder.cumulative,
      drops,
    });
    this.current = undefined;
  }

  abort(): void {
    if (this.current === undefined) return;
    this.current = undefined;
    this.datums.cutBack(this.requests.at(-1)?.datums[1] ?? 0);
  }

  async flush(context: FlushContext): Promise<ReadonlyMap<string, ExportOutcome>> {
    try {
      const resolutions = await this.resolver.resolve(
        this.requests.filter(({ points }) => points.length > 0),
      );
      const outcomes = new Map<string, ExportOutcome>();
      const lanes: MetricLane[] = [];
      for (const taken of this.requests) {
        const resolution = resolutions.get(taken.ingestId);
        if (resolution?.results === undefined && resolution !== undefined) {
          outcomes.set(taken.ingestId, postponed(resolution));
        } else lanes.push(this.lane(taken, resolution?.results ?? [], context));
      }
      await this.sender.send(lanes, context);
      for (const { ingestId, outcome } of lanes) outcomes.set(ingestId, outcome);
      for (const { ingestId, drops } of this.requests) {
        // A request that comes again counts them then.
        if (outcomes.get(ingestId)?.kind !== 'done') continue;
        for (const [reason, count] of drops) context.counters.add(DESTINATION, 'dropped', count, reason);
      }
      return outcomes;
    } finally {
      this.requests = [];
      this.datums.cutBack(0);
      this.builder.startBatch();
    }
  }

  /** Makes the datums of a request's cumulative series and lines all its datums up. */
  private lane(taken: Taken, results: readonly PointResult[], { counters }: FlushContext): MetricLane {
    const { ingestId, points, progress, drops } = taken;
    this.builder.startPart('deltas');
    let resets = 0;
    for (const [place, { target }] of points.entries()) {
      const result = results[place]!;
      if (result.delta === undefined) drops.set(result.reason, (drops.get(result.reason) ?? 0) + 1);
      else {
        this.builder.addDelta(target, result.delta);
        if (result.reset) resets++;
      }
    }
    counters.add(DESTINATION, 'resets', resets);
    const ranges = [taken.datums, this.finishPart(drops)];
    const lane = new MetricLane(ingestId, this.datums, ranges, progress.sent, this.tag);
    const again = Math.min(progress.sentOtherwise, lane.order.length);
    counters.add(DESTINATION, 'repeated', again, 'plannedAnew');
    return lane;
  }

  /** @returns the datums of the part, from…to */
  private finishPart(drops: Map<string, number>): readonly [number, number] {
    const from = this.datums.count;
    const empty = this.builder.finishPart(this.datums);
    if (empty > 0) drops.set('empty', (drops.get('empty') ?? 0) + empty);
    return [from, this.datums.count];
  }
}

/** Without its deltas nothing of a request is sent: its datums would come in another order next time. */
function postponed({ error }: Extract<Resolution, { results: undefined }>): ExportOutcome {
  const { reason, message, retryAfterMs } = error;
  return { kind: 'retry', reason, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
