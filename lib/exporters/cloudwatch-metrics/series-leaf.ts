// One shard of baselines in memory: takes points, gives deltas, and knows how it is written.

import { ByteReader, ByteWriter } from './byte-writer.ts';
import { type NoDelta, step } from './cumulative.ts';
import type { CumulativePoint } from './cumulative-point.ts';
import type { Totals } from './readings.ts';
import { readTotals, writeTotals } from './totals-codec.ts';

/** First byte of a shard; a reader takes others for an empty shard. */
const FORMAT = 1;

/** Deltas of one request in one shard take at most this many bytes: an item has 400 KB. */
const MAX_MOVE_BYTES = 300_000;

/** A shard about to be cut may grow to this size: a transaction takes 100 items. */
const MAX_LEAF_BYTES = 1_500_000;

/** Series that were not seen for so long are forgotten at the next write. */
const FORGET_AFTER_MINUTES = 24 * 60;

/** The same for a shard that has no room left. */
const FORGET_EARLY_AFTER_MINUTES = 60;

const REASONS: readonly (NoDelta | 'stateTooLarge')[] = [
  'firstSeenLate',
  'outOfOrder',
  'duplicate',
  'changed',
  'stateTooLarge',
];

/** What became of one point. */
export type PointResult =
  | { readonly delta: Totals; readonly reset: boolean }
  | { readonly delta: undefined; readonly reason: NoDelta | 'stateTooLarge' };

interface Entry {
  readonly keyLo: number;
  readonly keyHi: number;
  readonly timeNanos: number;
  readonly totals: Totals;
  readonly seenMinute: number;
  readonly bytes: number;
}

export class SeriesLeaf {
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;
  private newestMinute = 0;

  /** @param data as `encode` wrote it @throws MalformedError when it is cut off */
  constructor(data?: Uint8Array) {
    if (data === undefined || data[0] !== FORMAT) return;
    const from = new ByteReader(data);
    from.byte();
    while (!from.atEnd) {
      const keyLo = from.uint32();
      const keyHi = from.uint32();
      const seenMinute = from.uint32();
      const timeNanos = from.double();
      this.set(keyLo, keyHi, timeNanos, readTotals(from, from.byte()), seenMinute);
    }
  }

  get size(): number {
    return this.entries.size;
  }

  /** Takes the points of one request, in their order. @param acceptedAtMs when it was accepted */
  apply(points: readonly CumulativePoint[], acceptedAtMs: number): PointResult[] {
    const minute = Math.floor(acceptedAtMs / 60_000);
    let moved = 0;
    return points.map(({ keyLo, keyHi, reading }) => {
      const entry = this.entries.get(nameOf(keyLo, keyHi));
      const before = entry && { startNanos: 0, timeNanos: entry.timeNanos, totals: entry.totals };
      const { baseline, delta, reason, reset } = step(before, reading);
      moved += delta === undefined ? 2 : bytesOf(delta);
      if (moved > MAX_MOVE_BYTES || this.bytes > MAX_LEAF_BYTES) {
        return { delta: undefined, reason: 'stateTooLarge' };
      }
      this.set(keyLo, keyHi, baseline.timeNanos, baseline.totals, minute);
      return delta === undefined ? { delta, reason: reason! } : { delta, reset };
    });
  }

  /**
   * The shard as bytes, cut into halves by the key's bits until each part has at most `maxBytes`.
   * @param path bits that all keys of this shard share
   * @returns by path; one with this shard's own path when it is not cut
   */
  encode(path: string, maxBytes: number): Map<string, Uint8Array> {
    this.forget(FORGET_AFTER_MINUTES);
    if (this.bytes > maxBytes) this.forget(FORGET_EARLY_AFTER_MINUTES);
    const parts = new Map<string, Uint8Array>();
    encodePart([...this.entries.values()], path, maxBytes, parts);
    return parts;
  }

  private forget(minutes: number): void {
    for (const [name, entry] of this.entries) {
      if (this.newestMinute - entry.seenMinute <= minutes) continue;
      this.entries.delete(name);
      this.bytes -= entry.bytes;
    }
  }

  private set(keyLo: number, keyHi: number, timeNanos: number, totals: Totals, seenMinute: number): void {
    const name = nameOf(keyLo, keyHi);
    const bytes = ENTRY_BYTES + bytesOf(totals);
    this.bytes += bytes - (this.entries.get(name)?.bytes ?? 0);
    this.newestMinute = Math.max(this.newestMinute, seenMinute);
    this.entries.set(name, { keyLo, keyHi, timeNanos, totals, seenMinute, bytes });
  }
}

/** Longest path: a shard so deep in the tree is not cut any more. */
const MAX_DEPTH = 24;

/** Key, minute, time. */
const ENTRY_BYTES = 20;

function encodePart(
  entries: readonly Entry[],
  path: string,
  maxBytes: number,
  parts: Map<string, Uint8Array>,
): void {
  const out = new ByteWriter();
  out.byte(FORMAT);
  for (const { keyLo, keyHi, seenMinute, timeNanos, totals } of entries) {
    out.uint32(keyLo);
    out.uint32(keyHi);
    out.uint32(seenMinute);
    out.double(timeNanos);
    writeTotals(out, totals);
  }
  if (out.length <= maxBytes || entries.length === 1 || path.length >= MAX_DEPTH) {
    parts.set(path, out.finish());
    return;
  }
  for (const bit of [0, 1]) {
    const half = entries.filter(({ keyHi }) => bitAt(keyHi, path.length) === bit);
    encodePart(half, `${path}${bit}`, maxBytes, parts);
  }
}

/** The bit of a key that decides at this depth of the tree. */
export function bitAt(keyHi: number, depth: number): number {
  return (keyHi >>> (31 - depth)) & 1;
}

function nameOf(keyLo: number, keyHi: number): string {
  return `${keyLo >>> 0},${keyHi >>> 0}`;
}

/** About how many bytes totals take. */
function bytesOf(totals: Totals): number {
  switch (totals.kind) {
    case 'sum':
      return 9;
    case 'summary':
      return 14;
    case 'histogram':
      return 14 + 3 * totals.counts.length;
    case 'exponential':
      return 30 + 3 * (totals.positive.counts.length + totals.negative.counts.length);
  }
}

/** What a request moved, as bytes: the same deltas again for a redelivery. */
export function encodeMove(results: readonly PointResult[]): Uint8Array {
  const out = new ByteWriter();
  out.byte(FORMAT);
  for (const result of results) {
    if (result.delta !== undefined) writeTotals(out, result.delta);
    else {
      out.byte(0);
      out.byte(REASONS.indexOf(result.reason));
    }
  }
  return out.finish();
}

/** @returns one result for each point, in their order @throws MalformedError */
export function decodeMove(data: Uint8Array): PointResult[] {
  const from = new ByteReader(data);
  from.byte();
  const results: PointResult[] = [];
  while (!from.atEnd) {
    const tag = from.byte();
    if (tag === 0) results.push({ delta: undefined, reason: REASONS[from.byte()]! });
    else results.push({ delta: readTotals(from, tag), reset: false });
  }
  return results;
}
