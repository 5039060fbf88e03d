// What the stores of the anomaly detection do; run on memory here and on the emulated AWS in test/stack/.
import { expect, test } from 'vitest';
import type { Change, ChangeLog, ChangeRecorder, VersionedObjects } from '../../../lib/anomaly/ports.ts';

/** @param open gives a store; keys are new in each test */
export function describeVersionedObjects(open: () => VersionedObjects): void {
  const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
  const text = (stored: { readonly bytes: Uint8Array } | undefined): string | undefined =>
    stored === undefined ? undefined : Buffer.from(stored.bytes).toString();
  let keys = 0;
  const newKey = (): string => `anomaly/test/${Date.now()}-${keys++}`;

  test('an object that is not there is undefined', async () => {
    expect(await open().load(newKey())).toBeUndefined();
  });

  test('an object is read as it was written, under the version that writing gave', async () => {
    const [store, key] = [open(), newKey()];
    const saved = await store.save(key, bytes('one'), undefined);
    expect(saved).not.toBe('conflict');
    const loaded = await store.load(key);
    expect(text(loaded)).toBe('one');
    expect(saved).toEqual({ version: loaded?.version });
  });

  test('only the writer that read the newest version writes the next', async () => {
    const [store, key] = [open(), newKey()];
    await store.save(key, bytes('one'), undefined);
    const first = await store.load(key);
    expect(await store.save(key, bytes('two'), first?.version)).not.toBe('conflict');
    expect(await store.save(key, bytes('late'), first?.version)).toBe('conflict');
    expect(text(await store.load(key))).toBe('two');
  });

  test('an object is made once', async () => {
    const [store, key] = [open(), newKey()];
    await store.save(key, bytes('one'), undefined);
    expect(await store.save(key, bytes('other'), undefined)).toBe('conflict');
    expect(text(await store.load(key))).toBe('one');
  });

  test('five megabytes come back as they were', async () => {
    const [store, key] = [open(), newKey()];
    const large = Uint8Array.from({ length: 5_000_000 }, (_, at) => (at * 31) & 255);
    await store.save(key, large, undefined);
    const loaded = await store.load(key);
    expect(Buffer.compare(loaded!.bytes, large)).toBe(0);
  });
}

/** @param open gives a log that holds nothing of these days */
export function describeChangeLog(open: () => ChangeLog & ChangeRecorder): void {
  const base = Math.floor(Date.now() / 86_400_000) * 86_400_000;
  const change = (minutes: number, component: string): Change => ({
    id: `${component}-${minutes}`,
    kind: 'codedeploy',
    time: base + minutes * 60_000,
    component,
    what: 'deployment d-1 started',
  });

  test('changes are listed by time, the end outside, over midnight too', async () => {
    const log = open();
    const [before, early, late, end] = [-90, -10, 5, 30].map((minutes) => change(minutes, 'payments'));
    for (const one of [late!, before!, end!, early!]) await log.record(one);
    expect(await log.between(base - 60 * 60_000, base + 30 * 60_000)).toEqual([early, late]);
  });

  test('the same change is recorded once', async () => {
    const log = open();
    const one = change(600, 'orders');
    await log.record(one);
    await log.record(one);
    expect(await log.between(one.time, one.time + 1)).toEqual([one]);
  });
}
