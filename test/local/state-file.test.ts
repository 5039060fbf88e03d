import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LocalPaths, localPaths } from '../../lib/local/paths.ts';
import { type LocalState, readState, removeState, withLock, writeState } from '../../lib/local/state-file.ts';

let folder: string;
let paths: LocalPaths;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidewatch-test-'));
  paths = localPaths(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const STATE: LocalState = {
  version: 1,
  phase: 'ready',
  pid: 1,
  endpoint: 'http://127.0.0.1:1',
  project: '/project',
  startedAt: '2026-11-24T00:00:00.000Z',
  outputs: {},
  endpoints: {
    ingestUrl: null,
    ingestKey: null,
    alertsUrl: null,
    alertsKey: null,
    consoleUrl: null,
    awsEndpoints: {},
    resources: [],
  },
};

describe('the state file', () => {
  test('reads back what was written, and only its owner may read it, for it holds a key', async () => {
    await writeState(paths, STATE);
    expect(readState(paths)).toEqual(STATE);
    expect(statSync(paths.state).mode & 0o077).toBe(0);
    await removeState(paths);
    expect(readState(paths)).toBeUndefined();
  });

  test.each(['', 'garbage', '{}', '{"version":2,"pid":1,"endpoint":"x"}', '[]', 'null'])(
    'content %j counts as nothing recorded',
    async (content) => {
      await writeState(paths, STATE);
      writeFileSync(paths.state, content);
      expect(readState(paths)).toBeUndefined();
    },
  );
});

describe('the lock', () => {
  test('keeps a second one out until the first is done', async () => {
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    const { promise: started, resolve: start } = Promise.withResolvers<void>();
    const first = withLock(paths, () => {
      start();
      return done;
    });
    await started;
    await expect(withLock(paths, async () => 'second')).rejects.toThrow(/at work here/);
    finish();
    await first;
    await expect(withLock(paths, async () => 'third')).resolves.toBe('third');
  });

  test('of many at once exactly one gets it', async () => {
    const COUNT = 20;
    let inside = 0;
    let refused = 0;
    const others = async () => {
      inside++;
      while (inside + refused < COUNT) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const all = Array.from({ length: COUNT }, () => withLock(paths, others).catch(() => void refused++));
    await Promise.all(all);
    expect([inside, refused]).toEqual([1, COUNT - 1]);
  });

  test('is given back when the work fails', async () => {
    await expect(withLock(paths, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(withLock(paths, async () => 'next')).resolves.toBe('next');
  });

  test.each([String(2 ** 22 - 1), String(process.pid), 'garbage', ''])(
    'a lock whose holder %j is gone is taken over',
    async (holder) => {
      await writeState(paths, STATE);
      writeFileSync(paths.lock, holder);
      await expect(withLock(paths, async () => readFileSync(paths.lock, 'utf8'))).resolves.toBe(
        String(process.pid),
      );
    },
  );
});
