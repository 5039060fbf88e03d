// Span metrics as a destination: every trace request is counted here, whatever becomes of its spans elsewhere.
import { RetryBudget } from '../../aws/retry.ts';
import type { AwsTransport } from '../../aws/transport.ts';
import { RetryableError } from '../../model/errors.ts';
import type { ResourceView } from '../../telemetry/resource-view.ts';
import type { SpanView } from '../../telemetry/span-view.ts';
import type { SpanVisitor } from '../../telemetry/walk.ts';
import { DatumBuilder } from '../cloudwatch-metrics/datum-builder.ts';
import { DatumList } from '../cloudwatch-metrics/datum-list.ts';
import { MetricLane } from '../cloudwatch-metrics/metric-lane.ts';
import { ALL } from '../cloudwatch-metrics/progress.ts';
import { MetricSender, type PutOptions } from '../cloudwatch-metrics/send.ts';
import type { Counters, Exporter, ExportOutcome, ExportRequest, FlushContext } from '../exporter.ts';
import { SpanMetricsEncoder } from './encode.ts';
import { NameCaps } from './name-caps.ts';
import { OTHER } from './operation.ts';
import type { OperationStore } from './ports.ts';
import {
  type Admitted,
  admittedBefore,
  laneTag,
  parseSpanProgress,
  placesText,
  type SpanProgress,
  spanTag,
} from './progress.ts';
import type { ServiceCounts } from './service-counts.ts';
import type { SpanMetricsSettings } from './settings.ts';
import { SpanDatums } from './write-spans.ts';

const DESTINATION = 'span-metrics';

export interface SpanMetricsOptions {
  readonly settings: SpanMetricsSettings;
  readonly transport: AwsTransport;
  readonly operations: OperationStore;
  readonly calls?: PutOptions;
}

interface Taken {
  readonly request: ExportRequest;
  readonly progress: SpanProgress;
  readonly counts: readonly ServiceCounts[];
  readonly counted: number;
  readonly serviceless: number;
  /** Spans that are not counted, by reason. */
  readonly drops: ReadonlyMap<string, number>;
  /** Names that have a place, once that is known. */
  admitted: Admitted;
}

export class SpanMetricsExporter implements Exporter, SpanVisitor {
  readonly destination = DESTINATION;
  readonly signals = ['traces'] as const;
  private readonly settings: SpanMetricsSettings;
  private readonly encoder = new SpanMetricsEncoder();
  private readonly builder = new DatumBuilder();
  private readonly datums = new DatumList();
  private readonly writer: SpanDatums;
  private readonly caps: NameCaps;
  private readonly sender: MetricSender;
  private readonly tag: string;
  private requests: Taken[] = [];
  private current: { request: ExportRequest; progress: SpanProgress } | undefined;

  constructor({ settings, transport, operations, calls }: SpanMetricsOptions) {
    this.settings = settings;
    this.writer = new SpanDatums(settings, this.builder);
    this.caps = new NameCaps(operations, settings.maxOperationsPerService);
    this.sender = new MetricSender(DESTINATION, transport, calls ?? { budget: new RetryBudget() });
    this.tag = spanTag(settings);
  }

  begin(request: ExportRequest, text: string | undefined): boolean {
    const progress = parseSpanProgress(text, this.tag);
    if (progress === ALL || !this.settings.enabled) return false;
    this.current = { request, progress };
    this.encoder.start();
    return true;
  }

  resource(view: ResourceView): void {
    this.encoder.resource(view);
  }

  scope(): void {
    // Scopes do not matter to a service's operations.
  }

  span(span: SpanView): void {
    this.encoder.span(span);
  }

  end(): void {
    if (this.current === undefined) return;
    const { counts, counted, serviceless, drops } = this.encoder;
    this.requests.push({
      ...this.current,
      counts,
      counted,
      serviceless,
      drops: new Map(drops),
      admitted: [],
    });
    this.current = undefined;
  }

  abort(): void {
    this.current = undefined;
  }

  async flush(context: FlushContext): Promise<ReadonlyMap<string, ExportOutcome>> {
    const { counters } = context;
    try {
      const outcomes = new Map<string, ExportOutcome>();
      const lanes: MetricLane[] = [];
      for (const taken of this.requests) {
        const lane = await this.lane(taken, context);
        if (lane instanceof MetricLane) lanes.push(lane);
        else outcomes.set(taken.request.ingestId, lane);
      }
      await this.sender.send(lanes, context);
      for (const { ingestId, outcome } of lanes) outcomes.set(ingestId, outcome);
      for (const taken of this.requests) {
        // A request that comes again counts them then.
        if (outcomes.get(taken.request.ingestId)?.kind === 'done') countTaken(taken, counters);
      }
      return outcomes;
    } finally {
      this.requests = [];
      this.datums.cutBack(0);
    }
  }

  /** Makes the datums of a request, once it is known which names have a place. */
  private async lane(taken: Taken, { counters, now }: FlushContext): Promise<MetricLane | ExportOutcome> {
    const { request, counts, progress } = taken;
    let admitted: Admitted;
    try {
      // What is sent in part keeps the places it was begun with, whatever became free or was taken since.
      admitted =
        progress.places === undefined
          ? await this.admit(request.tenant, counts, now())
          : admittedBefore(counts, progress.places);
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      const { reason, message } = error;
      return { kind: 'retry', reason, message };
    }
    this.builder.startRequest();
    for (const [index, its] of counts.entries()) this.writer.add(its, admitted[index]!);
    const from = this.datums.count;
    this.builder.finishPart(this.datums);
    const lane = new MetricLane(
      request.ingestId,
      this.datums,
      [[from, this.datums.count]],
      progress.sent,
      laneTag(this.tag, placesText(counts, admitted)),
    );
    taken.admitted = admitted;
    const again = Math.min(progress.sentOtherwise, lane.order.length);
    counters.add(DESTINATION, 'repeated', again, 'plannedAnew');
    return lane;
  }

  /** @returns for each of the counts the names that have a place @throws RetryableError */
  private async admit(tenant: string, counts: readonly ServiceCounts[], nowMs: number): Promise<Admitted> {
    const admitted: ReadonlySet<string>[] = [];
    for (const { service, kind, names } of counts) {
      const wanted = [...names.keys()].filter((name) => name !== OTHER);
      const none: ReadonlySet<string> = new Set();
      admitted.push(
        wanted.length === 0 ? none : await this.caps.admit({ tenant, service, kind }, wanted, nowMs),
      );
    }
    return admitted;
  }
}

function countTaken({ counts, counted, serviceless, drops, admitted }: Taken, counters: Counters): void {
  counters.add(DESTINATION, 'counted', counted);
  for (const [reason, count] of drops) counters.add(DESTINATION, 'dropped', count, reason);
  for (const [index, its] of counts.entries())
    counters.add(DESTINATION, 'capped', capped(its, admitted[index]!), its.kind);
  counters.add(DESTINATION, 'capped', serviceless, 'services');
}

/** Spans whose operation or remote has no place of its own. */
function capped({ names, folded }: ServiceCounts, admitted: ReadonlySet<string>): number {
  let spans = folded;
  for (const [name, minutes] of names) {
    if (admitted.has(name) || name === OTHER) continue;
    for (const { count } of minutes.values()) spans += count;
  }
  return spans;
}
