// Matchers in a configuration: the list of today, and the two maps of before 0.22 with each side of an inhibition.
import { compareMatchers, createMatcher, type Matcher, MatcherError } from '../matchers/matcher.ts';
import { parseMatchers } from '../matchers/parse-matchers.ts';
import { below, type ConfigReader, type YamlMap } from './reader.ts';

export interface MatcherFields {
  /** Map of label to value. */
  readonly equal: string;
  /** Map of label to regular expression. */
  readonly regex: string;
  /** List of matchers. */
  readonly list: string;
}

export const ROUTE_MATCHERS: MatcherFields = { equal: 'match', regex: 'match_re', list: 'matchers' };
export const SOURCE_MATCHERS: MatcherFields = {
  equal: 'source_match',
  regex: 'source_match_re',
  list: 'source_matchers',
};
export const TARGET_MATCHERS: MatcherFields = {
  equal: 'target_match',
  regex: 'target_match_re',
  list: 'target_matchers',
};

/** All matchers of a route or of one side of an inhibition rule, sorted as Alertmanager sorts them. */
export function readMatchers(
  reader: ConfigReader,
  map: YamlMap,
  path: string,
  fields: MatcherFields,
): Matcher[] {
  const matchers: Matcher[] = [];
  const attempt = (where: string, make: () => Matcher[]): void => {
    try {
      matchers.push(...make());
    } catch (error) {
      if (!(error instanceof MatcherError)) throw error;
      reader.problem(where, error.message);
    }
  };
  for (const [field, operator] of [[fields.equal, '='] as const, [fields.regex, '=~'] as const]) {
    const where = below(path, field);
    for (const [name, value] of Object.entries(reader.anyMap(map[field], where))) {
      const at = below(where, name);
      if (name === '') reader.problem(at, 'expected a label name, got an empty one');
      const text = reader.text(value, at) ?? '';
      // Keys of routes show these expressions with their anchors.
      attempt(at, () => [
        createMatcher(name, operator, operator === '=' ? text : checkedAnchors(name, text)),
      ]);
    }
  }
  const where = below(path, fields.list);
  reader.texts(map[fields.list], where).forEach((text, i) => {
    attempt(`${where}[${i}]`, () => parseMatchers(text));
  });
  return matchers.sort(compareMatchers);
}

/** The expression with its anchors; it must be one without them too: "a)|(b" is none. */
function checkedAnchors(name: string, expression: string): string {
  createMatcher(name, '=~', expression);
  return `^(?:${expression})$`;
}
