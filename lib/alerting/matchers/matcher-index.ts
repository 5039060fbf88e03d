// Finds among many lists of matchers those that may match a label set: by one value that a list asks for, instead of
// trying them one by one.
import { type LabelSet, labelValue, type Matcher } from './matcher.ts';

export interface MatcherIndex<T> {
  /** By label name and value. */
  readonly byLabel: ReadonlyMap<string, ReadonlyMap<string, readonly T[]>>;
  /** Lists that ask for no one value; each may match. */
  readonly others: readonly T[];
}

/** Each list lies under the value that the fewest lists ask for. */
export function indexMatchers<T>(
  items: readonly T[],
  matchersOf: (item: T) => readonly Matcher[],
): MatcherIndex<T> {
  const asked = new Map<string, number>();
  const exact = (item: T) =>
    matchersOf(item).filter(({ operator, value }) => operator === '=' && value !== '');
  const key = ({ name, value }: Matcher) => `${name}\u0000${value}`;
  for (const item of items) {
    for (const matcher of exact(item)) asked.set(key(matcher), (asked.get(key(matcher)) ?? 0) + 1);
  }
  const byLabel = new Map<string, Map<string, T[]>>();
  const others: T[] = [];
  for (const item of items) {
    const [rarest] = exact(item).sort((left, right) => asked.get(key(left))! - asked.get(key(right))!);
    if (rarest === undefined) {
      others.push(item);
      continue;
    }
    const byValue = byLabel.get(rarest.name) ?? new Map<string, T[]>();
    byLabel.set(rarest.name, byValue);
    byValue.set(rarest.value, [...(byValue.get(rarest.value) ?? []), item]);
  }
  return { byLabel, others };
}

/** Calls `test` for each list that may match, until it says true. */
export function someCandidate<T>(
  { byLabel, others }: MatcherIndex<T>,
  labels: LabelSet,
  test: (item: T) => boolean,
): boolean {
  for (const [name, byValue] of byLabel) {
    if (byValue.get(labelValue(labels, name))?.some(test) === true) return true;
  }
  return others.some(test);
}
