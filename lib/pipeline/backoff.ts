// How long a message that could not be exported completely stays hidden before the queue delivers it again.
import type { ExportOutcome } from '../exporters/exporter.ts';

/** A destination's reasons, and the pipeline's own: the body could not be found. */
export type RetryReason = Extract<ExportOutcome, { kind: 'retry' }>['reason'] | 'bodyMissing';

/** First wait by reason, seconds; doubled with each delivery. */
const FIRST_WAIT_SECONDS: Record<RetryReason, number> = {
  throttled: 15,
  unavailable: 10,
  timeout: 10,
  conflict: 20, // the other instance has it; look again when it is through
  credentials: 20,
  outOfTime: 1,
  bodyMissing: 5,
};

/**
 * Longest wait of our own. 14 days of retention in steps of half an hour are 672 deliveries, below the queue's limit
 * of 1,000: a message never lands in the dead-letter queue because of throttling.
 */
export const MAX_BACKOFF_SECONDS = 1_800;

/** SQS hides a message for at most 12 hours from its delivery; the time already spent is kept free. */
export const MAX_HIDDEN_SECONDS = 12 * 3_600 - 900;

/**
 * Exponential by delivery, with the upper half random so that messages throttled together do not return together.
 * @param receiveCount >= 1
 * @param retryAfterMs what the destination asked for; obeyed up to MAX_HIDDEN_SECONDS
 * @param random 0..1
 * @returns whole seconds, 1..MAX_HIDDEN_SECONDS
 */
export function backoffSeconds(
  reason: RetryReason,
  receiveCount: number,
  retryAfterMs: number | undefined,
  random: number,
): number {
  const doublings = Math.min(Math.max(receiveCount - 1, 0), 20);
  const ceiling = Math.min(MAX_BACKOFF_SECONDS, FIRST_WAIT_SECONDS[reason] * 2 ** doublings);
  const wait = Math.ceil(ceiling / 2 + (ceiling / 2) * random);
  const asked = Math.ceil((retryAfterMs ?? 0) / 1_000);
  return Math.min(MAX_HIDDEN_SECONDS, Math.max(1, wait, asked));
}
