// Keys: made, read and checked; laws by property, verdicts by table.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkKey,
  hashSecret,
  type KeyRecord,
  keyText,
  knownScopes,
  makeKey,
  parseKey,
} from '../../lib/keys/ingest-key.ts';

const key = makeKey(randomBytes);
const record: KeyRecord = {
  id: key.id,
  hash: hashSecret(key.secret),
  tenant: 'default',
  scopes: ['ingest:traces'],
  name: 'shop',
  createdAt: 1_700_000_000_000,
};

describe('a key', () => {
  test('reads back from its text, whatever the random bytes are', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (stream) => {
        const made = makeKey((count) => Uint8Array.from(stream.take(count)));
        expect(made.id).toMatch(/^[a-z0-9]{12}$/);
        expect(parseKey(keyText(made))).toEqual(made);
      }),
      { numRuns: 50 },
    );
  });

  test('keeps the underscores of its secret', () => {
    const secret = `_${'a'.repeat(41)}_`;
    expect(parseKey(`tw_abcdefghij01_${secret}`)).toEqual({ id: 'abcdefghij01', secret });
  });

  test.each([
    ['empty', ''],
    ['another prefix', `tx_abcdefghij01_${'a'.repeat(43)}`],
    ['an upper-case id', `tw_ABCDEFGHIJ01_${'a'.repeat(43)}`],
    ['a short secret', `tw_abcdefghij01_${'a'.repeat(42)}`],
    ['a line break at the end', `tw_abcdefghij01_${'a'.repeat(43)}\n`],
  ])('is not read from %s', (_what, text) => {
    expect(parseKey(text)).toBeUndefined();
  });

  test('is never made twice', () => {
    const texts = Array.from({ length: 200 }, () => keyText(makeKey(randomBytes)));
    expect(new Set(texts).size).toBe(200);
  });
});

describe('checkKey', () => {
  const other = makeKey(randomBytes);
  test.each([
    ['accepts the secret for a scope it has', record, key, 'ingest:traces', 'accepted'],
    ['refuses what is not stored', undefined, key, 'ingest:traces', 'unknownKey'],
    ['refuses another secret', record, { ...other, id: key.id }, 'ingest:traces', 'wrongSecret'],
    ['refuses a scope it has not', record, key, 'ingest:logs', 'scopeMissing'],
    ['refuses a revoked key', { ...record, revokedAt: 1 }, key, 'ingest:traces', 'revoked'],
    ['refuses a damaged stored hash', { ...record, hash: 'abc' }, key, 'ingest:traces', 'wrongSecret'],
  ] as const)('%s', (_what, stored, presented, scope, verdict) => {
    expect(checkKey(stored, presented, scope)).toBe(verdict);
  });

  test('does not say that a key is revoked to somebody without its secret', () => {
    expect(checkKey({ ...record, revokedAt: 1 }, { ...other, id: key.id }, 'ingest:traces')).toBe(
      'wrongSecret',
    );
  });
});

test('scopes of a later version are left out', () => {
  expect(knownScopes(['ingest:logs', 'teleport'])).toEqual(['ingest:logs']);
});
