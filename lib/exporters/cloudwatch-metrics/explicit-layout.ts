// The buckets of one set of explicit bounds, and the points inside each bucket that stand for what fell into it.
import { inRange, rounded, ValueTexts } from './distribution.ts';

/**
 * Points inside a bucket at level 0 lie this factor apart, so that a percentile read from them is within 2 % of
 * what linear interpolation in the bucket (Prometheus's histogram_quantile) gives. Each level has half as many.
 */
const FINEST_RATIO = 1.04;

/** Levels from finest to one point a bucket. */
export const LEVELS = 8;

/** Buckets wider than this factor, or around zero, are cut into equal parts instead. */
const MAX_RATIO = 16;

/** Equal parts at level 0. */
const FINEST_PARTS = 25;

/** Parts of all buckets of one layout together; with more the level is left out. */
const MAX_PARTS = 2000;

/** Layouts kept between requests. */
const MAX_KEPT = 128;

/** Layouts of one request whose buckets are cut: a process has a handful, a hostile one has no end of them. */
const MAX_CUT = 64;

/** All buckets that have two bounds, cut into parts, one bucket behind the other. */
export interface BucketParts {
  /** By bucket: its first part; the next one's is its end. */
  readonly firsts: Int32Array;
  /** Upper edge of each part, and what share of its bucket lies below it, 0..1. */
  readonly edges: Float64Array;
  readonly shares: Float64Array;
  /** The middle of each part. */
  readonly middles: ValueTexts;
}

export class ExplicitLayout {
  /** Told apart by the groups of one request. */
  readonly id: number;
  /** Upper bounds in the unit of the datum, strictly ascending; bucket i ends at `bounds[i]`, the last one nowhere. */
  readonly bounds: Float64Array;
  /** The first level whose parts may be used. */
  finestLevel = 0;
  private readonly finest: Uint8Array;
  private readonly parts: (BucketParts | undefined)[] = new Array(LEVELS).fill(undefined);

  constructor(id: number, bounds: Float64Array) {
    this.id = id;
    this.bounds = bounds;
    this.finest = new Uint8Array(bounds.length + 1);
    for (let bucket = 0; bucket < bounds.length; bucket++) {
      this.finest[bucket] = finestParts(this.assumedLower(bucket), bounds[bucket] as number);
    }
    this.finest[bounds.length] = 1;
  }

  /** -Infinity for the first bucket. */
  lower(bucket: number): number {
    return bucket === 0 ? Number.NEGATIVE_INFINITY : (this.bounds[bucket - 1] as number);
  }

  /** Infinity for the last bucket. */
  upper(bucket: number): number {
    return bucket === this.bounds.length ? Number.POSITIVE_INFINITY : (this.bounds[bucket] as number);
  }

  /** Where the values of a bucket start as far as nobody says otherwise: the first at 0 if its bound is positive. */
  assumedLower(bucket: number): number {
    if (bucket > 0) return this.bounds[bucket - 1] as number;
    const first = this.bounds[0];
    return first === undefined ? Number.NaN : Math.min(first, 0);
  }

  /** Where the values of a bucket end as far as nobody says otherwise: the last one's at the last bound. */
  assumedUpper(bucket: number): number {
    const bounds = this.bounds;
    return bounds[Math.min(bucket, bounds.length - 1)] ?? Number.NaN;
  }

  /** How many points stand for a full bucket at this level; >= 1. */
  partCount(bucket: number, level: number): number {
    // Half as many for each level, rounded up.
    return ((this.finest[bucket] as number) + (1 << level) - 1) >> level;
  }

  /** The parts of all buckets but the last; the first one's lie between 0 and its bound if that is positive. */
  partsOf(level: number): BucketParts {
    const known = this.parts[level];
    if (known !== undefined) return known;
    const made = this.cut(level);
    this.parts[level] = made;
    return made;
  }

  /** Called once a request for each layout that is used. @param place among those of the request */
  enterRequest(place: number): void {
    let total = 0;
    for (let bucket = 0; bucket < this.bounds.length; bucket++) total += this.finest[bucket] as number;
    const level = Math.max(0, Math.ceil(Math.log2(total / MAX_PARTS)));
    this.finestLevel = place < MAX_CUT ? Math.min(level, LEVELS - 1) : LEVELS - 1;
  }

  private cut(level: number): BucketParts {
    const { bounds } = this;
    const firsts = new Int32Array(bounds.length + 1);
    for (let bucket = 0; bucket < bounds.length; bucket++) {
      firsts[bucket + 1] = (firsts[bucket] as number) + this.partCount(bucket, level);
    }
    const total = firsts[bounds.length] as number;
    const edges = new Float64Array(total);
    const shares = new Float64Array(total);
    const middles = new Float64Array(total);
    for (let bucket = 0; bucket < bounds.length; bucket++) {
      const lower = this.assumedLower(bucket);
      const upper = bounds[bucket] as number;
      const first = firsts[bucket] as number;
      const count = (firsts[bucket + 1] as number) - first;
      const geometric = isGeometric(lower, upper);
      let edge = lower;
      for (let i = 0; i < count; i++) {
        const part = (i + 1) / count;
        const next = geometric ? lower * (upper / lower) ** part : lower + (upper - lower) * part;
        edges[first + i] = i + 1 === count ? upper : next;
        shares[first + i] = i + 1 === count ? 1 : (next - lower) / (upper - lower);
        const middle = rounded((edge + (edges[first + i] as number)) / 2);
        middles[first + i] = inRange(Math.min(upper, Math.max(lower, middle)));
        edge = next;
      }
    }
    return { firsts, edges, shares, middles: new ValueTexts(middles) };
  }
}

/** True when a bucket is cut by equal factors rather than into equal widths. */
function isGeometric(lower: number, upper: number): boolean {
  return lower > 0 ? upper / lower <= MAX_RATIO : upper < 0 && lower / upper <= MAX_RATIO;
}

function finestParts(lower: number, upper: number): number {
  if (!(upper > lower)) return 1;
  if (!isGeometric(lower, upper)) return FINEST_PARTS;
  return Math.ceil(Math.abs(Math.log(upper / lower)) / Math.log(FINEST_RATIO));
}

/** Finds the layout of a point's bounds without making anything when they are those of the point before. */
export class ExplicitLayouts {
  private readonly kept = new Map<string, ExplicitLayout>();
  /** Those of the request. */
  private readonly entered = new Set<ExplicitLayout>();
  private last: ExplicitLayout | undefined;
  private lastFactor = 1;
  private nextId = 0;

  /** Between requests only: within one, the same bounds must be the same layout. */
  startRequest(): void {
    if (this.kept.size > MAX_KEPT) this.kept.clear();
    this.last = undefined;
    this.entered.clear();
  }

  /**
   * @param bounds as in the point @param count how many of them @param factor of the metric's unit
   * @returns undefined when the bounds are not finite and strictly ascending
   */
  of(bounds: Float64Array, count: number, factor: number): ExplicitLayout | undefined {
    const last = this.last;
    if (last !== undefined && this.lastFactor === factor && isSame(last.bounds, bounds, count, factor))
      return last;
    const scaled = new Float64Array(count);
    let previous = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const bound = (bounds[i] as number) * factor;
      if (!(bound > previous) || bound === Number.POSITIVE_INFINITY) return undefined;
      scaled[i] = bound;
      previous = bound;
    }
    const key = Buffer.from(scaled.buffer).toString('latin1');
    let layout = this.kept.get(key);
    if (layout === undefined) {
      layout = new ExplicitLayout(this.nextId++, scaled);
      this.kept.set(key, layout);
    }
    if (!this.entered.has(layout)) {
      layout.enterRequest(this.entered.size);
      this.entered.add(layout);
    }
    this.last = layout;
    this.lastFactor = factor;
    return layout;
  }
}

function isSame(scaled: Float64Array, bounds: Float64Array, count: number, factor: number): boolean {
  if (scaled.length !== count) return false;
  for (let i = 0; i < count; i++) if (scaled[i] !== (bounds[i] as number) * factor) return false;
  return true;
}
