// The raw object format: what is written is read again, the same requests make the same object, anything else is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type RawEntry,
  type RawHeader,
  readRawObject,
  writeRawObject,
} from '../../lib/archive/raw-object.ts';
import { MalformedError, PermanentError } from '../../lib/model/errors.ts';
import { SIGNALS } from '../../lib/model/signal.ts';
import { decompress, zstdFrame } from '../../lib/wire/compression.ts';

const hex32 = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const entry: fc.Arbitrary<RawEntry> = fc.record({
  ingestId: hex32,
  acceptedAtMs: fc.nat({ max: 253_402_300_799_999 }),
  otlp: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});
const header: fc.Arbitrary<RawHeader> = fc.record({
  signal: fc.constantFrom(...SIGNALS),
  tenant: fc.string({ unit: 'grapheme' }),
});
const entries = fc.uniqueArray(entry, { selector: ({ ingestId }) => ingestId, maxLength: 8 });

describe('a raw object', () => {
  test('gives back signal, tenant and every request, by time', () => {
    fc.assert(
      fc.property(header, entries, (head, list) => {
        const read = readRawObject(writeRawObject(head, list).bytes);
        const sorted = list.toSorted(
          (a, b) => a.acceptedAtMs - b.acceptedAtMs || (a.ingestId < b.ingestId ? -1 : 1),
        );
        expect({ ...read, entries: read.entries.map(plain) }).toEqual({
          ...head,
          entries: sorted.map(plain),
        });
      }),
    );
  });

  test('is the same for the same requests in any order, and has another digest for others', () => {
    fc.assert(
      fc.property(header, entries, entry, (head, list, more) => {
        const one = writeRawObject(head, list);
        const two = writeRawObject(head, list.toReversed());
        expect(two).toEqual(one);
        expect(writeRawObject(head, [...list, more]).digest).not.toBe(one.digest);
      }),
    );
  });

  test('is one zstd frame that names its content size', () => {
    const { bytes } = writeRawObject({ signal: 'logs', tenant: 't' }, [sample(1), sample(2)]);
    expect(bytes.readUInt32LE(0)).toBe(0xfd2fb528);
    // Frame_Header_Descriptor: bits 7–6 say how the content size is coded, bit 5 that it is there for small ones.
    expect(bytes[4]! & 0b1110_0000).not.toBe(0);
  });

  test('refuses an ingest id that is none', () => {
    const wrong = { ...sample(1), ingestId: 'xyz' };
    expect(() => writeRawObject({ signal: 'logs', tenant: 't' }, [wrong])).toThrow(RangeError);
  });
});

describe('a reader', () => {
  const whole = decompress(
    writeRawObject({ signal: 'traces', tenant: 'tenant' }, [sample(1), sample(2)]).bytes,
    'zstd',
    1e6,
  );

  test.each<[string, Buffer]>([
    ['an empty frame', Buffer.alloc(0)],
    ['another file', Buffer.from('PAR1 and so on')],
    ['a newer version', patched(whole, 4, 2)],
    ['an unknown signal', patched(whole, 5, 9)],
    ['a tenant beyond the end', patched(whole, 7, 0xff)],
    ['an entry beyond the end', patched(whole, 8 + 6 + 2, 0xff)],
    ['an entry shorter than its head', patched(whole, 8 + 6, 5)],
    ['a cut-off length', Buffer.concat([whole, Buffer.from([1, 2])])],
  ])('refuses %s', (_, content) => {
    expect(() => readRawObject(zstdFrame(content, 1))).toThrow(MalformedError);
  });

  test('refuses what unpacks to more than it may', () => {
    expect(() => readRawObject(zstdFrame(Buffer.alloc(10_000), 1), 5_000)).toThrow(PermanentError);
  });

  test('answers damaged objects with errors of its own, and cut-off ones never with a part of an entry', () => {
    const mutation = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(mutation, { maxLength: 4 }), fc.nat(whole.length), (mutations, length) => {
        const bytes = Buffer.from(whole.subarray(0, length));
        for (const { at, byte } of mutations) if (at < length) bytes[at] = byte;
        try {
          const read = readRawObject(zstdFrame(bytes, 1));
          const size = read.entries.reduce((sum, { otlp }) => sum + 28 + otlp.length, 0);
          expect(8 + bytes.readUInt16LE(6) + size).toBe(length);
        } catch (error) {
          expect(error).toBeInstanceOf(PermanentError);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('answers any bytes with errors of its own', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(() => readRawObject(bytes)).toThrow(PermanentError);
      }),
    );
  });
});

function sample(n: number): RawEntry {
  return { ingestId: n.toString(16).padStart(32, '0'), acceptedAtMs: n, otlp: Buffer.from(`request ${n}`) };
}

function plain({ ingestId, acceptedAtMs, otlp }: RawEntry) {
  return { ingestId, acceptedAtMs, otlp: otlp.toString('hex') };
}

function patched(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}
