// Bucket counts of exponential histograms, each side of a histogram a window of consecutive buckets in one pool.
import { keptIndex } from './exponential-layout.ts';
import { grown } from './hash-slots.ts';

const INITIAL_WINDOWS = 1024;
const INITIAL_POOL = 16_384;

/** No window. */
export const NO_WINDOW = -1;

/** A window may be this many times as wide as what was put into it: far points get one of their own. */
const MAX_SPARSENESS = 8;

/** So much wider is fine as well, as long as a request does not do it all the time: 64 octaves at scale 6. */
const USUAL_WIDTH = 4096;
const USUAL_POOL = 2_000_000;

export class BucketWindows {
  count = 0;
  /** Index of the first bucket at the kept scale. */
  lows: Int32Array = new Int32Array(INITIAL_WINDOWS);
  widths: Int32Array = new Int32Array(INITIAL_WINDOWS);
  /** Where the counts lie in `counts`. */
  starts: Int32Array = new Int32Array(INITIAL_WINDOWS);
  /** The next window of the same side of the same histogram. */
  nexts: Int32Array = new Int32Array(INITIAL_WINDOWS);
  counts: Float64Array = new Float64Array(INITIAL_POOL);
  private used = 0;

  clear(): void {
    this.count = 0;
    this.used = 0;
  }

  /**
   * Adds consecutive buckets: `values[i]` fell into bucket `offset + i` of `scale`.
   * @param window the newest of this side, or NO_WINDOW
   * @returns the newest window of this side now
   */
  add(window: number, values: Float64Array, count: number, offset: number, scale: number): number {
    let first = 0;
    while (first < count && values[first] === 0) first++;
    if (first === count) return window;
    let last = count - 1;
    while (values[last] === 0) last--;
    const low = keptIndex(offset + first, scale);
    const high = keptIndex(offset + last, scale);
    const target = this.reach(window, low, high);
    const { counts } = this;
    const base = (this.starts[target] as number) - (this.lows[target] as number);
    if (high - low === last - first) {
      const shift = base + low - first;
      for (let i = first; i <= last; i++)
        counts[shift + i] = (counts[shift + i] as number) + (values[i] as number);
    } else {
      for (let i = first; i <= last; i++) {
        const at = base + keptIndex(offset + i, scale);
        counts[at] = (counts[at] as number) + (values[i] as number);
      }
    }
    return target;
  }

  /** @returns a window that covers the buckets `low`…`high` */
  private reach(window: number, low: number, high: number): number {
    const width = high - low + 1;
    if (window === NO_WINDOW) return this.make(NO_WINDOW, low, width);
    const ownLow = this.lows[window] as number;
    const ownWidth = this.widths[window] as number;
    const newLow = Math.min(low, ownLow);
    const newWidth = Math.max(high, ownLow + ownWidth - 1) - newLow + 1;
    if (newWidth === ownWidth) return window;
    const spare = this.used < USUAL_POOL ? USUAL_WIDTH : 0;
    if (newWidth > (width + ownWidth) * MAX_SPARSENESS + spare) return this.make(window, low, width);
    // Room to grow on, so that a series of ever wider points is not copied each time.
    const slack = newWidth >> 1;
    const slackLow = newLow < ownLow ? slack : 0;
    const slackHigh = newLow + newWidth > ownLow + ownWidth ? slack : 0;
    const from = this.starts[window] as number;
    const start = this.reserve(newWidth + slackLow + slackHigh);
    this.counts.copyWithin(start + slackLow + ownLow - newLow, from, from + ownWidth);
    this.starts[window] = start;
    this.lows[window] = newLow - slackLow;
    this.widths[window] = newWidth + slackLow + slackHigh;
    return window;
  }

  private make(next: number, low: number, width: number): number {
    const window = this.count++;
    if (window >= this.lows.length) {
      this.lows = grown(this.lows, window + 1);
      this.widths = grown(this.widths, window + 1);
      this.starts = grown(this.starts, window + 1);
      this.nexts = grown(this.nexts, window + 1);
    }
    this.starts[window] = this.reserve(width);
    this.lows[window] = low;
    this.widths[window] = width;
    this.nexts[window] = next;
    return window;
  }

  /** Room for so many zeros. */
  private reserve(width: number): number {
    const start = this.used;
    this.used = start + width;
    if (this.used > this.counts.length) this.counts = grown(this.counts, this.used);
    this.counts.fill(0, start, this.used);
    return start;
  }
}
