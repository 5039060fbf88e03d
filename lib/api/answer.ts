// From a route's response to what Lambda returns: packed when the caller takes it, without a body for HEAD, and never
// above what Lambda lets through.
import { gzipSync } from 'node:zlib';
import type { ApiResult } from './lambda-event.ts';
import { MAX_RESULT_BODY_BYTES, MIN_GZIP_BYTES } from './limits.ts';
import { type ApiRefusal, refuseApi } from './refusal.ts';
import type { ApiResponse } from './route.ts';

/** Of every answer: none is a page that may be framed, sniffed, or kept by a cache unless its route says so. */
const ALWAYS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** @returns the result, or a refusal when the answer is larger than a function may give */
export function resultOf(
  response: ApiResponse,
  request: { readonly method: string; readonly headers: Readonly<Record<string, string>> },
): ApiResult | ApiRefusal {
  const { status, body = '' } = response;
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  const headers: Record<string, string> = { ...ALWAYS, ...response.headers };
  if (bytes.length > 0) headers['content-type'] ??= 'application/json';
  headers.vary = headers.vary === undefined ? 'accept-encoding' : `${headers.vary}, accept-encoding`;
  const accepts = acceptsGzip(request.headers['accept-encoding']);
  const packs = accepts && bytes.length >= MIN_GZIP_BYTES && headers['content-encoding'] === undefined;
  const sent = packs ? gzipSync(bytes) : bytes;
  if (packs) headers['content-encoding'] = 'gzip';
  if (request.method === 'HEAD') {
    return { statusCode: status, headers, body: '', isBase64Encoded: false };
  }
  const binary = packs || !isText(headers['content-type'] ?? '');
  const text = sent.toString(binary ? 'base64' : 'utf8');
  const size = binary ? text.length : sizeInJson(text);
  if (size <= MAX_RESULT_BODY_BYTES) {
    return { statusCode: status, headers, body: text, isBase64Encoded: binary && text !== '' };
  }
  const measured = `the answer has ${bytes.length} bytes${packs ? ` (${sent.length} with gzip)` : ''}, more than a function may give`;
  return packs
    ? refuseApi('answerTooLarge', measured, 'ask for less, such as by filter= or receiver=')
    : refuseApi('notCompressed', measured, 'send "Accept-Encoding: gzip", or ask for less');
}

/** Whether gzip is named and not refused by q=0. */
export function acceptsGzip(header: string | undefined): boolean {
  return (header ?? '').split(',').some((part) => {
    const [coding = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    if (coding !== 'gzip' && coding !== '*') return false;
    return !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

function isText(type: string): boolean {
  return type === '' || /^(text\/|application\/(json|xml|javascript)|[^;]*\+(json|xml))/i.test(type);
}

/** Bytes of a text within Lambda's JSON: only a large one is worth measuring. */
function sizeInJson(text: string): number {
  // A character is at most six bytes there, such as \u0000.
  if (text.length * 6 <= MAX_RESULT_BODY_BYTES) return text.length;
  return Buffer.byteLength(JSON.stringify(text));
}
