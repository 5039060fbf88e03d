// Content types and encodings of OTLP/HTTP: which are understood, and in which one the answer is written.
import type { BodyEncoding } from '../../model/telemetry-message.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { OtlpRequest } from './request.ts';

export type MediaType = 'application/x-protobuf' | 'application/json';

const MEDIA_TYPES: readonly string[] = ['application/x-protobuf', 'application/json'];
const ENCODINGS: Readonly<Record<string, BodyEncoding>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  'x-gzip': 'gzip',
  zstd: 'zstd',
};
const ALLOWED_ENCODINGS = 'gzip, zstd, identity';
/** Other names of UTF-8, and its subset. */
const CHARSETS: readonly string[] = ['', 'utf-8', 'utf8', 'us-ascii'];

/** The encoding of the answer: that of the request, JSON when the request names none that we know. */
export function answerType(request: OtlpRequest): MediaType {
  const { type } = parseContentType(request);
  return isMediaType(type) ? type : 'application/json';
}

/** The request's media type; parameters such as `charset=utf-8` are allowed. */
export function contentType(request: OtlpRequest): { kind: 'mediaType'; type: MediaType } | Refusal {
  const { type, charset } = parseContentType(request);
  if (!isMediaType(type)) {
    const got = type === '' ? 'none' : JSON.stringify(type.slice(0, 100));
    return refuse('contentType', `Content-Type: expected ${MEDIA_TYPES.join(' or ')}, got ${got}`, {
      accept: MEDIA_TYPES.join(', '),
    });
  }
  if (type === 'application/json' && !CHARSETS.includes(charset)) {
    return refuse(
      'contentType',
      `Content-Type: expected charset utf-8, got ${JSON.stringify(charset.slice(0, 100))}`,
    );
  }
  return { kind: 'mediaType', type };
}

/** How the body is compressed. */
export function contentEncoding(
  request: OtlpRequest,
): { kind: 'encoding'; encoding: BodyEncoding } | Refusal {
  const name = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  const encoding = Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name] : undefined;
  if (encoding !== undefined) return { kind: 'encoding', encoding };
  const got = JSON.stringify(name.slice(0, 100));
  return refuse('contentEncoding', `Content-Encoding: expected one of ${ALLOWED_ENCODINGS}, got ${got}`, {
    'accept-encoding': ALLOWED_ENCODINGS,
  });
}

function isMediaType(type: string): type is MediaType {
  return MEDIA_TYPES.includes(type);
}

function parseContentType(request: OtlpRequest): { type: string; charset: string } {
  const [type, ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/.exec(parameter)?.[1]);
  return { type: type!.trim(), charset: charset.find((name) => name !== undefined) ?? '' };
}
