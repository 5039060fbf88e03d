import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { MalformedError } from '../../lib/model/errors.ts';
import { WireCursor } from '../../lib/wire/cursor.ts';

function at(...bytes: number[]): WireCursor {
  const cursor = new WireCursor();
  cursor.reset(Buffer.from(bytes));
  return cursor;
}

/** The varint of this number in `length` bytes, the unneeded ones being zeros. */
function padded(value: number, length: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (let i = 1; i < length; i++) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

describe('WireCursor', () => {
  it('reads any 64-bit varint as its two halves', () => {
    const cursor = new WireCursor();
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        cursor.reset(Buffer.from(protobuf.Writer.create().uint64(String(value)).finish()));
        cursor.varint64();
        expect((BigInt(cursor.hi) << 32n) | BigInt(cursor.lo)).toBe(value);
        expect(cursor.pos).toBe(cursor.bytes.length);
        cursor.pos = 0;
        if (value < 2n ** 53n) expect(cursor.varint()).toBe(Number(value));
      }),
    );
  });

  it('reads any sint32', () => {
    const cursor = new WireCursor();
    fc.assert(
      fc.property(fc.integer(), (value) => {
        cursor.reset(Buffer.from(protobuf.Writer.create().sint32(value).finish()));
        expect(cursor.sint32()).toBe(value);
      }),
    );
  });

  it('takes varints with unneeded bytes, up to ten', () => {
    for (let length = 2; length <= 5; length++) expect(at(...padded(300, length)).varint()).toBe(300);
    expect(at(0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00).varint()).toBe(1);
  });

  it.each([
    ['a varint that the end cuts', () => at(0x80).varint()],
    ['a varint at the end', () => at().varint()],
    ['a varint of eleven bytes', () => at(...new Array(10).fill(0x80), 0).varint()],
    ['field number 0', () => at(0x02).tag()],
    ['a tag beyond 32 bits', () => at(0xff, 0xff, 0xff, 0xff, 0xff, 0x01).tag()],
    ['a length beyond the message', () => at(3, 0, 0).endOfField(3)],
    ['a length of nearly 2^64', () => at(...new Array(9).fill(0xff), 0x01).endOfField(10)],
    ['a length of 2^32', () => at(0x80, 0x80, 0x80, 0x80, 0x10, 0).endOfField(6)],
    ['eight bytes of which seven are there', () => at(1, 2, 3, 4, 5, 6, 7).fixed(8, 7)],
    ['four bytes beyond the message, not the buffer', () => at(1, 2, 3, 4, 5).fixed(4, 3)],
    ['wire type 6', () => at(0).skip((1 << 3) | 6, 1)],
    ['wire type 7', () => at(0).skip((1 << 3) | 7, 1)],
    ['the end of a group that never began', () => at(0).skip((1 << 3) | 4, 1)],
    ['a group that does not end', () => at(0x08, 1).skip((1 << 3) | 3, 2)],
    ['a group that another field number ends', () => at(0x14).skip((1 << 3) | 3, 1)],
    ['groups nested beyond the limit', () => at(...new Array(60).fill(0x0b)).skip((1 << 3) | 3, 60)],
    ['a message whose last number crossed its end', () => at(0x80, 1).endOf(1) as unknown],
  ])('refuses %s', (_name, read) => {
    expect(read).toThrow(MalformedError);
  });

  it('skips every wire type, groups included', () => {
    const group = [0x0b, 0x10, 0x96, 0x01, 0x1a, 2, 0xff, 0xff, 0x23, 0x24, 0x0c];
    const cursor = at(0x08, 0x96, 0x01, 0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x0a, 1, 0, 0x0d, 1, 2, 3, 4, ...group);
    const end = cursor.bytes.length;
    let fields = 0;
    for (; cursor.pos < end; fields++) cursor.skip(cursor.tag(), end);
    cursor.endOf(end);
    expect(fields).toBe(5);
  });

  it('gives text with U+FFFD for broken UTF-8', () => {
    const cursor = at(0x61, 0xff, 0x62);
    expect(cursor.text(0, 3)).toBe('a\ufffdb');
    expect(cursor.text(2, 2)).toBe('');
    expect(cursor.equals(0, 1, 'a')).toBe(true);
    expect(cursor.equals(0, 2, 'a')).toBe(false);
    expect(cursor.equals(0, 1, 'b')).toBe(false);
  });
});
