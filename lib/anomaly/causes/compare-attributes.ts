// What bad requests have in common: of each attribute, the value that is more frequent among bad records than among
// good ones, the most telling attribute first.

/** A record's attributes by name: texts, numbers, booleans; anything else counts as its JSON. */
export type Attributes = Readonly<Record<string, unknown>>;

export interface AttributeDifference {
  readonly attribute: string;
  /** Such as `= "17.2"`, `>= 512` or `is absent`. */
  readonly condition: string;
  /** Share of the bad and of the good records that meet the condition, 0..1. */
  readonly bad: number;
  readonly good: number;
  /** What the difference of the shares is at least, 0..1: few records tell less. The order of the list. */
  readonly score: number;
}

/** Different numbers from which an attribute is compared by limits instead of value by value. */
const LIMITS_FROM = 20;
/** Limits that are tried for one attribute, evenly over its values. */
const LIMITS_TRIED = 100;
/** Half-width of an interval in standard errors: one of a thousand by chance, wider where the best of many is taken. */
const SURE = 3.29;
const SURE_OF_LIMIT = 4;

/**
 * Ranks what tells bad records from good ones, one condition for each attribute.
 * @returns best first; empty when either population is empty, or nothing differs beyond chance
 */
export function compareAttributes(
  bad: readonly Attributes[],
  good: readonly Attributes[],
): AttributeDifference[] {
  const names = new Set<string>();
  for (const records of [bad, good])
    for (const one of records) for (const name of Object.keys(one)) names.add(name);
  const found = [...names].flatMap((attribute) => {
    const valuesOf = (records: readonly Attributes[]) => records.map((one) => one[attribute]);
    const best = bestOf(valuesOf(bad), valuesOf(good));
    return best === undefined || best.score <= 0 ? [] : [{ attribute, ...best }];
  });
  return found.sort(
    (a, b) => b.score - a.score || b.bad - b.good - a.bad + a.good || (a.attribute < b.attribute ? -1 : 1),
  );
}

type Difference = Omit<AttributeDifference, 'attribute'>;

function bestOf(bad: readonly unknown[], good: readonly unknown[]): Difference | undefined {
  const numbers = new Set([...bad, ...good].filter((value) => typeof value === 'number'));
  const differences = numbers.size >= LIMITS_FROM ? byLimits(bad, good, [...numbers]) : byValue(bad, good);
  let best: Difference | undefined;
  for (const one of differences) if (best === undefined || one.score > best.score) best = one;
  return best;
}

function* byValue(bad: readonly unknown[], good: readonly unknown[]): Iterable<Difference> {
  const ofGood = counts(good);
  for (const [condition, count] of counts(bad)) {
    yield difference(condition, [count, bad.length], [ofGood.get(condition) ?? 0, good.length], SURE);
  }
}

function counts(values: readonly unknown[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const value of values) {
    const condition = isAbsent(value) ? 'is absent' : `= ${JSON.stringify(value)}`;
    found.set(condition, (found.get(condition) ?? 0) + 1);
  }
  return found;
}

function* byLimits(
  bad: readonly unknown[],
  good: readonly unknown[],
  numbers: readonly number[],
): Iterable<Difference> {
  const [ofBad, ofGood] = [sorted(bad), sorted(good)];
  const limits = sorted(numbers);
  const every = Math.max(1, limits.length / LIMITS_TRIED);
  for (let at = 0; at < limits.length; at += every) {
    const limit = limits[Math.floor(at)]!;
    const [badBelow, goodBelow] = [below(ofBad, limit), below(ofGood, limit)];
    const above = [ofBad.length - badBelow, ofGood.length - goodBelow] as const;
    yield difference(`>= ${limit}`, [above[0], bad.length], [above[1], good.length], SURE_OF_LIMIT);
    yield difference(`< ${limit}`, [badBelow, bad.length], [goodBelow, good.length], SURE_OF_LIMIT);
  }
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

function sorted(values: readonly unknown[]): Float64Array {
  return Float64Array.from(values.filter((value) => typeof value === 'number')).sort();
}

/** How many of the sorted values are smaller than the limit. */
function below(values: Float64Array, limit: number): number {
  let [from, to] = [0, values.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (values[middle]! < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

type Counted = readonly [met: number, of: number];

/** @see Newcombe, Statistics in Medicine 17, 1998: the interval of a difference of two shares, method 10 */
function difference(condition: string, inBad: Counted, inGood: Counted, errors: number): Difference {
  const [bad, good] = [inBad[0] / inBad[1], inGood[0] / inGood[1]];
  const down = bad - wilson(inBad, errors).low;
  const up = wilson(inGood, errors).high - good;
  const score = bad - good - Math.hypot(down, up);
  return { condition, bad, good, score: Number.isNaN(score) ? 0 : score };
}

/** @see Wilson, Journal of the American Statistical Association 22, 1927: the interval of a share */
function wilson([met, of]: Counted, errors: number): { low: number; high: number } {
  const share = met / of;
  const square = errors ** 2 / of;
  const middle = share + square / 2;
  const reach = errors * Math.sqrt((share * (1 - share)) / of + square / (4 * of));
  return { low: (middle - reach) / (1 + square), high: (middle + reach) / (1 + square) };
}
