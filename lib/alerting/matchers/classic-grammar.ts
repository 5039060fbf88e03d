// The matcher grammar of Alertmanager before 0.27: names of ASCII letters, values with or without quotes, lenient.
import { SPACE } from './characters.ts';
import { createMatcher, type Matcher, MatcherError, type MatcherOperator } from './matcher.ts';

const MATCHER =
  /^[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)[\t\n\f\r ]*([\s\S]*?)[\t\n\f\r ]*$/;

/**
 * Reads matchers separated by commas; a brace at either end is left aside, each on its own.
 * @throws MatcherError
 */
export function parseClassicMatchers(text: string): Matcher[] {
  return splitAtCommas(text.replace(/^\{/, '').replace(/\}$/, '')).map(parseClassicMatcher);
}

/**
 * Reads one matcher. In its value `\"`, `\\` and `\n` are escapes; any other backslash stands for itself.
 * @throws MatcherError
 */
export function parseClassicMatcher(text: string): Matcher {
  const parts = MATCHER.exec(text);
  if (parts === null) throw new MatcherError(`bad matcher format: ${text}`);
  const [, name, operator, value] = parts;
  return createMatcher(name!, operator as MatcherOperator, unescapeValue(value!));
}

/** Commas inside quotes do not separate. What follows the last comma counts only if it is more than white space. */
function splitAtCommas(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  let quoted = false;
  let escaped = false;
  for (const character of text) {
    if (character === ',' && !quoted) {
      pieces.push(piece);
      piece = '';
      // An escape before the comma goes on: the classic parser forgets it only at another character.
      continue;
    }
    // A comma inside quotes leaves the state of the escape as it is, as the classic parser does.
    if (character === '"') {
      if (!escaped) quoted = !quoted;
      escaped = false;
    } else if (character === '\\') escaped = !escaped;
    else if (character !== ',') escaped = false;
    piece += character;
  }
  const last = trimSpace(piece);
  return last === '' ? pieces : [...pieces, last];
}

function unescapeValue(written: string): string {
  const quoted = written.startsWith('"');
  const raw = quoted ? written.slice(1) : written;
  let open = quoted;
  let value = '';
  for (let i = 0; i < raw.length; i++) {
    const character = raw[i]!;
    const last = i === raw.length - 1;
    if (character === '\\' && !last) {
      i += 1;
      const next = raw[i]!;
      value += next === 'n' ? '\n' : next === '"' || next === '\\' ? next : `\\${next}`;
    } else if (character === '"') {
      if (!open || !last) throw unescapedQuote(written);
      open = false;
    } else value += character;
  }
  if (open) throw unescapedQuote(written);
  return value;
}

function unescapedQuote(written: string): MatcherError {
  return new MatcherError(`matcher value contains unescaped double quote: ${written}`);
}

function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.test(text[start]!)) start += 1;
  while (end > start && SPACE.test(text[end - 1]!)) end -= 1;
  return text.slice(start, end);
}
