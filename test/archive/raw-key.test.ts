// Keys of raw objects: readable, sortable by time, and no tenant ends up under another one's prefix.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRawKey, rawKey, tenantPart } from '../../lib/archive/raw-key.ts';

const DIGEST = '0123456789abcdef0123456789abcdef';

test('a key says signal, tenant and minute of acceptance', () => {
  const key = rawKey('logs', 'default', Date.UTC(2026, 10, 22, 5, 7, 59, 999), DIGEST);
  expect(key).toBe(`raw/logs/tenant=default/dt=2026-11-22/hh=05/mm=07/${DIGEST}.otlp.zst`);
});

test.each([
  ['default', 'default'],
  ['team-a_1.eu', 'team-a_1.eu'],
  ['a/b', 'a~2Fb'],
  ['a~2Fb', 'a~7E2Fb'],
  ['..', '~2E.'],
  ['mit Leerzeichen', 'mit~20Leerzeichen'],
  ['über', '~C3~BCber'],
])('tenant %j stands in the key as %s', (tenant, part) => {
  expect(tenantPart(tenant)).toBe(part);
});

test('any tenant name is safe in a key, bounded, and different from any other', () => {
  const tenant = fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 60 }));
  fc.assert(
    fc.property(tenant, tenant, (a, b) => {
      expect(tenantPart(a)).toMatch(/^[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,192}$/);
      if (a.toWellFormed() !== b.toWellFormed()) expect(tenantPart(a)).not.toBe(tenantPart(b));
    }),
  );
  expect(tenantPart('x'.repeat(250))).not.toBe(tenantPart(`${'x'.repeat(249)}y`));
});

test('a key taken apart is what it was made of', () => {
  const time = fc.nat({ max: 253_402_300_799_999 });
  fc.assert(
    fc.property(
      fc.constantFrom('traces', 'metrics', 'logs'),
      fc.string(),
      time,
      (signal, tenant, acceptedAtMs) => {
        expect(parseRawKey(rawKey(signal, tenant, acceptedAtMs, DIGEST))).toEqual({
          signal,
          tenantPart: tenantPart(tenant),
          minuteMs: Math.floor(acceptedAtMs / 60_000) * 60_000,
          digest: DIGEST,
        });
      },
    ),
  );
});

test.each([
  'pending/2026-11-22/0123',
  `raw/profiles/tenant=a/dt=2026-11-22/hh=05/mm=07/${DIGEST}.otlp.zst`,
  `raw/logs/tenant=a/dt=2026-13-22/hh=05/mm=07/${DIGEST}.otlp.zst`,
  `raw/logs/tenant=a/dt=2026-11-22/hh=05/mm=07/${DIGEST}.parquet`,
])('%s is no key of a raw object', (key) => {
  expect(parseRawKey(key)).toBeUndefined();
});
