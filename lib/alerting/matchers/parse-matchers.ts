// Matchers from text as Alertmanager 0.34 reads them by default: both grammars are tried.
import { parseClassicMatcher, parseClassicMatchers } from './classic-grammar.ts';
import { type Matcher, MatcherError } from './matcher.ts';
import { parseUtf8Matchers } from './utf8-grammar.ts';

/**
 * Reads zero or more matchers. The UTF-8 grammar is tried first; where it fails, or reads something else than the
 * classic one does, the classic reading counts.
 * @throws MatcherError with the reason of the classic grammar, if both refuse
 */
export function parseMatchers(text: string): Matcher[] {
  return inBothGrammars(
    () => parseUtf8Matchers(text),
    () => parseClassicMatchers(text),
  );
}

/**
 * Reads exactly one matcher, without braces: the form of `label=value` on the command line.
 * @throws MatcherError
 */
export function parseMatcher(text: string): Matcher {
  if (text.startsWith('{') || text.endsWith('}')) {
    throw new MatcherError(`unexpected open or close brace: ${text}`);
  }
  const [only] = inBothGrammars(
    () => {
      const matchers = parseUtf8Matchers(text);
      if (matchers.length !== 1) throw new MatcherError(`expected 1 matcher, found ${matchers.length}`);
      return matchers;
    },
    () => [parseClassicMatcher(text)],
  );
  return only!;
}

function inBothGrammars(utf8: () => Matcher[], classic: () => Matcher[]): Matcher[] {
  const modern = attempt(utf8);
  const old = attempt(classic);
  if (modern instanceof MatcherError) {
    if (old instanceof MatcherError) throw old;
    return old;
  }
  return old instanceof MatcherError || sameMatchers(modern, old) ? modern : old;
}

function attempt(parse: () => Matcher[]): Matcher[] | MatcherError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MatcherError) return error;
    throw error;
  }
}

function sameMatchers(left: readonly Matcher[], right: readonly Matcher[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ name, operator, value }, i) => {
      const other = right[i]!;
      return name === other.name && operator === other.operator && value === other.value;
    })
  );
}
