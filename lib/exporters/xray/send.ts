// Puts finished bodies on the wire and follows every single segment until X-Ray has taken or refused it.
import { callWithRetry, type RetryBudget } from '../../aws/retry.ts';
import type { AwsAnswer, AwsTransport } from '../../aws/transport.ts';
import { RetryableError } from '../../model/errors.ts';
import type { FlushContext } from '../exporter.ts';
import { retryReason, unprocessedSegments, verdictOf } from './classify.ts';
import type { DocumentList } from './document-list.ts';
import { MAX_DOCUMENTS_PER_CALL } from './limits.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { type SendReport, SendRun } from './send-run.ts';

/** Time for the answer to one attempt. */
const ATTEMPT_TIMEOUT_MS = 10_000;
/** A call that has less time than this is not started. */
const MIN_CALL_MS = 500;
/** Calls in flight at once. */
const CONCURRENCY = 4;
/** How often segments that X-Ray left unprocessed are sent again within one flush. */
const MAX_ROUNDS = 6;
const ROUND_DELAY_MS = 100;
const MAX_ROUND_DELAY_MS = 3_000;
/** Longest pause of a worker whose call was throttled, before its next one. */
const THROTTLED_PAUSE_MS = 500;

/** How calls are repeated; clock and chance are given so that tests have theirs. */
export interface CallOptions {
  readonly budget: RetryBudget;
  /** 0..1, 1 excluded. */
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

export class SegmentSender {
  private readonly transport: AwsTransport;
  private readonly limiter: RateLimiter;
  private readonly options: CallOptions;

  constructor(transport: AwsTransport, limiter: RateLimiter, options: CallOptions) {
    this.transport = transport;
    this.limiter = limiter;
    this.options = options;
  }

  /**
   * Sends the documents of a list. Never rejects for what X-Ray says.
   * @param except documents that X-Ray has already
   */
  async send(list: DocumentList, context: FlushContext, except: ReadonlySet<number>): Promise<SendReport> {
    const run = new SendRun(list, context);
    let documents = Array.from({ length: list.count }, (_, i) => i);
    if (except.size > 0) documents = documents.filter((document) => !except.has(document));
    for (let round = 0; documents.length > 0; round++) {
      if (round > 0 && !(await this.pause(round, run))) break;
      const calls = inCalls(documents, run.single);
      run.unprocessed = [];
      const worker = async () => {
        for (let call = calls.shift(); call !== undefined; call = calls.shift())
          await this.one(call, calls, run);
      };
      await Promise.all(Array.from({ length: Math.min(CONCURRENCY, calls.length) }, worker));
      documents = round < MAX_ROUNDS ? run.unprocessed.sort((a, b) => a - b) : [];
    }
    return run;
  }

  /** One call; what it leaves unprocessed comes into the next round. */
  private async one(documents: number[], calls: number[][], run: SendRun): Promise<void> {
    const { context } = run;
    if (run.stopped !== undefined) return run.fail(documents, run.stopped);
    const waitMs = this.limiter.take(documents.length, context.now());
    if (context.now() + waitMs + MIN_CALL_MS > context.deadlineMs) {
      this.limiter.giveBack(documents.length);
      return run.fail(documents, {
        kind: 'retry',
        reason: 'outOfTime',
        message: 'no time was left for another call',
      });
    }
    if (waitMs > 0) await this.sleep(waitMs);
    try {
      const answer = await this.put(run.list.body(documents), run);
      switch (verdictOf(answer)) {
        case 'accepted':
          return run.accept(documents, unprocessedSegments(answer));
        case 'refused':
          return run.refuse(documents, calls, textOf(answer));
        case 'denied':
          return run.stop(documents, { kind: 'retry', reason: 'credentials', message: textOf(answer) });
      }
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      const { reason, message, retryAfterMs } = error;
      const outcome = {
        kind: 'retry' as const,
        reason,
        message,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      };
      switch (reason) {
        case 'throttled':
          run.throttled(documents, outcome);
          if (run.stopped === undefined) await this.pauseThrottled(context);
          return;
        case 'credentials':
          // It does not know us: it will not know the next call either.
          return run.stop(documents, outcome);
        default:
          return run.fail(documents, outcome);
      }
    }
  }

  private async pauseThrottled({ now, deadlineMs }: FlushContext): Promise<void> {
    const { random = Math.random } = this.options;
    const waitMs = Math.ceil(THROTTLED_PAUSE_MS * (0.5 + random() / 2));
    if (now() + waitMs + MIN_CALL_MS <= deadlineMs) await this.sleep(waitMs);
  }

  private put(body: Buffer, run: SendRun): Promise<AwsAnswer> {
    const { deadlineMs, now } = run.context;
    const call = {
      service: 'xray',
      method: 'POST',
      path: '/TraceSegments',
      headers: { 'content-type': 'application/json' },
      body,
      timeoutMs: ATTEMPT_TIMEOUT_MS,
    } as const;
    return callWithRetry(this.transport, call, {
      ...this.options,
      classify: retryReason,
      deadlineMs,
      now,
      onRetry: (reason) => {
        if (reason === 'throttled') run.throttledInARow++;
      },
    });
  }

  /** Waits before a further round. @returns false when there is no time for it */
  private async pause(round: number, run: SendRun): Promise<boolean> {
    const { random = Math.random } = this.options;
    const { now, deadlineMs } = run.context;
    const ceiling = Math.min(MAX_ROUND_DELAY_MS, ROUND_DELAY_MS * 2 ** round);
    const waitMs = Math.ceil(ceiling * (0.5 + random() / 2));
    if (now() + waitMs + MIN_CALL_MS > deadlineMs) return false;
    await this.sleep(waitMs);
    return true;
  }

  private sleep(milliseconds: number): Promise<void> {
    const { sleep = (ms) => new Promise<void>((resolve) => setTimeout(resolve, ms)) } = this.options;
    return sleep(milliseconds);
  }
}

/** Splits documents into calls; those in `single` go alone. */
function inCalls(documents: readonly number[], single: ReadonlySet<number>): number[][] {
  const together = documents.filter((document) => !single.has(document));
  const calls = documents.filter((document) => single.has(document)).map((document) => [document]);
  for (let i = 0; i < together.length; i += MAX_DOCUMENTS_PER_CALL) {
    calls.push(together.slice(i, i + MAX_DOCUMENTS_PER_CALL));
  }
  return calls;
}

function textOf(answer: AwsAnswer): string {
  return `X-Ray answered ${answer.status}: ${answer.body.toString('utf8', 0, 300)}`;
}
