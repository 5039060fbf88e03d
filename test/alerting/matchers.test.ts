// Matchers: two grammars, RE2, and the laws that hold whatever the text.
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { quote, unquote } from '../../lib/alerting/matchers/go-quote.ts';
import {
  createMatcher,
  MatcherError,
  type MatcherOperator,
  matchesAll,
} from '../../lib/alerting/matchers/matcher.ts';
import { matchersText, matcherText } from '../../lib/alerting/matchers/matcher-text.ts';
import { parseMatcher, parseMatchers } from '../../lib/alerting/matchers/parse-matchers.ts';
import { compareCodePoints } from '../../lib/model/code-points.ts';

const texts = (text: string) =>
  parseMatchers(text).map(({ name, operator, value }) => [name, operator, value]);

describe('matchers', () => {
  test.each<[string, string, string[][]]>([
    ['nothing', '', []],
    ['a bare word', 'team=web', [['team', '=', 'web']]],
    ['blanks around the operator', ' team =~ "a|b" ', [['team', '=~', 'a|b']]],
    [
      'a list in braces with a comma at the end',
      '{a="1", b!="2",}',
      [
        ['a', '=', '1'],
        ['b', '!=', '2'],
      ],
    ],
    ['a quoted name with any characters', '"my label"="🙂"', [['my label', '=', '🙂']]],
    ['a bare name of UTF-8', 'größe!~x', [['größe', '!~', 'x']]],
    ['a name with a dot', 'service.name=a', [['service.name', '=', 'a']]],
    ['a comma inside quotes', 'a="x,y"', [['a', '=', 'x,y']]],
    ['no value, as the classic grammar allows', 'a=', [['a', '=', '']]],
    ['a brace at one end only, as the classic grammar allows', '{a=b', [['a', '=', 'b']]],
    ['a lone backslash, as the classic grammar allows', 'a="x\\sy"', [['a', '=', 'x\\sy']]],
    ['a value with an equals sign, as the classic grammar allows', 'a=b=c', [['a', '=', 'b=c']]],
    ['an escape that both know differently: classic wins', 'a="\\x61"', [['a', '=', '\\x61']]],
    ['an escape of a name that only UTF-8 knows', '"\\x61.b"="\\x61"', [['a.b', '=', 'a']]],
    [
      'a line feed in a block',
      '{\n  a="1",\n  b="2",\n}\n',
      [
        ['a', '=', '1'],
        ['b', '=', '2'],
      ],
    ],
  ])('are read from %s', (_what, text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  test.each([
    ['no operator', 'team'],
    ['an empty place in the list', 'a=b,,c=d'],
    ['a quote that does not end', 'a="b'],
    ['a regular expression that is none', 'a=~"("'],
    ['what RE2 cannot do', 'a=~"(?=x)y"'],
    ['braces twice', '{{a="b"}}'],
    ['a name with a blank that is not quoted', 'my label="x"'],
  ])('are refused with %s', (_what, text) => {
    expect(() => parseMatchers(text)).toThrow(MatcherError);
  });

  test('on the command line are one and have no braces', () => {
    expect(parseMatcher('a=b')).toMatchObject({ name: 'a', operator: '=', value: 'b' });
    for (const text of ['{a="b"}', 'a=b,c="d"x"', '']) expect(() => parseMatcher(text)).toThrow(MatcherError);
  });

  test.each<[MatcherOperator, string, string, boolean]>([
    ['=', 'web', 'web', true],
    ['=', '', '', true],
    ['!=', 'web', '', true],
    ['=~', 'a|b', 'b', true],
    ['=~', 'a|b', 'ab', false],
    ['=~', 'a.c', 'xabcx', false],
    ['=~', '.*', '', true],
    ['!~', '.+', '', true],
    ['=~', '(?i:PROD|dev)', 'prod', true],
    ['=~', '[[:alpha:]]+', 'abc', true],
    ['=~', 'a.b', 'a\nb', false],
    ['=~', '(?s)a.b', 'a\nb', true],
    ['=~', '.', '🙂', true],
    // The anchors are put around the text, whatever that makes of it.
    ['=~', 'a)|(?:b', 'abc', true],
  ])('%s"%s" against "%s": %s', (operator, value, labelValue, expected) => {
    expect(createMatcher('x', operator, value).accepts(labelValue)).toBe(expected);
  });

  test('answer quickly where other engines blow up', () => {
    const { accepts } = createMatcher('x', '=~', '(a+)+b');
    expect(accepts('a'.repeat(5_000))).toBe(false);
  });
});

describe('laws', () => {
  const anyText = fc.string({ unit: 'grapheme', maxLength: 12 });
  const operators = fc.constantFrom<MatcherOperator>('=', '!=', '=~', '!~');
  const matchers = fc
    .record({ name: anyText, operator: operators, value: anyText })
    .filter(
      ({ name, operator, value }) =>
        name !== '' && (operator.length === 1 || operator === '!=' || isExpression(value)),
    )
    .map(({ name, operator, value }) => createMatcher(name, operator, value));

  test('a parser throws nothing but its own error', () => {
    const piece = fc.oneof(
      anyText,
      fc.constantFrom('{', '}', ',', '=', '!=', '=~', '!~', '"', '\\', ' ', 'a', '\n'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        for (const parse of [parseMatchers, parseMatcher]) {
          try {
            parse(pieces.join(''));
          } catch (error) {
            expect(error).toBeInstanceOf(MatcherError);
          }
        }
      }),
    );
  });

  test('what is printed is read as the same matcher', () => {
    fc.assert(
      fc.property(fc.array(matchers, { maxLength: 3 }), (list) => {
        const shown = (all: typeof list) => all.map(({ name, operator, value }) => [name, operator, value]);
        expect(shown(parseMatchers(matchersText(list)))).toEqual(shown(list));
      }),
    );
  });

  test('a negative matcher accepts exactly what its positive does not', () => {
    fc.assert(
      fc.property(matchers, anyText, (matcher, value) => {
        const opposite = ({ '=': '!=', '!=': '=', '=~': '!~', '!~': '=~' } as const)[matcher.operator];
        const other = createMatcher(matcher.name, opposite, matcher.value);
        expect(matcher.accepts(value)).toBe(!other.accepts(value));
      }),
    );
  });

  test('a look-up of plain alternatives answers as the expression does', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '1', '-', '_', ' ', ':'), maxLength: 3 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), word, (words, value) => {
        const expression = words.join('|');
        const matches = RE2JS.compile(`^(?:${expression})$`).matcher(value).find();
        expect(createMatcher('x', '=~', expression).accepts(value)).toBe(matches);
      }),
    );
  });

  test('an expression answers as RE2 does, whatever it begins with', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '-',
      '.',
      '?',
      '*',
      '+',
      '{0}',
      '{2}',
      '(',
      ')',
      '|',
      '^',
      '$',
      '(?i)',
      '\\.',
      '[ab]',
    );
    const expressions = fc
      .array(piece, { maxLength: 6 })
      .map((all) => all.join(''))
      .filter(isExpression);
    const value = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '-', '.'), maxLength: 4 });
    fc.assert(
      fc.property(expressions, value, (expression, text) => {
        const matches = RE2JS.compile(`^(?:${expression})$`).matcher(text).find();
        expect(createMatcher('x', '=~', expression).accepts(text)).toBe(matches);
      }),
      { numRuns: 2_000 },
    );
  });

  test('an absent label is an empty one', () => {
    fc.assert(
      fc.property(matchers, (matcher) => {
        expect(matchesAll([matcher], {})).toBe(matchesAll([matcher], { [matcher.name]: '' }));
      }),
    );
  });

  test('a quoted text is read as itself', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(unquote(quote(text))).toBe(text);
      }),
    );
  });

  test('texts are ordered as their UTF-8 bytes are', () => {
    fc.assert(
      fc.property(anyText, anyText, (left, right) => {
        const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(Math.sign(compareCodePoints(left, right))).toBe(bytes);
      }),
    );
  });

  test('names with reserved characters are printed in quotes, others bare', () => {
    expect(matcherText(createMatcher('my label', '=', 'a"b'))).toBe('"my label"="a\\"b"');
    expect(matcherText(createMatcher('service.name', '=~', 'a\\d'))).toBe('service.name=~"a\\\\d"');
  });
});

function isExpression(text: string): boolean {
  try {
    RE2JS.compile(`^(?:${text})$`);
    return true;
  } catch {
    return false;
  }
}
