// What a route, an inhibition rule or a silence asks of a label set: one label, one comparison.
import { RE2JS } from 're2js';
import { compareCodePoints } from '../../model/code-points.ts';

/** The four comparisons, as they are written. */
export type MatcherOperator = '=' | '!=' | '=~' | '!~';

export type LabelSet = Readonly<Record<string, string>>;

export interface Matcher {
  readonly name: string;
  readonly operator: MatcherOperator;
  /** The text to equal, or the regular expression without its anchors. */
  readonly value: string;
  /** Whether a value of the label passes; an absent label has the value "". */
  readonly accepts: (labelValue: string) => boolean;
}

/** A matcher that cannot be: the text says why. */
export class MatcherError extends Error {
  override readonly name = 'MatcherError';
}

/** Alternatives of plain characters, such as `api|web-1`: a look-up does what the expression would. */
const PLAIN_ALTERNATIVES = /^[\w\- :/@%,;]*(?:\|[\w\- :/@%,;]*)*$/;
/** Answers of an expression kept for values seen before: labels repeat. */
const REMEMBERED_VALUES = 1_000;

/**
 * Makes a matcher. Regular expressions have RE2's syntax and must match the whole value.
 * @throws MatcherError if the expression is none
 */
export function createMatcher(name: string, operator: MatcherOperator, value: string): Matcher {
  switch (operator) {
    case '=':
      return { name, operator, value, accepts: (labelValue) => labelValue === value };
    case '!=':
      return { name, operator, value, accepts: (labelValue) => labelValue !== value };
    case '=~':
      return { name, operator, value, accepts: wholeMatch(value) };
    case '!~': {
      const matches = wholeMatch(value);
      return { name, operator, value, accepts: (labelValue) => !matches(labelValue) };
    }
  }
}

/** Whether a label set passes every matcher; no matchers let everything pass. */
export function matchesAll(matchers: readonly Matcher[], labels: LabelSet): boolean {
  return matchers.every(({ name, accepts }) => accepts(labelValue(labels, name)));
}

/** The value of a label, "" if it is absent. */
export function labelValue(labels: LabelSet, name: string): string {
  return Object.hasOwn(labels, name) ? labels[name]! : '';
}

/** By name, then value, then operator: the order in which Alertmanager sorts and prints matchers. */
export function compareMatchers(left: Matcher, right: Matcher): number {
  return (
    compareCodePoints(left.name, right.name) ||
    compareCodePoints(left.value, right.value) ||
    OPERATOR_ORDER.indexOf(left.operator) - OPERATOR_ORDER.indexOf(right.operator)
  );
}

const OPERATOR_ORDER: readonly MatcherOperator[] = ['=', '!=', '=~', '!~'];

function wholeMatch(expression: string): (value: string) => boolean {
  if (PLAIN_ALTERNATIVES.test(expression)) {
    const alternatives = new Set(expression.split('|'));
    return (value) => alternatives.has(value);
  }
  const compiled = compile(expression);
  const prefix = literalPrefix(expression);
  const known = new Map<string, boolean>();
  return (value) => {
    if (!value.startsWith(prefix)) return false;
    const before = known.get(value);
    if (before !== undefined) return before;
    const answer = compiled.matcher(value).find();
    if (known.size >= REMEMBERED_VALUES) known.clear();
    known.set(value, answer);
    return answer;
  };
}

/** What every match begins with, as far as plain characters show it: most values fail here, without the engine. */
function literalPrefix(expression: string): string {
  if (expression.includes('|')) return '';
  const [plain = ''] = /^[\w\- :/@%,;]*/.exec(expression) ?? [];
  // The character before a quantifier may come often or not at all; RE2 lets flags stand between the two.
  return /^(?:[?*+{]|\(\?)/.test(expression.slice(plain.length)) ? plain.slice(0, -1) : plain;
}

function compile(expression: string): RE2JS {
  try {
    // Alertmanager too puts the anchors around and then looks anywhere: "a)|(?:b" is a prefix or an ending.
    return RE2JS.compile(`^(?:${expression})$`);
  } catch (cause) {
    throw new MatcherError(`bad regular expression ${JSON.stringify(expression)}: ${reason(cause)}`);
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
