// Slices in memory: minutes in blocks of five, blocks in hours. A block is what is stored as one row: it keeps its
// minutes, so that a window may begin at any of them.
import { type Counts, NO_EVENTS, plus } from './counts.ts';
import type { Slice, SliceReader } from './slice.ts';

export const BLOCK_MS = 300_000;
export const HOUR_MS = 3_600_000;

interface Block {
  readonly slices: Map<number, Slice>;
}

export class SliceLadder implements SliceReader {
  private readonly blocks = new Map<number, Block>();
  /** Sums that are known, by the start of the block or hour; a change forgets them. */
  private readonly blockSums = new Map<number, Counts>();
  private readonly hourSums = new Map<number, Counts>();

  slice(start: number): Slice | undefined {
    return this.blocks.get(floorTo(start, BLOCK_MS))?.slices.get(start);
  }

  put(slice: Slice): void {
    const start = floorTo(slice.start, BLOCK_MS);
    let block = this.blocks.get(start);
    if (block === undefined) {
      block = { slices: new Map() };
      this.blocks.set(start, block);
    }
    block.slices.set(slice.start, slice);
    this.blockSums.delete(start);
    this.hourSums.delete(floorTo(slice.start, HOUR_MS));
  }

  /** The slices of a block in order: one stored row. @param start of the block */
  block(start: number): Slice[] {
    const slices = this.blocks.get(start)?.slices.values() ?? [];
    return [...slices].sort((a, b) => a.start - b.start);
  }

  /** Forgets what lies before an instant, in whole blocks. */
  forget(before: number): void {
    for (const start of this.blocks.keys()) {
      if (start + BLOCK_MS > before) continue;
      this.blocks.delete(start);
      this.blockSums.delete(start);
      this.hourSums.delete(floorTo(start, HOUR_MS));
    }
  }

  /** Events in [from, to), from hours where they are whole, then blocks, then slices. Both at the edge of a slice. */
  counts(from: number, to: number): Counts {
    let sum = NO_EVENTS;
    for (let at = from; at < to; ) {
      if (at % HOUR_MS === 0 && at + HOUR_MS <= to) {
        sum = plus(sum, this.hourCounts(at));
        at += HOUR_MS;
      } else if (at % BLOCK_MS === 0 && at + BLOCK_MS <= to) {
        sum = plus(sum, this.blockCounts(at));
        at += BLOCK_MS;
      } else {
        const end = Math.min(to, floorTo(at, BLOCK_MS) + BLOCK_MS);
        for (const { start, counts } of this.blocks.get(floorTo(at, BLOCK_MS))?.slices.values() ?? [])
          if (start >= at && start < end) sum = plus(sum, counts);
        at = end;
      }
    }
    return sum;
  }

  /** Events of an hour: a stored row once the hour is over. @param start of the hour */
  hourCounts(start: number): Counts {
    let sum = this.hourSums.get(start);
    if (sum === undefined) {
      sum = NO_EVENTS;
      for (let at = start; at < start + HOUR_MS; at += BLOCK_MS) sum = plus(sum, this.blockCounts(at));
      this.hourSums.set(start, sum);
    }
    return sum;
  }

  /** Events of a block. @param start of the block */
  blockCounts(start: number): Counts {
    let sum = this.blockSums.get(start);
    if (sum === undefined) {
      sum = NO_EVENTS;
      for (const { counts } of this.blocks.get(start)?.slices.values() ?? []) sum = plus(sum, counts);
      this.blockSums.set(start, sum);
    }
    return sum;
  }
}

/** The last multiple of a step at or before an instant. */
export function floorTo(at: number, step: number): number {
  return Math.floor(at / step) * step;
}
