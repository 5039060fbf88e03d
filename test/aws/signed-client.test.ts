// The signed client against a loopback server that checks every signature.
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSignedClient } from '../../lib/aws/signed-client.ts';
import type { AwsCall } from '../../lib/aws/transport.ts';
import { type LoopbackAws, startLoopbackAws } from './loopback-aws.ts';

const CALL: AwsCall = {
  service: 'xray',
  method: 'POST',
  path: '/TraceSegments',
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: Buffer.from('{"TraceSegmentDocuments":[]}'),
  timeoutMs: 2_000,
};

let aws: LoopbackAws;
beforeEach(async () => {
  aws = await startLoopbackAws();
});
afterEach(() => aws.close());

describe('createSignedClient', () => {
  it.each([
    ['xray', '/TraceSegments'],
    ['monitoring', '/'],
    ['logs', '/'],
    ['sqs', '/'],
    ['dynamodb', '/'],
    ['s3', '/bucket/raw/traces/tenant%3Da/dt%3D2026-01-01/x.otlp.zst'],
    ['s3', '/bucket?list-type=2&prefix=raw%2Ftraces'],
  ] as const)('signs a call to %s %s so that the service accepts it', async (service, path) => {
    await createSignedClient({ env: aws.env }).call({ ...CALL, service, path });
    expect(aws.received).toMatchObject([{ service, path, signatureMatches: true, body: CALL.body }]);
  });

  it('gives back any status with its headers and body', async () => {
    aws.behave = () => ({ status: 503, headers: { 'Retry-After': '3' }, body: 'slow down' });
    const answer = await createSignedClient({ env: aws.env }).call(CALL);
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '3' },
      body: Buffer.from('slow down'),
    });
  });

  it('keeps the connection for the next call', async () => {
    const client = createSignedClient({ env: aws.env });
    await client.call(CALL);
    await client.call(CALL);
    expect(aws.received.map((r) => r.earlierOnConnection)).toEqual([0, 1]);
  });

  it('reads credentials anew for every call', async () => {
    const env: Record<string, string | undefined> = { ...aws.env, AWS_ACCESS_KEY_ID: 'OLD' };
    const client = createSignedClient({ env });
    await client.call(CALL);
    env.AWS_ACCESS_KEY_ID = aws.env.AWS_ACCESS_KEY_ID;
    await client.call(CALL);
    expect(aws.received.map((r) => r.signatureMatches)).toEqual([false, true]);
  });

  it('says credentials when there are none', async () => {
    const client = createSignedClient({ env: { ...aws.env, AWS_SECRET_ACCESS_KEY: '' } });
    await expect(client.call(CALL)).rejects.toMatchObject({ name: 'RetryableError', reason: 'credentials' });
  });

  it('says invalidConfig when no region is set', async () => {
    const client = createSignedClient({ env: { ...aws.env, AWS_REGION: undefined } });
    await expect(client.call(CALL)).rejects.toMatchObject({
      name: 'PermanentError',
      reason: 'invalidConfig',
    });
  });

  it('says timeout when a request was sent and no answer came', async () => {
    aws.behave = () => 'hang';
    const client = createSignedClient({ env: aws.env });
    await expect(client.call({ ...CALL, timeoutMs: 100 })).rejects.toMatchObject({ reason: 'timeout' });
  });

  it('says timeout when the connection is cut after the request, because it may have taken effect', async () => {
    aws.behave = () => 'reset';
    const client = createSignedClient({ env: aws.env });
    await expect(client.call(CALL)).rejects.toMatchObject({ name: 'RetryableError', reason: 'timeout' });
  });

  it('says timeout when a connection in steady use is cut', async () => {
    const client = createSignedClient({ env: aws.env });
    await client.call(CALL);
    aws.behave = () => 'reset';
    await expect(client.call(CALL)).rejects.toMatchObject({ reason: 'timeout' });
  });

  it('says unavailable when a connection that was idle for long is cut, because nothing was read', async () => {
    let nowMs = Date.now();
    const client = createSignedClient({ env: aws.env, now: () => nowMs });
    await client.call(CALL);
    nowMs += 60_000;
    aws.behave = () => 'reset';
    await expect(client.call(CALL)).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('says unavailable when nothing listens', async () => {
    const client = createSignedClient({ env: aws.env });
    await aws.close();
    await expect(client.call(CALL)).rejects.toMatchObject({ name: 'RetryableError', reason: 'unavailable' });
  });

  it('says timeout when the answer breaks off', async () => {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'));
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as { port: number }).port;
    const client = createSignedClient({ env: { ...aws.env, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` } });
    await expect(client.call(CALL)).rejects.toMatchObject({ name: 'RetryableError', reason: 'timeout' });
    server.close();
  });

  it('says wrongUsage for a header that cannot be sent', async () => {
    const client = createSignedClient({ env: aws.env });
    const call = client.call({ ...CALL, headers: { 'x-amz-meta-name': 'snow\u2603man' } });
    await expect(call).rejects.toMatchObject({ name: 'PermanentError', reason: 'wrongUsage' });
  });
});
