// The two error families of the project: try again, or do not. Callers switch on `reason`, never on text.

/** Why something may succeed when tried again. */
export type RetryableReason =
  | 'throttled' // the service asked us to slow down; never ends in a dead-letter queue
  | 'unavailable' // 5xx, connection refused or reset
  | 'timeout' // no answer in time; the call may have taken effect
  | 'conflict' // a conditional write lost against another instance
  | 'credentials'; // expired or not yet there

/** Why something will never succeed as it is. */
export type PermanentReason =
  | 'malformed' // bytes that are not what they claim to be
  | 'tooLarge' // above a published limit
  | 'rejected' // the service refused the content
  | 'denied' // the service refused us
  | 'notFound'
  | 'invalidConfig'
  | 'wrongUsage';

/** Failed for now: the same call may succeed later. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  readonly reason: RetryableReason;
  /** How long the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: RetryableReason,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Failed for good: the same input fails again. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
  readonly reason: PermanentReason;

  constructor(reason: PermanentReason, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
  }
}

/** Bytes that break the format they claim to have. `offset` counts from the start of the decompressed body. */
export class MalformedError extends PermanentError {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super('malformed', `${message} at byte ${offset}`);
    this.offset = offset;
  }
}
