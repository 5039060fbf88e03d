// Escaping while copying gives what JSON.stringify gives, once and twice, for any bytes at any place of a buffer.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonBuffer } from '../../lib/wire/json-buffer.ts';

const inside = (text: string) => JSON.stringify(text).slice(1, -1);
const EXPECTED = { once: inside, twice: (text: string) => inside(inside(text)) };

/** Texts as they come: plain words, JSON with quotes close together, control characters, all planes of Unicode. */
const piece = fc.oneof(
  fc.string({ maxLength: 9 }),
  fc.constantFrom('"', '\\', '"":"', 'plain text ', '\n', '\u0000', '\u001f', 'é', '語', '🌊', '\u2028'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

describe.each(['once', 'twice'] as const)('escaped %s', (mode) => {
  const json = new JsonBuffer(mode, 64);

  function escaped(bytes: Buffer, start: number, end: number): string {
    json.clear();
    json.ascii('<');
    json.escaped(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start, end);
    json.ascii('>');
    return json.slice().toString('latin1');
  }

  function expectEscaped(content: Buffer, before: Buffer, after: Buffer): void {
    const bytes = Buffer.concat([before, content, after]);
    const result = escaped(bytes, before.length, before.length + content.length);
    const expected = Buffer.from(`<${EXPECTED[mode](content.toString('utf8'))}>`).toString('latin1');
    expect(result).toBe(expected);
  }

  test('any text, whatever lies around it', () => {
    const around = fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(text, around, around, (content, before, after) => {
        expectEscaped(Buffer.from(content), before, after);
      }),
      { numRuns: 3_000 },
    );
  });

  test('any bytes: broken UTF-8 becomes U+FFFD', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((list) => Buffer.from(list)),
      fc.tuple(text, fc.nat(), fc.nat(255)).map(([content, at, byte]) => {
        const broken = Buffer.from(content);
        if (broken.length > 0) broken[at % broken.length] = byte;
        return broken;
      }),
    );
    fc.assert(
      fc.property(bytes, (content) => expectEscaped(content, Buffer.alloc(0), Buffer.alloc(0)) ?? true),
      { numRuns: 3_000 },
    );
  });
});
