// What every store of series baselines must do: run against memory here, and against the table in test/stack.
import { describe, expect, test } from 'vitest';
import type { SeriesCommit, SeriesStore } from '../../../lib/exporters/cloudwatch-metrics/ports.ts';

let names = 0;

/** A shard that no test has used. */
const freshShard = () => `suite${process.pid}x${++names}`;

const bytes = (...values: number[]) => Uint8Array.from(values);

function leaf(shard: string, before: number, more: Partial<SeriesCommit> = {}): SeriesCommit {
  const content = { kind: 'leaf' as const, data: bytes(1, 2, 255) };
  return { shard, before, content, children: [], moves: [], ...more };
}

/** @param make a store; all of them share what they keep */
export function describeSeriesStore(kind: string, make: () => SeriesStore): void {
  describe(`series baselines in ${kind}`, () => {
    test('what was never written is absent', async () => {
      const loaded = await make().load(freshShard(), ['a', 'b']);
      expect(loaded).toEqual({ shard: undefined, moves: [undefined, undefined] });
    });

    test('a shard and the moves of its commit are read back, byte for byte', async () => {
      const shard = freshShard();
      const moves = [
        { ingestId: 'a', data: bytes(9) },
        { ingestId: 'b', data: bytes(0, 128) },
      ];
      expect(await make().commit(leaf(shard, 0, { moves }))).toBe('committed');
      const loaded = await make().load(shard, ['b', 'c', 'a']);
      expect(loaded.shard).toMatchObject({ version: 1, fading: false, content: { kind: 'leaf' } });
      expect(loaded.shard!.content).toHaveProperty(
        'data',
        expect.toSatisfy((data) => same(data, bytes(1, 2, 255))),
      );
      expect(loaded.moves[1]).toBeUndefined();
      expect([same(loaded.moves[0]!, bytes(0, 128)), same(loaded.moves[2]!, bytes(9))]).toEqual([true, true]);
    });

    test('of two commits on the same version one is a conflict and leaves nothing', async () => {
      const shard = freshShard();
      const results = await Promise.all(
        ['a', 'b'].map((ingestId) =>
          make().commit(leaf(shard, 0, { moves: [{ ingestId, data: bytes(1) }] })),
        ),
      );
      expect(results.sort()).toEqual(['committed', 'conflict']);
      const { shard: stored, moves } = await make().load(shard, ['a', 'b']);
      expect(stored!.version).toBe(1);
      expect(moves.filter((move) => move !== undefined)).toHaveLength(1);
    });

    test('a commit on an old version is a conflict', async () => {
      const shard = freshShard();
      await make().commit(leaf(shard, 0));
      await make().commit(leaf(shard, 1));
      expect(await make().commit(leaf(shard, 1))).toBe('conflict');
      expect(await make().commit(leaf(shard, 2))).toBe('committed');
    });

    test('a request moves a shard once', async () => {
      const shard = freshShard();
      const moves = [{ ingestId: 'a', data: bytes(1) }];
      await make().commit(leaf(shard, 0, { moves }));
      expect(await make().commit(leaf(shard, 1, { moves }))).toBe('conflict');
      expect((await make().load(shard, [])).shard!.version).toBe(1);
    });

    test('a shard is cut in two together with its move, over whatever lay there', async () => {
      const shard = freshShard();
      await make().commit(leaf(`${shard}0`, 0));
      const children = ['0', '1'].map((bit) => ({
        shard: shard + bit,
        content: { kind: 'leaf' as const, data: bytes(Number(bit)) },
      }));
      const content = { kind: 'split' as const };
      const moves = [{ ingestId: 'a', data: bytes(7) }];
      expect(await make().commit({ shard, before: 0, content, children, moves })).toBe('committed');
      expect((await make().load(shard, ['a'])).shard!.content).toEqual({ kind: 'split' });
      for (const bit of [0, 1]) {
        const { shard: child } = await make().load(`${shard}${bit}`, []);
        expect(child!.content).toHaveProperty(
          'data',
          expect.toSatisfy((data) => same(data, bytes(bit))),
        );
      }
    });
  });
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
