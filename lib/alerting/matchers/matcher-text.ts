// Matchers as Alertmanager prints them; the key of a route, and so of a group, is made of this text.
import { needsQuotes } from './characters.ts';
import { quote } from './go-quote.ts';
import type { Matcher } from './matcher.ts';

/** @example matcherText(createMatcher('team', '=', 'web')) // 'team="web"' */
export function matcherText({ name, operator, value }: Matcher): string {
  if (needsQuotes(name)) return `${quote(name)}${operator}${quote(value)}`;
  return `${name}${operator}"${escapeOpenMetrics(value)}"`;
}

/** @example '{env="prod",team=~"a|b"}' */
export function matchersText(matchers: readonly Matcher[]): string {
  return `{${matchers.map(matcherText).join(',')}}`;
}

/** OpenMetrics escapes nothing but the backslash, the quote and the line feed. */
function escapeOpenMetrics(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
