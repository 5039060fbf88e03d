// How long a function may work: it answers by itself before Lambda would end it without an answer.
import { RetryableError } from '../model/errors.ts';

/** Time kept back for the answer. */
export const DEADLINE_MARGIN_MS = 2_000;

/**
 * When the answer must be ready.
 * @returns epoch milliseconds
 */
export function deadlineOf(context: { getRemainingTimeInMillis?: () => number }, nowMs: number): number {
  const remainingMs = context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(remainingMs)
    ? nowMs + Math.max(0, remainingMs - DEADLINE_MARGIN_MS)
    : nowMs + 60_000;
}

/** Options for middy: when the handler is not done by the deadline, it counts as failed. */
export const endAtDeadline = {
  timeoutEarlyInMillis: DEADLINE_MARGIN_MS,
  timeoutEarlyResponse(): never {
    throw new RetryableError('timeout', `not done ${DEADLINE_MARGIN_MS} ms before the function's time-out`);
  },
};
