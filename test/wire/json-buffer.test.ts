import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EscapeMode, JsonBuffer } from '../../lib/wire/json-buffer.ts';
import { text } from '../support/arbitrary-otlp.ts';

const MODES: readonly EscapeMode[] = ['once', 'twice'];

/** What the calls write, as text; a buffer that has to grow all the time. */
function written(mode: EscapeMode, write: (json: JsonBuffer) => void): string {
  const json = new JsonBuffer(mode, 8);
  write(json);
  return json.slice().toString();
}

/** JSON text as it stands in a buffer of this mode. */
function inMode(mode: EscapeMode, json: string): string {
  return mode === 'once' ? json : JSON.stringify(json).slice(1, -1);
}

function view(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

const longText = fc.array(text, { maxLength: 12 }).map((parts) => parts.join(''));
const halves = fc.tuple(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1));

describe.each(MODES)('JsonBuffer, escaping %s', (mode) => {
  it('writes any text as JSON.stringify does, from bytes and from strings', () => {
    fc.assert(
      fc.property(longText, fc.nat(7), (value, offset) => {
        const source = Buffer.from(`${'"'.repeat(offset)}${value}"`);
        const expected = inMode(mode, JSON.stringify(value));
        const end = source.length - 1;
        expect(written(mode, (json) => json.stringBytes(source, view(source), offset, end))).toBe(expected);
        expect(written(mode, (json) => json.string(value))).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('writes any bytes as the text that they decode to', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const source = Buffer.from(bytes);
        const expected = inMode(mode, JSON.stringify(source.toString('utf8')));
        expect(written(mode, (json) => json.stringBytes(source, view(source), 0, source.length))).toBe(
          expected,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('writes lone surrogates of strings as U+FFFD', () => {
    expect(written(mode, (json) => json.string('a\ud800b'))).toBe(inMode(mode, '"a\ufffdb"'));
  });

  it('writes tokens, keys, raw bytes and words one behind the other', () => {
    const plain = Buffer.from('0123456789 and three more');
    const out = written(mode, (json) => {
      json.raw(json.token('{"a":'));
      json.words(view(plain), 0, 10);
      json.byte(0x2c);
      json.raw(json.keyToken('k"'));
      json.raw(Buffer.alloc(200, '7'));
      json.ascii('}');
    });
    expect(out).toBe(inMode(mode, `{"a":0123456789,${JSON.stringify('k"')}:${'7'.repeat(200)}}`));
  });

  it('writes doubles so that they read back the same, NaN and infinities as strings', () => {
    const odd = fc.constantFrom(
      0,
      -0,
      0.1,
      1e21,
      1e-7,
      2 ** 31,
      2 ** 31 - 1,
      2 ** 53,
      21_474_836.47,
      21_474_836.48,
    );
    const money = fc.integer({ min: -(2 ** 31), max: 2 ** 32 }).map((cents) => cents / 100);
    fc.assert(
      fc.property(fc.oneof(fc.double(), odd, money), (value) => {
        const expected = Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value));
        expect(written(mode, (json) => json.double(value))).toBe(inMode(mode, expected));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('JsonBuffer', () => {
  it('writes 64-bit integers with all their digits', () => {
    fc.assert(
      fc.property(
        fc.oneof(halves, fc.tuple(fc.nat(2 ** 32 - 1), fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1))),
        ([lo, hi]) => {
          const value = (BigInt(hi) << 32n) | BigInt(lo);
          expect(written('once', (json) => json.uint64(lo, hi))).toBe(String(value));
          expect(written('once', (json) => json.int64(lo, hi))).toBe(String(BigInt.asIntN(64, value)));
        },
      ),
    );
  });

  it('writes integers', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), (value) => {
        expect(written('once', (json) => json.integer(value))).toBe(String(value));
      }),
    );
  });

  it('writes nanoseconds as seconds with nine decimals, whatever time came before', () => {
    const json = new JsonBuffer('once', 64);
    const near = fc.bigInt({ min: 1_767_225_600_000_000_000n, max: 1_767_225_603_000_000_000n });
    const edge = fc.constantFrom(
      0n,
      999_999_999n,
      1_000_000_000n,
      4_294_967_295n,
      4_294_967_296n,
      2n ** 64n - 1n,
    );
    fc.assert(
      fc.property(fc.oneof(near, edge, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), (nanos) => {
        const source = Buffer.alloc(16);
        source.writeBigUInt64LE(nanos, 8);
        json.clear();
        json.unixSeconds(view(source), 8);
        const expected = `${nanos / 1_000_000_000n}.${String(nanos % 1_000_000_000n).padStart(9, '0')}`;
        expect(json.slice().toString()).toBe(expected);
      }),
      { numRuns: 3000 },
    );
    expect(written('once', (out) => out.unixSeconds(view(Buffer.alloc(8)), 0))).toBe('0.000000000');
  });

  it('writes hexadecimal digits', () => {
    const source = Buffer.from('00ff10abcdef', 'hex');
    expect(written('twice', (json) => json.hex(source, 1, 4))).toBe('ff10abcd');
  });

  it('forgets what it held, and hands out parts', () => {
    const json = new JsonBuffer('once', 4);
    json.ascii('abcdef');
    expect(json.slice(2, 4).toString()).toBe('cd');
    json.clear();
    json.ascii('x');
    expect(json.slice().toString()).toBe('x');
  });
});
