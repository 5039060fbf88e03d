// Requests as wires, proxies and attackers send them: there is always an answer, never 500, and what was taken is whole.
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logsPayload } from '../../../bench/payloads/logs.ts';
import { metricsPayload } from '../../../bench/payloads/metrics.ts';
import { Seeded } from '../../../bench/payloads/seeded.ts';
import { tracesPayload } from '../../../bench/payloads/traces.ts';
import { SIGNALS, type Signal } from '../../../lib/model/signal.ts';
import { decompress } from '../../../lib/wire/compression.ts';
import { mutate } from '../../support/mutate.ts';
import { encodeProtobuf, type OtlpRequest } from '../../support/otlp.ts';
import {
  decodeStatus,
  decodeSuccess,
  JSON_TYPE,
  KEYS,
  type Memory,
  memory,
  PROTOBUF,
  send,
} from './receive.ts';
import { walkWithViews } from './walk-with-views.ts';

const PAYLOADS: Readonly<Record<Signal, OtlpRequest>> = {
  traces: tracesPayload({ spans: 6 }),
  metrics: metricsPayload({ points: 8 }),
  logs: logsPayload({ records: 6 }),
};

const TYPES = [PROTOBUF, JSON_TYPE];
const ENCODINGS: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ['identity', (bytes) => bytes],
  ['gzip', (bytes) => gzipSync(bytes)],
  ['zstd', (bytes) => zstdCompressSync(bytes)],
];

function bodyOf(signal: Signal, type: string): Buffer {
  return type === JSON_TYPE
    ? Buffer.from(JSON.stringify(PAYLOADS[signal]))
    : encodeProtobuf(signal, PAYLOADS[signal]);
}

/** What is on the queue can be unpacked and read by the exporters. */
function expectReadable({ sent }: Memory): void {
  for (const { body, encoding, decompressedBytes, signal } of sent) {
    const packed = Buffer.from(body.kind === 'inline' ? body.base64 : '', 'base64');
    const otlp = decompress(packed, encoding, decompressedBytes);
    expect(otlp.length).toBe(decompressedBytes);
    expect(walkWithViews(signal, otlp).items).toBeGreaterThan(0);
  }
}

describe.each(SIGNALS)('mutated %s', (signal) => {
  it.each(TYPES)('in %s, broken before they are compressed, are refused or taken whole', async (type) => {
    const random = new Seeded(11);
    const original = bodyOf(signal, type);
    for (let round = 0; round < 300; round++) {
      const ports = memory();
      const [encoding, pack] = random.pick(ENCODINGS);
      const headers = { 'content-type': type, 'content-encoding': encoding };
      const answer = await send(
        { path: `/v1/${signal}`, headers, body: pack(mutate(original, random)) },
        { ports },
      );
      expect([200, 400]).toContain(answer.status);
      if (answer.status === 200) decodeSuccess(signal, answer);
      else expect(decodeStatus(answer).message).not.toBe('');
      expectReadable(ports);
    }
  });

  it.each(TYPES)('in %s, broken after they were compressed, are refused or taken whole', async (type) => {
    const random = new Seeded(13);
    const original = bodyOf(signal, type);
    for (let round = 0; round < 300; round++) {
      const ports = memory();
      const [encoding, pack] = random.pick(ENCODINGS);
      const headers = { 'content-type': type, 'content-encoding': encoding };
      const answer = await send(
        { path: `/v1/${signal}`, headers, body: mutate(pack(original), random) },
        { ports },
      );
      expect([200, 400, 413]).toContain(answer.status);
      expectReadable(ports);
    }
  });
});

describe('requests of any shape', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 });
  const sent = fc.record(
    {
      method: fc.oneof(fc.constantFrom('POST', 'GET', 'OPTIONS', ''), text),
      path: fc.oneof(
        fc.constantFrom('/v1/traces', '/v1/logs', '/v1/metrics/', '', '//', '/v1/traces/../x'),
        text,
      ),
      headers: fc.dictionary(
        fc.oneof(
          fc.constantFrom(
            'content-type',
            'content-encoding',
            'authorization',
            'x-tidewatch-key',
            '__proto__',
          ),
          text,
        ),
        fc.oneof(
          fc.constantFrom(
            PROTOBUF,
            JSON_TYPE,
            'gzip',
            'zstd',
            'constructor',
            `Bearer ${KEYS.good}`,
            KEYS.revoked,
          ),
          text,
        ),
      ),
      body: fc.oneof(fc.uint8Array({ maxLength: 100 }), text),
      asText: fc.boolean(),
    },
    { requiredKeys: [] },
  );

  it('get an answer that is no 500, with a body in the encoding it names', async () => {
    await fc.assert(
      fc.asyncProperty(sent, async (request) => {
        const answer = await send(request);
        expect([200, 400, 401, 403, 404, 405, 413, 415]).toContain(answer.status);
        if (answer.status !== 200) expect(decodeStatus(answer).message.length).toBeGreaterThan(0);
        expect(TYPES).toContain(answer.headers['content-type']);
      }),
      { numRuns: 500 },
    );
  });

  it('never repeat a secret in an answer, a count or a fact', async () => {
    for (const key of Object.values(KEYS)) {
      const { body, headers, outcome } = await send({
        headers: { authorization: `Bearer ${key}` },
        body: 'x',
      });
      const secret = key.slice(16);
      const said = `${body.toString('latin1')} ${JSON.stringify([headers, outcome.counts, outcome.facts])}`;
      if (secret.length > 20) expect(said).not.toContain(secret);
    }
  });

  it.each([
    ['rawPath', {}],
    ['a null body', { rawPath: '/v1/traces', body: null }],
  ])('need not have %s', async (_, event) => {
    const { requestFromEvent } = await import('../../../lib/receivers/otlp/lambda-event.ts');
    const { handleOtlpRequest } = await import('../../../lib/receivers/otlp/handle.ts');
    const { RECEIVER_DEFAULTS } = await import('../../../lib/receivers/otlp/settings.ts');
    const outcome = await handleOtlpRequest(requestFromEvent(event, 1), memory(), RECEIVER_DEFAULTS, 0);
    expect(outcome.response.status).toBeLessThan(500);
  });
});
