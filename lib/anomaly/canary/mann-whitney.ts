// The Mann–Whitney U test: are the values of one sample larger than those of another, whatever their distribution?

export interface RankComparison {
  /** Chance of a difference at least this large if both were alike, two-sided, normal approximation with ties. */
  readonly pValue: number;
  /** Chance that a value of the second sample is larger than one of the first (ties count half): 0.5 = alike. */
  readonly superiority: number;
  /** Median of all differences second − first (Hodges–Lehmann). */
  readonly shift: number;
  /** Confidence interval of the shift. */
  readonly shiftLow: number;
  readonly shiftHigh: number;
}

/** Values of a sample that are compared; longer ones are thinned evenly. */
const SAMPLE_MAX = 500;

/**
 * Compares two samples of at least one finite value each.
 * @param confidence of the interval, 0..1 exclusive
 * @throws RangeError for an empty sample
 * @see Mann, Whitney, Annals of Mathematical Statistics 18, 1947
 * @example compareRanks([1, 2, 3], [4, 5, 6]).superiority // 1
 */
export function compareRanks(
  first: readonly number[],
  second: readonly number[],
  confidence = 0.98,
): RankComparison {
  if (first.length === 0 || second.length === 0)
    throw new RangeError('samples: expected at least one value in each');
  const a = thinned(first);
  const b = thinned(second);
  const differences = new Float64Array(a.length * b.length);
  let wins = 0;
  let at = 0;
  for (const x of a) {
    for (const y of b) {
      wins += y > x ? 1 : y === x ? 0.5 : 0;
      differences[at++] = y - x;
    }
  }
  differences.sort();
  const pairs = a.length * b.length;
  const deviation = Math.sqrt(varianceOfU(a, b));
  // The continuity correction moves U half a step towards the middle.
  const distance = Math.max(0, Math.abs(wins - pairs / 2) - 0.5);
  const pValue = deviation === 0 ? 1 : Math.min(1, 2 * (1 - normalCdf(distance / deviation)));
  const reach = normalQuantile((1 + confidence) / 2) * Math.sqrt((pairs * (a.length + b.length + 1)) / 12);
  const low = Math.max(0, Math.floor(pairs / 2 - reach));
  return {
    pValue,
    superiority: wins / pairs,
    shift: middle(differences),
    shiftLow: differences[low]!,
    shiftHigh: differences[pairs - 1 - low]!,
  };
}

function thinned(values: readonly number[]): Float64Array {
  if (values.length <= SAMPLE_MAX) return Float64Array.from(values);
  return Float64Array.from(
    { length: SAMPLE_MAX },
    (_, at) => values[Math.floor((at * values.length) / SAMPLE_MAX)]!,
  );
}

/** Variance of U when both samples are alike; ties make it smaller. */
function varianceOfU(a: Float64Array, b: Float64Array): number {
  const all = Float64Array.from([...a, ...b]).sort();
  const total = all.length;
  let ties = 0;
  for (let from = 0; from < total; ) {
    let to = from;
    while (to < total && all[to] === all[from]) to++;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  if (total < 2) return 0;
  return ((a.length * b.length) / 12) * (total + 1 - ties / (total * (total - 1)));
}

function middle(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Standard normal distribution function, to 1e-7 (Abramowitz and Stegun 26.2.17). */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? 1 - tail : tail;
}

/** Inverse of `normalCdf` for 0.5 <= p < 1, to 5e-4 (Abramowitz and Stegun 26.2.23). */
export function normalQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - p));
  return (
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  );
}
