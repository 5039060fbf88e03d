// A silence between its stored form and the form that the rules ask.
import { createMatcher, type Matcher } from '../matchers/matcher.ts';
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

export function storedMatcher({ name, operator, value }: Matcher): StoredMatcher {
  return { name, operator, value };
}
