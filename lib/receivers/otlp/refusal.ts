// Every way a request can be refused, and the one table that says how HTTP and gRPC name it.
// OTLP clients send again after 429, 502, 503 and 504 only and drop after anything else, so what may pass is one of
// these and never 500. Source: OTLP 1.11.0, "Failures" and "Retryable Response Codes".
import { PermanentError, RetryableError } from '../../model/errors.ts';

/** google.rpc.Code */
const CODE = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export const REFUSALS = {
  malformed: { status: 400, code: CODE.invalidArgument },
  keyMissing: { status: 401, code: CODE.unauthenticated },
  keyInvalid: { status: 401, code: CODE.unauthenticated },
  keyRevoked: { status: 401, code: CODE.unauthenticated },
  scopeMissing: { status: 403, code: CODE.permissionDenied },
  unknownPath: { status: 404, code: CODE.unimplemented },
  wrongMethod: { status: 405, code: CODE.unimplemented },
  bodyTooLarge: { status: 413, code: CODE.resourceExhausted },
  contentTooLarge: { status: 413, code: CODE.resourceExhausted },
  contentType: { status: 415, code: CODE.invalidArgument },
  contentEncoding: { status: 415, code: CODE.invalidArgument },
  throttled: { status: 429, code: CODE.resourceExhausted },
  unavailable: { status: 503, code: CODE.unavailable },
  timeout: { status: 503, code: CODE.deadlineExceeded },
  internal: { status: 503, code: CODE.internal },
} as const;

export type RefusalReason = keyof typeof REFUSALS;

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** A sentence for the sender: what, got, allowed. */
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Set where sending again may help. */
  readonly retryAfterSeconds?: number;
  /** What went wrong on our side. */
  readonly failure?: unknown;
}

export function refuse(
  reason: RefusalReason,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return { kind: 'refused', reason, message, headers };
}

/** Short: exporters give up when they would have to wait longer than the rest of their own time-out of 10 s. */
const DEFAULT_RETRY_AFTER_SECONDS = 1;
const MAX_RETRY_AFTER_SECONDS = 30;

/**
 * What a failure on our side means for the sender: always "send it again", because it was not at fault. The message
 * names no resource of ours; the failure itself is logged.
 */
export function refuseFor(failure: unknown): Refusal {
  const reason = reasonOf(failure);
  const asked = failure instanceof RetryableError ? failure.retryAfterMs : undefined;
  const seconds = asked === undefined ? DEFAULT_RETRY_AFTER_SECONDS : Math.ceil(asked / 1_000);
  return {
    kind: 'refused',
    reason,
    message: `the request was not stored (${reason}); send it again`,
    retryAfterSeconds: Math.min(Math.max(seconds, 1), MAX_RETRY_AFTER_SECONDS),
    failure,
  };
}

function reasonOf(failure: unknown): RefusalReason {
  if (failure instanceof RetryableError) {
    if (failure.reason === 'throttled' || failure.reason === 'timeout') return failure.reason;
    return 'unavailable';
  }
  return failure instanceof PermanentError ? 'unavailable' : 'internal';
}
