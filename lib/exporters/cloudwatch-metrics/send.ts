// Sends datums of a batch with PutMetricData, call by call. The call is not idempotent: after each one the progress of
// its requests is noted before the next one starts, so a kill can repeat no more than the one that was in flight.
import { callWithRetry, type RetryBudget } from '../../aws/retry.ts';
import type { AwsTransport } from '../../aws/transport.ts';
import { PermanentError, RetryableError } from '../../model/errors.ts';
import { gzip } from '../../wire/compression.ts';
import type { Destination, ExportOutcome, FlushContext } from '../exporter.ts';
import { retryReason, verdictOf } from './classify.ts';
import { MIN_GZIP_BYTES } from './limits.ts';
import type { MetricLane } from './metric-lane.ts';
import { type CallEntry, nextCall, PutBodies } from './put-call.ts';

/** Source: botocore 1.43.107, cloudwatch: targetPrefix, jsonVersion 1.0, requestCompression gzip. */
const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData',
};

/** Fast and still a tenth of the size: the text of neighbouring datums is mostly the same. */
const GZIP_LEVEL = 1;

const ATTEMPT_TIMEOUT_MS = 10_000;

/** A call that has less time than this is not started. */
const MIN_CALL_MS = 1_000;

export interface PutOptions {
  readonly budget: RetryBudget;
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** What stops every request at once. */
type Stop = Extract<ExportOutcome, { kind: 'retry' }>;

export class MetricSender {
  private readonly destination: Destination;
  private readonly transport: AwsTransport;
  private readonly options: PutOptions;
  private readonly bodies = new PutBodies();

  constructor(destination: Destination, transport: AwsTransport, options: PutOptions) {
    this.destination = destination;
    this.transport = transport;
    this.options = options;
  }

  /** Sends what the lanes have left. Each lane's outcome says what became of it. */
  async send(lanes: readonly MetricLane[], context: FlushContext): Promise<void> {
    for (;;) {
      const call = nextCall(lanes, context.now());
      if (call === undefined) return;
      if (call.entries.length > 0 && context.now() + MIN_CALL_MS > context.deadlineMs) {
        stopAll(lanes, { kind: 'retry', reason: 'outOfTime', message: 'no time was left for another call' });
        return;
      }
      const stop = await this.sendCall(call.namespace, call.entries, context);
      if (stop !== undefined) {
        stopAll(lanes, stop);
        return;
      }
      for (const [lane, end] of call.ends) {
        if (lane.outcome.kind === 'done') lane.position = end;
      }
      for (const drop of ['tooOld', 'tooNew'] as const) {
        context.counters.add(this.destination, 'dropped', call.drops[drop], drop);
      }
    }
  }

  /** One call; where something in it is refused, by halves down to the one datum, so that the rest is kept. */
  private async sendCall(
    namespace: string,
    entries: readonly CallEntry[],
    context: FlushContext,
  ): Promise<Stop | undefined> {
    const { counters, deadlineMs, now } = context;
    const parts = entries.length === 0 ? [] : [entries];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      // What another delivery works on meanwhile is left to it.
      const live = part.filter(({ lane }) => lane.outcome.kind === 'done');
      if (live.length === 0) continue;
      if (now() + MIN_CALL_MS > deadlineMs) {
        return { kind: 'retry', reason: 'outOfTime', message: 'no time was left for another call' };
      }
      let verdict: 'accepted' | 'refused';
      try {
        verdict = await this.put(namespace, live, context);
      } catch (error) {
        if (!(error instanceof RetryableError) && !(error instanceof PermanentError)) throw error;
        if (error.reason === 'timeout') counters.add(this.destination, 'repeated', pointsOf(live), 'timeout');
        return stopOf(error);
      }
      if (verdict === 'refused' && live.length > 1) {
        const middle = live.length >> 1;
        parts.push(live.slice(middle), live.slice(0, middle));
        continue;
      }
      if (verdict === 'accepted') {
        counters.add(this.destination, 'sent', pointsOf(live));
        counters.add(this.destination, 'datums', live.length);
      } else counters.add(this.destination, 'dropped', pointsOf(live), 'rejected');
      const stop = await this.note(live, context);
      if (stop !== undefined) return stop;
    }
    return undefined;
  }

  private async put(
    namespace: string,
    entries: readonly CallEntry[],
    { deadlineMs, now }: FlushContext,
  ): Promise<'accepted' | 'refused'> {
    const plain = this.bodies.write(namespace, entries);
    const packed = plain.length >= MIN_GZIP_BYTES;
    const answer = await callWithRetry(
      this.transport,
      {
        service: 'monitoring',
        method: 'POST',
        path: '/',
        headers: packed ? { ...HEADERS, 'content-encoding': 'gzip' } : HEADERS,
        body: packed ? gzip(plain, GZIP_LEVEL) : plain,
        timeoutMs: ATTEMPT_TIMEOUT_MS,
      },
      // After a time-out CloudWatch may have the datums: they are repeated once, by the next delivery, and counted.
      { ...this.options, classify: retryReason, deadlineMs, now, repeatAfterTimeout: false },
    );
    const verdict = verdictOf(answer);
    if (verdict !== 'denied') return verdict;
    const text = answer.body.toString('utf8', 0, 300);
    throw new PermanentError('denied', `CloudWatch answered ${answer.status} for ${namespace}: ${text}`);
  }

  /** Notes that these are through. What cannot be noted, or was noted by another instance, may be repeated: counted. */
  private async note(
    entries: readonly CallEntry[],
    { counters, saveProgress }: FlushContext,
  ): Promise<Stop | undefined> {
    const moved = new Map<MetricLane, number>();
    for (const { lane, place, number } of entries) {
      lane.position = place + 1;
      moved.set(lane, (moved.get(lane) ?? 0) + (lane.list.points[number] as number));
    }
    const notes = [...moved.keys()].map((lane) => ({ ingestId: lane.ingestId, progress: lane.progress }));
    let lost: ReadonlySet<string> | undefined;
    try {
      lost = await saveProgress(this.destination, notes);
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      counters.add(this.destination, 'repeated', pointsOf(entries), 'progressNotSaved');
      const stop = stopOf(error);
      for (const lane of moved.keys()) lane.stop(stop);
      return stop;
    }
    for (const [lane, points] of moved) {
      if (!lost?.has(lane.ingestId)) continue;
      counters.add(this.destination, 'repeated', points, 'conflict');
      const message = 'another delivery of the request is being exported';
      lane.stop({ kind: 'retry', reason: 'conflict', message });
    }
    return undefined;
  }
}

function stopAll(lanes: readonly MetricLane[], stop: Stop): void {
  for (const lane of lanes) if (!lane.isThrough) lane.stop(stop);
}

function stopOf(error: RetryableError | PermanentError): Stop {
  if (error instanceof PermanentError)
    return { kind: 'retry', reason: 'credentials', message: error.message };
  const { reason, message, retryAfterMs } = error;
  return { kind: 'retry', reason, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function pointsOf(entries: readonly CallEntry[]): number {
  let points = 0;
  for (const { lane, number } of entries) points += lane.list.points[number] as number;
  return points;
}
