// Scores detector output by the definition of the Numenta Anomaly Benchmark (NAB 1.1); used by bench and tests only.
// Lavin & Ahmad, "Evaluating real-time anomaly detection algorithms", ICMLA 2015.

/** Weights of one application profile: a window found, one false row, a window missed. */
export interface NabProfile {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
}

export const nabProfiles = {
  standard: { truePositive: 1, falsePositive: 0.11, falseNegative: 1 },
  lowFalsePositive: { truePositive: 1, falsePositive: 0.22, falseNegative: 1 },
  lowFalseNegative: { truePositive: 1, falsePositive: 0.11, falseNegative: 2 },
} as const satisfies Record<string, NabProfile>;

export type NabProfileName = keyof typeof nabProfiles;

/** What flagging each row of a file is worth, before the profile's weights. */
export interface NabTruth {
  /** Rows before this one are not judged. */
  readonly probation: number;
  /** Index of the labelled window a row lies in, -1 outside. */
  readonly window: Int32Array;
  /** Inside a window 0..1 (1 = flagged at its start), outside -1..0. */
  readonly reward: Float64Array;
  readonly windowCount: number;
}

export interface NabFile {
  readonly truth: NabTruth;
  /** One score a row. */
  readonly scores: Float64Array;
}

const PROBATION_SHARE = 0.15;
const PROBATION_ROWS_MAX = 750;

const scaledSigmoid = (x: number): number => (x > 3 ? -1 : 2 / (1 + Math.exp(5 * x)) - 1);
const FULL_REWARD = scaledSigmoid(-1);

/**
 * The truth of one file. Windows start and end at the first row of a timestamp, because files repeat timestamps
 * where daylight saving ends.
 * @param times epoch milliseconds, one a row
 * @param windows inclusive [start, end] in epoch milliseconds, in order
 */
export function nabTruth(
  times: readonly number[],
  windows: readonly (readonly [number, number])[],
): NabTruth {
  const rows = times.length;
  const window = new Int32Array(rows).fill(-1);
  const reward = new Float64Array(rows).fill(-1);
  const firstRow = new Map<number, number>();
  times.forEach((time, row) => {
    if (!firstRow.has(time)) firstRow.set(time, row);
  });
  let previousEnd = -1;
  let previousWidth = 0;
  const spans = windows.map(([start, end]) => ({ start: firstRow.get(start), end: firstRow.get(end) }));
  let next = 0;
  for (let row = 0; row < rows; row++) {
    const span = spans[next];
    if (span?.start === undefined || span.end === undefined || row < span.start) {
      if (previousEnd >= 0) reward[row] = scaledSigmoid((row - previousEnd) / (previousWidth - 1));
      continue;
    }
    const width = span.end - span.start + 1;
    window[row] = next;
    reward[row] = scaledSigmoid(-(span.end - row + 1) / width) / FULL_REWARD;
    if (row === span.end) {
      previousEnd = span.end;
      previousWidth = width;
      next++;
    }
  }
  const probation = Math.min(Math.floor(PROBATION_SHARE * rows), PROBATION_ROWS_MAX);
  return { probation, window, reward, windowCount: windows.length };
}

/** One step of the score as the threshold falls: at `score`, the raw sum changes by `change`. */
interface Step {
  readonly score: number;
  readonly change: number;
}

function stepsOf(
  files: readonly NabFile[],
  profile: NabProfile,
): { steps: Step[]; empty: number; perfect: number } {
  const steps: Step[] = [];
  let empty = 0;
  let perfect = 0;
  for (const { truth, scores } of files) {
    perfect += truth.windowCount * profile.truePositive;
    const rowsOfWindow = new Map<number, number[]>();
    for (let row = truth.probation; row < scores.length; row++) {
      const window = truth.window[row]!;
      if (window < 0) {
        steps.push({ score: scores[row]!, change: truth.reward[row]! * profile.falsePositive });
      } else {
        const rows = rowsOfWindow.get(window);
        if (rows) rows.push(row);
        else rowsOfWindow.set(window, [row]);
      }
    }
    for (const rows of rowsOfWindow.values()) {
      empty -= profile.falseNegative;
      let best = -profile.falseNegative;
      for (const row of rows.sort((a, b) => scores[b]! - scores[a]! || a - b)) {
        const value = truth.reward[row]! * profile.truePositive;
        if (value <= best) continue;
        steps.push({ score: scores[row]!, change: value - best });
        best = value;
      }
    }
  }
  return { steps, empty, perfect };
}

/** What one file adds to the score at one threshold: the gain over silence, and what was possible. */
export function nabGain(file: NabFile, profile: NabProfile, threshold: number): [number, number] {
  const { steps, empty, perfect } = stepsOf([file], profile);
  let gained = 0;
  for (const step of steps) if (step.score >= threshold) gained += step.change;
  return [gained, perfect - empty];
}

/** NAB score of the corpus at one threshold, 100 = perfect, 0 = silent. */
export function nabScore(files: readonly NabFile[], profile: NabProfile, threshold: number): number {
  let gained = 0;
  let possible = 0;
  for (const file of files) {
    const [gain, most] = nabGain(file, profile, threshold);
    gained += gain;
    possible += most;
  }
  return (100 * gained) / possible;
}

/** The threshold that scores best on these files, and that score. */
export function nabOptimum(
  files: readonly NabFile[],
  profile: NabProfile,
): { threshold: number; score: number } {
  const { steps, empty, perfect } = stepsOf(files, profile);
  steps.sort((a, b) => b.score - a.score);
  let gained = 0;
  let best = { threshold: Number.POSITIVE_INFINITY, score: 0 };
  steps.forEach((step, index) => {
    gained += step.change;
    const score = (100 * gained) / (perfect - empty);
    if (steps[index + 1]?.score !== step.score && score > best.score) best = { threshold: step.score, score };
  });
  return best;
}

/** Windows that could be found, windows found, and flagged rows outside any window. */
export function nabCounts(
  files: readonly NabFile[],
  threshold: number,
): { windows: number; found: number; falseRows: number } {
  const counts = { windows: 0, found: 0, falseRows: 0 };
  for (const { truth, scores } of files) {
    const judged = new Set<number>();
    const found = new Set<number>();
    for (let row = truth.probation; row < scores.length; row++) {
      const window = truth.window[row]!;
      if (window >= 0) judged.add(window);
      if (scores[row]! < threshold) continue;
      if (window < 0) counts.falseRows++;
      else found.add(window);
    }
    counts.windows += judged.size;
    counts.found += found.size;
  }
  return counts;
}
