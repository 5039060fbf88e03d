// Envelopes from the queue: valid ones pass unchanged, everything else is poison with a reason, nothing throws.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TelemetryMessage } from '../../lib/model/telemetry-message.ts';
import { decodeMessage } from '../../lib/pipeline/decode-message.ts';

const VALID: TelemetryMessage = {
  version: 1,
  ingestId: '0123456789abcdef0123456789abcdef',
  tenant: 'default',
  signal: 'logs',
  encoding: 'gzip',
  decompressedBytes: 120,
  acceptedAtMs: 1_795_000_000_000,
  body: { kind: 'inline', base64: 'AAAA' },
};

test.each<[string, TelemetryMessage]>([
  ['a body inside', VALID],
  ['a body beside', { ...VALID, body: { kind: 'object', key: 'pending/2026-11-22/0123', bytes: 900_000 } }],
  ['a field that a later version may add', { ...VALID, added: true } as TelemetryMessage],
])('a message with %s passes', (_, message) => {
  expect(decodeMessage(JSON.stringify(message))).toEqual({ kind: 'message', message });
});

describe('poison', () => {
  test.each<[string, string, string]>([
    ['text that is no JSON', 'hello', 'invalidEnvelope'],
    ['a list', '[]', 'invalidEnvelope'],
    ['null', 'null', 'invalidEnvelope'],
    ['a message of a newer version', JSON.stringify({ ...VALID, version: 2 }), 'unknownVersion'],
    ['a message without a version', JSON.stringify({ ...VALID, version: undefined }), 'unknownVersion'],
    ...(
      [
        { ingestId: 'zz' },
        { tenant: '' },
        { signal: 'profiles' },
        { encoding: 'br' },
        { decompressedBytes: -1 },
        { decompressedBytes: 1e12 },
        { acceptedAtMs: 1.5 },
        { acceptedAtMs: 9e15 },
        { body: { kind: 'inline' } },
        { body: { kind: 'object', key: 'raw/logs/x', bytes: 1 } },
        { body: { kind: 'object', key: 'pending/x', bytes: 1e12 } },
        { body: null },
      ] as object[]
    ).map((field): [string, string, string] => [
      JSON.stringify(field),
      JSON.stringify({ ...VALID, ...field }),
      'invalidEnvelope',
    ]),
  ])('%s', (_, text, reason) => {
    expect(decodeMessage(text)).toMatchObject({ kind: 'poison', reason, detail: expect.any(String) });
  });

  test('any JSON is a message or poison', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(['message', 'poison']).toContain(decodeMessage(text).kind);
      }),
    );
  });
});
