// What every store of SLOs does; run against the one in memory here and the one on DynamoDB in test/stack/.
import { describe, expect, test } from 'vitest';
import type { HotRow, SloStatusReader, SloStore } from '../../../lib/slo/ports.ts';
import { HOUR, T0 } from '../support.ts';

let names = 0;
const fresh = (): string => `suite-${process.pid}-${++names}`;

/** As the tests' own clock is not the table's: rows of the past would have expired. */
const NOW = Math.floor(Date.now() / HOUR) * HOUR;

const row = (slo: string, version: number, changes: Partial<HotRow> = {}): HotRow => ({
  version,
  at: NOW + version,
  state: '[1,"größe"]',
  recent: Uint8Array.of(1, 0, 255, version),
  outbox: '',
  status: {
    slo,
    remaining: -0.5,
    budgetState: 'exhausted',
    actions: ['notify', 'freeze'],
    evaluatedAt: NOW,
    burnRate: 1.25,
    timeToExhaustionMs: null,
    badEvents: 3,
    allowedEvents: 2,
    remainingMinutes: -1.5,
    firing: ['page'],
    measuredTo: NOW - 1,
    lastDataAt: NOW - 2,
  },
  ...changes,
});

const hours = (...entries: [number, number][]) =>
  new Map(entries.map(([at, byte]) => [NOW + at * HOUR, Uint8Array.of(byte)] as const));

const plain = (found: ReadonlyMap<number, Uint8Array> | undefined) =>
  [...(found ?? [])].map(([hour, packed]) => [(hour - NOW) / HOUR, ...packed]).sort(([a], [b]) => a! - b!);

/** @param open gives a store; all of them share what they keep */
export function describeSloStore(kind: string, open: () => SloStore & SloStatusReader): void {
  describe(`SLOs in ${kind}`, () => {
    test('that were never evaluated have no row', async () => {
      const slo = fresh();
      expect((await open().load([slo])).size).toBe(0);
      expect((await open().statuses([slo])).size).toBe(0);
      expect(plain((await open().hours([{ slo, hours: [T0] }])).get(slo))).toEqual([]);
      expect(plain(await open().hoursBetween(slo, T0, T0 + HOUR))).toEqual([]);
    });

    test('are read back as they were written', async () => {
      const slo = fresh();
      const written = row(slo, 1);
      expect(await open().commit({ slo, row: written, hours: new Map() })).toBe('committed');
      const read = (await open().load([slo])).get(slo)!;
      expect({ ...read, recent: [...read.recent] }).toEqual({ ...written, recent: [...written.recent] });
      expect((await open().statuses([slo, slo])).get(slo)).toEqual(written.status);
    });

    test('take the next version only, and the hours of a slower writer are not written', async () => {
      const slo = fresh();
      const commit = (version: number, byte: number) =>
        open().commit({ slo, row: row(slo, version), hours: hours([-2, byte]) });
      expect((await Promise.all([commit(1, 1), commit(1, 1)])).sort()).toEqual(['committed', 'conflict']);
      expect(await commit(2, 2)).toBe('committed');
      expect(await commit(2, 3)).toBe('conflict');
      expect(await commit(4, 4)).toBe('conflict');
      expect(plain(await open().hoursBetween(slo, NOW - 9 * HOUR, NOW))).toEqual([[-2, 2]]);
      expect((await open().load([slo])).get(slo)!.version).toBe(2);
    });

    test('give the hours that are asked for and exist', async () => {
      const [slo, other] = [fresh(), fresh()];
      const all = hours([-5, 1], [-4, 2], [-3, 3], [-2, 4]);
      await open().commit({ slo, row: row(slo, 1), hours: all });
      await open().commit({ slo: other, row: row(other, 1), hours: hours([-4, 9]) });
      const found = await open().hours([
        { slo, hours: [NOW - 4 * HOUR, NOW - 2 * HOUR, NOW - 50 * HOUR] },
        { slo: other, hours: [NOW - 4 * HOUR] },
      ]);
      expect([plain(found.get(slo)), plain(found.get(other))]).toEqual([
        [
          [-4, 2],
          [-2, 4],
        ],
        [[-4, 9]],
      ]);
      expect(plain(await open().hoursBetween(slo, NOW - 4 * HOUR, NOW - 2 * HOUR))).toEqual([
        [-4, 2],
        [-3, 3],
      ]);
    });

    test('keep an outbox until what was told is what it holds', async () => {
      const slo = fresh();
      await open().commit({ slo, row: row(slo, 1, { outbox: 'one' }), hours: new Map() });
      const outbox = async () => (await open().load([slo])).get(slo)!.outbox;
      await open().emptyOutbox(slo, 'another');
      expect(await outbox()).toBe('one');
      await open().emptyOutbox(slo, 'one');
      expect(await outbox()).toBe('');
      expect((await open().load([slo])).get(slo)!.version).toBe(1);
    });

    test('write 99 hours at once', async () => {
      const slo = fresh();
      const many = hours(...Array.from({ length: 99 }, (_, at): [number, number] => [-at - 1, at]));
      expect(await open().commit({ slo, row: row(slo, 1), hours: many })).toBe('committed');
      expect((await open().hoursBetween(slo, NOW - 200 * HOUR, NOW)).size).toBe(99);
    });

    test('are read by the hundreds', async () => {
      const slos = Array.from({ length: 130 }, fresh);
      await Promise.all(slos.map((slo) => open().commit({ slo, row: row(slo, 1), hours: new Map() })));
      expect((await open().load(slos)).size).toBe(130);
    });
  });
}
