// Logs what went wrong on our side as one JSON line: the error and its causes, never the event or its payload.
import type { MiddlewareObj } from '@middy/core';

export interface Failing {
  readonly failure?: unknown;
}

export interface FailureLogOptions {
  readonly write: (text: string) => void;
}

/** Causes that are followed; an error may be its own. */
const MAX_CAUSES = 5;

/** Logs the failure that an outcome names, or the error that a handler threw. */
export function failureLog(options: FailureLogOptions): MiddlewareObj<unknown, Failing> {
  return {
    after: ({ response, context }) => {
      if (response?.failure !== undefined) options.write(logLine(response.failure, context.awsRequestId));
    },
    onError: ({ error, context }) => {
      options.write(logLine(error, context.awsRequestId));
    },
  };
}

/** @returns one line that ends with a line break */
export function logLine(failure: unknown, requestId: string | undefined): string {
  const errors: object[] = [];
  let next = failure;
  while (next !== undefined && next !== null && errors.length < MAX_CAUSES) {
    errors.push(describe(next));
    next = next instanceof Error ? next.cause : undefined;
  }
  return `${JSON.stringify({ level: 'error', requestId, errors })}\n`;
}

function describe(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const reason = 'reason' in error ? error.reason : undefined;
  const code = 'code' in error ? error.code : undefined;
  return {
    name,
    reason,
    code,
    message,
    stack: stack
      ?.split('\n')
      .slice(1, 8)
      .map((line) => line.trim()),
  };
}
