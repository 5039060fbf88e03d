// One line of a benchmark's result, and what every group of figures is.

/**
 * `ratio` is baseline / ours where more is better to reach ("×"), ours / baseline where a ceiling is asked ("≤").
 * A figure without a baseline has `ours` alone.
 */
export interface Figure {
  readonly name: string;
  readonly ours: number;
  readonly unit: string;
  readonly baseline?: number;
  readonly ratio?: number;
  /** What the design asks for, such as `>= 8`; applies to the ratio where there is one. */
  readonly must?: string;
}

export interface BenchOptions {
  /** Folder with request bodies to use instead of the generated ones. */
  readonly corpus?: string;
  /** Folder with data sets. */
  readonly data?: string;
  /** Alternating rounds a figure. */
  readonly rounds: number;
  /** Says what is being measured, on stderr. */
  readonly progress: (text: string) => void;
}

/** Measures a group, one figure after the other. */
export type BenchGroup = (options: BenchOptions) => AsyncIterable<Figure>;

/** True when a figure reaches what is asked; undefined when nothing is asked. */
export function isReached(figure: Figure): boolean | undefined {
  const [operator, limit] = figure.must?.split(' ') ?? [];
  if (operator === undefined || limit === undefined) return undefined;
  const value = figure.ratio ?? figure.ours;
  return operator === '>=' ? value >= Number(limit) : value <= Number(limit);
}
