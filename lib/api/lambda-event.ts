// Lambda's side of the API. A Function URL and an HTTP API (payload format 2.0) hand over the same event.
// Source: docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html, "Request and response payloads"

/** The parts of the event that are read. */
export interface ApiEvent {
  readonly rawPath?: string;
  readonly rawQueryString?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly requestContext?: {
    readonly domainName?: string;
    readonly http?: { readonly method?: string };
  };
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

export interface ApiResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** A request as it came in, before a route is found for it. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Without a slash at its end, without a prefix. */
  readonly origin: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Epoch milliseconds by which the answer must be ready. */
  readonly deadlineMs: number;
}

/** @param now epoch milliseconds @param deadlineMs epoch milliseconds by which the answer must be ready */
export function requestFromApiEvent(event: ApiEvent, now: number, deadlineMs: number): RawRequest {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  return {
    method: (event.requestContext?.http?.method ?? '').toUpperCase(),
    path: event.rawPath ?? '/',
    query: new URLSearchParams(event.rawQueryString ?? ''),
    headers,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded === true ? 'base64' : 'utf8'),
    origin: `https://${event.requestContext?.domainName ?? 'localhost'}`,
    now,
    deadlineMs,
  };
}
