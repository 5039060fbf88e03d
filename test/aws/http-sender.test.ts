// Calls to receivers: one attempt, bounded, no redirects, and no way to a function's own credentials.
import http from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpSender, isForbidden } from '../../lib/aws/http-sender.ts';
import type { HttpRequest } from '../../lib/channels/ports.ts';
import { createNotificationSender } from '../../lib/channels/sender.ts';
import { CONTENTS, CONTEXT } from '../channels/channel-world.ts';

const open: http.Server[] = [];

afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** @returns the address of a receiver on loopback */
async function receiver(handle: http.RequestListener): Promise<string> {
  const server = http.createServer(handle);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const post = (url: string, change: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json' },
  body: '{"a":"ü"}',
  timeoutMs: 2_000,
  ...change,
});

describe('a call', () => {
  test('brings the body and the answer over', async () => {
    const seen: unknown[] = [];
    const url = await receiver((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push([request.method, request.headers['content-length'], Buffer.concat(chunks).toString()]);
        response.writeHead(202, { 'Retry-After': '3' }).end('thanks');
      });
    });
    const sender = createHttpSender();
    expect(await sender.send(post(url))).toMatchObject({
      status: 202,
      headers: { 'retry-after': '3' },
      body: 'thanks',
    });
    expect(seen).toEqual([['POST', '10', '{"a":"ü"}']]);
  });

  test('follows no redirect', async () => {
    let calls = 0;
    const url = await receiver((_, response) => {
      calls += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await createHttpSender().send(post(url))).toMatchObject({ status: 302 });
    expect(calls).toBe(1);
  });

  test('that is not answered ends in time, and may have taken effect', async () => {
    const url = await receiver(() => {});
    const call = createHttpSender().send(post(url, { timeoutMs: 100 }));
    await expect(call).rejects.toMatchObject({ name: 'RetryableError', reason: 'timeout' });
  });

  test('whose answer never ends is bounded by the same time', async () => {
    const url = await receiver((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(timer));
    });
    const call = createHttpSender().send(post(url, { timeoutMs: 150 }));
    await expect(call).rejects.toMatchObject({ reason: 'timeout' });
  });

  test('reads 64 KB of an answer and no more', async () => {
    let isCut = false;
    const url = await receiver((_, response) => {
      response.on('close', () => {
        isCut = !response.writableEnded;
      });
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    });
    const answer = await createHttpSender().send(post(url));
    expect(answer.body).toHaveLength(65_536);
    await expect.poll(() => isCut).toBe(true);
  });

  test('to nobody was not delivered', async () => {
    const url = await receiver(() => {});
    open.splice(0).forEach((server) => {
      server.close();
    });
    const call = createHttpSender().send(post(url));
    await expect(call).rejects.toMatchObject({ reason: 'unavailable' });
  });

  test('that is cut off may have taken effect', async () => {
    const url = await receiver((request) => request.resume().on('end', () => request.socket.destroy()));
    await expect(createHttpSender().send(post(url))).rejects.toMatchObject({ reason: 'timeout' });
  });

  test('with a header that cannot be sent is refused, without the header', async () => {
    const call = createHttpSender().send(
      post('http://127.0.0.1:1', { headers: { authorization: 'tok\nen' } }),
    );
    await expect(call).rejects.toMatchObject({
      name: 'PermanentError',
      message: expect.not.stringContaining('tok'),
    });
  });
});

describe('addresses', () => {
  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.170.2/v2/credentials',
    'http://2852039166/',
    'http://0xa9.0xfe.0xa9.0xfe/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://[::ffff:169.254.169.254]/',
    'http://0.0.0.0:9001/',
    'http://[::]/',
  ])('%s is never called', async (url) => {
    await expect(createHttpSender().send(post(url))).rejects.toMatchObject({ reason: 'denied' });
  });

  test('a name that leads to one is not called either', async () => {
    const lookup: LookupFunction = (_, options, done) => {
      if (options.all === true) done(null, [{ address: '169.254.169.254', family: 4 }] as never);
      else done(null, '169.254.169.254', 4);
    };
    const call = createHttpSender({ lookup }).send(post('http://metadata.example.com/'));
    await expect(call).rejects.toMatchObject({ reason: 'denied' });
  });

  test('the runtime of the function is not called', async () => {
    const sender = createHttpSender({ runtimeApi: '127.0.0.1:9001' });
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const call = sender.send(post(`http://${host}:9001/2018-06-01/runtime/invocation/next`));
      await expect(call).rejects.toMatchObject({ reason: 'denied' });
    }
  });

  test.each(['ftp://example.com/', 'file:///etc/passwd', 'nothing', ''])('"%s" is none', async (url) => {
    await expect(createHttpSender().send(post(url))).rejects.toMatchObject({ reason: 'invalidConfig' });
  });

  test.each([
    ['10.0.0.1', false],
    ['127.0.0.1', false],
    ['169.253.255.255', false],
    ['169.254.0.0', true],
    ['fe80::dead', true],
    ['2001:db8::1', false],
    ['no address', false],
  ])('%s is forbidden: %s', (address, expected) => {
    expect(isForbidden(address)).toBe(expected);
  });
});

test('a webhook is told over the wire, and what it answers comes back', async () => {
  const bodies: string[] = [];
  const url = await receiver((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      const isFirst = bodies.length === 1;
      response.writeHead(isFirst ? 503 : 200, isFirst ? { 'retry-after': '2' } : {}).end();
    });
  });
  const sender = createNotificationSender({ ports: { http: createHttpSender() } as never });
  const target = { kind: 'webhook', fields: { url: `${url}/hook` } };
  const send = () => sender.send(target, CONTENTS.firing!, CONTEXT);
  expect(await send()).toMatchObject({ kind: 'retry', afterMs: 2_000 });
  expect(await send()).toEqual({ kind: 'delivered' });
  expect(bodies[0]).toBe(bodies[1]);
});
