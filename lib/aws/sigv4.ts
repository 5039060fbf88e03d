// AWS Signature Version 4 on node:crypto: what the hot calls are signed with instead of the SDK's signer.
// Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHmac, hash } from 'node:crypto';
import type { Credentials } from './credentials.ts';

export interface SigningRequest {
  readonly method: string;
  /** Host header; it is always signed. */
  readonly host: string;
  /** Percent-encoded path, with the query after `?` when there is one. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface SigningScope {
  /** The name that is signed, such as `xray` or `monitoring`. */
  readonly service: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** Headers that proxies and agents change on the way; signing them would break the signature. */
const UNSIGNED =
  /^(authorization|cache-control|connection|expect|from|keep-alive|max-forwards|pragma|referer|te|trailer|transfer-encoding|upgrade|user-agent|x-amzn-trace-id|proxy-.*|sec-.*)$/;

/** Derived keys hold for a day and a scope; a function uses a handful. */
const keys = new Map<string, Buffer>();
const MAX_KEYS = 32;

/**
 * Signs a request.
 * @returns the headers to send: those of the request, `host`, `x-amz-date`, `authorization`, with temporary
 *   credentials `x-amz-security-token`, and for S3 `x-amz-content-sha256`
 */
export function signRequest(request: SigningRequest, scope: SigningScope): Record<string, string> {
  const { service, region, credentials } = scope;
  const longDate = new Date(scope.nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const date = longDate.slice(0, 8);
  const payloadHash = request.headers['x-amz-content-sha256'] ?? hash('sha256', request.body, 'hex');
  const headers: Record<string, string> = { ...request.headers, host: request.host, 'x-amz-date': longDate };
  if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken;
  if (service === 's3') headers['x-amz-content-sha256'] = payloadHash;

  const names = Object.keys(headers)
    .filter((name) => !UNSIGNED.test(name))
    .sort();
  const signedNames = names.join(';');
  const canonicalHeaders = names.map((name) => `${name}:${canonicalValue(headers[name]!)}\n`).join('');
  const [path, query] = splitQuery(request.path);
  const canonicalPath = service === 's3' ? path : encodeAgain(path);
  const canonical = `${request.method}\n${canonicalPath}\n${canonicalQuery(query)}\n${canonicalHeaders}\n${signedNames}\n${payloadHash}`;

  const credentialScope = `${date}/${region}/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${longDate}\n${credentialScope}\n${hash('sha256', canonical, 'hex')}`;
  const signature = hmac(signingKey(credentials.secretAccessKey, date, region, service), toSign).toString(
    'hex',
  );
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${credentialScope}, SignedHeaders=${signedNames}, Signature=${signature}`;
  return headers;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function signingKey(secret: string, date: string, region: string, service: string): Buffer {
  const name = `${date}/${region}/${service}/${secret}`;
  const known = keys.get(name);
  if (known !== undefined) return known;
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request');
  if (keys.size >= MAX_KEYS) keys.clear();
  keys.set(name, key);
  return key;
}

function canonicalValue(value: string): string {
  return value.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '');
}

/** Percent-encodes everything but unreserved characters, as RFC 3986 names them. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Every service but S3 signs the encoded path encoded once more, with empty and dot segments resolved. */
function encodeAgain(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${end}`;
}

function splitQuery(path: string): [path: string, query: string] {
  const at = path.indexOf('?');
  return at === -1 ? [path, ''] : [path.slice(0, at), path.slice(at + 1)];
}

/** The query sorted by encoded name, then by encoded value; a name without `=` has an empty value. */
function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map((pair): readonly [string, string] => {
    const at = pair.indexOf('=');
    const [name, value] = at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value))];
  });
  pairs.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
