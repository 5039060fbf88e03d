// CloudWatch Logs as a destination: takes log requests of a batch, then sends them call by call.
// PutLogEvents is not idempotent: after each call the progress of its requests is noted before the next one starts,
// so a kill can repeat no more than the one call that was in flight.
import { RetryBudget } from '../../aws/retry.ts';
import type { AwsTransport } from '../../aws/transport.ts';
import { RetryableError } from '../../model/errors.ts';
import type { LogRecordView } from '../../telemetry/log-record-view.ts';
import type { ResourceView } from '../../telemetry/resource-view.ts';
import type { ScopeView } from '../../telemetry/scope-view.ts';
import type { LogVisitor } from '../../telemetry/walk.ts';
import type { Exporter, ExportOutcome, ExportRequest, FlushContext } from '../exporter.ts';
import { CallBody } from './call-body.ts';
import { LogEventEncoder, PASS_BYTES, type TakenRecords } from './encode.ts';
import { MAX_AGE_MS, MAX_FUTURE_MS } from './limits.ts';
import { LogTargets } from './log-targets.ts';
import { type CallOptions, LogsApi } from './logs-api.ts';
import { acceptable, type Chunk, join, mergeChunks, planChunks, ranks } from './plan.ts';
import type { LogGroupStore } from './ports.ts';
import { ALL, type LogProgress, parseProgress } from './progress.ts';
import { RequestLane } from './request-lane.ts';
import { LogSender } from './send.ts';
import type { LogsSettings } from './settings.ts';

const DESTINATION = 'cloudwatch-logs';
const DAY_MS = 86_400_000;

/** A call that has less time than this is not started. */
const MIN_CALL_MS = 1_000;

export interface CloudWatchLogsOptions {
  readonly settings: LogsSettings;
  readonly transport: AwsTransport;
  readonly groups: LogGroupStore;
  readonly calls?: CallOptions;
  /** See PASS_BYTES. */
  readonly passBytes?: number;
}

interface Taken {
  readonly ingestId: string;
  readonly progress: LogProgress;
  readonly records: TakenRecords;
}

export class CloudWatchLogsExporter implements Exporter, LogVisitor {
  readonly destination = DESTINATION;
  readonly signals = ['logs'] as const;
  private readonly encoder: LogEventEncoder;
  private readonly body = new CallBody();
  private readonly targets: LogTargets;
  private readonly sender: LogSender;
  private readonly maxAgeMs: number;
  private requests: Taken[] = [];
  private current: { ingestId: string; progress: LogProgress } | undefined;

  constructor({ settings, transport, groups, calls, passBytes = PASS_BYTES }: CloudWatchLogsOptions) {
    this.encoder = new LogEventEncoder(settings, passBytes);
    const api = new LogsApi(transport, calls ?? { budget: new RetryBudget() });
    this.targets = new LogTargets(api, groups, settings);
    this.sender = new LogSender(api, this.targets);
    this.maxAgeMs = Math.min(MAX_AGE_MS, settings.retentionDays * DAY_MS);
  }

  begin(request: ExportRequest, text: string | undefined): boolean {
    const progress = parseProgress(text);
    if (progress === ALL) return false;
    this.current = { ingestId: request.ingestId, progress };
    this.encoder.begin(request, progress.next, progress.window?.end);
    return true;
  }

  resource(resource: ResourceView): void {
    this.encoder.resource(resource);
  }

  scope(scope: ScopeView): void {
    this.encoder.scope(scope);
  }

  logRecord(record: LogRecordView): void {
    this.encoder.logRecord(record);
  }

  end(): void {
    if (this.current === undefined) return;
    this.requests.push({ ...this.current, records: this.encoder.end() });
    this.current = undefined;
  }

  abort(): void {
    if (this.current === undefined) return;
    this.encoder.abort();
    this.current = undefined;
  }

  async flush(context: FlushContext): Promise<ReadonlyMap<string, ExportOutcome>> {
    const { events, streams } = this.encoder;
    const lanes = this.requests.map(({ ingestId, progress, records }) => {
      const chunks = planChunks(events, streams, records.firstEvent, records.endEvent);
      const lane = new RequestLane(ingestId, records, chunks, progress);
      const count = records.endEvent - records.firstEvent;
      if (lane.repeats) context.counters.add(DESTINATION, 'repeated', count, 'plannedAnew');
      return lane;
    });
    try {
      await this.sendAll(lanes, context);
      const rest = lanes.filter((lane) => lane.mustNote);
      if (rest.length > 0)
        await note(
          rest.map((lane) => ({ lane, events: 0 })),
          context,
        );
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      const { reason, message, retryAfterMs } = error;
      const outcome = {
        kind: 'retry' as const,
        reason,
        message,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      };
      for (const lane of lanes) if (lane.head !== undefined || lane.mustNote) lane.stop(outcome);
    } finally {
      this.requests = [];
      this.encoder.clear();
    }
    return new Map(lanes.map((lane) => [lane.ingestId, lane.outcome]));
  }

  /** Stream by stream, in the order of names: each request's chunks come in their own order, shared calls or not. */
  private async sendAll(lanes: readonly RequestLane[], context: FlushContext): Promise<void> {
    if (lanes.every((lane) => lane.head === undefined)) return;
    await this.targets.repair(context);
    const rank = ranks(this.encoder.streams);
    for (;;) {
      const heads = lanes.flatMap((lane) => (lane.head === undefined ? [] : [{ lane, chunk: lane.head }]));
      if (heads.length === 0) return;
      if (context.now() + MIN_CALL_MS > context.deadlineMs) {
        const message = 'no time was left for another call';
        for (const { lane } of heads) lane.stop({ kind: 'retry', reason: 'outOfTime', message });
        return;
      }
      const place = Math.min(...heads.map(({ chunk }) => rank[chunk.stream] as number));
      await this.sendTogether(fitting(heads.filter(({ chunk }) => rank[chunk.stream] === place)), context);
    }
  }

  /** One call for the heads of some requests, all of one stream. */
  private async sendTogether(
    parts: readonly { lane: RequestLane; chunk: Chunk }[],
    context: FlushContext,
  ): Promise<void> {
    const { encoder } = this;
    const { counters, now } = context;
    const wanted = encoder.streams[parts[0]!.chunk.stream]!;
    const merged = mergeChunks(
      encoder.events,
      parts.map(({ chunk }) => chunk),
    );
    const span = acceptable(encoder.events, merged, now() - this.maxAgeMs, now() + MAX_FUTURE_MS);
    if (span.events.length > 0) {
      try {
        await this.sender.send(
          wanted,
          span.events,
          (target, numbers) => this.body.write(target, encoder, numbers),
          context,
        );
      } catch (error) {
        if (error instanceof RetryableError) {
          if (error.reason === 'timeout')
            counters.add(DESTINATION, 'repeated', span.events.length, 'timeout');
          throw error;
        }
        for (const { lane } of parts) lane.refuse((error as Error).message);
        return;
      }
    }
    counters.add(DESTINATION, 'dropped', span.tooOld, 'tooOld');
    counters.add(DESTINATION, 'dropped', span.tooNew, 'tooNew');
    for (const { lane } of parts) lane.advance();
    if (span.events.length > 0) {
      await note(
        parts.map(({ lane, chunk }) => ({ lane, events: chunk.events.length })),
        context,
      );
    }
  }
}

/** As many as fit into one call; at least the first. */
function fitting(heads: readonly { lane: RequestLane; chunk: Chunk }[]) {
  const parts = [heads[0]!];
  let load = loadOf(heads[0]!.chunk);
  for (const head of heads.slice(1)) {
    const joined = join(load, loadOf(head.chunk));
    if (joined === undefined) continue;
    load = joined;
    parts.push(head);
  }
  return parts;
}

function loadOf({ bytes, events, firstMs, lastMs }: Chunk) {
  return { bytes, count: events.length, firstMs, lastMs };
}

/** Notes what a call has done. What cannot be noted, or was noted by another instance, may be repeated: counted. */
async function note(
  parts: readonly { lane: RequestLane; events: number }[],
  { counters, saveProgress }: FlushContext,
): Promise<void> {
  const entries = parts.map(({ lane }) => ({ ingestId: lane.ingestId, progress: lane.progress }));
  let lost: ReadonlySet<string> | undefined;
  try {
    lost = await saveProgress(DESTINATION, entries);
  } catch (error) {
    const { message } = error as Error;
    for (const { lane, events } of parts) {
      counters.add(DESTINATION, 'repeated', events, 'progressNotSaved');
      lane.stop({ kind: 'retry', reason: 'unavailable', message });
    }
    throw error;
  }
  for (const { lane, events } of parts) {
    lane.noted();
    if (!lost?.has(lane.ingestId)) continue;
    counters.add(DESTINATION, 'repeated', events, 'conflict');
    lane.stop({
      kind: 'retry',
      reason: 'conflict',
      message: 'another delivery of the request is being exported',
    });
  }
}
