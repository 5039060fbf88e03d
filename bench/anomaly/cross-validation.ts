// Chooses on some files and judges on the others, so that a figure says what to expect on series nobody has seen.

const FOLDS = 5;
const REPEATS = 10;

/** What one candidate setting yields on one file, in parts that add up over files. */
export type Yield = readonly number[];

/**
 * Mean score on left-out files when the candidate is chosen by its score on the rest.
 * @param yields by candidate, then by file
 * @param score of summed yields, higher is better
 */
export function crossValidated(yields: readonly (readonly Yield[])[], score: (sum: Yield) => number): number {
  const files = yields[0]?.length ?? 0;
  let total = 0;
  for (let repeat = 1; repeat <= REPEATS; repeat++) {
    const fold = shuffledFolds(files, repeat);
    let judged: Yield = [];
    for (let left = 0; left < FOLDS; left++) {
      let chosen = yields[0]!;
      let best = Number.NEGATIVE_INFINITY;
      for (const candidate of yields) {
        const learned = score(sumOf(candidate.filter((_, file) => fold[file] !== left)));
        if (learned <= best) continue;
        best = learned;
        chosen = candidate;
      }
      judged = sumOf([judged, ...chosen.filter((_, file) => fold[file] === left)]);
    }
    total += score(judged);
  }
  return total / REPEATS;
}

function sumOf(parts: readonly Yield[]): Yield {
  const sum: number[] = [];
  for (const part of parts) {
    part.forEach((value, at) => {
      sum[at] = (sum[at] ?? 0) + value;
    });
  }
  return sum;
}

/** A fold for each file, evenly spread; the same for the same seed. */
function shuffledFolds(files: number, seed: number): number[] {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  const order = Array.from({ length: files }, (_, file) => file);
  for (let at = files - 1; at > 0; at--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (at + 1));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  const folds: number[] = [];
  order.forEach((file, position) => {
    folds[file] = position % FOLDS;
  });
  return folds;
}
