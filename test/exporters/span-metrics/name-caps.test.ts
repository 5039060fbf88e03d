// At most so many names a service, the same in all instances.
import { expect, test } from 'vitest';
import { NameCaps } from '../../../lib/exporters/span-metrics/name-caps.ts';
import { MemoryOperations } from '../../support/memory-operations.ts';

const OWNER = { tenant: 'default', service: 'shop', kind: 'operations' } as const;
const DAY_MS = 86_400_000;
const NOW = 20_000 * DAY_MS;

const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `op${from + i}`);

test('the first names have their places, later ones none', async () => {
  const store = new MemoryOperations();
  const caps = new NameCaps(store, 200);
  expect((await caps.admit(OWNER, names(0, 150), NOW)).size).toBe(150);
  expect([...(await caps.admit(OWNER, names(140, 300), NOW))]).toEqual(names(140, 200));
});

test('instances that start at once agree', async () => {
  const store = new MemoryOperations();
  const [left, right] = await Promise.all([
    new NameCaps(store, 10).admit(OWNER, names(0, 8), NOW),
    new NameCaps(store, 10).admit(OWNER, names(5, 15), NOW),
  ]);
  const later = await new NameCaps(store, 10).admit(OWNER, names(0, 20), NOW);
  expect(later.size).toBe(10);
  for (const name of [...left, ...right]) expect(later.has(name)).toBe(true);
});

test('what is known costs no call, and being seen is noted every few days', async () => {
  const store = new MemoryOperations();
  const caps = new NameCaps(store, 10);
  await caps.admit(OWNER, names(0, 3), NOW);
  for (let day = 0; day < 5; day++) await caps.admit(OWNER, names(0, 3), NOW + day * DAY_MS);
  expect([store.loads, store.saves]).toEqual([1, 1]);
  await caps.admit(OWNER, names(0, 3), NOW + 5 * DAY_MS);
  expect([store.loads, store.saves]).toEqual([2, 2]);
});

test('a name that was not seen for over two weeks gives its place away', async () => {
  const store = new MemoryOperations();
  const caps = new NameCaps(store, 2);
  await caps.admit(OWNER, ['old', 'steady'], NOW);
  await caps.admit(OWNER, ['steady'], NOW + 10 * DAY_MS);
  expect([...(await caps.admit(OWNER, ['new', 'steady'], NOW + 16 * DAY_MS))]).toEqual(['new', 'steady']);
  expect([...(await caps.admit(OWNER, ['old'], NOW + 16 * DAY_MS))]).toEqual([]);
});

test('newcomers to a full service ask the store only now and then', async () => {
  const store = new MemoryOperations();
  const caps = new NameCaps(store, 1);
  await caps.admit(OWNER, ['first'], NOW);
  for (let second = 1; second < 100; second++)
    await caps.admit(OWNER, [`scan${second}`], NOW + second * 1000);
  expect(store.loads).toBe(1);
});

test('operations and remotes have places of their own, and so has each tenant', async () => {
  const store = new MemoryOperations();
  const caps = new NameCaps(store, 1);
  await caps.admit(OWNER, ['a'], NOW);
  expect((await caps.admit({ ...OWNER, kind: 'remotes' }, ['b'], NOW)).size).toBe(1);
  expect((await caps.admit({ ...OWNER, tenant: 'other' }, ['c'], NOW)).size).toBe(1);
  expect((await caps.admit(OWNER, ['d'], NOW)).size).toBe(0);
});
