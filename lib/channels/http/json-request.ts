// A POST of JSON, as most receivers take it.
import type { HttpRequest } from '../ports.ts';

/** A request that is complete but for its time limit. */
export type Request = Omit<HttpRequest, 'timeoutMs'>;

/** @param headers lower-case names */
export function jsonRequest(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  method: HttpRequest['method'] = 'POST',
): Request {
  return {
    method,
    url,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    // Half a surrogate pair is no UTF-8; some receivers refuse the whole message for it.
    body: JSON.stringify(body, (_, value) => (typeof value === 'string' ? value.toWellFormed() : value)),
  };
}
