// Changes of budgets: kept in memory here, and what an SLO is with them.
import { describe, expect, test } from 'vitest';
import { overrideAt, type SloChange, withChanges } from '../../../lib/slo/changes/change.ts';
import { CHANGES_MAX, makeChange } from '../../../lib/slo/changes/make-change.ts';
import { HOUR, slo, T0 } from '../support.ts';
import { describeChangeStore } from './change-store-suite.ts';
import { MemoryChangeStore } from './memory-change-store.ts';

describe('changes in memory', () => {
  const store = new MemoryChangeStore();
  describeChangeStore(() => store);
});

const made = { slo: 'checkout', madeAt: T0, author: 'Ada', reason: 'upgrade', madeBy: 'cli' };
const schedule = { start: T0, timeZone: 'UTC', repeat: undefined };
const exclusion: SloChange = {
  ...made,
  id: 'e',
  kind: 'exclusion',
  exclusion: { schedule, durationMs: HOUR, reason: 'upgrade', author: 'Ada' },
};
const adjustment: SloChange = {
  ...made,
  id: 'a',
  kind: 'adjustment',
  adjustment: { schedule, bad: -5, total: 0, reason: 'a test', author: 'Ada' },
};
const override = (id: string, until: number): SloChange => ({ ...made, id, kind: 'override', until });
const withdrawn = { at: T0, author: 'Grace', reason: 'wrong' };

describe('an SLO with changes', () => {
  test('has exclusions and adjustments beside those of its definition', () => {
    const own = slo({ exclusions: [exclusion.exclusion], adjustments: [] });
    const changed = withChanges(own, [exclusion, adjustment, override('o', T0 + HOUR)]);
    expect(changed).toEqual({
      ...own,
      exclusions: [exclusion.exclusion, exclusion.exclusion],
      adjustments: [adjustment.adjustment],
    });
  });

  test('is the same object when none is its own and in force', () => {
    const own = slo();
    expect(withChanges(own, [])).toBe(own);
    expect(
      withChanges(own, [
        { ...exclusion, slo: 'search' },
        { ...adjustment, withdrawn },
      ]),
    ).toBe(own);
  });
});

describe('an override', () => {
  test('holds from when it was made until its end', () => {
    const changes = [override('o', T0 + HOUR)];
    expect(overrideAt(changes, 'checkout', T0 - 1)).toBeUndefined();
    expect(overrideAt(changes, 'checkout', T0)).toBe(changes[0]);
    expect(overrideAt(changes, 'checkout', T0 + HOUR - 1)).toBe(changes[0]);
    expect(overrideAt(changes, 'checkout', T0 + HOUR)).toBeUndefined();
  });

  test('is of its SLO alone, not withdrawn, and of several the one that holds longest', () => {
    const long = override('long', T0 + 2 * HOUR);
    const changes = [
      override('short', T0 + HOUR),
      long,
      { ...override('w', T0 + 9 * HOUR), withdrawn },
      { ...override('s', T0 + 9 * HOUR), slo: 'search' },
      adjustment,
    ];
    expect(overrideAt(changes, 'checkout', T0)).toBe(long);
  });
});

describe('a wish for an override', () => {
  const wish = { for: '1h', reason: 'a fix', author: 'Ada' };
  const existing = Array.from({ length: CHANGES_MAX }, (_, at) => override(`o${at}`, T0 + HOUR));
  const makeAt = (now: number) =>
    makeChange('override', wish, { slo: 'checkout', id: 'new', madeBy: 'cli', now, existing });

  test('is refused beside a hundred changes in force, of which overrides that are over are none', () => {
    expect(makeAt(T0)).toMatchObject({ kind: 'refused' });
    expect(makeAt(T0 + HOUR)).toMatchObject({ kind: 'made', change: { until: T0 + 2 * HOUR } });
  });
});
