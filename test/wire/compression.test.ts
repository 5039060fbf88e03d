import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedError, PermanentError } from '../../lib/model/errors.ts';
import { decompress, MAX_ZSTD_FRAMES, zstdFrame } from '../../lib/wire/compression.ts';

const text = Buffer.from('observed '.repeat(1000));
const CAP = 100_000;

function failure(run: () => unknown): PermanentError {
  try {
    run();
  } catch (error) {
    if (error instanceof PermanentError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('decompress', () => {
  it.each([
    ['identity', text],
    ['gzip', gzipSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['zstd', zstdFrame(text, 3)],
  ] as const)('gives back what was packed with %s', (encoding, packed) => {
    expect(decompress(packed, encoding, CAP).equals(text)).toBe(true);
  });

  it('gives back any bytes, whatever their length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.constantFrom('gzip', 'zstd'), (bytes, encoding) => {
        const packed = encoding === 'gzip' ? gzipSync(bytes) : zstdFrame(bytes, 1);
        expect(decompress(packed, encoding, CAP).equals(bytes)).toBe(true);
      }),
    );
  });

  it('joins the members of a gzip body and the frames of a zstd body, skippable ones left out', () => {
    const [a, b] = [text.subarray(0, 4000), text.subarray(4000)];
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    expect(decompress(Buffer.concat([gzipSync(a), gzipSync(b)]), 'gzip', CAP).equals(text)).toBe(true);
    const frames = Buffer.concat([skippable, zstdFrame(a, 1), skippable, zstdFrame(b, 1)]);
    expect(decompress(frames, 'zstd', CAP).equals(text)).toBe(true);
  });

  it.each(['identity', 'gzip', 'zstd'] as const)(
    'takes a %s body of exactly the cap and refuses one more',
    (encoding) => {
      const pack = { identity: (b: Buffer) => b, gzip: gzipSync, zstd: (b: Buffer) => zstdFrame(b, 1) }[
        encoding
      ];
      expect(decompress(pack(text), encoding, text.length)).toHaveLength(text.length);
      const error = failure(() => decompress(pack(text), encoding, text.length - 1));
      expect(error.reason).toBe('tooLarge');
      expect(error.message).toContain(`${text.length - 1} bytes`);
    },
  );

  it('counts all frames of a zstd body against the cap', () => {
    const frames = Buffer.concat([zstdFrame(text, 1), zstdFrame(text, 1)]);
    expect(failure(() => decompress(frames, 'zstd', text.length)).reason).toBe('tooLarge');
    expect(failure(() => decompress(frames, 'zstd', text.length + 1)).reason).toBe('tooLarge');
  });

  it.each(['gzip', 'zstd'] as const)('never allocates more than the cap for a %s bomb', (encoding) => {
    const zeros = Buffer.alloc(200_000_000);
    const bomb = encoding === 'gzip' ? gzipSync(zeros, { level: 9 }) : zstdCompressSync(zeros);
    const before = process.memoryUsage().arrayBuffers;
    expect(failure(() => decompress(bomb, encoding, 1_000_000)).reason).toBe('tooLarge');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000);
  });

  it('does not believe a gzip trailer that promises gigabytes', () => {
    const lying = gzipSync(text);
    lying.writeUInt32LE(0xf0000000, lying.length - 4);
    const before = process.memoryUsage().arrayBuffers;
    expect(failure(() => decompress(lying, 'gzip', 500_000_000))).toBeInstanceOf(MalformedError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000);
  });

  it('refuses a zstd window above 8 MB before it is allocated', () => {
    const window128MB = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x88, 9, 0, 0, 0x78]);
    const error = failure(() => decompress(window128MB, 'zstd', CAP));
    expect(error).toBeInstanceOf(MalformedError);
    expect(error.message).toContain('too much memory');
  });

  it('refuses a zstd body made of countless frames', () => {
    const empty = zstdFrame(Buffer.alloc(0), 1);
    const body = Buffer.concat(Array.from({ length: MAX_ZSTD_FRAMES + 1 }, () => empty));
    expect(failure(() => decompress(body, 'zstd', CAP)).message).toContain('more than 1000 frames');
  });

  it.each([
    ['an empty gzip body', 'gzip', Buffer.alloc(0)],
    ['an empty zstd body', 'zstd', Buffer.alloc(0)],
    ['text that claims to be gzip', 'gzip', text],
    ['text that claims to be zstd', 'zstd', text],
    ['a gzip body with garbage behind it', 'gzip', Buffer.concat([gzipSync(text), Buffer.from('garbage')])],
    [
      'a zstd body with garbage behind it',
      'zstd',
      Buffer.concat([zstdFrame(text, 1), Buffer.from('garbage')]),
    ],
    ['a gzip body with a wrong checksum', 'gzip', damaged(gzipSync(text), -6)],
    ['a zstd body with a wrong checksum', 'zstd', damaged(zstdFrame(text, 1), -2)],
  ] as const)('calls %s malformed', (_name, encoding, body) => {
    expect(failure(() => decompress(body, encoding, CAP))).toBeInstanceOf(MalformedError);
  });

  it.each(['gzip', 'zstd'] as const)('calls a %s body cut anywhere malformed, never shorter', (encoding) => {
    const packed = encoding === 'gzip' ? gzipSync(text) : zstdFrame(text, 1);
    for (let length = 0; length < packed.length; length++) {
      expect(failure(() => decompress(packed.subarray(0, length), encoding, CAP)).reason).toBe('malformed');
    }
  });

  it.each(['gzip', 'zstd'] as const)('says so when a %s body was read as text on its way', (encoding) => {
    const packed = encoding === 'gzip' ? gzipSync(text) : zstdFrame(text, 1);
    const mangled = Buffer.from(packed.toString('utf8'), 'utf8');
    expect(failure(() => decompress(mangled, encoding, CAP)).message).toContain('read as text');
  });

  it('throws nothing but its own errors for mutated bodies', () => {
    const bodies = { gzip: gzipSync(text), zstd: zstdFrame(text, 1) };
    fc.assert(
      fc.property(
        fc.constantFrom('gzip', 'zstd'),
        fc.nat(10_000),
        fc.integer({ min: 1, max: 255 }),
        (encoding, at, flip) => {
          const body = Buffer.from(bodies[encoding]);
          body[at % body.length]! ^= flip;
          try {
            expect(decompress(body, encoding, CAP).length).toBeLessThanOrEqual(CAP);
          } catch (error) {
            expect(error).toBeInstanceOf(PermanentError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

function damaged(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length + at]! ^= 0xff;
  return copy;
}
