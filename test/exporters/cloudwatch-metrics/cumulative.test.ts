// The reducer over one series: the deltas of a series add up to its last total less its first, whatever happens.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_FIRST_AGE_NANOS, step } from '../../../lib/exporters/cloudwatch-metrics/cumulative.ts';
import type { Reading, Totals } from '../../../lib/exporters/cloudwatch-metrics/readings.ts';

const START = 1.767e18;
const MINUTE = 60e9;

function sum(minute: number, value: number | bigint, startNanos = START): Reading {
  return { startNanos, timeNanos: START + minute * MINUTE, totals: { kind: 'sum', value } };
}

/** What each point of a series adds; undefined where it adds nothing. */
function deltas(points: readonly Reading[]) {
  let baseline: Reading | undefined;
  return points.map((point) => {
    const { baseline: next, delta, reason, reset } = step(baseline, point);
    baseline = next;
    return delta === undefined ? reason : reset ? { reset: shown(delta) } : shown(delta);
  });
}

const shown = (totals: Totals) => (totals.kind === 'sum' ? totals.value : totals);

describe('a counter', () => {
  test('counts from zero when it is seen soon after its start', () => {
    expect(deltas([sum(1, 5), sum(2, 12)])).toEqual([5, 7]);
  });

  test('sets a baseline only when it started over ten minutes before', () => {
    expect(deltas([sum(11, 500), sum(12, 512)])).toEqual(['firstSeenLate', 12]);
    expect(deltas([sum(10, 500)])).toEqual([500]);
  });

  test('sets a baseline only when it does not say when it started', () => {
    expect(deltas([sum(1, 5, 0), sum(2, 6, 0)])).toEqual(['firstSeenLate', 1]);
  });

  test('that goes down has started anew: all of it is new', () => {
    expect(deltas([sum(1, 50), sum(2, 3), sum(3, 8)])).toEqual([50, { reset: 3 }, 5]);
  });

  test('that does not move adds zero', () => expect(deltas([sum(1, 5), sum(2, 5)])).toEqual([5, 0]));

  test('ignores what it has counted: late and repeated points', () => {
    expect(deltas([sum(3, 30), sum(1, 10), sum(3, 30), sum(4, 41)])).toEqual([
      30,
      'outOfOrder',
      'duplicate',
      11,
    ]);
  });

  test('keeps all 64 bits of an integer', () => {
    expect(deltas([sum(1, 2n ** 62n), sum(2, 2n ** 62n + 3n)])).toEqual([2 ** 62, 3]);
  });

  test('may change from integers to doubles', () => {
    expect(deltas([sum(1, 5n), sum(2, 7.5)])).toEqual([5, 2.5]);
  });

  test('in any order adds up to its last total', () => {
    const series = fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }).map((steps) => {
      let total = 0;
      return steps.map((added, i) => {
        total += added;
        return sum(i / 10, total);
      });
    });
    const shuffled = series.chain((points) =>
      fc.tuple(fc.constant(points), fc.shuffledSubarray(points, { minLength: points.length })),
    );
    fc.assert(
      fc.property(shuffled, ([points, order]) => {
        const added = deltas([...order, ...order]).filter((delta) => typeof delta === 'number') as number[];
        const last = points.at(-1)!.totals as { value: number };
        expect(added.reduce((total, delta) => total + delta, 0)).toBe(last.value);
      }),
    );
  });
});

describe('a histogram', () => {
  const histogram = (minute: number, counts: number[], total: number, boundsHash = 1): Reading => ({
    startNanos: START,
    timeNanos: START + minute * MINUTE,
    totals: { kind: 'histogram', boundsHash, counts: Float64Array.from(counts), sum: total },
  });

  test('gives the difference of each bucket and of the sum', () => {
    expect(deltas([histogram(1, [1, 2], 5), histogram(2, [1, 4], 9)])[1]).toMatchObject({
      counts: Float64Array.of(0, 2),
      sum: 4,
    });
  });

  test('of which one bucket goes down has started anew', () => {
    expect(deltas([histogram(1, [5, 2], 5), histogram(2, [4, 9], 1)])[1]).toMatchObject({
      reset: { counts: Float64Array.of(4, 9), sum: 1 },
    });
  });

  test('with other bounds than before is a new baseline', () => {
    expect(
      deltas([histogram(1, [1, 2], 5), histogram(2, [1, 4], 9, 2), histogram(3, [2, 4], 10, 2)]),
    ).toEqual([expect.anything(), 'changed', expect.objectContaining({ counts: Float64Array.of(1, 0) })]);
  });
});

describe('an exponential histogram', () => {
  const exponential = (
    minute: number,
    scale: number,
    offset: number,
    counts: number[],
    more: { zeroCount?: number; zeroThreshold?: number; sum?: number } = {},
  ): Reading => ({
    startNanos: START,
    timeNanos: START + minute * MINUTE,
    totals: {
      kind: 'exponential',
      scale,
      zeroCount: 0,
      zeroThreshold: 0,
      sum: 0,
      positive: { offset, counts: Float64Array.from(counts) },
      negative: { offset: 0, counts: new Float64Array(0) },
      ...more,
    },
  });

  test('whose buckets widen to both sides gives what is new', () => {
    expect(deltas([exponential(1, 2, 5, [1, 1]), exponential(2, 2, 4, [1, 1, 3, 2])])[1]).toMatchObject({
      scale: 2,
      positive: { offset: 4, counts: Float64Array.of(1, 0, 2, 2) },
    });
  });

  test('that became coarser is compared at the coarser scale', () => {
    expect(deltas([exponential(1, 3, -3, [1, 2, 3]), exponential(2, 2, -2, [1, 6])])[1]).toMatchObject({
      scale: 2,
      positive: { offset: -2, counts: Float64Array.of(0, 1) },
    });
  });

  test('whose zero bucket grew has moved small values into it', () => {
    const before = exponential(1, 0, 0, [3, 4]);
    const after = exponential(2, 0, 1, [5], { zeroCount: 4, zeroThreshold: 2 });
    expect(deltas([before, after])[1]).toMatchObject({
      zeroCount: 1,
      positive: { offset: 1, counts: Float64Array.of(1) },
    });
  });

  test('that lost a bucket has started anew', () => {
    expect(deltas([exponential(1, 2, 5, [1, 1]), exponential(2, 2, 6, [9])])[1]).toHaveProperty('reset');
  });

  test('of any history adds up to its last counts', () => {
    const additions = fc.array(fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 0, max: 2 })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(additions, { minLength: 1, maxLength: 6 }), (batches) => {
        const counts = new Map<number, number>();
        let scale = 4;
        let baseline: Reading | undefined;
        const added = new Map<number, number>();
        for (const [minute, batch] of batches.entries()) {
          for (const [index, coarser] of batch) {
            counts.set(index, (counts.get(index) ?? 0) + 1);
            scale = Math.max(0, Math.min(scale, 4 - coarser * 2));
          }
          const totals = merged(counts, 4 - scale);
          const offset = Math.min(...totals.keys());
          const list = Array.from(
            { length: Math.max(...totals.keys()) - offset + 1 },
            (_, i) => totals.get(offset + i) ?? 0,
          );
          const result = step(baseline, exponential(minute / 10, scale, offset, list));
          baseline = result.baseline;
          const delta = result.delta as Extract<Totals, { kind: 'exponential' }>;
          for (const [i, count] of delta.positive.counts.entries()) {
            const coarse = Math.floor((delta.positive.offset + i) / 2 ** delta.scale);
            added.set(coarse, (added.get(coarse) ?? 0) + count);
          }
        }
        const wanted = merged(counts, 4);
        for (const [index, count] of added) expect(count).toBe(wanted.get(index) ?? 0);
      }),
    );
  });

  function merged(counts: ReadonlyMap<number, number>, by: number): Map<number, number> {
    const result = new Map<number, number>();
    for (const [index, count] of counts) {
      const coarse = Math.floor(index / 2 ** by);
      result.set(coarse, (result.get(coarse) ?? 0) + count);
    }
    return result;
  }
});

test('ten minutes are ten minutes', () => expect(MAX_FIRST_AGE_NANOS).toBe(10 * MINUTE));
