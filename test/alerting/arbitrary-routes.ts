// Random routing trees and label sets that often meet. Classic matchers only, which every version reads alike.
import fc from 'fast-check';

const NAMES = ['team', 'env', 'region', 'severity'];
const VALUES = ['web', 'pay-1', 'eu.west', 'a b', '503', 'C:\\d', 'Prod', 'x=y', 'q"q'];
const EXPRESSIONS = [
  'web|pay-1',
  'a|',
  '.+',
  '.*',
  '[25]0[0-9]',
  '(?i:PROD|dev)',
  'eu.west',
  '[^x]*',
  '\\\\w+',
  '(web|a b)',
  'pay-[0-9]+',
  '[[:alpha:]]+',
];

const name = fc.constantFrom(...NAMES);
const quoted = fc.constantFrom(...VALUES).map((value) => `"${value.replace(/[\\"]/g, '\\$&')}"`);
const bare = fc.constantFrom('web', 'pay-1', '503', 'Prod');
const blank = fc.constantFrom('', ' ');
const matcher = fc.oneof(
  fc
    .tuple(name, blank, fc.constantFrom('=', '!='), blank, fc.oneof(quoted, bare))
    .map((parts) => parts.join('')),
  fc
    .tuple(name, blank, fc.constantFrom('=~', '!~'), blank, fc.constantFrom(...EXPRESSIONS))
    .map(
      ([label, before, operator, after, expression]) => `${label}${before}${operator}${after}"${expression}"`,
    ),
);

/** The lines of a list of matchers, one or several a string, with or without braces. */
const matcherLines = fc
  .array(
    fc.oneof(
      matcher,
      fc.array(matcher, { minLength: 2, maxLength: 3 }).map((all) => all.join(',')),
      matcher.map((one) => `{${one},}`),
    ),
    { minLength: 1, maxLength: 2 },
  )
  .map((lines) => ({ matchers: lines }));
const maps = fc.oneof(
  fc.dictionary(name, fc.constantFrom(...VALUES), { minKeys: 1, maxKeys: 2 }).map((match) => ({ match })),
  fc
    .dictionary(name, fc.constantFrom('web|pay-1', '.+', '(?i:prod)', 'a|'), { minKeys: 1, maxKeys: 2 })
    .map((match_re) => ({ match_re })),
);

const { node } = fc.letrec<{ node: object }>((tie) => ({
  node: fc
    .record(
      {
        asked: fc.oneof(
          { weight: 6, arbitrary: matcherLines },
          { weight: 2, arbitrary: maps },
          { weight: 1, arbitrary: fc.constant({}) },
        ),
        receiver: fc.constantFrom('r0', 'r1', 'r2', 'r3'),
        continue: fc.boolean(),
        routes: fc.oneof(
          { depthSize: 'small' },
          fc.constant([]),
          fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
        ),
      },
      { requiredKeys: ['asked'] },
    )
    .map(({ asked, ...rest }) => ({ ...asked, ...rest })),
}));

/** An alertmanager.yml (JSON is YAML). */
export function arbitraryTree(): fc.Arbitrary<string> {
  return fc.array(node, { minLength: 1, maxLength: 4 }).map((routes) =>
    JSON.stringify({
      route: { receiver: 'r0', routes },
      receivers: ['r0', 'r1', 'r2', 'r3'].map((receiver) => ({ name: receiver })),
    }),
  );
}

export function arbitraryLabels(): fc.Arbitrary<Record<string, string>> {
  return fc.dictionary(name, fc.constantFrom(...VALUES), { maxKeys: 4 });
}
