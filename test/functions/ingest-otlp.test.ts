// The function as it is deployed: bundled, with its configuration beside it, against an AWS on loopback.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleIngest } from '../../bench/cold-start.ts';
import { tracesPayload } from '../../bench/payloads/traces.ts';
import { hashSecret } from '../../lib/keys/ingest-key.ts';
import type { HttpEvent, HttpResult } from '../../lib/receivers/otlp/lambda-event.ts';
import { type LoopbackAws, type Received, type Reply, startLoopbackAws } from '../aws/loopback-aws.ts';
import { encodeProtobuf } from '../support/otlp.ts';

type Handler = (event: HttpEvent, context: object) => Promise<HttpResult>;

const SECRET = 'z'.repeat(43);
const BODY = encodeProtobuf('traces', tracesPayload({ spans: 4 }));

let folder: string;
let aws: LoopbackAws;
let handler: Handler;
let written: string[];

/** DynamoDB knows one key; SQS and S3 take everything. */
function wellBehaved(request: Received): Reply {
  if (request.service !== 'dynamodb') return { status: 200, body: '{}' };
  const known = request.body.includes('key#functiontest');
  const item = { hash: { S: hashSecret(SECRET) }, tenant: { S: 'acme' }, scopes: { SS: ['ingest:traces'] } };
  return { status: 200, body: JSON.stringify(known ? { Item: item } : {}) };
}

function event(change: Partial<HttpEvent> = {}): HttpEvent {
  return {
    rawPath: '/v1/traces',
    requestContext: { http: { method: 'POST' } },
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
      authorization: `Bearer tw_functiontest_${SECRET}`,
    },
    body: gzipSync(BODY).toString('base64'),
    isBase64Encoded: true,
    ...change,
  };
}

const context = (remainingMs = 10_000) => ({
  awsRequestId: 'r',
  getRemainingTimeInMillis: () => remainingMs,
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidewatch-function-'));
  await bundleIngest(folder);
  aws = await startLoopbackAws();
  for (const [name, value] of Object.entries({
    ...aws.env,
    TIDEWATCH_STATE_TABLE: 'state',
    TIDEWATCH_ARCHIVE_BUCKET: 'archive',
    TIDEWATCH_TELEMETRY_QUEUE_URL: 'http://queue',
  })) {
    vi.stubEnv(name, value);
  }
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  aws.behave = wellBehaved;
  aws.received.length = 0;
  written = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  // A fresh instance for each test, with an empty cache.
  const url = `${pathToFileURL(join(folder, 'index.mjs')).href}?${Math.random()}`;
  ({ handler } = (await import(/* @vite-ignore */ url)) as { handler: Handler });
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('ingest-otlp', () => {
  it('asks for the key, queues the body, answers 200, and writes no line', async () => {
    const result = await handler(event(), context());
    expect(result).toMatchObject({ statusCode: 200, body: '' });
    expect(aws.received.map(({ service, signatureMatches }) => [service, signatureMatches])).toEqual([
      ['dynamodb', true],
      ['sqs', true],
    ]);
    expect(written).toEqual([]);
  });

  it('asks for the same key once', async () => {
    for (let i = 0; i < 3; i++) await handler(event(), context());
    expect(aws.received.map(({ service }) => service)).toEqual(['dynamodb', 'sqs', 'sqs', 'sqs']);
  });

  it('counts a refused request in one EMF line without the secret', async () => {
    const result = await handler(
      event({ headers: { authorization: `Bearer tw_unknownunkn0_${SECRET}` } }),
      context(),
    );
    expect(result.statusCode).toBe(401);
    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0]!)).toMatchObject({
      Receiver: 'otlp',
      Reason: 'keyInvalid',
      refusedRequests: 1,
      status: 401,
      keyId: 'unknownunkn0',
    });
    expect(written[0]).not.toContain(SECRET);
  });

  it('answers 503 with Retry-After, counts and logs it, when the queue refuses us', async () => {
    aws.behave = (request) =>
      request.service === 'sqs'
        ? { status: 403, body: '{"__type":"x#AccessDeniedException"}' }
        : wellBehaved(request);
    const result = await handler(event(), context());
    expect(result).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
    const lines = written.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toEqual([
      expect.objectContaining({ Reason: 'unavailable', refusedRequests: 1 }),
      expect.objectContaining({ level: 'error', requestId: 'r' }),
    ]);
  });

  it('answers 503 by itself two seconds before its time-out', async () => {
    aws.behave = (request) => (request.service === 'sqs' ? 'hang' : wellBehaved(request));
    const started = performance.now();
    const result = await handler(event(), context(2_500));
    expect(result.statusCode).toBe(503);
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(JSON.parse(written[0]!)).toMatchObject({ Reason: 'timeout', status: 503 });
  });

  it('answers 503, not 500, to a fault of ours', async () => {
    const broken = () => {
      throw new TypeError('not a function');
    };
    const result = await handler(event(), { getRemainingTimeInMillis: broken });
    expect(result.statusCode).toBe(503);
    expect(written.join('')).toContain('not a function');
  });
});
