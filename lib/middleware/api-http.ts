// Around the API: the event of a Function URL or HTTP API in, its result out, and an answer to every error.
import type { MiddlewareObj, Request } from '@middy/core';
import { type ApiOutcome, apiFailureOutcome } from '../api/handle.ts';
import { type ApiEvent, type RawRequest, requestFromApiEvent } from '../api/lambda-event.ts';
import { deadlineOf } from './deadline.ts';
import { emfCounters } from './emf-counters.ts';
import { failureLog } from './failure-log.ts';

export interface ApiHttpOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Outermost: what runs inside sees a RawRequest as event and an ApiOutcome as response. */
export function apiHttp(options: ApiHttpOptions): MiddlewareObj {
  const answer = (request: Request) => {
    request.response = (request.response as ApiOutcome).result;
  };
  return {
    before: (request) => {
      const now = options.now();
      request.event = requestFromApiEvent(request.event as ApiEvent, now, deadlineOf(request.context, now));
    },
    after: answer,
    onError: answer,
  };
}

/** Innermost: whatever is thrown becomes an answer. */
export function answerApiErrors(): MiddlewareObj {
  return {
    onError: (request) => {
      request.response = apiFailureOutcome(request.event as RawRequest, request.error);
    },
  };
}

/** All that is around the API, from outside in. @param write for log lines and counters @param now epoch milliseconds */
export function apiMiddlewares(write: (text: string) => void, now: () => number): MiddlewareObj[] {
  return [
    apiHttp({ now }),
    failureLog({ write }) as MiddlewareObj,
    emfCounters({ receiver: 'api', write, now }) as MiddlewareObj,
    answerApiErrors(),
  ];
}
