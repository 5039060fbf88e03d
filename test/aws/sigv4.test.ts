// The own signer against @smithy/signature-v4: equal for every request either can be given.
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signRequest } from '../../lib/aws/sigv4.ts';
import { NodeSha256 } from './loopback-aws.ts';

const escapeUri = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const service = fc.constantFrom('xray', 'monitoring', 'logs', 'sqs', 's3', 'dynamodb');
const wellFormed = (constraints: { minLength?: number; maxLength: number }) =>
  fc.string({ unit: 'grapheme', ...constraints });
const headerName = fc.oneof(
  fc.constantFrom(
    'content-type',
    'x-amz-target',
    'user-agent',
    'x-amzn-trace-id',
    'cache-control',
    'sec-fetch-mode',
    'proxy-authenticate',
    'content-encoding',
    'x-amz-meta-a_b.c',
  ),
  fc.stringMatching(/^x-[a-z0-9!#$&'*+.^_`|~-]{1,12}$/),
);
const headerValue = fc.oneof(
  wellFormed({ maxLength: 30 }),
  fc.stringMatching(/^[ \t]*[!-~ \t]{0,30}[ \t]*$/),
);
const segment = fc.oneof(
  wellFormed({ maxLength: 12 }).map(escapeUri),
  fc.constantFrom('', '.', '..', 'a%20b', '%C3%A9', "(x)'*!", 'dt=2026-01-01'),
);
const query = fc.dictionary(wellFormed({ minLength: 1, maxLength: 8 }), wellFormed({ maxLength: 8 }), {
  maxKeys: 4,
});

const request = fc.record({
  service,
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'),
  region: fc.constantFrom('eu-central-1', 'us-east-1', 'cn-north-1'),
  segments: fc.array(segment, { maxLength: 5 }),
  query,
  headers: fc.dictionary(headerName, headerValue, { maxKeys: 6 }),
  body: fc.uint8Array({ maxLength: 200 }),
  nowMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
  secretAccessKey: fc.stringMatching(/^[A-Za-z0-9/+]{10,40}$/),
  sessionToken: fc.option(fc.base64String({ minLength: 4, maxLength: 60 }), { nil: undefined }),
});

describe('signRequest', () => {
  it('gives the headers that @smithy/signature-v4 gives, for every service, path, query, header and token', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (r) => {
        const path = `/${r.segments.join('/')}`;
        const host = `${r.service}.${r.region}.amazonaws.com`;
        const smithy = new SignatureV4({
          service: r.service,
          region: r.region,
          credentials: {
            accessKeyId: r.accessKeyId,
            secretAccessKey: r.secretAccessKey,
            ...(r.sessionToken !== undefined && { sessionToken: r.sessionToken }),
          },
          sha256: NodeSha256,
          uriEscapePath: r.service !== 's3',
          applyChecksum: r.service === 's3',
        });
        const expected = await smithy.sign(
          {
            method: r.method,
            protocol: 'https:',
            hostname: host,
            path,
            query: r.query,
            headers: { ...r.headers, host },
            body: r.body,
          },
          { signingDate: new Date(r.nowMs) },
        );
        const search = Object.entries(r.query)
          .map(([name, value]) => `${escapeUri(name)}=${escapeUri(value)}`)
          .join('&');
        const signed = signRequest(
          {
            method: r.method,
            host,
            path: search === '' ? path : `${path}?${search}`,
            headers: r.headers,
            body: r.body,
          },
          {
            service: r.service,
            region: r.region,
            credentials: {
              accessKeyId: r.accessKeyId,
              secretAccessKey: r.secretAccessKey,
              sessionToken: r.sessionToken,
            },
            nowMs: r.nowMs,
          },
        );
        expect(signed).toEqual(expected.headers);
      }),
      { numRuns: 400 },
    );
  });

  it('sorts repeated query names by value and takes a name without a value as empty', () => {
    const sign = (path: string) =>
      signRequest(
        { method: 'GET', host: 'b.s3.eu-west-1.amazonaws.com', path, headers: {}, body: new Uint8Array() },
        {
          service: 's3',
          region: 'eu-west-1',
          credentials: { accessKeyId: 'AK', secretAccessKey: 'SK', sessionToken: undefined },
          nowMs: 0,
        },
      ).authorization;
    expect(sign('/?b=2&a=1&b=1&uploads')).toBe(sign('/?uploads=&b=1&b=2&a=1'));
  });
});
