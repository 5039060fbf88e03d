// What every key store does; run against the one in memory here and the one on DynamoDB in test/stack/.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { KeyRecord } from '../../lib/keys/ingest-key.ts';
import { newKey } from '../../lib/keys/new-key.ts';
import type { KeyStore } from '../../lib/keys/ports.ts';

/** @param open gives a store; called in each test, the store may hold keys of earlier ones */
export function describeKeyStore(open: () => KeyStore): void {
  const make = (createdAt: number): KeyRecord =>
    newKey({ name: 'shop', tenant: 'default', scopes: ['ingest', 'ack'] }, randomBytes, createdAt).record;
  const mine = async (store: KeyStore, ...records: KeyRecord[]) =>
    (await store.list()).filter(({ id }) => records.some((record) => record.id === id));

  test('lists what was created, oldest first, as it was', async () => {
    const store = open();
    const [young, old] = [make(2_000), make(1_000)];
    await store.create(young);
    await store.create(old);
    const listed = await mine(store, young, old);
    expect(listed.map(sorted)).toEqual([old, young].map(sorted));
  });

  test('does not create a key twice', async () => {
    const store = open();
    const record = make(1);
    await store.create(record);
    await expect(store.create({ ...record, name: 'another' })).rejects.toMatchObject({ reason: 'rejected' });
    expect((await mine(store, record)).map(({ name }) => name)).toEqual(['shop']);
  });

  test('revokes once, and keeps the time of the first', async () => {
    const store = open();
    const record = make(1);
    await store.create(record);
    expect(await store.revoke(record.id, 5)).toMatchObject({ kind: 'revoked', record: { revokedAt: 5 } });
    expect(await store.revoke(record.id, 9)).toMatchObject({
      kind: 'alreadyRevoked',
      record: { revokedAt: 5 },
    });
    expect(await mine(store, record)).toMatchObject([{ id: record.id, revokedAt: 5 }]);
  });

  test('says that there is no such key, and makes none of it', async () => {
    const store = open();
    expect(await store.revoke('nosuchkey000', 5)).toEqual({ kind: 'notFound' });
    expect((await store.list()).map(({ id }) => id)).not.toContain('nosuchkey000');
  });

  test('lists more keys than one read takes', async () => {
    const store = open();
    const records = Array.from({ length: 120 }, (_, index) => make(index));
    for (const record of records) await store.create(record);
    const listed = await mine(store, ...records);
    expect(listed.map(({ id }) => id)).toEqual(records.map(({ id }) => id));
  });
}

function sorted(record: KeyRecord): KeyRecord {
  return { ...record, scopes: record.scopes.toSorted() };
}
