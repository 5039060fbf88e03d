import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { lengthDelimited, textField, varint, varintField } from '../../lib/wire/proto-writer.ts';

describe('the protobuf writer', () => {
  it('writes fields that protobufjs reads back', () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.uint8Array(),
        fc.integer({ min: 1, max: 2 ** 28 - 1 }),
        (value, text, bytes, number) => {
          const message = Buffer.concat([
            varintField(8, value),
            textField((2 << 3) | 2, text),
            lengthDelimited(number * 8 + 2, bytes),
          ]);
          const reader = protobuf.Reader.create(message);
          if (value > 0) {
            expect(reader.uint32()).toBe(8);
            expect(String(reader.uint64())).toBe(String(value));
          }
          expect(reader.uint32()).toBe(18);
          expect(reader.string()).toBe(text);
          expect(reader.uint32()).toBe(number * 8 + 2);
          expect(Buffer.from(reader.bytes()).equals(bytes)).toBe(true);
          expect(reader.pos).toBe(message.length);
        },
      ),
    );
  });

  it('leaves out a number field of 0, as proto3 does', () => {
    expect(varintField(8, 0)).toHaveLength(0);
  });

  it('writes U+FFFD for half a surrogate pair', () => {
    expect(textField(10, 'a\ud800').subarray(2).toString()).toBe('a\ufffd');
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN])('refuses %s', (value) => {
    expect(() => varint(value)).toThrow(RangeError);
  });
});
