// An explicit histogram as values and counts: CloudWatch reads percentiles from them as histogram_quantile would.
import { type Distribution, rounded } from './distribution.ts';
import { type ExplicitLayout, LEVELS } from './explicit-layout.ts';
import { MAX_DATUM_VALUES } from './limits.ts';

/** Points that stand for a bucket that has no bound on one side. */
const OPEN_PARTS = 10;

/** Room for a minimum and a maximum of their own. */
const ENDS = 2;

/** What is known of a histogram besides its buckets, in the unit of the datum; NaN where it is not. */
export interface Extent {
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** True when one value is `min` and one is `max`; false when they only bound the values (cumulative series). */
  readonly exact: boolean;
}

/**
 * Spreads each bucket evenly over points inside it, clipped to minimum and maximum; as many points as one datum takes,
 * with whole counts whose sum is the bucket's. What lies beyond the bounds gets the mean that the sum leaves for it;
 * with neither minimum nor maximum it lies on the bound.
 * @param counts one for each bucket of `layout`, from `at` on, each >= 0 @param out is appended to
 */
export function spreadExplicit(
  layout: ExplicitLayout,
  counts: Float64Array,
  at: number,
  extent: Extent,
  out: Distribution,
): void {
  const overflow = layout.bounds.length;
  let first = 0;
  while (first <= overflow && counts[at + first] === 0) first++;
  if (first > overflow) return;
  let last = overflow;
  while (counts[at + last] === 0) last--;

  const min = within(extent.min, layout, first);
  const max = within(extent.max, layout, last);
  const low = Number.isNaN(min) ? layout.assumedLower(first) : min;
  const high = Number.isNaN(max) ? layout.assumedUpper(last) : max;
  const lowEnd = extent.exact && !Number.isNaN(min) ? 1 : 0;
  let highEnd = extent.exact && !Number.isNaN(max) ? 1 : 0;
  if (first === last && counts[at + first] === 1) {
    if (lowEnd + highEnd === 0 && !Number.isNaN(within(extent.sum, layout, first))) {
      out.add(extent.sum, 1);
      return;
    }
    if (lowEnd === 1) highEnd = 0;
  }
  const countOf = (bucket: number): number =>
    (counts[at + bucket] as number) - (bucket === first ? lowEnd : 0) - (bucket === last ? highEnd : 0);

  const opensLow = first === 0 && !(low >= layout.assumedLower(0));
  const opensHigh = last === overflow && !(high <= layout.assumedUpper(overflow));
  const level = levelFor(layout, counts, at, first, last);
  if (lowEnd === 1) out.add(min, 1);
  if (!opensLow && !(opensHigh && first === overflow)) {
    const upper = first === last ? high : layout.assumedUpper(first);
    spreadEnd(layout, first, level, countOf(first), low, upper, out);
  }
  if (last > first + 1) {
    const { firsts, shares, middles } = layout.partsOf(level);
    for (let bucket = first + 1; bucket < last; bucket++) {
      const count = counts[at + bucket] as number;
      if (count === 0) continue;
      out.addShares(middles, shares, firsts[bucket] as number, firsts[bucket + 1] as number, count);
    }
  }
  if (last > first && !opensHigh) {
    spreadEnd(layout, last, level, countOf(last), layout.assumedLower(last), high, out);
  }
  const below = opensLow ? countOf(0) : 0;
  const above = opensHigh && overflow > 0 ? countOf(overflow) : 0;
  if (below > 0 || above > 0) {
    const rest = extent.sum - out.sum() - (highEnd === 1 ? max : 0);
    const mean = below > 0 && above > 0 ? Number.NaN : rest / (below + above);
    if (below > 0) spreadOpen(low, last === 0 ? high : layout.assumedUpper(0), below, mean, out);
    const lower = first === overflow ? low : layout.assumedLower(overflow);
    if (above > 0) spreadOpen(lower, high, above, mean, out);
  }
  if (highEnd === 1) out.add(max, 1);
}

/** The value when it can lie in this bucket, else NaN. */
function within(value: number, layout: ExplicitLayout, bucket: number): number {
  return value >= layout.lower(bucket) && value <= layout.upper(bucket) && Number.isFinite(value)
    ? value
    : Number.NaN;
}

/** The finest level whose points fit into one datum; the coarsest when none does. */
function levelFor(
  layout: ExplicitLayout,
  counts: Float64Array,
  at: number,
  first: number,
  last: number,
): number {
  for (let level = layout.finestLevel; level < LEVELS - 1; level++) {
    let points = ENDS;
    for (let bucket = first; bucket <= last && points <= MAX_DATUM_VALUES; bucket++) {
      points += Math.min(layout.partCount(bucket, level), counts[at + bucket] as number);
    }
    if (points <= MAX_DATUM_VALUES) return level;
  }
  return LEVELS - 1;
}

/** Spreads the outermost bucket of a histogram between `lower` and `upper`, which lie in it. */
function spreadEnd(
  layout: ExplicitLayout,
  bucket: number,
  level: number,
  count: number,
  lower: number,
  upper: number,
  out: Distribution,
): void {
  if (count <= 0) return;
  const width = upper - lower;
  if (!(width > 0)) {
    out.add(lower, count);
    return;
  }
  const { firsts, edges, shares, middles } = layout.partsOf(level);
  const first = firsts[bucket] as number;
  const end = firsts[bucket + 1] as number;
  if (lower === layout.assumedLower(bucket) && upper === layout.assumedUpper(bucket)) {
    out.addShares(middles, shares, first, end, count);
    return;
  }
  let placed = 0;
  for (let part = first; part < end; part++) {
    const share = ((edges[part] as number) - lower) / width;
    const upTo = share >= 1 ? count : share <= 0 ? 0 : Math.round(count * share);
    const here = upTo - placed;
    if (here <= 0) continue;
    placed = upTo;
    const value = middles.values[part] as number;
    // A part that is only partly in has its middle outside, perhaps.
    if (value < lower) out.add(lower, here);
    else if (value > upper) out.add(upper, here);
    else out.addText(middles, part, here);
  }
}

/** Spreads what lies beyond the bounds, between `lower` and `upper` and around `mean`; NaN stands for unknown. */
function spreadOpen(lower: number, upper: number, count: number, mean: number, out: Distribution): void {
  if (!(upper > lower)) {
    const only = Number.isNaN(lower) ? upper : lower;
    if (!Number.isNaN(only)) out.add(only, count);
    else if (Number.isFinite(mean)) out.add(mean, count);
    return;
  }
  const width = upper - lower;
  const wanted = Number.isNaN(mean) ? 0.5 : Math.min(1, Math.max(0, (mean - lower) / width));
  const parts = Math.min(OPEN_PARTS, count);
  let placed = 0;
  for (let part = 0; part < parts; part++) {
    const even = (part + 0.5) / parts;
    // Even steps pressed towards one side until their mean is the wanted one.
    const place = wanted < 0.5 ? even * 2 * wanted : 1 - (1 - even) * 2 * (1 - wanted);
    const upTo = Math.round((count * (part + 1)) / parts);
    out.add(Math.min(upper, Math.max(lower, rounded(lower + place * width))), upTo - placed);
    placed = upTo;
  }
}
