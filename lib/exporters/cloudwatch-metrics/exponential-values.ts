// An exponential histogram as values and counts, each value within 1 % of what it stands for.
import { type BucketWindows, NO_WINDOW } from './bucket-windows.ts';
import type { Distribution } from './distribution.ts';
import type { Extent } from './explicit-values.ts';
import { type ExponentialLayout, placeInTexts } from './exponential-layout.ts';

/** Rounding of the client's logarithms: a minimum may lie this far outside of its bucket. */
const TOLERANCE = 1e-6;

/** Where the buckets of a histogram lie. */
export interface ExponentialBuckets {
  readonly windows: BucketWindows;
  /** Windows of either side, or NO_WINDOW. */
  readonly negative: number;
  readonly positive: number;
  readonly zeroCount: number;
  /** Half the width of the zero bucket, in the unit of the datum. */
  readonly zeroThreshold: number;
}

/** One end of a histogram: the outermost bucket into which something fell. */
interface End {
  readonly side: -1 | 0 | 1;
  readonly index: number;
  readonly count: number;
}

/**
 * Writes each bucket's middle with its count, in ascending order. Minimum and maximum, where known exactly, are values
 * of their own.
 * @param out is appended to
 */
export function spreadExponential(
  layout: ExponentialLayout,
  buckets: ExponentialBuckets,
  extent: Extent,
  out: Distribution,
): void {
  const { windows, negative, positive, zeroCount, zeroThreshold } = buckets;
  const bottom = lowest(buckets);
  const top = highest(buckets);
  if (bottom === undefined || top === undefined) return;
  const min = within(extent.min, layout, bottom, zeroThreshold);
  const max = within(extent.max, layout, top, zeroThreshold);
  const lowEnd = extent.exact && !Number.isNaN(min) ? 1 : 0;
  let highEnd = extent.exact && !Number.isNaN(max) ? 1 : 0;
  const isOne = bottom.side === top.side && bottom.index === top.index && bottom.count === 1;
  if (isOne) {
    const sum = within(extent.sum, layout, bottom, zeroThreshold);
    if (lowEnd + highEnd === 0 && !Number.isNaN(sum)) {
      out.add(sum, 1);
      return;
    }
    if (lowEnd === 1) highEnd = 0;
  }
  if (lowEnd === 1) out.add(min, 1);
  /** Adds an end or zero: less what stands for itself, and no further out than what is known. */
  const addEnd = (side: -1 | 0 | 1, index: number, count: number, middle: number): void => {
    const isBottom = bottom.side === side && bottom.index === index;
    const isTop = top.side === side && top.index === index;
    const left = count - (isBottom ? lowEnd : 0) - (isTop ? highEnd : 0);
    if (left <= 0) return;
    if (isBottom && middle < min) out.add(min, left);
    else if (isTop && middle > max) out.add(max, left);
    else out.add(middle, left);
  };

  if (negative !== NO_WINDOW) {
    const { start, low, width } = windowOf(windows, negative);
    for (let i = width - 1; i >= 0; i--) {
      const count = windows.counts[start + i] as number;
      if (count > 0) addEnd(-1, low + i, count, -layout.middle(low + i));
    }
  }
  if (zeroCount > 0) addEnd(0, 0, zeroCount, 0);
  if (positive !== NO_WINDOW) {
    // The top is on this side.
    const { start, low } = windowOf(windows, positive);
    const { counts } = windows;
    let from = 0;
    const to = top.index - low;
    if (bottom.side === 1) {
      addEnd(1, bottom.index, bottom.count, layout.middle(bottom.index));
      from = bottom.index - low + 1;
    }
    for (let next = from; from < to; from = next) {
      next = Math.min(to, layout.blockEnd(low + from) - low);
      const index = low + from;
      out.addCounts(layout.textsOf(index), placeInTexts(index), counts, start + from, start + next);
    }
    if (bottom.side !== 1 || bottom.index !== top.index) {
      addEnd(1, top.index, top.count, layout.middle(top.index));
    }
  }
  if (highEnd === 1) out.add(max, 1);
}

function windowOf(windows: BucketWindows, window: number): { start: number; low: number; width: number } {
  return {
    start: windows.starts[window] as number,
    low: windows.lows[window] as number,
    width: windows.widths[window] as number,
  };
}

function lowest({ windows, negative, positive, zeroCount }: ExponentialBuckets): End | undefined {
  if (negative !== NO_WINDOW) return lastOf(windows, negative, -1);
  if (zeroCount > 0) return { side: 0, index: 0, count: zeroCount };
  return positive === NO_WINDOW ? undefined : firstOf(windows, positive, 1);
}

function highest({ windows, negative, positive, zeroCount }: ExponentialBuckets): End | undefined {
  if (positive !== NO_WINDOW) return lastOf(windows, positive, 1);
  if (zeroCount > 0) return { side: 0, index: 0, count: zeroCount };
  return negative === NO_WINDOW ? undefined : firstOf(windows, negative, -1);
}

/** The bucket nearest to zero that is not empty. */
function firstOf(windows: BucketWindows, window: number, side: -1 | 1): End {
  const { start, low } = windowOf(windows, window);
  let at = start;
  while (windows.counts[at] === 0) at++;
  return { side, index: low + at - start, count: windows.counts[at] as number };
}

/** The bucket furthest from zero that is not empty. */
function lastOf(windows: BucketWindows, window: number, side: -1 | 1): End {
  const { start, low, width } = windowOf(windows, window);
  let at = start + width - 1;
  while (windows.counts[at] === 0) at--;
  return { side, index: low + at - start, count: windows.counts[at] as number };
}

/** The value when it can lie in this bucket, else NaN. */
function within(
  value: number,
  layout: ExponentialLayout,
  { side, index }: End,
  zeroThreshold: number,
): number {
  if (!Number.isFinite(value)) return Number.NaN;
  if (side === 0) return Math.abs(value) <= zeroThreshold ? value : Number.NaN;
  const size = value * side;
  const fits =
    size >= layout.lower(index) * (1 - TOLERANCE) && size <= layout.lower(index + 1) * (1 + TOLERANCE);
  return fits ? value : Number.NaN;
}
