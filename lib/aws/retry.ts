// Repeats a call to AWS: full jitter, a token budget shared by the calls of a function, and never past a deadline.
// Source of the scheme: aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter
import { RetryableError, type RetryableReason } from '../model/errors.ts';
import { errorName, retryAfter } from './classify-answer.ts';
import type { AwsAnswer, AwsCall, AwsTransport } from './transport.ts';

/** Tells an answer that is worth repeating from one that is final (a success, or a refusal the caller reads). */
export type Classifier = (answer: AwsAnswer) => RetryableReason | undefined;

export interface RetryOptions {
  readonly budget: RetryBudget;
  readonly classify: Classifier;
  /** Epoch milliseconds; no attempt starts whose wait would end after it, and attempts are shortened to end by it. */
  readonly deadlineMs: number;
  /** Attempts at most, the first one included. Default 5. */
  readonly maxAttempts?: number;
  /** False where a call that brought no answer must not be sent again, because it may have taken effect. Default true. */
  readonly repeatAfterTimeout?: boolean;
  /** Called before each repetition. */
  readonly onRetry?: (reason: RetryableReason) => void;
  readonly now?: () => number;
  /** 0..1, 1 excluded. */
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

const DEFAULT_ATTEMPTS = 5;
const BASE_DELAY_MS = 50;
/** A throttled service needs a longer pause than a lost connection. */
const THROTTLED_BASE_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;
/** Shorter attempts than this have no chance to be answered. */
const MIN_ATTEMPT_MS = 50;

/**
 * Tokens that retries take and successes give back, so that a failing service is not called many times as often as a
 * healthy one. Throttling costs more than a lost connection, because more calls make it worse.
 */
export class RetryBudget {
  readonly #capacity: number;
  #tokens: number;

  /** @param capacity tokens at the start and at most; a retry takes 5, after throttling 10, a success returns 1 */
  constructor(capacity = 500) {
    this.#capacity = capacity;
    this.#tokens = capacity;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Takes the price of one retry; false when the budget does not cover it. */
  take(reason: RetryableReason): boolean {
    const price = reason === 'throttled' ? 10 : 5;
    if (this.#tokens < price) return false;
    this.#tokens -= price;
    return true;
  }

  giveBack(): void {
    if (this.#tokens < this.#capacity) this.#tokens += 1;
  }
}

/**
 * Sends a call until its answer is final.
 * @returns the final answer, which may be a refusal
 * @throws RetryableError with the last reason when attempts, budget or time are used up; `retryAfterMs` is what the
 *   service asked for. PermanentError passes through.
 */
export async function callWithRetry(
  transport: AwsTransport,
  call: AwsCall,
  options: RetryOptions,
): Promise<AwsAnswer> {
  const { budget, classify, deadlineMs, maxAttempts = DEFAULT_ATTEMPTS, repeatAfterTimeout = true } = options;
  const { now = Date.now, random = Math.random, sleep = pause } = options;
  for (let attempt = 1; ; attempt++) {
    const outcome = await once(transport, call, classify, deadlineMs, now);
    if (!(outcome instanceof RetryableError)) {
      budget.giveBack();
      return outcome;
    }
    const { reason, retryAfterMs } = outcome;
    if (attempt >= maxAttempts || (reason === 'timeout' && !repeatAfterTimeout)) throw outcome;
    const base = reason === 'throttled' ? THROTTLED_BASE_DELAY_MS : BASE_DELAY_MS;
    const ceiling = Math.min(MAX_DELAY_MS, base * 2 ** (attempt - 1));
    const delayMs = Math.max(retryAfterMs ?? 0, Math.floor(random() * ceiling));
    if (now() + delayMs + MIN_ATTEMPT_MS > deadlineMs || !budget.take(reason)) throw outcome;
    options.onRetry?.(reason);
    await sleep(delayMs);
  }
}

async function once(
  transport: AwsTransport,
  call: AwsCall,
  classify: Classifier,
  deadlineMs: number,
  now: () => number,
): Promise<AwsAnswer | RetryableError> {
  const timeoutMs = Math.min(call.timeoutMs, deadlineMs - now());
  if (timeoutMs < MIN_ATTEMPT_MS)
    return new RetryableError('unavailable', `no time left to call ${call.service}`);
  try {
    const answer = await transport.call(timeoutMs === call.timeoutMs ? call : { ...call, timeoutMs });
    const reason = classify(answer);
    if (reason === undefined) return answer;
    const message = `${call.service} answered ${answer.status}: ${errorName(answer) ?? reason}`;
    return new RetryableError(reason, message, { retryAfterMs: retryAfter(answer, now()) });
  } catch (error) {
    if (error instanceof RetryableError) return error;
    throw error;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
