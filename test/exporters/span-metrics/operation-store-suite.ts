// What every store of operation names must do: run against memory here, and against the table in test/stack.
import { describe, expect, test } from 'vitest';
import type { NameOwner, OperationStore } from '../../../lib/exporters/span-metrics/ports.ts';

let services = 0;

const fresh = (): NameOwner => ({
  tenant: 'default',
  service: `suite ${process.pid} ${++services} ${'long '.repeat(200)}`,
  kind: 'operations',
});

/** @param make a store; all of them share what they keep */
export function describeOperationStore(kind: string, make: () => OperationStore): void {
  describe(`operation names in ${kind}`, () => {
    test('of a service that nobody wrote are none', async () => {
      expect(await make().load(fresh())).toEqual({ days: new Map(), version: 0 });
    });

    test('are read back with the days they were seen', async () => {
      const owner = fresh();
      const days = new Map([
        ['GET /a', 20_000],
        ['GET "ä"', 19_999],
      ]);
      expect(await make().save(owner, { days, version: 0 })).toBe('saved');
      expect(await make().load(owner)).toEqual({ days, version: 1 });
      expect((await make().load({ ...owner, kind: 'remotes' })).version).toBe(0);
    });

    test('are written by one of two that read the same', async () => {
      const owner = fresh();
      const save = () => make().save(owner, { days: new Map(), version: 0 });
      expect((await Promise.all([save(), save()])).sort()).toEqual(['conflict', 'saved']);
      expect(await make().save(owner, { days: new Map([['a', 1]]), version: 1 })).toBe('saved');
    });
  });
}
