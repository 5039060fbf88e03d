// A request that was archived twice is read once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeRawObject } from '../../lib/archive/raw-object.ts';
import { readDistinct } from '../../lib/archive/read-distinct.ts';
import { allOf } from '../support/all-of.ts';

const HEADER = { signal: 'logs', tenant: 't' } as const;

function entryOf(n: number) {
  return { ingestId: n.toString(16).padStart(32, '0'), acceptedAtMs: n, otlp: Buffer.from(String(n)) };
}

test('requests come once, whatever objects they lie in', async () => {
  const batches = fc.array(fc.uniqueArray(fc.nat(30), { maxLength: 6 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(batches, async (objects) => {
      const bytes = objects.map((numbers) => writeRawObject(HEADER, numbers.map(entryOf)).bytes);
      const read = await allOf(readDistinct(bytes));
      expect(read.map(({ otlp }) => Number(otlp.toString())).toSorted((a, b) => a - b)).toEqual(
        [...new Set(objects.flat())].toSorted((a, b) => a - b),
      );
    }),
  );
});

test('the same id of another tenant is another request', async () => {
  const objects = ['a', 'b'].map((tenant) => writeRawObject({ signal: 'logs', tenant }, [entryOf(1)]).bytes);
  expect((await allOf(readDistinct(objects))).map(({ tenant }) => tenant)).toEqual(['a', 'b']);
});
