import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeySideTable, KeyTable } from '../../lib/telemetry/key-table.ts';
import { text } from '../support/arbitrary-otlp.ts';

function intern(table: KeyTable, key: string | Buffer) {
  const bytes = Buffer.from(key);
  return table.intern(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
}

describe('KeyTable', () => {
  it('gives the same object for the same key and another for every other, in any order', () => {
    const table = new KeyTable();
    const known = new Map<string, unknown>();
    fc.assert(
      fc.property(fc.array(text, { maxLength: 40 }), (keys) => {
        for (const key of [...keys, ...keys]) {
          const interned = intern(table, key);
          expect(interned.text).toBe(key);
          if (known.has(key)) expect(known.get(key)).toBe(interned);
          known.set(key, interned);
        }
        expect(new Set(known.values()).size).toBe(known.size);
      }),
    );
  });

  it('does not keep long keys, nor more than it has room for, until the next request', () => {
    const table = new KeyTable();
    expect(intern(table, 'k'.repeat(257)).id).toBe(-1);
    const first = intern(table, 'key.0');
    let unkept = 0;
    for (let i = 1; i < 6000; i++) unkept += intern(table, `key.${i}`).id < 0 ? 1 : 0;
    expect(unkept).toBeGreaterThan(1000);
    expect(intern(table, 'key.0')).toBe(first);
    table.startRequest();
    expect(intern(table, 'key.5999').id).toBe(0);
  });

  it('spends no more on keys that are made to collide than on others', () => {
    // All bytes that the hash looks at are the same: first, last, and those at the quarters.
    const table = new KeyTable();
    let wrong = 0;
    const before = process.cpuUsage();
    for (let i = 0; i < 100_000; i++) {
      const digits = String(i).padStart(6, '0');
      const key = `a${digits.slice(0, 5)}b${digits[5]}xxxxycdefzghijkl`;
      if (intern(table, key).text !== key) wrong += 1;
    }
    const { user, system } = process.cpuUsage(before);
    expect(wrong).toBe(0);
    // Without a limit on collisions it takes 5 seconds.
    expect((user + system) / 1000).toBeLessThan(1500);
  });

  it('makes a side table forget when the table starts over', () => {
    const table = new KeyTable();
    let made = 0;
    const side = new KeySideTable((key) => `${key.text}#${++made}`);
    expect(side.of(intern(table, 'a'))).toBe('a#1');
    expect(side.of(intern(table, 'a'))).toBe('a#1');
    for (let i = 0; i < 5000; i++) intern(table, `key.${i}`);
    table.startRequest();
    expect(side.of(intern(table, 'b'))).toBe('b#2');
    expect(side.of(intern(table, 'a'))).toBe('a#3');
  });

  it('takes broken UTF-8 as text with U+FFFD', () => {
    const table = new KeyTable();
    expect(intern(table, Buffer.from([0x61, 0xff])).text).toBe('a\ufffd');
  });
});
