import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMatcher, matchesAll } from '../../lib/alerting/matchers/matcher.ts';
import { indexMatchers, someCandidate } from '../../lib/alerting/matchers/matcher-index.ts';

const name = fc.constantFrom('team', 'severity', 'rule', 'toString');
const value = fc.constantFrom('', 'a', 'b', 'c', 'page');
const matcher = fc
  .tuple(name, fc.constantFrom('=' as const, '!=' as const, '=~' as const, '!~' as const), value)
  .map(([label, operator, text]) => createMatcher(label, operator, text));
const lists = fc.array(fc.array(matcher, { maxLength: 3 }), { maxLength: 12 });
const labels = fc.dictionary(name, value);

test('law: every list that matches is among the candidates, each once', () => {
  fc.assert(
    fc.property(lists, labels, (all, set) => {
      const candidates: number[] = [];
      someCandidate(
        indexMatchers([...all.keys()], (place) => all[place]!),
        set,
        (place) => {
          candidates.push(place);
          return false;
        },
      );
      const matching = [...all.keys()].filter((place) => matchesAll(all[place]!, set));
      expect(new Set(candidates).size).toBe(candidates.length);
      expect(matching.filter((place) => !candidates.includes(place))).toEqual([]);
    }),
  );
});

test('a list that asks for one value is no candidate where the value is another', () => {
  const all = ['a', 'b'].map((text) => [
    createMatcher('severity', '=', 'page'),
    createMatcher('rule', '=', text),
  ]);
  const index = indexMatchers([0, 1], (place) => all[place]!);
  const seen: number[] = [];
  someCandidate(index, { severity: 'page', rule: 'b' }, (place) => seen.push(place) < 0);
  expect(seen).toEqual([1]);
});
