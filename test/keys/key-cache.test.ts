// What is remembered of keys, on a virtual clock.
import { describe, expect, it } from 'vitest';
import type { KeyRecord } from '../../lib/keys/ingest-key.ts';
import { KEY_CACHE_MS, KeyCache, MISS_CACHE_MS } from '../../lib/keys/key-cache.ts';
import { RetryableError } from '../../lib/model/errors.ts';

const RECORD: KeyRecord = { id: 'a', hash: '', tenant: 't', scopes: [], name: '', createdAt: 0 };
const DEADLINE_MS = 1_000_000_000;

function setUp() {
  const clock = { nowMs: 1_000 };
  const rows = new Map<string, KeyRecord>([['a', RECORD]]);
  const asked: string[] = [];
  const source: { failure?: Error } = {};
  const cache = new KeyCache(
    {
      async find(keyId) {
        asked.push(keyId);
        if (source.failure !== undefined) throw source.failure;
        return rows.get(keyId);
      },
    },
    () => clock.nowMs,
  );
  return { cache, clock, rows, asked, source, find: (keyId: string) => cache.find(keyId, DEADLINE_MS) };
}

describe('KeyCache', () => {
  it('asks once for a key within a minute, and again after it', async () => {
    const { find, clock, asked } = setUp();
    expect(await find('a')).toBe(RECORD);
    clock.nowMs += KEY_CACHE_MS - 1;
    expect(await find('a')).toBe(RECORD);
    expect(asked).toHaveLength(1);
    clock.nowMs += 1;
    await find('a');
    expect(asked).toHaveLength(2);
    expect(KEY_CACHE_MS).toBeLessThanOrEqual(60_000);
  });

  it('sees a revocation within a minute', async () => {
    const { find, clock, rows } = setUp();
    await find('a');
    rows.set('a', { ...RECORD, revokedAt: 2_000 });
    clock.nowMs += KEY_CACHE_MS;
    expect(await find('a')).toMatchObject({ revokedAt: 2_000 });
  });

  it('remembers an unknown id for a shorter time, so that a new key works soon', async () => {
    const { find, clock, rows, asked } = setUp();
    expect(await find('b')).toBeUndefined();
    expect(await find('b')).toBeUndefined();
    expect(asked).toHaveLength(1);
    rows.set('b', RECORD);
    clock.nowMs += MISS_CACHE_MS;
    expect(await find('b')).toBe(RECORD);
  });

  it('goes on with what it knows while the source is down, and says so for what it does not know', async () => {
    const { find, clock, source } = setUp();
    await find('a');
    source.failure = new RetryableError('unavailable', 'down');
    expect(await find('a')).toBe(RECORD);
    await expect(find('b')).rejects.toBe(source.failure);
    clock.nowMs += KEY_CACHE_MS;
    await expect(find('a')).rejects.toBe(source.failure);
  });

  it('remembers no failure', async () => {
    const { find, source } = setUp();
    source.failure = new RetryableError('unavailable', 'down');
    await expect(find('a')).rejects.toThrow();
    delete source.failure;
    expect(await find('a')).toBe(RECORD);
  });

  it('keeps known keys, and a bounded number of entries, while made-up ids pour in', async () => {
    const { cache, find, asked } = setUp();
    await find('a');
    for (let i = 0; i < 5_000; i++) await find(`made-up-${i}`);
    const before = asked.length;
    await find('a');
    expect(asked).toHaveLength(before);
    const { hits, misses } = cache as unknown as { hits: Map<string, unknown>; misses: Map<string, unknown> };
    expect(hits.size + misses.size).toBeLessThanOrEqual(1_001);
  });
});
