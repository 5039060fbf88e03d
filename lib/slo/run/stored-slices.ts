// The slices of one SLO as they are stored: minutes of the hot row, and hour rows unpacked when they are asked for.
import type { Slice, SliceReader } from '../evaluation/slice.ts';
import { floorTo, HOUR_MS } from '../evaluation/slice-ladder.ts';
import { isPacked, packSlices, unpackSlices } from './slice-pack.ts';

const MINUTE = 60_000;
/** Minutes move from the hot row to hour rows by so much at a time. */
export const MOVE_MS = 900_000;

type Minutes = ReadonlyMap<number, Slice>;

export class StoredSlices implements SliceReader {
  private readonly recent: Minutes;
  private readonly recentFrom: number;
  private readonly packed: ReadonlyMap<number, Uint8Array>;
  private readonly hours = new Map<number, Minutes>();
  /** Hour rows of another version that were asked for: they count as rows that do not exist. */
  unreadable = 0;

  /**
   * @param recentFrom minutes before it are in hour rows
   * @param packed hour rows by their beginning; those that do not exist are left out
   */
  constructor(recent: Uint8Array, recentFrom: number, packed: ReadonlyMap<number, Uint8Array>) {
    this.recent = byStart(recent);
    this.recentFrom = recentFrom;
    this.packed = packed;
  }

  slice(start: number): Slice | undefined {
    return start >= this.recentFrom ? this.recent.get(start) : this.hour(floorTo(start, HOUR_MS)).get(start);
  }

  private hour(start: number): Minutes {
    let minutes = this.hours.get(start);
    if (minutes === undefined) {
      const packed = this.packed.get(start) ?? new Uint8Array(0);
      if (!isPacked(packed)) this.unreadable++;
      minutes = byStart(isPacked(packed) ? packed : new Uint8Array(0));
      this.hours.set(start, minutes);
    }
    return minutes;
  }

  /**
   * What is to be stored after a step.
   * @param changed slices of the step
   * @param recentFrom the new one, not before the old one
   */
  after(
    changed: readonly Slice[],
    recentFrom: number,
  ): { readonly recent: Uint8Array; readonly hours: ReadonlyMap<number, Uint8Array> } {
    const all = new Map(this.recent);
    for (const slice of changed) all.set(slice.start, slice);
    const kept: Slice[] = [];
    const moved = new Map<number, Slice[]>();
    for (const slice of all.values()) {
      if (slice.start >= recentFrom) kept.push(slice);
      else {
        const hour = floorTo(slice.start, HOUR_MS);
        moved.set(hour, [...(moved.get(hour) ?? []), slice]);
      }
    }
    const hours = new Map<number, Uint8Array>();
    for (const [start, slices] of moved) {
      const minutes = new Map(this.hour(start));
      for (const slice of slices) minutes.set(slice.start, slice);
      hours.set(start, packSlices([...minutes.values()]));
    }
    return { recent: packSlices(kept), hours };
  }
}

/**
 * Where the minutes of the hot row begin after a step: what each run reads again stays in it.
 * @param phaseMs of the SLO, so that not all write their hour rows in the same minute
 */
export function recentFromAt(before: number, to: number, rereadMs: number, phaseMs: number): number {
  return Math.max(before, floorTo(to - rereadMs - MINUTE - phaseMs, MOVE_MS) + phaseMs);
}

function byStart(packed: Uint8Array): Minutes {
  return new Map(unpackSlices(packed).map((slice) => [slice.start, slice]));
}
