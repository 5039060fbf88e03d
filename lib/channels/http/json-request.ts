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
    body: wellFormedJson(body),
  };
}

/** Half a surrogate pair is no UTF-8, in names or in values: some receivers refuse the whole message for it. */
export function wellFormedJson(value: unknown): string {
  // JSON.stringify writes such halves, and nothing else, as an escape of this kind.
  return JSON.stringify(value).replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (text) =>
    text === '\\\\' ? text : '\\ufffd',
  );
}
