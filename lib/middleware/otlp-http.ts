// Around the OTLP receiver: the event of a Function URL or HTTP API in, its result out, and an answer to every error.
import type { MiddlewareObj, Request } from '@middy/core';
import { failureOutcome } from '../receivers/otlp/handle.ts';
import { requestFromEvent, resultFromResponse } from '../receivers/otlp/lambda-event.ts';
import type { OtlpOutcome, OtlpRequest } from '../receivers/otlp/request.ts';
import { deadlineOf } from './deadline.ts';

export interface OtlpHttpOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Outermost: what runs inside sees an OtlpRequest as event and an OtlpOutcome as response. */
export function otlpHttp(options: OtlpHttpOptions): MiddlewareObj {
  const answer = (request: Request) => {
    request.response = resultFromResponse((request.response as OtlpOutcome).response);
  };
  return {
    before: (request) => {
      request.event = requestFromEvent(request.event as object, deadlineOf(request.context, options.now()));
    },
    after: answer,
    onError: answer,
  };
}

/** Innermost: whatever is thrown becomes 503, because a client drops its data after a 500. */
export function answerErrors(): MiddlewareObj {
  return {
    onError: (request) => {
      request.response = failureOutcome(request.event as OtlpRequest, request.error);
    },
  };
}
