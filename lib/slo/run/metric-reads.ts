// Which metrics are read together: 500 a call, all terms of an SLO in one, the same metric once for all that share it.
import { type CloudWatchSource, MAX_READ_SOURCES, type MetricRead } from '../ports.ts';
import { sourceKey } from './terms.ts';

/** An SLO that wants to be read. */
export interface Wanted {
  readonly sources: readonly CloudWatchSource[];
  /** Epoch milliseconds, [from, to). */
  readonly from: number;
  readonly to: number;
}

export interface PlannedRead<T extends Wanted> extends MetricRead {
  /** Whom it is for; all their sources are in it. */
  readonly wanted: readonly T[];
}

/** Longest stretch that all are read for together: longer ones are few, and more points than a call gives back. */
const LONGEST_COMMON_MS = 3_600_000;

/** @param periodMs length of a point */
export function planReads<T extends Wanted>(all: readonly T[], periodMs: number): PlannedRead<T>[] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const isShort = one.to - one.from <= LONGEST_COMMON_MS;
    const key = isShort ? 'short' : String(one.from);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => packed(group, periodMs));
}

function packed<T extends Wanted>(group: readonly T[], periodMs: number): PlannedRead<T>[] {
  const reads: PlannedRead<T>[] = [];
  let sources = new Map<string, CloudWatchSource>();
  let wanted: T[] = [];
  const close = (): void => {
    if (wanted.length === 0) return;
    reads.push({
      sources: [...sources.values()],
      from: Math.min(...wanted.map(({ from }) => from)),
      to: Math.max(...wanted.map(({ to }) => to)),
      periodMs,
      wanted,
    });
    sources = new Map();
    wanted = [];
  };
  for (const one of group) {
    const own = new Map(one.sources.map((source) => [sourceKey(source), source]));
    const added = [...own.keys()].filter((key) => !sources.has(key)).length;
    if (sources.size + added > MAX_READ_SOURCES) close();
    for (const [key, source] of own) sources.set(key, source);
    wanted.push(one);
  }
  close();
  return reads;
}
