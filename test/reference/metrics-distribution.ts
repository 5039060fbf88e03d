// Histograms as lists of [value, count], written the plain way: what the encoder's typed arrays are held against.

export type Pair = [value: number, count: number];

export interface ReferenceExtent {
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly exact: boolean;
}

const MAX_VALUES = 150;
const LEVELS = 8;
const MAX_PARTS = 2000;
const FINE_LAYOUTS = 64;

/** The range that CloudWatch takes. */
export function clamp(value: number): number {
  const limited = Math.max(-(2 ** 360), Math.min(2 ** 360, value));
  return Math.abs(limited) < 2 ** -360 ? 0 : limited;
}

const fiveDigits = (value: number) => clamp(Number(value.toPrecision(5)));

/** Equal neighbours are one pair. */
function collect(pairs: readonly Pair[]): Pair[] {
  const result: Pair[] = [];
  for (const [value, count] of pairs) {
    const kept = clamp(value);
    const last = result.at(-1);
    if (last?.[0] === kept) last[1] += count;
    else result.push([kept, count]);
  }
  return result;
}

function isGeometric(lower: number, upper: number): boolean {
  return (lower > 0 && upper / lower <= 16) || (upper < 0 && lower / upper <= 16);
}

function finestParts(lower: number, upper: number): number {
  if (!(upper > lower)) return 1;
  return isGeometric(lower, upper) ? Math.ceil(Math.abs(Math.log(upper / lower)) / Math.log(1.04)) : 25;
}

/** @param place of these bounds among the different ones of the request */
export function explicitPairs(
  bounds: readonly number[],
  counts: readonly number[],
  { sum, min: wantedMin, max: wantedMax, exact }: ReferenceExtent,
  place: number,
): Pair[] {
  const overflow = bounds.length;
  const full = counts.flatMap((count, bucket) => (count > 0 ? [bucket] : []));
  const first = full[0];
  const last = full.at(-1);
  if (first === undefined || last === undefined) return [];
  const lowerOf = (bucket: number) =>
    bucket === 0 ? Math.min(bounds[0] ?? Number.NaN, 0) : bounds[bucket - 1]!;
  const upperOf = (bucket: number) => bounds[Math.min(bucket, overflow - 1)] ?? Number.NaN;
  const fits = (value: number, bucket: number) =>
    Number.isFinite(value) &&
    value >= (bucket === 0 ? Number.NEGATIVE_INFINITY : bounds[bucket - 1]!) &&
    value <= (bucket === overflow ? Number.POSITIVE_INFINITY : bounds[bucket]!);

  const min = fits(wantedMin, first) ? wantedMin : undefined;
  const max = fits(wantedMax, last) ? wantedMax : undefined;
  let ends = { low: exact && min !== undefined, high: exact && max !== undefined };
  if (first === last && counts[first] === 1) {
    if (!ends.low && !ends.high && fits(sum, first)) return collect([[sum, 1]]);
    if (ends.low) ends = { low: true, high: false };
  }
  const left = [...counts];
  if (ends.low) left[first]! -= 1;
  if (ends.high) left[last]! -= 1;

  const parts = (bucket: number, level: number) => {
    const finest = bucket === overflow ? 1 : finestParts(lowerOf(bucket), upperOf(bucket));
    return Math.max(1, Math.ceil(finest / 2 ** level));
  };
  let total = 0;
  for (let bucket = 0; bucket < overflow; bucket++) total += parts(bucket, 0);
  let level = Math.min(LEVELS - 1, Math.max(0, Math.ceil(Math.log2(total / MAX_PARTS))));
  if (place >= FINE_LAYOUTS) level = LEVELS - 1;
  const points = (at: number) =>
    2 + full.reduce((n, bucket) => n + Math.min(parts(bucket, at), counts[bucket]!), 0);
  while (level < LEVELS - 1 && points(level) > MAX_VALUES) level++;

  const low = min ?? lowerOf(first);
  const high = max ?? upperOf(last);
  const opensLow = first === 0 && !(low >= lowerOf(0));
  const opensHigh = last === overflow && !(high <= upperOf(overflow));
  const inner: Pair[] = [];
  for (let bucket = opensLow ? 1 : first; bucket <= (opensHigh ? overflow - 1 : last); bucket++) {
    if (left[bucket]! <= 0) continue;
    const from = bucket === first ? low : lowerOf(bucket);
    const to = bucket === last ? high : upperOf(bucket);
    if (to > from)
      inner.push(...evenly(lowerOf(bucket), upperOf(bucket), from, to, left[bucket]!, parts(bucket, level)));
    else inner.push([from, left[bucket]!]);
  }
  const below = opensLow ? left[0]! : 0;
  const above = opensHigh && overflow > 0 ? left[overflow]! : 0;
  const before = collect([...(ends.low ? [[min!, 1] as Pair] : []), ...inner]);
  const rest =
    sum - before.reduce((total, [value, count]) => total + value * count, 0) - (ends.high ? max! : 0);
  const mean = below > 0 && above > 0 ? Number.NaN : rest / (below + above);
  return collect([
    ...(ends.low ? [[min!, 1] as Pair] : []),
    ...inner,
    ...(below > 0 ? around(low, last === 0 ? high : upperOf(0), below, mean) : []),
    ...(above > 0 ? around(first === overflow ? low : upperOf(overflow), high, above, mean) : []),
    ...(ends.high ? [[max!, 1] as Pair] : []),
  ]);
}

function evenly(
  lower: number,
  upper: number,
  from: number,
  to: number,
  count: number,
  parts: number,
): Pair[] {
  const pairs: Pair[] = [];
  const edge = (i: number) => {
    if (i === parts) return upper;
    return isGeometric(lower, upper)
      ? lower * (upper / lower) ** (i / parts)
      : lower + (upper - lower) * (i / parts);
  };
  let placed = 0;
  for (let i = 0; i < parts; i++) {
    const share = (edge(i + 1) - from) / (to - from);
    const upTo = share >= 1 ? count : share <= 0 ? 0 : Math.round(count * share);
    if (upTo <= placed) continue;
    pairs.push([Math.min(to, Math.max(from, fiveDigits((edge(i) + edge(i + 1)) / 2))), upTo - placed]);
    placed = upTo;
  }
  return pairs;
}

function around(lower: number, upper: number, count: number, mean: number): Pair[] {
  if (!(upper > lower)) {
    const only = Number.isNaN(lower) ? upper : lower;
    if (!Number.isNaN(only)) return [[only, count]];
    return Number.isFinite(mean) ? [[mean, count]] : [];
  }
  const width = upper - lower;
  const wanted = Number.isNaN(mean) ? 0.5 : Math.min(1, Math.max(0, (mean - lower) / width));
  const parts = Math.min(10, count);
  return Array.from({ length: parts }, (_, i): Pair => {
    const even = (i + 0.5) / parts;
    const place = wanted < 0.5 ? even * 2 * wanted : 1 - (1 - even) * 2 * (1 - wanted);
    const here = Math.round((count * (i + 1)) / parts) - Math.round((count * i) / parts);
    return [Math.min(upper, Math.max(lower, fiveDigits(lower + place * width))), here];
  });
}

export interface ReferenceExponential {
  /** At most 6. */
  readonly scale: number;
  /** Counts by index, at that scale. */
  readonly positive: ReadonlyMap<number, number>;
  readonly negative: ReadonlyMap<number, number>;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
}

/** Index at scale 6 or coarser of the bucket that holds this one. */
export function coarserIndex(index: number, scale: number): number {
  const shifted = scale > 6 ? Number(BigInt(index) >> BigInt(scale - 6)) : index;
  return Math.max(-23041, Math.min(23041, shifted));
}

export function exponentialPairs(
  { scale, positive, negative, zeroCount, zeroThreshold }: ReferenceExponential,
  factor: number,
  { sum, min: wantedMin, max: wantedMax, exact }: ReferenceExtent,
): Pair[] {
  const bound = (index: number) => 2 ** Math.max(-360, Math.min(360, index * 2 ** -scale)) * factor;
  const ascending = (counts: ReadonlyMap<number, number>) => [...counts].sort(([a], [b]) => a - b);
  const buckets = [
    ...ascending(negative)
      .reverse()
      .map(([index, count]) => ({ side: -1, index, count })),
    ...(zeroCount > 0 ? [{ side: 0, index: 0, count: zeroCount }] : []),
    ...ascending(positive).map(([index, count]) => ({ side: 1, index, count })),
  ];
  const first = buckets[0];
  const last = buckets.at(-1);
  if (first === undefined || last === undefined) return [];
  const fits = (value: number, { side, index }: { side: number; index: number }) => {
    if (!Number.isFinite(value)) return false;
    if (side === 0) return Math.abs(value) <= zeroThreshold;
    return value * side >= bound(index) * (1 - 1e-6) && value * side <= bound(index + 1) * (1 + 1e-6);
  };
  const min = fits(wantedMin, first) ? wantedMin : undefined;
  const max = fits(wantedMax, last) ? wantedMax : undefined;
  let ends = { low: exact && min !== undefined, high: exact && max !== undefined };
  if (buckets.length === 1 && first.count === 1) {
    if (!ends.low && !ends.high && fits(sum, first)) return collect([[sum, 1]]);
    if (ends.low) ends = { low: true, high: false };
  }
  const pairs = buckets.flatMap((bucket): Pair[] => {
    const count =
      bucket.count - (bucket === first && ends.low ? 1 : 0) - (bucket === last && ends.high ? 1 : 0);
    const middle = bucket.side * fiveDigits((bound(bucket.index) + bound(bucket.index + 1)) / 2);
    let value = middle;
    if (bucket === first && min !== undefined && middle < min) value = min;
    else if (bucket === last && max !== undefined && middle > max) value = max;
    return count > 0 ? [[value, count]] : [];
  });
  return collect([
    ...(ends.low ? [[min!, 1] as Pair] : []),
    ...pairs,
    ...(ends.high ? [[max!, 1] as Pair] : []),
  ]);
}
