// What CloudWatch gave → the minutes of an SLO, for every kind of indicator.
import { describe, expect, test } from 'vitest';
import { minutesOf, sourceKey, sourcesOf } from '../../../lib/slo/run/terms.ts';
import type { CompositePart, Indicator, SloSettings } from '../../../lib/slo/settings.ts';
import { HOUR, MINUTE, T0 } from '../support.ts';
import { measured, source } from './world.ts';

type Table = Readonly<Record<string, readonly (number | undefined)[]>>;

/** Values by minute since T0. */
const values = (table: Table) =>
  new Map(
    Object.entries(table).map(([metric, list]) => [
      sourceKey(source(metric)),
      new Map(list.flatMap((value, at) => (value === undefined ? [] : [[T0 + at * MINUTE, value] as const]))),
    ]),
  );

const minutes = (changes: Partial<SloSettings>, table: Table, ageMs = HOUR, length = 4) =>
  minutesOf(measured(changes), values(table), T0, T0 + length * MINUTE, MINUTE, T0 + length * MINUTE + ageMs)
    .map(({ start, ...terms }) => ({ minute: (start - T0) / MINUTE, ...terms }))
    .sort((a, b) => a.minute - b.minute);

describe('an indicator', () => {
  test.each<[string, Indicator, Table, object[]]>([
    [
      'of good and total has the terms that were given',
      { kind: 'goodTotal', good: source('g'), total: source('t') },
      { g: [1, undefined, 3], t: [2, 2] },
      [
        { minute: 0, good: 1, total: 2 },
        { minute: 1, total: 2 },
        { minute: 2, good: 3 },
      ],
    ],
    [
      'of bad and total has the terms that were given',
      { kind: 'badTotal', bad: source('b'), total: source('t') },
      { b: [1], t: [2, 2] },
      [
        { minute: 0, bad: 1, total: 2 },
        { minute: 1, total: 2 },
      ],
    ],
    [
      'of a threshold has values',
      { kind: 'threshold', metric: source('v'), operator: 'lt', limit: 5 },
      { v: [undefined, 7] },
      [{ minute: 1, value: 7 }],
    ],
  ])('%s', (_what, indicator, table, expected) => {
    expect(minutes({ indicator }, table)).toEqual(expected);
  });

  test('of the same metric and statistic is the same source, whatever the order of dimensions', () => {
    const one = { ...source('m'), dimensions: { a: '1', b: '2' } };
    expect(sourceKey(one)).toBe(sourceKey({ ...one, dimensions: { b: '2', a: '1' } }));
    expect(sourceKey(one)).not.toBe(sourceKey({ ...one, statistic: 'p95' }));
    expect(sourceKey(one)).not.toBe(sourceKey({ ...one, region: 'eu-central-1' }));
  });
});

describe('a composite', () => {
  const part = (name: string, weight = 1): CompositePart => ({
    name,
    indicator: { kind: 'goodTotal', good: source(`${name}g`), total: source(`${name}t`) },
    objective: 0.9,
    sliceTarget: undefined,
    weight,
  });
  const composite: Indicator = { kind: 'composite', parts: [part('a'), part('b', 3)] };
  const both: Table = { ag: [9, 10], at: [10, 10], bg: [10, 5, 5], bt: [10, 10, 5] };

  test('has the metrics of all its parts', () => {
    expect(sourcesOf({ indicator: composite })!.map(({ metric }) => metric)).toEqual([
      'ag',
      'at',
      'bg',
      'bt',
    ]);
  });

  test('of occurrences is combined minute by minute, of the parts that have data', () => {
    expect(minutes({ indicator: composite, objective: 0.9 }, both)).toEqual([
      { minute: 0, bad: 1, total: 40 },
      { minute: 1, bad: 15, total: 40 },
      { minute: 2, bad: 0, total: 15 },
    ]);
  });

  test('of time slices is judged slice by slice, in the last minute of each that is whole', () => {
    const budgeting = { kind: 'timeSlices', sliceMs: 2 * MINUTE, sliceTarget: 0.9 } as const;
    expect(minutes({ indicator: composite, budgeting, objective: 0.9 }, both, HOUR, 3)).toEqual([
      { minute: 1, bad: 1, total: 1 },
    ]);
  });

  test('waits for the good events of a part for ten minutes, then none was good', () => {
    const table: Table = { ag: [10], at: [10], bt: [10] };
    expect(minutes({ indicator: composite, objective: 0.9 }, table, 5 * MINUTE, 1)).toEqual([]);
    expect(minutes({ indicator: composite, objective: 0.9 }, table, 15 * MINUTE, 1)).toEqual([
      { minute: 0, bad: 30, total: 40 },
    ]);
  });
});
