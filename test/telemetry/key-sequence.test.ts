import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttributeList } from '../../lib/telemetry/attribute-list.ts';
import { NO_SEQUENCE } from '../../lib/telemetry/key-sequence.ts';
import { KeyTable } from '../../lib/telemetry/key-table.ts';
import { WireCursor } from '../../lib/wire/cursor.ts';

/** Reads `key: number` pairs as KeyValue messages, one after the other. */
function read(table: KeyTable, list: AttributeList, pairs: readonly (readonly [string, number])[]): void {
  const cursor = new WireCursor();
  const messages = pairs.map(([key, number]) => {
    const bytes = Buffer.from(key);
    return Buffer.from([0x0a, bytes.length, ...bytes, 0x12, 0x02, 0x18, number]);
  });
  cursor.reset(Buffer.concat(messages));
  list.clear();
  let end = 0;
  for (const message of messages) {
    end += message.length;
    list.readKeyValue(cursor, end, table);
  }
  const values = Array.from({ length: list.count }, (_, i) => cursor.bytes[(list.starts[i] as number) + 1]);
  const found = list.keys.slice(0, list.count).map((key, i) => [key.text, values[i]]);
  expect(found).toEqual([...new Map(pairs)]);
}

describe('a list of attributes whose order may be known', () => {
  it('holds the keys in their first order with their last values, however often it was read', () => {
    const table = new KeyTable();
    const list = new AttributeList();
    const keys = fc.constantFrom(
      'a',
      'http.route',
      'http.routf',
      'stra\u00dfe.name.x',
      '\0\0\0\0\0\0\0\0',
      'k'.repeat(70),
    );
    const pairs = fc.array(fc.tuple(keys, fc.nat(127)), { maxLength: 12 });
    fc.assert(
      fc.property(pairs, (some) => {
        read(table, list, some);
        read(table, list, some);
      }),
    );
  });

  it('has the same sequence for the same keys, and none with a key twice', () => {
    const table = new KeyTable();
    const list = new AttributeList();
    read(table, list, [
      ['a', 1],
      ['b', 2],
    ]);
    const { sequence } = list;
    read(table, list, [
      ['a', 3],
      ['c', 2],
    ]);
    expect(list.sequence).not.toBe(sequence);
    read(table, list, [
      ['a', 3],
      ['b', 4],
    ]);
    expect(list.sequence).toBe(sequence);
    read(table, list, [
      ['a', 3],
      ['b', 4],
      ['a', 5],
    ]);
    expect(list.count).toBe(2);
    expect(list.sequence).toBe(sequence);
  });

  it('keeps a bounded number of sequences and goes on without', () => {
    const table = new KeyTable();
    const list = new AttributeList();
    let kept = 0;
    for (let i = 0; i < 1000; i++) {
      read(table, list, [
        [`first.${i % 40}`, 1],
        [`second.${i % 50}`, 2],
      ]);
      if (list.sequence !== NO_SEQUENCE) kept++;
    }
    expect(kept).toBeGreaterThan(0);
    expect(table.sequences.root.with({ id: 5000, text: 'one.more', generation: 1 })).toBe(NO_SEQUENCE);
  });
});
