// Query parameters of the API: matchers, switches and the regular expression for receivers.
import { createMatcher, type Matcher, MatcherError } from '../matchers/matcher.ts';
import { parseMatcher } from '../matchers/parse-matchers.ts';

/** A query that says something else than it may; the text says what. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

/** The words that Alertmanager takes as true; every other word is false. */
const TRUE = new Set(['true', '1', 'yes', 'ok', 'y', 'on', 'selected', 'checked', 't', 'enabled']);

/** @param absent what counts if it is not written */
export function switchOf(query: URLSearchParams, name: string, absent = true): boolean {
  const value = query.get(name);
  return value === null || value === '' ? absent : TRUE.has(value.toLowerCase());
}

/** @throws QueryError */
export function filtersOf(query: URLSearchParams): Matcher[] {
  return query
    .getAll('filter')
    .map((text) => attempt(`bad matcher format: ${text}`, () => parseMatcher(text)));
}

/**
 * Whether a receiver of this name is asked for, by `receiver` (the whole name as a regular expression) and
 * `receiver_matchers`.
 * @throws QueryError
 */
export function receiverFilterOf(query: URLSearchParams): (name: string) => boolean {
  const matchers = query
    .getAll('receiver_matchers')
    .map((text) => attempt(`bad matcher format: ${text}`, () => parseMatcher(text)));
  const expression = query.get('receiver') ?? '';
  if (expression !== '') {
    matchers.push(
      attempt('failed to parse receiver param', () => createMatcher('receiver', '=~', expression)),
    );
  }
  return (name) => matchers.every(({ accepts }) => accepts(name));
}

function attempt<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof MatcherError) throw new QueryError(`${what}: ${error.message}`);
    throw error;
  }
}
