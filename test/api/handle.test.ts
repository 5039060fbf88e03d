// The API from event to result: routes, keys, bodies, errors, packing.
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { handleApiRequest } from '../../lib/api/handle.ts';
import { type ApiEvent, requestFromApiEvent } from '../../lib/api/lambda-event.ts';
import { routeTable } from '../../lib/api/match-route.ts';
import type { ApiRequest, ApiRoute } from '../../lib/api/route.ts';
import { hashSecret, type KeyRecord, keyText } from '../../lib/keys/ingest-key.ts';
import { PermanentError, RetryableError } from '../../lib/model/errors.ts';

const NOW = 1_790_000_000_000;
const KEY = { id: 'abcdefghij01', secret: 'x'.repeat(43) };
const TEXT = keyText(KEY);
const RECORD: KeyRecord = {
  id: KEY.id,
  hash: hashSecret(KEY.secret),
  tenant: 'default',
  scopes: ['alerts:read'],
  name: 'grafana',
  createdAt: 0,
};
const BEARER = { authorization: `Bearer ${TEXT}` };

const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
const seen: ApiRequest[] = [];
const told = (
  route: Pick<ApiRoute, 'method' | 'path' | 'scope'>,
  body: string | Buffer = '{}',
): ApiRoute => ({
  ...route,
  handle: async (request) => {
    seen.push(request);
    return { status: 200, body };
  },
});
const failing = (path: string, error: Error): ApiRoute => ({
  method: 'GET',
  path,
  scope: 'public',
  handle: async () => {
    throw error;
  },
});
const ROUTES = routeTable([
  told({ method: 'GET', path: '/things', scope: 'alerts:read' }),
  told({ method: 'POST', path: '/things', scope: 'alerts:write' }),
  told({ method: 'GET', path: '/things/:id', scope: 'alerts:read' }),
  told({ method: 'GET', path: '/things/all', scope: 'alerts:read' }, '"all"'),
  told({ method: 'POST', path: '/open/:id', scope: 'public' }),
  told({ method: 'GET', path: '/large', scope: 'public' }, JSON.stringify('a"'.repeat(3_000_000))),
  told({ method: 'GET', path: '/picture', scope: 'public' }, Buffer.from([0xff, 0xfe])),
  failing('/busy', new RetryableError('throttled', 'the table is busy', { retryAfterMs: 9_000 })),
  failing('/denied', new PermanentError('denied', 'not for us')),
  failing('/broken', new TypeError('no such thing')),
]);

async function ask(
  method: string,
  path: string,
  headers: Record<string, string> = BEARER,
  more: Partial<ApiEvent> = {},
  keys: readonly KeyRecord[] = [RECORD],
) {
  seen.length = 0;
  const event: ApiEvent = {
    rawPath: path,
    headers,
    requestContext: { domainName: 'api.example', http: { method } },
    ...more,
  };
  const outcome = await handleApiRequest(requestFromApiEvent(event, NOW, NOW + 8_000), ROUTES, {
    find: async (id) => keys.find((key) => key.id === id),
  });
  const { result } = outcome;
  const error = result.statusCode >= 400 && result.body !== '' ? JSON.parse(result.body) : undefined;
  return { ...outcome, ...result, error, request: seen[0] };
}

describe('a route', () => {
  test('gets parameters, query, the name of the key, the time and the address', async () => {
    const { request, statusCode } = await ask('GET', '/things/a%2Fb', BEARER, { rawQueryString: 'x=1&x=2' });
    expect(statusCode).toBe(200);
    expect(request).toMatchObject({
      parameters: { id: 'a/b' },
      caller: 'grafana',
      now: NOW,
      baseUrl: 'https://api.example',
      path: '/things/a%2Fb',
    });
    expect(request?.query.getAll('x')).toEqual(['1', '2']);
  });

  test('with more fixed steps comes before one with a parameter', async () => {
    expect((await ask('GET', '/things/all')).body).toBe('"all"');
  });

  test('is found below a prefix, which the address then has', async () => {
    const { request } = await ask('GET', '/prod/tidewatch/things/7/');
    expect(request).toMatchObject({
      path: '/things/7',
      baseUrl: 'https://api.example/prod/tidewatch',
    });
  });

  test('that is not there is 404, an undecodable parameter too', async () => {
    expect(await ask('GET', '/nothing')).toMatchObject({
      statusCode: 404,
      error: { reason: 'unknownPath', at: 'GET /nothing' },
    });
    expect((await ask('GET', '/things/%E0%A4%A')).statusCode).toBe(404);
  });

  test('of another method is 405 and says which are possible', async () => {
    const { statusCode, headers, error } = await ask('DELETE', '/things');
    expect(statusCode).toBe(405);
    expect(headers.allow).toBe('GET, HEAD, OPTIONS, POST');
    expect(error.next).toContain('GET, HEAD, OPTIONS, POST');
  });

  test('answers HEAD as GET without a body', async () => {
    expect(await ask('HEAD', '/things')).toMatchObject({ statusCode: 200, body: '' });
  });

  test('is there once', () => {
    const route = told({ method: 'GET', path: '/a/:x', scope: 'public' });
    expect(() => routeTable([route, { ...route, path: '/a/:y' }])).toThrow('two routes answer GET /a/:');
  });
});

describe('OPTIONS', () => {
  test('lets pages of other origins in where a key is needed', async () => {
    const { statusCode, headers } = await ask('OPTIONS', '/things', {});
    expect(statusCode).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS, POST',
      'access-control-allow-headers': 'Accept, Authorization, Content-Type, Origin',
    });
  });

  test('does not where none is needed', async () => {
    const { statusCode, headers } = await ask('OPTIONS', '/open/1', {});
    expect(statusCode).toBe(204);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('a key', () => {
  test.each([
    ['as bearer token', BEARER],
    ['as bearer token, percent-encoded by its sender', { authorization: `Bearer%20${TEXT}` }],
    ['as password of basic authentication', basic(`anybody:${TEXT}`)],
    ['as user of basic authentication without a password', basic(`${TEXT}:`)],
    ['in its own header', { 'X-Tidewatch-Key': TEXT }],
  ])('is taken %s', async (_, headers) => {
    expect((await ask('GET', '/things', headers)).statusCode).toBe(200);
  });

  test.each([
    ['none', {}, 'keyMissing'],
    ['another scheme', { authorization: 'Digest abc' }, 'keyMissing'],
    ['basic authentication without a colon', basic('tw'), 'keyMissing'],
    ['something else', { authorization: 'Bearer sesame' }, 'keyInvalid'],
    ['an unknown one', { authorization: `Bearer tw_zzzzzzzzzz99_${'y'.repeat(43)}` }, 'keyInvalid'],
    ['a wrong secret', { authorization: `Bearer tw_${KEY.id}_${'y'.repeat(43)}` }, 'keyInvalid'],
  ])('that is %s is 401 with a challenge', async (_, headers, reason) => {
    const { statusCode, error, headers: got, request } = await ask('GET', '/things', headers);
    expect(statusCode).toBe(401);
    expect(error.reason).toBe(reason);
    expect(got['www-authenticate']).toContain('Basic realm="tidewatch"');
    expect(request).toBeUndefined();
  });

  test('that was revoked is 401', async () => {
    const { error } = await ask('GET', '/things', BEARER, {}, [{ ...RECORD, revokedAt: 1 }]);
    expect(error.reason).toBe('keyRevoked');
  });

  test('without the scope is 403 and says which is missing and how to make one', async () => {
    const { statusCode, error } = await ask('POST', '/things');
    expect(statusCode).toBe(403);
    expect(error.error).toBe('the key lacks the scope alerts:write');
    expect(error.next).toContain('--scopes alerts:write');
  });

  test('is not asked for on a public route', async () => {
    expect((await ask('POST', '/open/1', {})).request).toMatchObject({ caller: undefined });
  });
});

describe('a body', () => {
  const post = (body: Buffer, headers: Record<string, string> = {}) =>
    ask('POST', '/open/1', headers, { body: body.toString('base64'), isBase64Encoded: true });

  test('comes as text or base64, and is unpacked', async () => {
    const text = await ask('POST', '/open/1', {}, { body: 'ü', isBase64Encoded: false });
    expect(text.request?.body.toString()).toBe('ü');
    const packed = await post(gzipSync('hello'), { 'content-encoding': 'gzip' });
    expect(packed.request?.body.toString()).toBe('hello');
  });

  test('that is no gzip although it says so, or has another encoding, is 415', async () => {
    expect((await post(Buffer.from('x'), { 'content-encoding': 'gzip' })).statusCode).toBe(415);
    expect((await post(Buffer.from('x'), { 'content-encoding': 'br' })).statusCode).toBe(415);
  });

  test('that is too large, packed or unpacked, is 413', async () => {
    expect((await post(Buffer.alloc(4_718_593))).statusCode).toBe(413);
    const bomb = gzipSync(Buffer.alloc(17 * 1024 * 1024));
    expect((await post(bomb, { 'content-encoding': 'gzip' })).error.reason).toBe('bodyTooLarge');
  });
});

describe('an answer', () => {
  test('is packed for callers that take gzip', async () => {
    const { headers, body, isBase64Encoded } = await ask('GET', '/large', { 'accept-encoding': 'br, gzip' });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(isBase64Encoded).toBe(true);
    expect(gunzipSync(Buffer.from(body, 'base64')).length).toBe(9_000_002);
  });

  test('that is too large without gzip is refused with what to do', async () => {
    const { statusCode, error } = await ask('GET', '/large', { 'accept-encoding': 'gzip;q=0' });
    expect(statusCode).toBe(406);
    expect(error).toMatchObject({
      reason: 'notCompressed',
      next: expect.stringContaining('Accept-Encoding'),
    });
  });

  test('that is no text is base64', async () => {
    const route: ApiRoute = {
      method: 'GET',
      path: '/png',
      scope: 'public',
      handle: async () => ({
        status: 200,
        headers: { 'content-type': 'image/png' },
        body: Buffer.from([255]),
      }),
    };
    const event = { rawPath: '/png', requestContext: { http: { method: 'GET' } } };
    const { result } = await handleApiRequest(requestFromApiEvent(event, 0, 1), routeTable([route]), {
      find: async () => undefined,
    });
    expect(result).toMatchObject({ isBase64Encoded: true, body: '/w==' });
  });
});

describe('a failure', () => {
  test('that may pass is 503 with the time to wait', async () => {
    const { statusCode, headers, failure } = await ask('GET', '/busy');
    expect(statusCode).toBe(503);
    expect(headers['retry-after']).toBe('9');
    expect(failure).toBeInstanceOf(RetryableError);
  });

  test.each(['/denied', '/broken'])('of ours is 500 without its text (%s)', async (path) => {
    const { statusCode, body, failure, counts } = await ask('GET', path);
    expect(statusCode).toBe(500);
    expect(body).not.toMatch(/not for us|no such thing/);
    expect(failure).toBeInstanceOf(Error);
    expect(counts).toEqual([{ name: 'refusedRequests', count: 1, reason: 'internal' }]);
  });
});
