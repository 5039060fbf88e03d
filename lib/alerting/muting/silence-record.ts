// A silence between its stored form and the form that the rules ask.
import { createMatcher, type Matcher, MatcherError } from '../matchers/matcher.ts';
import type { SilenceRecord, StoredMatcher } from '../ports.ts';
import type { Silence } from './silence.ts';

/** @throws MatcherError for an expression that was not checked when it was stored */
export function silenceOf({ id, matcherSets, startsAt, endsAt }: SilenceRecord): Silence {
  return {
    id,
    startsAt,
    endsAt,
    matcherSets: matcherSets.map((set) =>
      set.map(({ name, operator, value }) => createMatcher(name, operator, value)),
    ),
  };
}

/** Those that can be read: one that another version wrote must not keep every group from being told. */
export function readableSilences(records: readonly SilenceRecord[]): Silence[] {
  return records.flatMap((record) => {
    try {
      return silenceOf(record);
    } catch (error) {
      if (error instanceof MatcherError) return [];
      throw error;
    }
  });
}

export function storedMatcher({ name, operator, value }: Matcher): StoredMatcher {
  return { name, operator, value };
}
