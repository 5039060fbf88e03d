// The result of a batch with plain counts, as the middleware of SQS batches wants it.
import { type Counted, emfLines } from './emf-counters.ts';
import type { SqsOutcome } from './sqs-batch.ts';

export interface CountedBatch extends Pick<Counted, 'counts'> {
  readonly failedMessageIds: readonly string[];
  readonly log: readonly string[];
}

/** @param receiver who counts; the value of the dimension `Receiver` */
export function batchOutcome(receiver: string, { failedMessageIds, log, counts }: CountedBatch): SqsOutcome {
  const toEmf = (nowMs: number) => emfLines(receiver, { counts, facts: {} }, nowMs);
  return { failedMessageIds, log, counters: { toEmf } };
}
