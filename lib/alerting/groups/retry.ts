// How a failed delivery goes on inside one flush.

/** What came of an attempt: delivered, try again soon, or give up until the next tick. */
export type DeliveryOutcome = 'delivered' | 'retry' | 'failed';

/** Exponential back-off of Alertmanager (cenkalti/backoff defaults, here without its ±50 % of jitter). */
const FIRST_RETRY_MS = 500;
const RETRY_FACTOR = 1.5;
const MAX_RETRY_MS = 60_000;
/** A flush may take at least this long, however short the group interval. */
const MIN_FLUSH_MS = 10_000;

/** Wait before the attempt after this one. @param attempt counts from 1 */
export function retryDelayMs(attempt: number): number {
  return Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * RETRY_FACTOR ** (attempt - 1));
}

/** How long a flush may go on trying. */
export function flushTimeoutMs(groupIntervalMs: number): number {
  return Math.max(groupIntervalMs, MIN_FLUSH_MS);
}

/** 5xx is tried again; 429 only by integrations that say so; whatever else is no 2xx waits for the next tick. */
export function outcomeOfStatus(status: number, retries429: boolean): DeliveryOutcome {
  if (status >= 200 && status < 300) return 'delivered';
  return status >= 500 || (status === 429 && retries429) ? 'retry' : 'failed';
}
