// Laws of counting: slices, windows and budgets against plain sums of raw events.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backtest } from '../../lib/slo/backtest/backtest.ts';
import { budgetOf } from '../../lib/slo/budget/budget.ts';
import type { Exclusion } from '../../lib/slo/definition/schedule.ts';
import { type Counts, plus } from '../../lib/slo/evaluation/counts.ts';
import { SloEvaluator } from '../../lib/slo/evaluation/evaluator.ts';
import type { MinutePoint } from '../../lib/slo/evaluation/read-point.ts';
import { SliceLadder } from '../../lib/slo/evaluation/slice-ladder.ts';
import type { SloState } from '../../lib/slo/evaluation/state.ts';
import type { SloSettings } from '../../lib/slo/settings.ts';
import { DAY, HOUR, MINUTE, slo, T0 } from './support.ts';

/** A minute with events, without, or with a term missing. */
const minute = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.nat(20), fc.nat(200)).map(([bad, good]) => ({ good, total: good + bad })),
  },
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ good: 0, total: 0 }) },
);

const pointsOf = (minutes: readonly Partial<MinutePoint>[]): MinutePoint[] =>
  minutes.map((terms, index) => ({ ...terms, start: T0 + index * MINUTE }));

const short = (changes: Partial<SloSettings> = {}): SloSettings =>
  slo({
    period: { kind: 'rolling', lengthMs: 2 * HOUR },
    windows: [
      {
        severity: 'page',
        longWindowMs: 20 * MINUTE,
        shortWindowMs: 4 * MINUTE,
        budgetShare: 0.1,
        factor: 3,
        holdMs: 0,
      },
      {
        severity: 'ticket',
        longWindowMs: 65 * MINUTE,
        shortWindowMs: 7 * MINUTE,
        budgetShare: 0.1,
        factor: 1,
        holdMs: 0,
      },
    ],
    objective: 0.95,
    ...changes,
  });

function counts(points: readonly MinutePoint[], from: number, to: number): Counts {
  return points
    .filter(({ start, total }) => start >= from && start < to && total !== undefined)
    .map(({ good, total }) => ({ bad: total! - good!, total: total! }))
    .reduce(plus, { bad: 0, total: 0 });
}

/** Evaluates in steps that end at the given minutes. */
function run(settings: SloSettings, points: readonly MinutePoint[], ends: readonly number[]) {
  const evaluator = new SloEvaluator(settings);
  const slices = new SliceLadder();
  let state: SloState = evaluator.begin(T0);
  for (const end of ends) {
    const to = T0 + end * MINUTE;
    const news = points.filter(({ start }) => start < to && start >= state.to);
    const result = evaluator.step(state, { to, points: news }, slices, to);
    for (const slice of result.changed) slices.put(slice);
    state = result.state;
  }
  return { evaluator, slices, state };
}

describe('windows', () => {
  test('sum to their parts: hours, blocks of five minutes and minutes give what the raw events give', () => {
    fc.assert(
      fc.property(
        fc.array(minute, { minLength: 1, maxLength: 200 }),
        fc.nat(250),
        fc.nat(250),
        (minutes, a, b) => {
          const points = pointsOf(minutes);
          const { slices } = run(short(), points, [minutes.length]);
          const [from, to] = [Math.min(a, b), Math.max(a, b)].map((at) => T0 + at * MINUTE) as [
            number,
            number,
          ];
          expect(slices.counts(from, to)).toEqual(counts(points, from, to));
        },
      ),
    );
  });

  test('kept as running sums equal sums of raw events, however the minutes are cut into steps', () => {
    fc.assert(
      fc.property(
        fc.array(minute, { minLength: 1, maxLength: 200 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 40 }),
        (minutes, cuts) => {
          const points = pointsOf(minutes);
          const ends = [...new Set([...cuts, minutes.length])]
            .filter((cut) => cut <= minutes.length)
            .sort((x, y) => x - y);
          const { state } = run(short(), points, ends);
          const lengths = [4, 7, 20, 65].map((length) => length * MINUTE);
          expect(state.sums).toEqual(lengths.map((length) => counts(points, state.to - length, state.to)));
          expect(state.budget).toMatchObject(counts(points, state.to - 2 * HOUR, state.to));
        },
      ),
    );
  });

  test('rebuilt from slices equal the running sums, for every way of budgeting', () => {
    const budgetings: SloSettings['budgeting'][] = [
      { kind: 'occurrences' },
      { kind: 'timeSlices', sliceMs: 2 * MINUTE, sliceTarget: 0.9 },
      { kind: 'ratioTimeSlices', sliceMs: 4 * MINUTE },
    ];
    fc.assert(
      fc.property(
        fc.array(minute, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(...budgetings),
        fc.integer({ min: 1, max: 9 }),
        (minutes, budgeting, stride) => {
          const ends = Array.from(
            { length: Math.ceil(minutes.length / stride) },
            (_, index) => (index + 1) * stride,
          );
          const { evaluator, slices, state } = run(short({ budgeting }), pointsOf(minutes), ends);
          const { sums, budget } = evaluator.rebuild(state, slices);
          expect(state.sums).toEqual(sums);
          expect(state.budget).toEqual(budget);
        },
      ),
    );
  });

  test('are corrected to the same sums as if the right events had come at once', () => {
    const terms = fc.tuple(fc.nat(20), fc.nat(200)).map(([bad, good]) => ({ good, total: good + bad }));
    fc.assert(
      fc.property(
        fc.array(terms, { minLength: 20, maxLength: 100 }),
        fc.array(fc.tuple(fc.nat(99), terms), { maxLength: 10 }),
        (minutes, corrections) => {
          const points = pointsOf(minutes);
          const { evaluator, slices, state } = run(short(), points, [minutes.length]);
          const corrected = corrections
            .filter(([index]) => index < minutes.length)
            .map(([index, right]) => ({ ...right, start: T0 + index * MINUTE }));
          const after = evaluator.step(state, { to: state.to, points: corrected }, slices, state.to).state;
          const right = new Map([...points, ...corrected].map((point) => [point.start, point]));
          expect(after.budget).toMatchObject(counts([...right.values()], after.to - 2 * HOUR, after.to));
        },
      ),
    );
  });
});

describe('the budget', () => {
  test('never grows by failures', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.integer({ min: 1, max: 1e6 }), (bad, good, more) => {
        const before = budgetOf({ bad, total: bad + good }, 0.999, DAY);
        const after = budgetOf({ bad: bad + more, total: bad + good + more }, 0.999, DAY);
        expect(after.remaining).toBeLessThanOrEqual(before.remaining);
        expect(after.remainingEvents).toBeLessThan(before.remainingEvents);
        expect(after.remainingMinutes).toBeLessThanOrEqual(before.remainingMinutes);
      }),
    );
  });

  test('never shrinks by good events', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.integer({ min: 1, max: 1e6 }), (bad, good, more) => {
        const before = budgetOf({ bad, total: bad + good }, 0.999, DAY);
        expect(budgetOf({ bad, total: bad + good + more }, 0.999, DAY).remaining).toBeGreaterThanOrEqual(
          bad === 0 ? 1 : before.remaining,
        );
      }),
    );
  });
});

describe('excluded time', () => {
  const exclusion = (from: number, minutes: number): Exclusion => ({
    schedule: { start: T0 + from * MINUTE, repeat: undefined, timeZone: 'UTC' },
    durationMs: minutes * MINUTE,
    reason: 'upgrade',
    author: 'ops',
  });

  test('leaves both counts, as if it had never been', () => {
    fc.assert(
      fc.property(
        fc.array(minute, { minLength: 1, maxLength: 150 }),
        fc.nat(150),
        fc.integer({ min: 1, max: 60 }),
        (minutes, from, length) => {
          const { state } = run(short({ exclusions: [exclusion(from, length)] }), pointsOf(minutes), [
            minutes.length,
          ]);
          const without = pointsOf(
            minutes.map((terms, at) => (at >= from && at < from + length ? {} : terms)),
          );
          const expected = run(short(), without, [minutes.length]).state;
          expect(state.sums).toEqual(expected.sums);
          expect(state.budget).toEqual(expected.budget);
        },
      ),
    );
  });

  test('can be added afterwards and taken back', () => {
    const points = pointsOf(Array.from({ length: 60 }, (_, at) => ({ good: at < 30 ? 0 : 10, total: 10 })));
    const { slices, state } = run(short(), points, [60]);
    const excluding = new SloEvaluator(short({ exclusions: [exclusion(0, 30)] }));
    const added = excluding.step(state, { to: state.to, points: [] }, slices, state.to).state;
    expect(excluding.report(added).budget.remaining).toBe(1);
    const plain = new SloEvaluator(short());
    const back = plain.step(added, { to: state.to, points: [] }, slices, state.to).state;
    expect(back.budget).toEqual(state.budget);
    expect(back.sums).toEqual(state.sums);
  });
});

describe('no look-ahead', () => {
  test('what is said about a minute does not depend on later minutes', () => {
    fc.assert(
      fc.property(fc.array(minute, { minLength: 2, maxLength: 150 }), fc.nat(148), (minutes, cut) => {
        const end = Math.min(minutes.length - 1, cut + 1);
        const whole = backtest(short(), pointsOf(minutes));
        const part = backtest(short(), pointsOf(minutes.slice(0, end)));
        const until = (T0 + end * MINUTE) / 1000;
        expect(part.budget).toEqual(whole.budget.filter(({ timestamp }) => timestamp <= until));
        expect(part.alerts).toEqual(
          whole.alerts
            .filter(({ firedAt }) => firedAt <= until)
            .map((alert) => ({
              ...alert,
              resolvedAt: alert.resolvedAt !== null && alert.resolvedAt <= until ? alert.resolvedAt : null,
            })),
        );
      }),
    );
  });
});
