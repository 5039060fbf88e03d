// Between an SQS event source and a function that works on a batch: deliveries in, a partial batch response out.
import type { MiddlewareObj } from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

export interface SqsDelivery {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often the queue has delivered it, this time included. */
  readonly receiveCount: number;
}

/** What the handler gets. */
export interface SqsBatch {
  readonly records: readonly SqsDelivery[];
  /** Epoch milliseconds by which the work must be done. */
  readonly deadlineMs: number;
}

/** What the handler returns. */
export interface SqsOutcome {
  readonly failedMessageIds: readonly string[];
  /** Sentences for the function's log. */
  readonly log: readonly string[];
  readonly counters: { toEmf(nowMs: number): string };
}

export interface SqsBatchOptions {
  /** Kept back from the function's time-out for what follows the work. */
  readonly reserveMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly write: (text: string) => void;
}

/** Reads the event, and answers with the messages that the queue must deliver again; writes log and counters. */
export function sqsBatch({ reserveMs, now, write }: SqsBatchOptions): MiddlewareObj {
  return {
    before: (request) => {
      const deadlineMs = now() + request.context.getRemainingTimeInMillis() - reserveMs;
      request.event = { records: (request.event as SQSEvent).Records.map(delivery), deadlineMs };
    },
    after: (request) => {
      const { failedMessageIds, log, counters } = request.response as SqsOutcome;
      for (const message of log) write(`${JSON.stringify({ level: 'warn', message })}\n`);
      write(counters.toEmf(now()));
      const response: SQSBatchResponse = {
        batchItemFailures: failedMessageIds.map((itemIdentifier) => ({ itemIdentifier })),
      };
      request.response = response;
    },
  };
}

function delivery({ messageId, receiptHandle, body, attributes }: SQSEvent['Records'][number]): SqsDelivery {
  return { messageId, receiptHandle, body, receiveCount: Number(attributes.ApproximateReceiveCount) };
}
