// UTF-8 character by character agrees with Node's own check of the whole.
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { characterEnd } from '../../lib/wire/utf8.ts';

function isValid(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; ) {
    const next = (bytes[at] as number) < 128 ? at + 1 : characterEnd(bytes, at, bytes.length);
    if (next < 0) return false;
    at = next;
  }
  return true;
}

/** Bytes at the edges of the ranges that RFC 3629 allows. */
const edge = fc.constantFrom(
  ...[0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf],
  ...[0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
);

test('any bytes are valid or not as Node says', () => {
  const bytes = fc.oneof(fc.array(edge, { maxLength: 8 }), fc.array(fc.nat(255), { maxLength: 8 }));
  fc.assert(
    fc.property(bytes, (list) => {
      expect(isValid(Buffer.from(list))).toBe(isUtf8(Buffer.from(list)));
    }),
    { numRuns: 5_000 },
  );
});

test('any text is valid, and a character cut off is not', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      const bytes = Buffer.from(text);
      expect(isValid(bytes)).toBe(true);
      if ((bytes.at(-1) as number) > 127) expect(isValid(bytes.subarray(0, -1))).toBe(false);
    }),
  );
});
