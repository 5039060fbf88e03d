// Answers in the shapes that clients of Alertmanager's API expect: an error is a JSON text.
import type { ApiRequest, ApiResponse } from '../../api/route.ts';
import { QueryError } from './query.ts';

export function ok(value: unknown): ApiResponse {
  return { status: 200, body: JSON.stringify(value) };
}

export function badRequest(message: string): ApiResponse {
  return { status: 400, body: JSON.stringify(message) };
}

export function notFound(message: string): ApiResponse {
  return { status: 404, body: JSON.stringify(message) };
}

/** A handler whose query may be wrong, which is the caller's to mend. */
export function answerQuery(
  handle: (request: ApiRequest) => Promise<ApiResponse>,
): (request: ApiRequest) => Promise<ApiResponse> {
  return async (request) => {
    try {
      return await handle(request);
    } catch (error) {
      if (error instanceof QueryError) return badRequest(error.message);
      throw error;
    }
  };
}
