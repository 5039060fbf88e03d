// OTLP/HTTP, point by point, in both encodings and through both doors. Numbers in brackets are those of the list of
// server requirements that the project was built from.
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { logsPayload } from '../../../bench/payloads/logs.ts';
import { metricsPayload } from '../../../bench/payloads/metrics.ts';
import { tracesPayload } from '../../../bench/payloads/traces.ts';
import { PermanentError, RetryableError } from '../../../lib/model/errors.ts';
import { SIGNALS, type Signal } from '../../../lib/model/signal.ts';
import { decompress } from '../../../lib/wire/compression.ts';
import { decodeProtobuf, encodeProtobuf, type OtlpRequest } from '../../support/otlp.ts';
import {
  type Answer,
  DOORS,
  decodeStatus,
  decodeSuccess,
  JSON_TYPE,
  KEYS,
  memory,
  PROTOBUF,
  retryDelay,
  type Sent,
  send,
} from './receive.ts';

const PAYLOADS: Readonly<Record<Signal, OtlpRequest>> = {
  traces: tracesPayload({ spans: 20 }),
  metrics: metricsPayload({ points: 20 }),
  logs: logsPayload({ records: 20 }),
};

const ENCODERS: Readonly<Record<string, (signal: Signal, request: OtlpRequest) => Buffer>> = {
  [PROTOBUF]: encodeProtobuf,
  [JSON_TYPE]: (_, request) => Buffer.from(JSON.stringify(request)),
};

const VARIANTS = Object.keys(DOORS).flatMap((door) => [
  { door, type: PROTOBUF },
  { door, type: JSON_TYPE },
]);

const ID = 'a1'.repeat(16);
const SPAN_ID = 'b2'.repeat(8);

/** A request with these spans and nothing else. */
function spans(...items: object[]): OtlpRequest {
  return { resourceSpans: [{ scopeSpans: [{ spans: items }] }] } as OtlpRequest;
}

describe.each(VARIANTS)('OTLP/HTTP in $type through a $door', ({ door, type }) => {
  const body = (signal: Signal, request: OtlpRequest = PAYLOADS[signal]) => ENCODERS[type]!(signal, request);
  const post = (sent: Sent, options: Parameters<typeof send>[1] = {}) =>
    send({ ...sent, headers: { 'content-type': type, ...sent.headers } }, { door, ...options });

  describe.each(SIGNALS)('%s', (signal) => {
    it('are taken at their path and below any prefix [1, 2, 16]', async () => {
      for (const prefix of ['', '/otlp', '/a/b/v1', '/']) {
        const ports = memory();
        const answer = await post({ path: `${prefix}/v1/${signal}`, body: body(signal) }, { ports });
        expect(answer.status).toBe(200);
        expect(answer.headers['content-type']).toBe(type);
        expect(answer.body.toString()).toBe(type === JSON_TYPE ? '{}' : '');
        expect(ports.sent).toMatchObject([{ signal, tenant: 'acme' }]);
      }
    });

    it.each(['identity', 'gzip', 'zstd'] as const)(
      'arrive on the queue whole when sent as %s [3]',
      async (encoding) => {
        const ports = memory();
        const packed = { identity: (b: Buffer) => b, gzip: gzipSync, zstd: zstdCompressSync }[encoding](
          body(signal),
        );
        const sent = { path: `/v1/${signal}`, headers: { 'content-encoding': encoding }, body: packed };
        expect((await post(sent, { ports })).status).toBe(200);
        const [message] = ports.sent;
        const stored = Buffer.from(message!.body.kind === 'inline' ? message!.body.base64 : '', 'base64');
        const otlp = decompress(stored, message!.encoding, message!.decompressedBytes);
        expect(otlp.length).toBe(message!.decompressedBytes);
        expect(decodeProtobuf(signal as 'traces', otlp)).toEqual(
          decodeProtobuf(signal as 'traces', encodeProtobuf(signal, PAYLOADS[signal])),
        );
      },
    );

    it('are taken when there are none, and nothing is queued [6, 17]', async () => {
      const name = { traces: 'Spans', metrics: 'Metrics', logs: 'Logs' }[signal];
      const ports = memory();
      for (const empty of [
        {},
        { [`resource${name}`]: [] },
        { [`resource${name}`]: [{ [`scope${name}`]: [{}] }] },
      ]) {
        const answer = await post(
          { path: `/v1/${signal}`, body: body(signal, empty as OtlpRequest) },
          { ports },
        );
        expect(answer.status).toBe(200);
        expect(decodeSuccess(signal, answer)).toEqual({});
      }
      expect(ports.sent).toEqual([]);
    });
  });

  it('takes content types with parameters and in any case [2]', async () => {
    for (const contentType of [`${type}; charset=utf-8`, type.toUpperCase(), ` ${type} ;charset="UTF-8"`]) {
      const answer = await post({ headers: { 'content-type': contentType }, body: body('traces') });
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe(type);
    }
  });

  it('takes attribute values of every kind: empty, bytes, nested, mixed [7]', async () => {
    const values = [
      {},
      { bytesValue: 'AQI=' },
      { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }, {}] } },
      { kvlistValue: { values: [{ key: 'k', value: { arrayValue: {} } }] } },
    ];
    const attributes = values.map((value, index) => ({ key: `k${index}`, value }));
    const twice = [...attributes, ...attributes];
    const answer = await post({
      body: body('traces', spans({ traceId: ID, spanId: SPAN_ID, attributes: twice })),
    });
    expect(answer.status).toBe(200);
    expect(decodeSuccess('traces', answer)).toEqual({});
  });

  it('counts what was rejected and why, and keeps the rest [14, 17]', async () => {
    const request = spans(
      { traceId: ID, spanId: SPAN_ID },
      { traceId: '00'.repeat(16), spanId: SPAN_ID },
      { traceId: 'abcd', spanId: SPAN_ID },
      { traceId: ID, spanId: '' },
      { traceId: ID, spanId: SPAN_ID, parentSpanId: 'ab' },
    );
    const ports = memory();
    const answer = await post({ body: body('traces', request) }, { ports });
    expect(answer.status).toBe(200);
    expect(decodeSuccess('traces', answer)).toEqual({
      partialSuccess: {
        rejectedSpans: '4',
        errorMessage: '4 of 5 spans rejected: invalidTraceId ×2, invalidSpanId ×1, invalidParentSpanId ×1',
      },
    });
    expect(ports.sent).toHaveLength(1);
    expect(answer.outcome.counts).toEqual([
      { name: 'rejectedItems', count: 2, reason: 'invalidTraceId' },
      { name: 'rejectedItems', count: 1, reason: 'invalidSpanId' },
      { name: 'rejectedItems', count: 1, reason: 'invalidParentSpanId' },
    ]);
  });

  it('answers with a partial success, and queues nothing, when every item is rejected [17]', async () => {
    const ports = memory();
    const answer = await post({ body: body('traces', spans({ traceId: 'ff', spanId: SPAN_ID })) }, { ports });
    expect(answer.status).toBe(200);
    expect(decodeSuccess('traces', answer)).toMatchObject({ partialSuccess: { rejectedSpans: '1' } });
    expect(ports.sent).toEqual([]);
  });

  it('warns with rejected = 0 about what it keeps [18]', async () => {
    const records = [
      { traceId: 'abcd', body: { stringValue: 'x' } },
      { traceId: ID, spanId: SPAN_ID },
    ];
    const request = { resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] } as OtlpRequest;
    const ports = memory();
    const answer = await post({ path: '/v1/logs', body: body('logs', request) }, { ports });
    expect(answer.status).toBe(200);
    const { partialSuccess } = decodeSuccess('logs', answer) as { partialSuccess: Record<string, string> };
    expect(partialSuccess).not.toHaveProperty('rejectedLogRecords');
    expect(partialSuccess.errorMessage).toContain('1 log records have a trace or span id of a wrong length');
    expect(ports.sent).toHaveLength(1);
  });

  describe('refuses, with google.rpc.Status in the encoding of the request [19]', () => {
    const refused: readonly (readonly [string, Sent, number, number, RegExp])[] = [
      ['an unknown path', { path: '/v1/metric' }, 404, 12, /\/v1\/traces, \/v1\/metrics, \/v1\/logs/],
      ['profiles', { path: '/v1development/profiles' }, 404, 12, /profiles are not supported/],
      [
        'OTLP over gRPC',
        { path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export' },
        404,
        12,
        /http\/protobuf/,
      ],
      ['GET', { method: 'GET' }, 405, 12, /expected POST, got GET/],
      ['PUT', { method: 'PUT' }, 405, 12, /expected POST, got PUT/],
      ['no key', { headers: { authorization: '' } }, 401, 16, /an ingest key is needed/],
      ['Basic', { headers: { authorization: 'Basic dXNlcjpwYXNz' } }, 401, 16, /no bearer token/],
      [
        'a malformed key',
        { headers: { authorization: `Bearer ${KEYS.malformed}` } },
        401,
        16,
        /not the form/,
      ],
      ['an unknown key', { headers: { authorization: `Bearer ${KEYS.unknown}` } }, 401, 16, /not valid/],
      ['a wrong secret', { headers: { authorization: `Bearer ${KEYS.wrongSecret}` } }, 401, 16, /not valid/],
      ['a revoked key', { headers: { authorization: `Bearer ${KEYS.revoked}` } }, 401, 16, /revoked/],
      [
        'a key without the scope',
        { path: '/v1/logs', headers: { authorization: `Bearer ${KEYS.tracesOnly}` } },
        403,
        7,
        /lacks the scope ingest:logs/,
      ],
      [
        'an unknown content encoding',
        { headers: { 'content-encoding': 'br' } },
        415,
        3,
        /gzip, zstd, identity, got "br"/,
      ],
      [
        'two content encodings',
        { headers: { 'content-encoding': 'gzip, gzip' } },
        415,
        3,
        /got "gzip, gzip"/,
      ],
      ['a body that is not gzip', { headers: { 'content-encoding': 'gzip' }, body: 'plain' }, 400, 3, /gzip/],
      ['a body that is not zstd', { headers: { 'content-encoding': 'zstd' }, body: 'plain' }, 400, 3, /zstd/],
      ['a body that is no OTLP', { body: Buffer.from('ffffffffff', 'hex') }, 400, 3, /at byte/],
    ];

    it.each(refused)('%s', async (_, sent, status, code, message) => {
      const ports = memory();
      const answer = await post({ body: body('traces'), ...sent }, { ports });
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toBe(type);
      expect(decodeStatus(answer)).toMatchObject({ code });
      expect(decodeStatus(answer).message).toMatch(message);
      expect(answer.headers).not.toHaveProperty('retry-after');
      expect(ports.sent).toEqual([]);
      expect(answer.outcome.counts).toMatchObject([{ name: 'refusedRequests', count: 1 }]);
    });

    it('and says what is allowed in the header made for it', async () => {
      expect((await post({ method: 'DELETE' })).headers.allow).toBe('POST');
      expect((await post({ headers: { 'content-encoding': 'br' } })).headers['accept-encoding']).toBe(
        'gzip, zstd, identity',
      );
      const noKey = await post({ headers: { authorization: '' } });
      expect(noKey.headers['www-authenticate']).toBe('Bearer realm="tidewatch"');
      const revoked = await post({ headers: { authorization: `Bearer ${KEYS.revoked}` } });
      expect(revoked.headers['www-authenticate']).toContain('error="invalid_token"');
      const scope = await post({
        path: '/v1/metrics',
        headers: { authorization: `Bearer ${KEYS.tracesOnly}` },
      });
      expect(scope.headers['www-authenticate']).toContain(
        'error="insufficient_scope", scope="ingest:metrics"',
      );
    });

    it('a body above the limit as received, and names both limits [5]', async () => {
      const settings = { maxBodyBytes: 100, maxDecompressedBytes: 1_000_000 };
      const answer = await post({ body: body('traces') }, { settings });
      expect(answer.status).toBe(413);
      expect(decodeStatus(answer)).toMatchObject({ code: 8 });
      expect(decodeStatus(answer).message).toMatch(/100 bytes as received and 1000000 after decompression/);
    });

    it.each(['identity', 'gzip', 'zstd'])(
      'a body above the limit after decompression, sent as %s [5]',
      async (encoding) => {
        const bomb = Buffer.alloc(30 * 1024 * 1024, ' ');
        const packed =
          encoding === 'gzip' ? gzipSync(bomb) : encoding === 'zstd' ? zstdCompressSync(bomb) : bomb;
        const answer = await post(
          { headers: { 'content-encoding': encoding }, body: packed },
          { settings: { maxBodyBytes: 40 * 1024 * 1024 } },
        );
        expect(answer.status).toBe(413);
        expect(decodeStatus(answer).message).toContain('20971520 after decompression');
      },
    );

    it('a compressed body that was read as text on its way, and says what to do', async () => {
      for (const [encoding, packed] of [
        ['gzip', gzipSync(body('traces'))],
        ['zstd', zstdCompressSync(body('traces'))],
      ] as const) {
        const answer = await post({ headers: { 'content-encoding': encoding }, body: packed, asText: true });
        expect(answer.status).toBe(400);
        expect(decodeStatus(answer).message).toMatch(/read as text .* without compression/);
      }
    });

    it.each([
      [
        'a throttled queue',
        { queue: new RetryableError('throttled', 'slow down', { retryAfterMs: 2_400 }) },
        429,
        8,
        3,
      ],
      ['a queue that is down', { queue: new RetryableError('unavailable', 'x') }, 503, 14, 1],
      ['a queue that does not answer', { queue: new RetryableError('timeout', 'x') }, 503, 4, 1],
      ['a queue that refuses us', { queue: new PermanentError('denied', 'x') }, 503, 14, 1],
      ['keys that cannot be looked up', { keys: new RetryableError('unavailable', 'x') }, 503, 14, 1],
      ['no credentials yet', { keys: new RetryableError('credentials', 'x') }, 503, 14, 1],
      ['a fault of ours', { queue: new TypeError('x is not a function') }, 503, 13, 1],
    ])('with Retry-After and never 500: %s [20, 22]', async (_, failing, status, code, seconds) => {
      const ports = memory();
      Object.assign(ports.failing, failing);
      const answer = await post({ body: body('traces') }, { ports });
      expect(answer.status).toBe(status);
      expect(decodeStatus(answer)).toMatchObject({ code });
      expect(answer.headers['retry-after']).toBe(String(seconds));
      expect(retryDelay(answer)).toBe(seconds);
      expect(answer.outcome.failure).toBeInstanceOf(Error);
    });
  });

  it('takes the key from either header, in the forms that SDKs send it', async () => {
    const forms = [
      { authorization: `bearer ${KEYS.good}` },
      { authorization: `Bearer%20${KEYS.good}` },
      { authorization: '', 'x-tidewatch-key': KEYS.good },
      { authorization: 'Basic dXNlcjpwYXNz', 'x-tidewatch-key': ` ${KEYS.good} ` },
    ];
    for (const headers of forms) expect((await post({ headers, body: body('traces') })).status).toBe(200);
  });

  it('puts a body above its size into the bucket, and a pointer on the queue', async () => {
    const ports = memory();
    const packed = gzipSync(body('traces'));
    const sent = { headers: { 'content-encoding': 'gzip' }, body: packed };
    const answer = await post(sent, { ports, settings: { maxInlineBytes: 500 } });
    expect(answer.status).toBe(200);
    const [message] = ports.sent;
    const key = `pending/2026-11-24/${message!.ingestId}`;
    expect(message!.body).toEqual({ kind: 'object', key, bytes: ports.stored.get(key)!.length });
    const otlp = decompress(ports.stored.get(key)!, message!.encoding, message!.decompressedBytes);
    expect(otlp.length).toBe(message!.decompressedBytes);
  });

  it('answers 503, and queues nothing, when the bucket does not take the body', async () => {
    const ports = memory();
    ports.failing.bodies = new RetryableError('unavailable', 'x');
    const answer = await post({ body: body('traces') }, { ports, settings: { maxInlineBytes: 0 } });
    expect(answer.status).toBe(503);
    expect(ports.sent).toEqual([]);
  });

  it('gives the same request the same id, however it is compressed, and another to another key [23]', async () => {
    const ports = memory();
    const plain = body('traces');
    await post({ body: plain }, { ports });
    await post({ body: gzipSync(plain, { level: 1 }), headers: { 'content-encoding': 'gzip' } }, { ports });
    await post({ body: zstdCompressSync(plain), headers: { 'content-encoding': 'zstd' } }, { ports });
    await post({ body: plain, headers: { authorization: `Bearer ${KEYS.tracesOnly}` } }, { ports });
    const ids = ports.sent.map(({ ingestId }) => ingestId);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(ids.slice(1, 3)).toEqual([ids[0], ids[0]]);
    expect(ids[3]).not.toBe(ids[0]);
  });
});

/** Found by the fuzz test: the transcoder looked for the end of this id for ever. */
const BROKEN_OFF = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"7289ed';

describe('OTLP/JSON', () => {
  const post = (text: string, path = '/v1/traces') =>
    send({ path, headers: { 'content-type': JSON_TYPE }, body: text });
  const message = (answer: Answer) =>
    (JSON.parse(answer.body.toString()) as { partialSuccess?: { errorMessage: string } }).partialSuccess
      ?.errorMessage;

  it('takes ids in either case and 64-bit integers as strings and numbers [9, 12]', async () => {
    const one = {
      traceId: ID.toUpperCase(),
      spanId: SPAN_ID,
      startTimeUnixNano: 1763800000123456789n.toString(),
    };
    const text = JSON.stringify(spans(one)).replace('"1763800000123456789"', '1763800000123456789');
    expect((await post(text)).body.toString()).toBe('{}');
  });

  it('takes NaN and the infinities [13]', async () => {
    const values = ['NaN', 'Infinity', '-Infinity', 1.5].map((doubleValue) => ({
      key: `${doubleValue}`,
      value: { doubleValue },
    }));
    expect(
      (
        await post(JSON.stringify(spans({ traceId: ID, spanId: SPAN_ID, attributes: values })))
      ).body.toString(),
    ).toBe('{}');
  });

  it('warns about keys in snake_case, which are unknown and so ignored [8, 11]', async () => {
    const answer = await post('{"resource_spans":[{"scope_spans":[]}]}');
    expect(answer.status).toBe(200);
    expect(message(answer)).toMatch(/lowerCamelCase.*resource_spans/);
  });

  it('warns about the keys of another signal', async () => {
    expect(message(await post('{"resourceMetrics":[]}'))).toMatch(/resourceMetrics/);
  });

  it('ignores other unknown keys [8]', async () => {
    expect((await post('{"resourceSpans":[],"newField":{"a":[1]}}')).body.toString()).toBe('{}');
  });

  it.each(['', '[]', '{"resourceSpans":', '{"resourceSpans":[{}]}x', '{"resourceSpans":5}', BROKEN_OFF])(
    'refuses %j [21]',
    async (text) => {
      expect((await post(text)).status).toBe(400);
    },
  );

  it('refuses a charset other than UTF-8', async () => {
    const answer = await send({ headers: { 'content-type': `${JSON_TYPE}; charset=utf-16` }, body: '{}' });
    expect(answer.status).toBe(415);
  });

  it('takes a compressed body that came as text with one character a byte', async () => {
    const packed = gzipSync(JSON.stringify(PAYLOADS.traces)).toString('latin1');
    const ports = memory();
    const headers = { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' };
    const answer = await send({ headers, body: packed, asText: true }, { ports });
    expect(answer.status).toBe(200);
    expect(ports.sent).toHaveLength(1);
  });
});

describe('a request whose content type is unknown', () => {
  it.each([undefined, '', 'text/plain', 'application/protobuf', 'application/x-protobufx'])(
    '%j is refused in JSON [2, 19]',
    async (contentType) => {
      const answer = await send({ headers: { 'content-type': contentType ?? '' }, body: 'x' });
      expect(answer.status).toBe(415);
      expect(answer.headers).toMatchObject({
        'content-type': JSON_TYPE,
        accept: 'application/x-protobuf, application/json',
      });
      expect(decodeStatus(answer).message).toMatch(/expected application\/x-protobuf or application\/json/);
    },
  );
});

describe('a compressed protobuf body', () => {
  it.each(['gzip', 'zstd'] as const)('sent as %s goes onto the queue as it came', async (encoding) => {
    const ports = memory();
    const packed = (encoding === 'gzip' ? gzipSync : zstdCompressSync)(
      encodeProtobuf('traces', PAYLOADS.traces),
    );
    await send({ headers: { 'content-encoding': encoding }, body: packed }, { ports });
    expect(ports.sent).toMatchObject([
      { encoding, body: { kind: 'inline', base64: packed.toString('base64') } },
    ]);
  });
});
