// The local stack from `up` to `down` with a small app of its own: doors, plain addresses, deliveries, crashes.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { DescribeTimeToLiveCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetBucketLifecycleConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { clientSettings } from '../../lib/local/environment.ts';
import { localPaths, packageRoot } from '../../lib/local/paths.ts';
import { plainAddress } from '../../lib/local/plain-address.ts';
import { type LocalStack, stackStatus, startStack, stopStack } from '../../lib/local/stack.ts';
import { withLock } from '../../lib/local/state-file.ts';

const options = {
  project: packageRoot(),
  name: 'test-stack',
  app: 'node test/fixtures/echo-app/app.ts',
  say: console.error,
};
let stack: LocalStack;
const doors: Record<string, string> = {};

beforeAll(async () => {
  await stopStack(options);
  stack = await startStack(options);
  doors['function URL'] = stack.endpoints.ingestUrl ?? '';
  doors['HTTP API'] = await plainAddress(stack.admin, stack.outputs.ApiUrl ?? '');
});
afterAll(() => stopStack(options));

interface Echo {
  readonly method: string;
  readonly path: string;
  readonly isBase64Encoded: boolean;
  readonly bytes: number;
  readonly sha256: string;
  readonly pid: number;
  readonly node: string;
}

async function send(door: string, path: string, request: RequestInit = {}) {
  const response = await fetch(`${doors[door]}${path}`, { signal: AbortSignal.timeout(20_000), ...request });
  const text = await response.text();
  return { status: response.status, echo: (text.startsWith('{') ? JSON.parse(text) : {}) as Echo };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.each([
  ['function URL', 502],
  ['HTTP API', 500],
] as const)('%s', (door, crashed) => {
  afterEach(() => stack.admin.clearFaults());

  test.each([
    ['a gzip body whose type is JSON', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    ['protobuf', { 'content-type': 'application/x-protobuf' }],
    ['gzip protobuf', { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }],
  ])('%s arrives byte for byte, as base64', async (_, headers) => {
    const body = gzipSync(randomBytes(3000));
    const { echo } = await send(door, '/v1/traces', { method: 'POST', headers, body });
    expect(echo).toMatchObject({ isBase64Encoded: true, bytes: body.length, sha256: sha256(body) });
  });

  test('plain JSON arrives as text', async () => {
    const body = Buffer.from('{"name":"ü"}');
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const { echo } = await send(door, '/v1/logs', { method: 'POST', headers, body });
    expect(echo).toMatchObject({ isBase64Encoded: false, bytes: body.length, sha256: sha256(body) });
  });

  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    '%s reaches the function, on any path',
    async (method) => {
      const { status, echo } = await send(door, '/prefix/v1/any', { method });
      expect([status, echo.method, echo.path]).toEqual([200, method, '/prefix/v1/any']);
    },
  );

  test('a request above 6 MB as an event is refused with 413', async () => {
    const headers = { 'content-type': 'application/x-protobuf' };
    const small = { method: 'POST', headers, body: randomBytes(4_400_000) };
    expect((await send(door, '/', small)).echo.bytes).toBe(4_400_000);
    const large = { method: 'POST', headers, body: randomBytes(4_900_000) };
    expect((await send(door, '/', large)).status).toBe(413);
  });

  test('faults of Lambda reach the caller: throttling as 429, a crash in the words of the door', async () => {
    await stack.admin.setFaults([{ service: 'lambda', kind: 'throttle', first: 1 }]);
    expect((await send(door, '/')).status).toBe(429);
    await stack.admin.setFaults([{ service: 'lambda', resource: 'echo', kind: 'error', first: 1 }]);
    expect((await send(door, '/')).status).toBe(crashed);
    expect((await send(door, '/')).status).toBe(200);
  });

  test('a function killed in the middle of a request is a crash, and a new one takes over', async () => {
    const first = (await send(door, '/')).echo;
    expect(first.node).toMatch(/^v24\./);
    const running = send(door, '/sleep');
    await sleep(700);
    expect(await stack.admin.killFunctions('echo')).toBeGreaterThan(0);
    expect((await running).status).toBe(crashed);
    expect((await send(door, '/')).echo.pid).not.toBe(first.pid);
  });
});

describe('Invoke', () => {
  async function invoke(bytes: number, type: string): Promise<number> {
    const response = await fetch(`${stack.endpoint}/2015-03-31/functions/echo/invocations`, {
      method: 'POST',
      headers: {
        'x-amz-invocation-type': type,
        authorization: 'AWS4-HMAC-SHA256 Credential=test/20261124/us-east-1/lambda/aws4_request, Signature=0',
      },
      body: JSON.stringify({ Records: [], fill: 'x'.repeat(bytes - '{"Records":[],"fill":""}'.length) }),
    });
    await response.arrayBuffer();
    return response.status;
  }

  test('takes 6 MB, or 1 MB when nobody waits for the answer, and refuses more', async () => {
    const megabyte = 1024 * 1024;
    expect([
      await invoke(6 * megabyte, 'RequestResponse'),
      await invoke(6 * megabyte + 1, 'RequestResponse'),
    ]).toEqual([200, 413]);
    expect([await invoke(megabyte, 'Event'), await invoke(megabyte + 1, 'Event')]).toEqual([202, 413]);
  });
});

describe('messages on their way to a function', () => {
  afterEach(() => stack.admin.clearFaults());

  async function deliveries(bodies: readonly string[], enough: number): Promise<Map<string, Set<string>>> {
    const settings = clientSettings(stack.endpoint);
    const QueueUrl = stack.outputs.QueueUrl;
    const sqs = new SQSClient(settings);
    for (let at = 0; at < bodies.length; at += 10) {
      const Entries = bodies.slice(at, at + 10).map((MessageBody, n) => ({ Id: `m${n}`, MessageBody }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    }
    const client = new DynamoDBClient(settings);
    const found = new Map<string, Set<string>>();
    for (let tries = 0; tries < 100; tries++) {
      let count = 0;
      for await (const page of paginateScan({ client }, { TableName: stack.outputs.StateTableName })) {
        for (const item of page.Items ?? []) {
          const body = item.pk?.S ?? '';
          if (!bodies.includes(body)) continue;
          count += 1;
          found.set(body, (found.get(body) ?? new Set()).add(`${item.messageId?.S}`));
        }
      }
      if (count >= enough) return found;
      await sleep(100);
    }
    throw new Error(`only ${found.size} of ${bodies.length} messages came`);
  }
  const bodies = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

  test('come once without a fault', async () => {
    const sent = bodies('once', 30);
    expect([...(await deliveries(sent, 30)).keys()].sort()).toEqual([...sent].sort());
  });

  test('duplicate: each struck one comes twice under the same message id', async () => {
    await stack.admin.setFaults([{ service: 'sqs', kind: 'duplicate', rate: 1 }]);
    const found = await deliveries(bodies('twice', 10), 20);
    expect([...found.values()].map((ids) => ids.size)).toEqual(Array(10).fill(1));
    expect(await stack.admin.faults()).toMatchObject([{ injected: 10 }]);
  });

  test('late: a struck one comes after its delay', async () => {
    await stack.admin.setFaults([{ service: 'sqs', kind: 'late', delayMs: 1500 }]);
    const start = performance.now();
    await deliveries(bodies('late', 3), 3);
    expect(performance.now() - start).toBeGreaterThan(1400);
  });

  test('a batch whose function failed waits out its time-out, or the test releases it', async () => {
    await stack.admin.setFaults([{ service: 'lambda', kind: 'error', first: 1 }]);
    const arrived = deliveries(bodies('again', 5), 5);
    for (let tries = 0; (await stack.admin.faults())[0]?.injected !== 1 && tries < 100; tries++)
      await sleep(50);
    await sleep(200);
    expect(await stack.admin.releaseMessages('Echo-Queue')).toBeGreaterThan(0);
    expect((await arrived).size).toBe(5);
  });

  test('what a function has in hand is not released', async () => {
    await stack.admin.setFaults([{ service: 'lambda', kind: 'slow', delayMs: 1000 }]);
    const arrived = deliveries(bodies('in-hand', 3), 3);
    for (let tries = 0; ((await stack.admin.faults())[0]?.injected ?? 0) < 1 && tries < 100; tries++)
      await sleep(20);
    expect(await stack.admin.releaseMessages('Echo-Queue')).toBe(0);
    expect((await arrived).size).toBe(3);
  });
});

describe('the deployed template', () => {
  test('keeps its time-to-live and its lifecycle rules', async () => {
    const settings = clientSettings(stack.endpoint);
    const TableName = stack.outputs.StateTableName;
    const ttl = await new DynamoDBClient(settings).send(new DescribeTimeToLiveCommand({ TableName }));
    expect(ttl.TimeToLiveDescription).toMatchObject({
      AttributeName: 'expiresAt',
      TimeToLiveStatus: 'ENABLED',
    });
    const s3 = new S3Client({ ...settings, forcePathStyle: true });
    const Bucket = stack.outputs.BucketName;
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toMatchObject([
      { Filter: { And: { Prefix: 'raw/', ObjectSizeGreaterThan: 1024 } }, Expiration: { Days: 30 } },
    ]);
  });
});

describe('up, status and down', () => {
  test('the endpoints are what the contract says', () => {
    expect(stack.endpoints).toMatchObject({
      alertsUrl: null,
      consoleUrl: null,
      awsEndpoints: { default: stack.endpoint },
    });
    expect(stack.endpoints.ingestUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(stack.endpoints.ingestKey).toMatch(/^tw_[a-z0-9]{12}_[A-Za-z0-9_-]{43}$/);
    expect(stack.endpoints.resources.map((resource) => resource.type)).toContain('AWS::SQS::Queue');
  });

  test('a second up finds the first and leaves it as it is', async () => {
    const again = await startStack(options);
    expect(again.reused).toBe(true);
    expect(again.endpoints).toEqual(stack.endpoints);
    expect(await stackStatus(options)).toMatchObject({ state: 'up', recorded: { endpoint: stack.endpoint } });
  });

  test('an up while another command is at work says so', async () => {
    await withLock(localPaths(options.project, options.name), async () => {
      await expect(startStack(options)).rejects.toThrow(/another tidewatch local command .* is at work/);
    });
  });

  test('an emulator that was killed is told, and cleaned away by down', async () => {
    const before = await stackStatus(options);
    if (before.state !== 'up') throw new Error(before.state);
    process.kill(-before.recorded.pid, 'SIGKILL');
    await sleep(300);
    expect((await stackStatus(options)).state).toBe('stale');
    expect(await stopStack(options)).toBe(false);
    expect((await stackStatus(options)).state).toBe('down');
    expect(existsSync(localPaths(options.project, options.name).temporary)).toBe(false);
  });

  test('an interrupted up leaves nothing behind', async () => {
    const interrupt = new AbortController();
    const say = (line: string) => {
      if (line.startsWith('deploying')) setTimeout(() => interrupt.abort(new Error('interrupted')), 500);
    };
    await expect(startStack({ ...options, say, signal: interrupt.signal })).rejects.toThrow('interrupted');
    expect((await stackStatus(options)).state).toBe('down');
  });
});
