// What every store of changes does; run against the one in memory here and the one on DynamoDB in test/stack/.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SloChange } from '../../../lib/slo/changes/change.ts';
import type { SloChangeStore } from '../../../lib/slo/changes/ports.ts';

/** @param open gives a store; it may hold changes of earlier tests */
export function describeChangeStore(open: () => SloChangeStore): void {
  const made = (madeAt: number) => ({
    id: randomUUID(),
    slo: 'checkout',
    madeAt,
    author: 'Ada',
    reason: 'database upgrade, “planned”',
    madeBy: 'cli',
  });
  const exclusion = (madeAt: number): SloChange => ({
    ...made(madeAt),
    kind: 'exclusion',
    exclusion: {
      schedule: {
        start: 1_000,
        timeZone: 'Europe/Berlin',
        repeat: { frequency: 'weekly', interval: 1, count: 3, until: undefined, weekdays: [5] },
      },
      durationMs: 3_600_000,
      reason: 'database upgrade',
      author: 'Ada',
    },
  });
  const mine = async (store: SloChangeStore, ...changes: SloChange[]) =>
    (await store.list()).filter(({ id }) => changes.some((change) => change.id === id));

  test('lists what was added, oldest first, as it was', async () => {
    const store = open();
    const [young, old] = [exclusion(2_000), { ...made(1_000), kind: 'override', until: 9_000 } as const];
    await store.add(young);
    await store.add(old);
    expect(await mine(store, young, old)).toEqual([old, young]);
  });

  test('does not add a change twice', async () => {
    const store = open();
    const change = exclusion(1);
    await store.add(change);
    await expect(store.add({ ...change, reason: 'another' })).rejects.toMatchObject({ reason: 'rejected' });
    expect(await mine(store, change)).toEqual([change]);
  });

  test('withdraws once, keeps who did it first, and goes on listing it', async () => {
    const store = open();
    const change = exclusion(1);
    await store.add(change);
    const first = { at: 5, author: 'Grace', reason: 'wrong week' };
    expect(await store.withdraw('checkout', change.id, first)).toEqual({
      kind: 'withdrawn',
      change: { ...change, withdrawn: first },
    });
    expect(await store.withdraw('checkout', change.id, { ...first, at: 9 })).toEqual({
      kind: 'alreadyWithdrawn',
      change: { ...change, withdrawn: first },
    });
    expect(await mine(store, change)).toEqual([{ ...change, withdrawn: first }]);
  });

  test('does not find a change of another SLO, nor one that is not there', async () => {
    const store = open();
    const change = exclusion(1);
    await store.add(change);
    const withdrawal = { at: 5, author: 'Grace', reason: 'wrong' };
    expect(await store.withdraw('search', change.id, withdrawal)).toEqual({ kind: 'notFound' });
    expect(await store.withdraw('checkout', randomUUID(), withdrawal)).toEqual({ kind: 'notFound' });
  });
}
