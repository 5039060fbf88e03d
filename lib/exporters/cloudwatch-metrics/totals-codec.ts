// Totals as bytes: baselines in state items, deltas in the notes of what a request moved.
import { MalformedError } from '../../model/errors.ts';
import type { ByteReader, ByteWriter } from './byte-writer.ts';
import type { Buckets, Totals } from './readings.ts';

/** First byte of each kind; 0 is for those who write nothing. */
const TAGS = { integer: 1, double: 2, summary: 3, histogram: 4, exponential: 5 } as const;

export function writeTotals(out: ByteWriter, totals: Totals): void {
  switch (totals.kind) {
    case 'sum':
      if (typeof totals.value === 'bigint') {
        out.byte(TAGS.integer);
        out.int64(totals.value);
      } else {
        out.byte(TAGS.double);
        out.double(totals.value);
      }
      return;
    case 'summary':
      out.byte(TAGS.summary);
      out.varint(totals.count);
      out.double(totals.sum);
      return;
    case 'histogram':
      out.byte(TAGS.histogram);
      out.uint32(totals.boundsHash);
      out.double(totals.sum);
      writeCounts(out, totals.counts);
      return;
    case 'exponential':
      out.byte(TAGS.exponential);
      out.signed(totals.scale);
      out.double(totals.sum);
      out.varint(totals.zeroCount);
      out.double(totals.zeroThreshold);
      writeBuckets(out, totals.positive);
      writeBuckets(out, totals.negative);
      return;
  }
}

/** @param tag the byte that was read already @throws MalformedError */
export function readTotals(from: ByteReader, tag: number): Totals {
  switch (tag) {
    case TAGS.integer:
      return { kind: 'sum', value: from.int64() };
    case TAGS.double:
      return { kind: 'sum', value: from.double() };
    case TAGS.summary:
      return { kind: 'summary', count: from.varint(), sum: from.double() };
    case TAGS.histogram:
      return { kind: 'histogram', boundsHash: from.uint32(), sum: from.double(), counts: readCounts(from) };
    case TAGS.exponential:
      return {
        kind: 'exponential',
        scale: from.signed(),
        sum: from.double(),
        zeroCount: from.varint(),
        zeroThreshold: from.double(),
        positive: readBuckets(from),
        negative: readBuckets(from),
      };
    default:
      throw new MalformedError(`unknown totals ${tag}`, 0);
  }
}

function writeCounts(out: ByteWriter, counts: Float64Array): void {
  out.varint(counts.length);
  for (let i = 0; i < counts.length; i++) out.varint(counts[i] as number);
}

function readCounts(from: ByteReader): Float64Array {
  const length = from.varint();
  const counts: number[] = [];
  for (let i = 0; i < length; i++) counts.push(from.varint());
  return Float64Array.from(counts);
}

function writeBuckets(out: ByteWriter, { offset, counts }: Buckets): void {
  out.signed(offset);
  writeCounts(out, counts);
}

function readBuckets(from: ByteReader): Buckets {
  return { offset: from.signed(), counts: readCounts(from) };
}
