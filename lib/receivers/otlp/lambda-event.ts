// Lambda's side of OTLP/HTTP. A Function URL and an HTTP API (payload format 2.0) hand over the same event.
// Source: docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html, "Request and response payloads"
import type { OtlpRequest, OtlpResponse } from './request.ts';

/** The parts of the event that are read. */
export interface HttpEvent {
  readonly rawPath?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly requestContext?: { readonly http?: { readonly method?: string } };
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** First characters of gzip and zstd when each byte became one character. */
const GZIP_LATIN1 = '\u001f\u008b';
const ZSTD_LATIN1 = '\u0028\u00b5\u002f\u00fd';

/** @param deadlineMs epoch milliseconds by which the answer must be ready */
export function requestFromEvent(event: HttpEvent, deadlineMs: number): OtlpRequest {
  return {
    method: event.requestContext?.http?.method ?? '',
    path: event.rawPath ?? '',
    headers: lowerCase(event.headers ?? {}),
    body: bytesOf(event.body ?? '', event.isBase64Encoded === true),
    deadlineMs,
  };
}

export function resultFromResponse({ status, headers, body }: OtlpResponse): HttpResult {
  const binary = body.length > 0 && headers['content-type'] !== 'application/json';
  return {
    statusCode: status,
    headers,
    body: body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary,
  };
}

/**
 * A compressed body whose type says that it is text may come as text: with one character a byte it is whole, read as
 * UTF-8 it is broken, which decompression finds and says.
 */
function bytesOf(body: string, isBase64: boolean): Buffer {
  if (isBase64) return Buffer.from(body, 'base64');
  const oneByteEach = body.startsWith(GZIP_LATIN1) || body.startsWith(ZSTD_LATIN1);
  return Buffer.from(body, oneByteEach ? 'latin1' : 'utf8');
}

function lowerCase(
  headers: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const result: Record<string, string | undefined> = Object.create(null);
  for (const name in headers) result[name.toLowerCase()] = headers[name];
  return result;
}
