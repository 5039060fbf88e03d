// Composites and time slices: what one unit of a budget is.
import { describe, expect, test } from 'vitest';
import { combineParts } from '../../lib/slo/evaluation/composite.ts';
import { readPoint } from '../../lib/slo/evaluation/read-point.ts';
import { countUnit } from '../../lib/slo/evaluation/units.ts';
import type { CompositePart, Indicator } from '../../lib/slo/settings.ts';
import { burnRate } from '../../lib/slo/windows/burn-rate.ts';
import { MINUTE } from './support.ts';

const source = { kind: 'other', type: 'test' } as const;
const part = (changes: Partial<CompositePart>): CompositePart => ({
  name: 'part',
  indicator: { kind: 'badTotal', bad: source, total: source },
  objective: 0.99,
  sliceTarget: undefined,
  weight: 1,
  ...changes,
});

describe('a time slice', () => {
  const slices = { kind: 'timeSlices', sliceMs: MINUTE, sliceTarget: 0.95 } as const;

  test('is good when its ratio reaches the target, and absent without events', () => {
    expect(countUnit(slices, { bad: 5, total: 100 })).toEqual({ bad: 0, total: 1 });
    expect(countUnit(slices, { bad: 6, total: 100 })).toEqual({ bad: 1, total: 1 });
    expect(countUnit(slices, { bad: 0, total: 0 })).toEqual({ bad: 0, total: 0 });
  });

  test('of ratios counts as much as any other', () => {
    const ratios = { kind: 'ratioTimeSlices', sliceMs: MINUTE } as const;
    expect(countUnit(ratios, { bad: 1, total: 4 })).toEqual({ bad: 0.25, total: 1 });
    expect(countUnit(ratios, { bad: 1000, total: 4000 })).toEqual({ bad: 0.25, total: 1 });
  });
});

describe('a composite', () => {
  test('of occurrences burns at the mean of the burn rates, by weight and traffic', () => {
    const parts = [part({ objective: 0.99 }), part({ objective: 0.999, weight: 3 })];
    const events = [
      { bad: 40, total: 1000 }, // burn rate 4
      { bad: 8, total: 1000 }, // burn rate 8
    ];
    const { bad, total } = combineParts(parts, events, { kind: 'occurrences' }, 0.999);
    expect(burnRate(bad / total, 0.999)).toBeCloseTo((4 + 3 * 8) / 4, 4);
  });

  test('of occurrences without data of a part is that of the others', () => {
    const parts = [part({}), part({})];
    const events = [
      { bad: 0, total: 0 },
      { bad: 1, total: 10 },
    ];
    expect(combineParts(parts, events, { kind: 'occurrences' }, 0.99)).toEqual({ bad: 1, total: 10 });
  });

  test('of time slices is bad when any part is, by the part’s own target', () => {
    const parts = [part({ sliceTarget: 0.5 }), part({ sliceTarget: 0.99 })];
    const slices = { kind: 'timeSlices', sliceMs: MINUTE, sliceTarget: 0.9 } as const;
    const both = (first: number, second: number) =>
      combineParts(
        parts,
        [
          { bad: first, total: 100 },
          { bad: second, total: 100 },
        ],
        slices,
        0.99,
      );
    expect(both(50, 1)).toEqual({ bad: 0, total: 1 });
    expect(both(51, 0)).toEqual({ bad: 1, total: 1 });
    expect(both(0, 2)).toEqual({ bad: 1, total: 1 });
  });

  test('of ratio time slices adds up what is missing, by weight, to at most all', () => {
    const parts = [part({}), part({ weight: 2 })];
    const ratios = { kind: 'ratioTimeSlices', sliceMs: MINUTE } as const;
    const both = (first: number, second: number) =>
      combineParts(
        parts,
        [
          { bad: first, total: 4 },
          { bad: second, total: 4 },
        ],
        ratios,
        0.99,
      );
    expect(both(1, 1)).toEqual({ bad: 0.75, total: 1 });
    expect(both(2, 2)).toEqual({ bad: 1, total: 1 });
  });
});

describe('a point', () => {
  const read = (indicator: Indicator, terms: object) => readPoint(indicator, { start: 0, ...terms });
  const counts = (bad: number, total: number, isClamped = false) => ({
    kind: 'counts',
    counts: { bad, total },
    isClamped,
  });
  const good = { kind: 'goodTotal', good: source, total: source } as const;
  const raw = { kind: 'raw', rawType: 'success', metric: source } as const;

  test.each([
    ['good of total', good, { good: 9, total: 10 }, counts(1, 10)],
    ['good above total', good, { good: 11, total: 10 }, counts(0, 10, true)],
    ['good below zero', good, { good: -1, total: 10 }, counts(10, 10, true)],
    ['a total below zero', good, { good: 0, total: -1 }, counts(0, 0, true)],
    ['good without total', good, { good: 9 }, { kind: 'noData' }],
    ['total without good', good, { total: 10 }, { kind: 'unsettled', total: 10 }],
    ['a total of zero', good, { total: 0 }, counts(0, 0)],
    ['what is no number', good, { good: Number.NaN, total: Number.POSITIVE_INFINITY }, { kind: 'noData' }],
    ['a raw success ratio', raw, { value: 0.75 }, counts(0.25, 1)],
    ['a raw failure ratio', { ...raw, rawType: 'failure' } as const, { value: 0.25 }, counts(0.25, 1)],
    ['a raw ratio above 1', raw, { value: 1.5 }, counts(0, 1, true)],
    ['no raw ratio', raw, {}, { kind: 'noData' }],
  ])('with %s', (_, indicator, terms, expected) => {
    expect(read(indicator, terms)).toEqual(expected);
  });

  test.each([
    ['lt', 0],
    ['lte', 1],
    ['gt', 0],
    ['gte', 1],
  ] as const)('at the limit is good for %s: %d', (operator, isGood) => {
    const threshold: Indicator = { kind: 'threshold', metric: source, operator, limit: 0.2 };
    expect(read(threshold, { value: 0.2 })).toEqual(counts(1 - isGood, 1));
  });
});
