// Isolation forest: rows of several metrics that are apart from all others are cut off by few random cuts.
import { PermanentError } from '../model/errors.ts';

export interface ForestSettings {
  readonly trees: number;
  /** Rows that each tree sees at most. */
  readonly sample: number;
  /** Share of the training rows that count as anomalies, 0 exclusive to 0.5. */
  readonly contamination: number;
  /** The same seed and rows make the same forest. */
  readonly seed: number;
}

/** @see Liu, Ting, Zhou, Isolation Forest, ICDM 2008: 100 trees of 256 rows; row ANO-02: contamination and seed. */
export const defaultForestSettings: ForestSettings = {
  trees: 100,
  sample: 256,
  contamination: 0.05,
  seed: 42,
};

/** Named as row ANO-02 has it. */
export interface ForestVerdict {
  readonly is_anomaly: boolean;
  /** -1..0, lower is more unusual; about -0.5 for what is neither. */
  readonly anomaly_score: number;
  /** 0..1, the score without its sign. */
  readonly confidence: number;
}

interface Leaf {
  readonly rows: number;
}

interface Cut {
  readonly metric: number;
  /** Smaller values are on the left. */
  readonly at: number;
  readonly left: Node;
  readonly right: Node;
}

type Node = Leaf | Cut;
type Row = readonly number[];

const EULER = 0.5772156649015329;

export class IsolationForest {
  readonly #trees: readonly Node[];
  readonly #width: number;
  readonly #sample: number;
  /** Scores below are anomalies. */
  readonly threshold: number;

  private constructor(
    trees: readonly Node[],
    width: number,
    sample: number,
    rows: readonly Row[],
    share: number,
  ) {
    this.#trees = trees;
    this.#width = width;
    this.#sample = sample;
    this.threshold = quantile(
      rows.map((row) => this.#score(row)),
      share,
    );
  }

  /**
   * @param rows one vector a row, all of one length; rows with a value that is no finite number are left out
   * @throws PermanentError `malformed` for fewer than two usable rows or rows of unequal length, `wrongUsage` for
   *   settings out of range
   */
  static train(rows: readonly Row[], settings: Partial<ForestSettings> = {}): IsolationForest {
    const { trees, sample, contamination, seed } = checked({ ...defaultForestSettings, ...settings });
    const width = rows[0]?.length ?? 0;
    if (rows.some((row) => row.length !== width)) {
      throw new PermanentError('malformed', `training rows: expected ${width} values in each`);
    }
    const usable = rows.filter(isUsable);
    if (usable.length < 2 || width === 0) {
      throw new PermanentError(
        'malformed',
        `training rows: expected at least 2 of finite numbers, got ${usable.length} of ${rows.length}`,
      );
    }
    const random = randomOf(seed);
    const size = Math.min(sample, usable.length);
    const depth = Math.ceil(Math.log2(Math.max(2, size)));
    const grown = Array.from({ length: trees }, () => grow(drawn(usable, size, random), depth, random));
    return new IsolationForest(grown, width, size, usable, contamination);
  }

  /** @throws PermanentError `malformed` for a row of another length, or with a value that is no finite number */
  detect(row: Row): ForestVerdict {
    if (row.length !== this.#width || !isUsable(row)) {
      throw new PermanentError(
        'malformed',
        `row: expected ${this.#width} finite numbers, got [${row.join(', ')}]`,
      );
    }
    const anomaly_score = this.#score(row);
    return { is_anomaly: anomaly_score < this.threshold, anomaly_score, confidence: -anomaly_score };
  }

  #score(row: Row): number {
    let depths = 0;
    for (const tree of this.#trees) depths += depthOf(tree, row);
    return -(2 ** (-depths / this.#trees.length / usualDepth(this.#sample)));
  }
}

/** Whether a row can be judged. */
export function isUsable(row: Row): boolean {
  return row.every(Number.isFinite);
}

function checked(settings: ForestSettings): ForestSettings {
  const { trees, sample, contamination } = settings;
  const wrong = (what: string, allowed: string, got: number) =>
    new PermanentError('wrongUsage', `${what}: expected ${allowed}, got ${got}`);
  if (!(Number.isInteger(trees) && trees > 0)) throw wrong('trees', 'a whole number from 1', trees);
  if (!(Number.isInteger(sample) && sample > 1)) throw wrong('sample', 'a whole number from 2', sample);
  if (!(contamination > 0 && contamination <= 0.5))
    throw wrong('contamination', 'above 0, up to 0.5', contamination);
  return settings;
}

function grow(rows: readonly Row[], depth: number, random: () => number): Node {
  if (depth === 0 || rows.length < 2) return { rows: rows.length };
  const ranges = rows[0]!.map((_, metric) => rangeOf(rows, metric));
  const open = ranges.flatMap(({ least, most }, metric) => (least < most ? [metric] : []));
  const metric = open[Math.floor(random() * open.length)];
  if (metric === undefined) return { rows: rows.length };
  const { least, most } = ranges[metric]!;
  const share = random();
  // In two products, so that a wide range does not become infinite. The least value must always be on the left.
  const between = least * (1 - share) + most * share;
  const at = between > least ? between : most;
  return {
    metric,
    at,
    left: grow(
      rows.filter((row) => row[metric]! < at),
      depth - 1,
      random,
    ),
    right: grow(
      rows.filter((row) => row[metric]! >= at),
      depth - 1,
      random,
    ),
  };
}

function rangeOf(rows: readonly Row[], metric: number): { least: number; most: number } {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    least = Math.min(least, row[metric]!);
    most = Math.max(most, row[metric]!);
  }
  return { least, most };
}

/** Cuts until a row is alone, and for a leaf of many rows as many as would usually follow. */
function depthOf(tree: Node, row: Row): number {
  let node = tree;
  let cuts = 0;
  while ('left' in node) {
    node = row[node.metric]! < node.at ? node.left : node.right;
    cuts++;
  }
  return cuts + usualDepth(node.rows);
}

/** Mean depth of an unsuccessful search in a binary search tree of so many rows. */
function usualDepth(rows: number): number {
  if (rows <= 1) return 0;
  return rows === 2 ? 1 : 2 * (Math.log(rows - 1) + EULER) - (2 * (rows - 1)) / rows;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at % 1) * (sorted[Math.ceil(at)]! - below);
}

/** Some of the rows, each at most once. */
function drawn(rows: readonly Row[], size: number, random: () => number): Row[] {
  const places = Uint32Array.from(rows.keys());
  for (let at = 0; at < size; at++) {
    const other = at + Math.floor(random() * (places.length - at));
    [places[at], places[other]] = [places[other]!, places[at]!];
  }
  return Array.from(places.subarray(0, size), (place) => rows[place]!);
}

/** Numbers from 0 to below 1, always the same for the same seed. @see Marsaglia, Xorshift RNGs, JSS 8(14), 2003 */
function randomOf(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
