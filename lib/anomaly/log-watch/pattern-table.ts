// The patterns of one log group and how often each came in the last windows: a window of lines in, changes out. Pure.
import { PermanentError } from '../../model/errors.ts';
import { type PatternChange, type PatternHistory, patternChanges } from '../log-patterns/pattern-changes.ts';
import { type LogPattern, PatternMiner } from '../log-patterns/pattern-miner.ts';

/** Windows remembered: six hours of five minutes. */
const WINDOWS = 72;
/** Patterns kept of a group, the most frequent and the latest: about 100 bytes each. */
const PATTERNS_KEPT = 5_000;
const TABLE_VERSION = 1;

/** A pattern as it is kept. */
export interface KnownPattern extends LogPattern {
  /** Lines in each window, the oldest first; as many as the table has windows. */
  readonly windows: readonly number[];
}

export interface PatternTable {
  readonly version: typeof TABLE_VERSION;
  /** End of the last window, epoch milliseconds. */
  readonly until: number;
  /** Windows seen, at most WINDOWS. */
  readonly windows: number;
  readonly patterns: readonly KnownPattern[];
}

export interface TableStep {
  readonly table: PatternTable;
  readonly changes: readonly PatternChange[];
  /** Lines of this window by template. */
  readonly counts: ReadonlyMap<string, number>;
}

/** The table after one more window of lines. @param before undefined at the first */
export function nextTable(
  before: PatternTable | undefined,
  lines: Iterable<string>,
  until: number,
): TableStep {
  const miner = new PatternMiner();
  const known = before?.patterns ?? [];
  const ids = miner.merge({ version: 1, patterns: known });
  const seen = before?.windows ?? 0;
  const now = new Map<number, number>();
  for (const line of lines) {
    const id = miner.add(line);
    now.set(id, (now.get(id) ?? 0) + 1);
  }
  // Patterns may have become one while lines came in: what was counted of them is added up.
  const counted = new Map<number, number>();
  for (const [id, count] of now) {
    const current = miner.currentId(id);
    counted.set(current, (counted.get(current) ?? 0) + count);
  }
  const earlier = new Map<number, number[]>();
  for (const { id, windows } of known) {
    const current = miner.currentId(ids.get(id)!);
    const sums = earlier.get(current) ?? new Array<number>(seen).fill(0);
    windows.forEach((count, at) => {
      sums[at] = (sums[at] ?? 0) + count;
    });
    earlier.set(current, sums);
  }
  const histories = miner.patterns().map(
    ({ id, template }): PatternHistory => ({
      id,
      template,
      earlier: earlier.get(id) ?? new Array<number>(seen).fill(0),
      now: counted.get(id) ?? 0,
    }),
  );
  // A pattern that stayed away for hours and comes back is not new.
  const changes = patternChanges(histories).filter(({ kind, id }) => kind !== 'new' || !earlier.has(id));
  const byId = new Map(histories.map((history) => [history.id, history]));
  const patterns = miner.patterns().map((pattern): KnownPattern => {
    const history = byId.get(pattern.id)!;
    return { ...pattern, windows: [...history.earlier, history.now].slice(-WINDOWS) };
  });
  return {
    table: {
      version: TABLE_VERSION,
      until,
      windows: Math.min(WINDOWS, seen + 1),
      patterns: kept(patterns),
    },
    changes,
    counts: new Map(histories.map(({ template, now: count }) => [template, count])),
  };
}

/** The most frequent ones, those of the last windows first. */
function kept(patterns: readonly KnownPattern[]): KnownPattern[] {
  if (patterns.length <= PATTERNS_KEPT) return [...patterns];
  const recent = ({ windows }: KnownPattern): number => windows.reduce((sum, count) => sum + count, 0);
  return [...patterns].sort((a, b) => recent(b) - recent(a) || b.count - a.count).slice(0, PATTERNS_KEPT);
}

export function encodeTable(table: PatternTable): Uint8Array {
  return Buffer.from(JSON.stringify(table));
}

/** @throws PermanentError `malformed` for bytes that are no table of this version */
export function decodeTable(bytes: Uint8Array): PatternTable {
  let table: Partial<PatternTable>;
  try {
    table = JSON.parse(Buffer.from(bytes).toString()) as Partial<PatternTable>;
  } catch (cause) {
    throw new PermanentError('malformed', 'the pattern table is damaged', { cause });
  }
  if (table.version === TABLE_VERSION) return table as PatternTable;
  throw new PermanentError(
    'malformed',
    `the pattern table has version ${String(table.version)}, expected ${TABLE_VERSION}`,
  );
}
