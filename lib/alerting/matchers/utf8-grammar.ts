// The matcher grammar since Alertmanager 0.27: any UTF-8 in quotes, bare words without reserved characters, strict.
import { isReserved, SPACE } from './characters.ts';
import { unquote } from './go-quote.ts';
import { createMatcher, type Matcher, MatcherError, type MatcherOperator } from './matcher.ts';

type Token =
  | { readonly kind: '{' | '}' | ',' }
  | { readonly kind: 'operator'; readonly operator: MatcherOperator }
  | { readonly kind: 'word'; readonly text: string };

/**
 * Reads matchers separated by commas, in a pair of braces or in none; a comma may end the list.
 * @throws MatcherError
 */
export function parseUtf8Matchers(text: string): Matcher[] {
  const tokens = tokenize(text);
  const braced = tokens[0]?.kind === '{';
  let at = braced ? 1 : 0;
  const matchers: Matcher[] = [];
  while (at < tokens.length && tokens[at]?.kind !== '}') {
    const [name, operator, value] = tokens.slice(at, at + 3);
    if (name?.kind !== 'word') throw new MatcherError(`expected a label name in ${text}`);
    if (operator?.kind !== 'operator') {
      throw new MatcherError(`expected an operator such as '=', '!=', '=~' or '!~' in ${text}`);
    }
    if (value?.kind !== 'word') throw new MatcherError(`expected a label value in ${text}`);
    matchers.push(createMatcher(name.text, operator.operator, value.text));
    at += 3;
    if (tokens[at]?.kind === ',') at += 1;
    else if (at < tokens.length && tokens[at]?.kind !== '}') {
      throw new MatcherError(`expected a comma or close brace in ${text}`);
    }
  }
  if (braced) {
    if (tokens[at]?.kind !== '}') throw new MatcherError(`expected close brace in ${text}`);
    at += 1;
  }
  if (at < tokens.length) throw new MatcherError(`expected end of input in ${text}`);
  return matchers;
}

function tokenize(text: string): Token[] {
  const characters = [...text];
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; ) {
    const character = characters[at]!;
    if (character === '{' || character === '}' || character === ',') {
      tokens.push({ kind: character });
      at += 1;
    } else if (character === '=' || character === '!') {
      const operator = readOperator(character, characters[at + 1], text);
      tokens.push({ kind: 'operator', operator });
      at += operator.length;
    } else if (character === '"') {
      const end = endOfQuoted(characters, at, text);
      const value = unquote(characters.slice(at, end).join(''));
      if (value === undefined) throw new MatcherError(`bad quoted string in ${text}`);
      tokens.push({ kind: 'word', text: value });
      at = end;
    } else if (SPACE.test(character)) at += 1;
    else if (isReserved(character)) throw new MatcherError(`unexpected ${character} in ${text}`);
    else {
      const start = at;
      while (at < characters.length && !isReserved(characters[at]!)) at += 1;
      tokens.push({ kind: 'word', text: characters.slice(start, at).join('') });
    }
  }
  return tokens;
}

function readOperator(first: '=' | '!', second: string | undefined, text: string): MatcherOperator {
  if (first === '=') return second === '~' ? '=~' : '=';
  if (second === '=') return '!=';
  if (second === '~') return '!~';
  throw new MatcherError(`expected = or ~ after ! in ${text}`);
}

function endOfQuoted(characters: readonly string[], start: number, text: string): number {
  for (let at = start + 1; at < characters.length; at++) {
    if (characters[at] === '\\') at += 1;
    else if (characters[at] === '"') return at + 1;
  }
  throw new MatcherError(`missing closing quote in ${text}`);
}
