// Every answer of the API that is no success and that no route gives: one table of statuses, and a body that says
// what is wrong, where, and what to do next.
import { PermanentError, RetryableError } from '../model/errors.ts';
import type { ApiResponse } from './route.ts';

export type ApiRefusalReason =
  | 'keyMissing'
  | 'keyInvalid'
  | 'keyRevoked'
  | 'scopeMissing'
  | 'unknownPath'
  | 'badMethod'
  | 'bodyTooLarge'
  | 'badEncoding'
  | 'answerTooLarge'
  | 'notCompressed'
  | 'unavailable'
  | 'internal';

export const API_STATUS: Readonly<Record<ApiRefusalReason, number>> = {
  keyMissing: 401,
  keyInvalid: 401,
  keyRevoked: 401,
  scopeMissing: 403,
  unknownPath: 404,
  badMethod: 405,
  bodyTooLarge: 413,
  badEncoding: 415,
  answerTooLarge: 413,
  notCompressed: 406,
  unavailable: 503,
  internal: 500,
};

export interface ApiRefusal {
  readonly kind: 'refused';
  readonly reason: ApiRefusalReason;
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly next: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What went wrong on our side. */
  readonly failure?: unknown;
}

export function refuseApi(
  reason: ApiRefusalReason,
  message: string,
  next: string,
  headers: Readonly<Record<string, string>> = {},
): ApiRefusal {
  return { kind: 'refused', reason, message, next, headers };
}

/** Seconds after which a request that failed for now is worth sending again. */
const RETRY_AFTER_SECONDS = 5;

/** What is thrown on the way to an answer: for now, or a fault of ours; never told in detail to the caller. */
export function refusalForFailure(failure: unknown): ApiRefusal {
  if (failure instanceof RetryableError) {
    const seconds = Math.max(RETRY_AFTER_SECONDS, Math.ceil((failure.retryAfterMs ?? 0) / 1_000));
    return {
      ...refuseApi(
        'unavailable',
        `not possible at the moment (${failure.reason})`,
        'send the request again',
        {
          'retry-after': String(seconds),
        },
      ),
      failure,
    };
  }
  const reason = failure instanceof PermanentError ? ` (${failure.reason})` : '';
  return {
    ...refuseApi('internal', `the API failed${reason}`, 'the log of the function `api` says why'),
    failure,
  };
}

/** @param where method and path of the request */
export function refusalResponse({ reason, message, next, headers }: ApiRefusal, where: string): ApiResponse {
  return {
    status: API_STATUS[reason],
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ error: message, reason, at: where, next }),
  };
}
