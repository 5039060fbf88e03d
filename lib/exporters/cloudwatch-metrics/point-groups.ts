// Points of one request put together: all that fall onto the same metric, dimensions and time become one datum.
// Structures of arrays instead of objects: this runs once a point.
import { BucketWindows, NO_WINDOW } from './bucket-windows.ts';
import type { ExplicitLayout } from './explicit-layout.ts';
import type { ExponentialLayout } from './exponential-layout.ts';
import { grown, HashSlots } from './hash-slots.ts';
import type { MetricHead } from './metric-heads.ts';

const INITIAL_GROUPS = 1024;
const INITIAL_POOL = 8192;

/** End of a chain. */
export const NONE = -1;

export class PointGroups {
  private readonly slots = new HashSlots();
  readonly heads: MetricHead[] = [];
  dimensions: Int32Array = new Int32Array(INITIAL_GROUPS);
  timesMs: Float64Array = new Float64Array(INITIAL_GROUPS);
  points: Int32Array = new Int32Array(INITIAL_GROUPS);
  private variants: Int32Array = new Int32Array(INITIAL_GROUPS);
  /** Sum of a `sum`, first value of a `list`, sum of a histogram (NaN: unknown). */
  totals: Float64Array = new Float64Array(INITIAL_GROUPS);
  /** Of a histogram; NaN: unknown. */
  mins: Float64Array = new Float64Array(INITIAL_GROUPS);
  maxs: Float64Array = new Float64Array(INITIAL_GROUPS);
  zeroThresholds: Float64Array = new Float64Array(INITIAL_GROUPS);
  /** Of an exponential histogram: its windows on either side, and what lies between them. */
  negatives: Int32Array = new Int32Array(INITIAL_GROUPS);
  positives: Int32Array = new Int32Array(INITIAL_GROUPS);
  zeroCounts: Float64Array = new Float64Array(INITIAL_GROUPS);
  readonly windows = new BucketWindows();
  /** Explicit: offset of the counts in `counts`. List: its second value, the first link of a chain, or NONE. */
  firsts: Int32Array = new Int32Array(INITIAL_GROUPS);
  private lasts: Int32Array = new Int32Array(INITIAL_GROUPS);
  /** True while minimum and maximum of histograms are values that occurred, false while they only bound them. */
  exact = true;
  readonly layouts: (ExplicitLayout | ExponentialLayout | undefined)[] = [];

  /** Bucket counts of explicit histograms. */
  counts: Float64Array = new Float64Array(INITIAL_POOL);
  private countsLength = 0;
  /** Further values of lists. */
  linkValues: Float64Array = new Float64Array(INITIAL_POOL);
  linkNexts: Int32Array = new Int32Array(INITIAL_POOL);
  private links = 0;

  get count(): number {
    return this.slots.count;
  }

  /** Starts over. */
  clear(exact: boolean): void {
    this.exact = exact;
    this.slots.clear();
    this.heads.length = 0;
    this.layouts.length = 0;
    this.countsLength = 0;
    this.links = 0;
    this.windows.clear();
  }

  /** Adds a value to a `sum`. @param variant tells apart what must not be added up although all else is equal */
  addSum(head: MetricHead, dimensions: number, timeMs: number, variant: number, value: number): void {
    const before = this.count;
    const group = this.find(head, dimensions, timeMs, variant);
    this.totals[group] = group === before ? value : (this.totals[group] as number) + value;
  }

  /** Adds a value to a `list`. */
  addValue(head: MetricHead, dimensions: number, timeMs: number, value: number): void {
    const before = this.count;
    const group = this.find(head, dimensions, timeMs, 0);
    if (group === before) this.totals[group] = value;
    else {
      const link = this.link(group);
      this.linkValues[link] = value;
    }
  }

  /** Adds the buckets of an explicit histogram. @param counts one for each bucket of `layout` */
  addExplicit(
    head: MetricHead,
    dimensions: number,
    timeMs: number,
    layout: ExplicitLayout,
    counts: Float64Array,
    sum: number,
    min: number,
    max: number,
  ): void {
    const before = this.count;
    const group = this.find(head, dimensions, timeMs, layout.id);
    const buckets = layout.bounds.length + 1;
    if (group === before) {
      const at = this.countsLength;
      this.countsLength = at + buckets;
      if (this.countsLength > this.counts.length) this.counts = grown(this.counts, this.countsLength);
      for (let i = 0; i < buckets; i++) this.counts[at + i] = counts[i] as number;
      this.firsts[group] = at;
      this.layouts[group] = layout;
    } else {
      const at = this.firsts[group] as number;
      const own = this.counts;
      for (let i = 0; i < buckets; i++) own[at + i] = (own[at + i] as number) + (counts[i] as number);
    }
    this.extend(group, group === before, sum, min, max);
  }

  /**
   * Begins to add an exponential histogram; its buckets follow with `addBuckets`.
   * @returns the group
   */
  addExponential(
    head: MetricHead,
    dimensions: number,
    timeMs: number,
    layout: ExponentialLayout,
    zeroCount: number,
    zeroThreshold: number,
    sum: number,
    min: number,
    max: number,
  ): number {
    const before = this.count;
    const group = this.find(head, dimensions, timeMs, layout.scale);
    if (group === before) {
      this.layouts[group] = layout;
      this.zeroCounts[group] = zeroCount;
      this.zeroThresholds[group] = zeroThreshold;
      this.negatives[group] = NO_WINDOW;
      this.positives[group] = NO_WINDOW;
    } else {
      this.zeroCounts[group] = (this.zeroCounts[group] as number) + zeroCount;
      this.zeroThresholds[group] = Math.max(this.zeroThresholds[group] as number, zeroThreshold);
    }
    this.extend(group, group === before, sum, min, max);
    return group;
  }

  /** Adds one side of an exponential histogram: `values[i]` fell into bucket `offset + i` of `scale`. */
  addBuckets(
    group: number,
    side: 'negative' | 'positive',
    values: Float64Array,
    count: number,
    offset: number,
    scale: number,
  ): void {
    const windows = side === 'positive' ? this.positives : this.negatives;
    windows[group] = this.windows.add(windows[group] as number, values, count, offset, scale);
  }

  private extend(group: number, isNew: boolean, sum: number, min: number, max: number): void {
    if (isNew) {
      this.totals[group] = sum;
      this.mins[group] = min;
      this.maxs[group] = max;
      return;
    }
    // What one point does not know, the sum of both does not know: NaN stays NaN.
    this.totals[group] = (this.totals[group] as number) + sum;
    this.mins[group] = Math.min(this.mins[group] as number, min);
    this.maxs[group] = Math.max(this.maxs[group] as number, max);
  }

  private link(group: number): number {
    const link = this.links++;
    if (link >= this.linkNexts.length) {
      this.linkValues = grown(this.linkValues, link + 1);
      this.linkNexts = grown(this.linkNexts, link + 1);
    }
    this.linkNexts[link] = NONE;
    if (this.firsts[group] === NONE) this.firsts[group] = link;
    else this.linkNexts[this.lasts[group] as number] = link;
    this.lasts[group] = link;
    return link;
  }

  /** @returns the group of a point; a new one has the highest number */
  private find(head: MetricHead, dimensions: number, timeMs: number, variant: number): number {
    const { slots } = this;
    const hash = hashOf(head.number, dimensions, timeMs, variant);
    let group = slots.first(hash);
    while (group >= 0 && !this.isSame(group, head, dimensions, timeMs, variant)) group = slots.next();
    if (group >= 0) {
      this.points[group] = (this.points[group] as number) + 1;
      return group;
    }
    group = slots.add(hash);
    if (group >= this.points.length) this.grow();
    this.heads[group] = head;
    this.dimensions[group] = dimensions;
    this.timesMs[group] = timeMs;
    this.variants[group] = variant;
    this.points[group] = 1;
    this.firsts[group] = NONE;
    return group;
  }

  private isSame(
    group: number,
    head: MetricHead,
    dimensions: number,
    timeMs: number,
    variant: number,
  ): boolean {
    return (
      this.dimensions[group] === dimensions &&
      this.heads[group] === head &&
      this.timesMs[group] === timeMs &&
      this.variants[group] === variant
    );
  }

  private grow(): void {
    const size = this.points.length * 2;
    this.dimensions = grown(this.dimensions, size);
    this.timesMs = grown(this.timesMs, size);
    this.points = grown(this.points, size);
    this.variants = grown(this.variants, size);
    this.totals = grown(this.totals, size);
    this.mins = grown(this.mins, size);
    this.maxs = grown(this.maxs, size);
    this.zeroThresholds = grown(this.zeroThresholds, size);
    this.negatives = grown(this.negatives, size);
    this.positives = grown(this.positives, size);
    this.zeroCounts = grown(this.zeroCounts, size);
    this.firsts = grown(this.firsts, size);
    this.lasts = grown(this.lasts, size);
  }
}

function hashOf(head: number, dimensions: number, timeMs: number, variant: number): number {
  let hash = Math.imul(head, 0x9e3779b1) ^ Math.imul(dimensions, 0x85ebca6b) ^ Math.imul(variant, 0xc2b2ae35);
  hash ^= Math.imul((timeMs % 0x100000000) | 0, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
