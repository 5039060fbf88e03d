// The raw archive's object format, written by the archive exporter and read by everything that reads raw data again.
// docs/archive-format.md describes it for other programs; a change of it is a new version.
import { createHash } from 'node:crypto';
import { MalformedError } from '../model/errors.ts';
import { SIGNALS, type Signal } from '../model/signal.ts';
import { decompress, zstdFrame } from '../wire/compression.ts';

/** One accepted request as it is archived. */
export interface RawEntry {
  /** 32 hex digits; the same request accepted twice has the same id. */
  readonly ingestId: string;
  readonly acceptedAtMs: number;
  /** OTLP protobuf, an Export…ServiceRequest. */
  readonly otlp: Buffer;
}

/** What all entries of an object have in common. */
export interface RawHeader {
  readonly signal: Signal;
  readonly tenant: string;
}

export interface RawObject extends RawHeader {
  readonly entries: readonly RawEntry[];
}

const MAGIC = 0x41525754; // 'TWRA' read as a little-endian number
export const RAW_VERSION = 1;
/** magic 4, version 1, signal 1, length of the tenant 2. */
const FIXED_HEADER_BYTES = 8;
/** length 4; then ingest id 16, accepted at 8. */
const LENGTH_BYTES = 4;
const ENTRY_HEAD_BYTES = 24;
const MAX_TENANT_BYTES = 0xffff;

/** Fast and nearly as small as the slow levels on OTLP. */
const ZSTD_LEVEL = 3;

/** A reader's cap: far above what one object holds (a batch in memory is at most 64 MiB). */
export const MAX_RAW_OBJECT_BYTES = 256 * 1024 * 1024;

/**
 * Makes the object of some requests.
 * @param entries in any order; they are sorted by time and id, so that the same requests always make the same object
 * @returns the object's bytes, one zstd frame, and the digest over its entries (32 hex digits)
 * @throws RangeError for an id that is not 32 hex digits
 */
export function writeRawObject(
  header: RawHeader,
  entries: readonly RawEntry[],
): { bytes: Buffer; digest: string } {
  const sorted = [...entries].sort(
    (a, b) => a.acceptedAtMs - b.acceptedAtMs || compare(a.ingestId, b.ingestId),
  );
  const tenant = Buffer.from(header.tenant).subarray(0, MAX_TENANT_BYTES);
  const start = FIXED_HEADER_BYTES + tenant.length;
  const size = sorted.reduce((sum, { otlp }) => sum + LENGTH_BYTES + ENTRY_HEAD_BYTES + otlp.length, start);
  const plain = Buffer.allocUnsafe(size);
  plain.writeUInt32LE(MAGIC, 0);
  plain[4] = RAW_VERSION;
  plain[5] = SIGNALS.indexOf(header.signal) + 1;
  plain.writeUInt16LE(tenant.length, 6);
  tenant.copy(plain, FIXED_HEADER_BYTES);
  let at = start;
  for (const { ingestId, acceptedAtMs, otlp } of sorted) {
    if (!/^[0-9a-f]{32}$/.test(ingestId))
      throw new RangeError(`ingest id: expected 32 hex digits, got ${ingestId}`);
    at = plain.writeUInt32LE(ENTRY_HEAD_BYTES + otlp.length, at);
    at += plain.write(ingestId, at, 'hex');
    at = plain.writeBigUInt64LE(BigInt(acceptedAtMs), at);
    at += otlp.copy(plain, at);
  }
  const digest = createHash('sha256').update(plain.subarray(start)).digest('hex').slice(0, 32);
  return { bytes: zstdFrame(plain, ZSTD_LEVEL), digest };
}

/**
 * Reads an object. Entries are windows over one buffer.
 * @throws MalformedError for bytes that are no such object, or are cut off; its offset is in the decompressed bytes
 * @throws PermanentError 'tooLarge' above `maxBytes` after decompression
 */
export function readRawObject(bytes: Uint8Array, maxBytes: number = MAX_RAW_OBJECT_BYTES): RawObject {
  const plain = decompress(bytes, 'zstd', maxBytes);
  if (plain.length < FIXED_HEADER_BYTES || plain.readUInt32LE(0) !== MAGIC) {
    throw new MalformedError('not a raw archive object: no "TWRA"', 0);
  }
  if (plain[4] !== RAW_VERSION) {
    throw new MalformedError(`raw archive version: expected ${RAW_VERSION}, got ${plain[4]}`, 4);
  }
  const signal = SIGNALS[(plain[5] as number) - 1];
  if (signal === undefined) throw new MalformedError(`unknown signal ${plain[5]}`, 5);
  const start = FIXED_HEADER_BYTES + plain.readUInt16LE(6);
  if (start > plain.length) throw new MalformedError('tenant runs past the end', 6);
  return {
    signal,
    tenant: plain.toString('utf8', FIXED_HEADER_BYTES, start),
    entries: readEntries(plain, start),
  };
}

function readEntries(plain: Buffer, start: number): RawEntry[] {
  const entries: RawEntry[] = [];
  for (let at = start; at < plain.length; ) {
    if (at + LENGTH_BYTES > plain.length) throw new MalformedError('length of an entry is cut off', at);
    const head = at + LENGTH_BYTES;
    const end = head + plain.readUInt32LE(at);
    if (end > plain.length) throw new MalformedError('entry runs past the end', at);
    if (end < head + ENTRY_HEAD_BYTES) throw new MalformedError('entry is too short', at);
    entries.push({
      ingestId: plain.toString('hex', head, head + 16),
      acceptedAtMs: Number(plain.readBigUInt64LE(head + 16)),
      otlp: plain.subarray(head + ENTRY_HEAD_BYTES, end),
    });
    at = end;
  }
  return entries;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
