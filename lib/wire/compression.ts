// Between the queue or the socket and the wire walk: bodies are unpacked here, and never beyond their cap.
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { MalformedError, PermanentError } from '../model/errors.ts';
import type { BodyEncoding } from '../model/telemetry-message.ts';

/** Deflate cannot do better than this (zlib's own figure), so a length trailer that promises more is a lie. */
const MAX_DEFLATE_RATIO = 1032;
/** Smallest output buffer: a trailer that promises too little must not make zlib return in crumbs. */
const MIN_CHUNK_BYTES = 64 * 1024;
/** RFC 9659: zstd as a content encoding is limited to a window of 8 MB; more is memory that a sender makes us spend. */
const MAX_ZSTD_WINDOW_LOG = 23;
/** Each frame costs some 20 µs to set up; a body of a few megabytes could hold half a million empty ones. */
export const MAX_ZSTD_FRAMES = 1000;

/** What zlib's one-shot functions return when asked for `info`; the type definitions do not know of it. */
interface WithEngine {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/**
 * Unpacks a body. gzip may have several members and zstd several frames; they are joined. An `identity` body is
 * returned as it is, not copied.
 * @param maxBytes most bytes after decompression; at most this and one output buffer are allocated
 * @param expectedBytes size that a trusted party has measured, to allocate once
 * @throws PermanentError 'tooLarge' above `maxBytes`
 * @throws MalformedError for a truncated or damaged body, or one with something behind its end; the offset is that
 *   of the compressed body
 */
export function decompress(
  bytes: Uint8Array,
  encoding: BodyEncoding,
  maxBytes: number,
  expectedBytes?: number,
): Buffer {
  switch (encoding) {
    case 'identity':
      if (bytes.length > maxBytes) throw tooLarge(maxBytes);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    case 'gzip':
      return gunzip(bytes, maxBytes, expectedBytes ?? gzipLength(bytes));
    case 'zstd':
      return unzstd(bytes, maxBytes, expectedBytes ?? 0);
  }
}

/** The bytes as a gzip member. @param level 1 (fast) to 9 (small) */
export function gzip(bytes: Uint8Array, level: number): Buffer {
  return gzipSync(bytes, { level });
}

/** One zstd frame with its content size and checksum. @param level 1 (fast) to 19 (small) */
export function zstdFrame(bytes: Uint8Array, level: number): Buffer {
  return zstdCompressSync(bytes, {
    pledgedSrcSize: bytes.length,
    params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
  });
}

function gunzip(bytes: Uint8Array, maxBytes: number, expectedBytes: number): Buffer {
  try {
    return gunzipSync(bytes, {
      chunkSize: chunkSize(expectedBytes, maxBytes),
      maxOutputLength: Math.max(1, maxBytes),
    });
  } catch (error) {
    throw translate(error, bytes, 'gzip', 0, maxBytes);
  }
}

// Node stops silently behind the first zstd frame, so the rest is looked at here.
function unzstd(bytes: Uint8Array, maxBytes: number, expectedBytes: number): Buffer {
  const parts: Buffer[] = [];
  let start = 0;
  let total = 0;
  do {
    if (parts.length === MAX_ZSTD_FRAMES) {
      throw new MalformedError(`zstd body has more than ${MAX_ZSTD_FRAMES} frames`, start);
    }
    let frame: WithEngine;
    try {
      frame = zstdDecompressSync(bytes.subarray(start), {
        chunkSize: chunkSize(expectedBytes - total, maxBytes - total),
        maxOutputLength: Math.max(1, maxBytes - total),
        params: { [constants.ZSTD_d_windowLogMax]: MAX_ZSTD_WINDOW_LOG },
        info: true,
      }) as unknown as WithEngine;
    } catch (error) {
      throw translate(error, bytes, 'zstd', start, maxBytes);
    }
    if (frame.engine.bytesWritten === 0) throw new MalformedError('zstd body is damaged', start);
    start += frame.engine.bytesWritten;
    total += frame.buffer.length;
    if (total > maxBytes) throw tooLarge(maxBytes);
    parts.push(frame.buffer);
  } while (start < bytes.length);
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, total);
}

/** Uncompressed length that the gzip trailer states (modulo 2^32, last member only): a hint, never trusted. */
function gzipLength(bytes: Uint8Array): number {
  if (bytes.length < 18) return 0;
  const stated = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
  return Math.min(stated, bytes.length * MAX_DEFLATE_RATIO);
}

// One byte more than expected: zlib asks for a second buffer when the first is exactly full.
function chunkSize(expectedBytes: number, maxBytes: number): number {
  return Math.max(MIN_CHUNK_BYTES, Math.min(expectedBytes, maxBytes) + 1);
}

function translate(
  error: unknown,
  bytes: Uint8Array,
  encoding: 'gzip' | 'zstd',
  start: number,
  maxBytes: number,
): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(maxBytes);
  if (code === 'Z_BUF_ERROR') return new MalformedError(`${encoding} body ends early`, bytes.length);
  if (wasReadAsText(bytes, encoding)) {
    return new MalformedError(
      `${encoding} body was read as text on its way (bytes above 0x7f became U+FFFD); let binary bodies through unchanged or send without compression`,
      0,
    );
  }
  if (code.startsWith('Z') || code === 'ERR_INVALID_ARG_VALUE') {
    return new MalformedError(
      `${encoding} body is damaged (${error.message}) in the part that starts`,
      start,
    );
  }
  return error;
}

/** True when the second byte of the magic number is U+FFFD in UTF-8: something decoded the body as a string. */
function wasReadAsText(bytes: Uint8Array, encoding: 'gzip' | 'zstd'): boolean {
  const first = encoding === 'gzip' ? 0x1f : 0x28;
  return bytes[0] === first && bytes[1] === 0xef && bytes[2] === 0xbf && bytes[3] === 0xbd;
}

function tooLarge(maxBytes: number): PermanentError {
  return new PermanentError(
    'tooLarge',
    `the body is above the limit of ${maxBytes} bytes after decompression`,
  );
}
