// The law of the running evaluation: through rows, restarts, outages and rivals it ends where the plain replay ends.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SloEvaluator } from '../../../lib/slo/evaluation/evaluator.ts';
import type { MinutePoint } from '../../../lib/slo/evaluation/read-point.ts';
import type { Slice } from '../../../lib/slo/evaluation/slice.ts';
import { SliceLadder } from '../../../lib/slo/evaluation/slice-ladder.ts';
import type { SloState } from '../../../lib/slo/evaluation/state.ts';
import { packSlices, unpackSlices } from '../../../lib/slo/run/slice-pack.ts';
import { readState, writeState } from '../../../lib/slo/run/state-text.ts';
import type { SloSettings } from '../../../lib/slo/settings.ts';
import { HOUR, MINUTE, T0 } from '../support.ts';
import { instance, measured, World } from './world.ts';

const pair = (severity: 'page' | 'ticket', long: number, short: number, factor: number) => ({
  severity,
  longWindowMs: long * MINUTE,
  shortWindowMs: short * MINUTE,
  budgetShare: 0.1,
  factor,
  holdMs: 0,
});

const short = (changes: Partial<SloSettings> = {}): SloSettings =>
  measured({
    name: 'law',
    objective: 0.9,
    period: { kind: 'rolling', lengthMs: 3 * HOUR },
    windows: [pair('page', 20, 4, 3), pair('ticket', 65, 7, 1.5)],
    ...changes,
  });

/** A minute with events or without; a burn now and then. */
const minutes = (atMost: number) =>
  fc
    .array(
      fc.record({
        length: fc.integer({ min: 1, max: 40 }),
        bad: fc.constantFrom(0, 0, 1, 3, 9, 10),
        hasData: fc.constantFrom(true, true, true, false),
      }),
      { minLength: 1, maxLength: 10 },
    )
    .map((phases) =>
      phases
        .flatMap(({ length, bad, hasData }) =>
          Array.from({ length }, (_, at) =>
            hasData ? { bad: (bad + at) % 11, total: 10 + (at % 3) } : undefined,
          ),
        )
        .slice(0, atMost),
    );

/** What became of each run: on time, not at all, twice, by a fresh instance, by two at once. */
const fate = fc.constantFrom('run', 'run', 'run', 'missed', 'twice', 'restarted', 'rivals');

interface Transition {
  readonly at: number;
  readonly alert: string;
  readonly kind: 'fired' | 'resolved';
}

/** The plain replay: every minute in order, slices in memory. */
function replay(slo: SloSettings, points: readonly MinutePoint[], end: number) {
  const evaluator = new SloEvaluator(slo);
  const slices = new SliceLadder();
  let state: SloState = evaluator.begin(T0);
  const transitions: Transition[] = [];
  for (let to = T0 + MINUTE; to <= end; to += MINUTE) {
    const news = points.filter(({ start }) => start === to - MINUTE);
    const result = evaluator.step(state, { to, points: news }, slices, to);
    for (const slice of result.changed) slices.put(slice);
    state = result.state;
    for (const effect of result.effects)
      if (effect.kind === 'fired' || effect.kind === 'resolved')
        transitions.push({ at: to, alert: effect.alert, kind: effect.kind });
  }
  return { state, transitions };
}

function putAll(world: World, list: readonly ({ bad: number; total: number } | undefined)[]): MinutePoint[] {
  return list.flatMap((one, at) => {
    if (one === undefined) return [];
    const start = T0 + at * MINUTE;
    const good = Math.max(0, one.total - one.bad);
    world.put('good', start, good);
    world.put('total', start, one.total);
    return [{ start, good, total: one.total }];
  });
}

const budgetings: SloSettings['budgeting'][] = [
  { kind: 'occurrences' },
  { kind: 'timeSlices', sliceMs: 2 * MINUTE, sliceTarget: 0.9 },
  { kind: 'ratioTimeSlices', sliceMs: 4 * MINUTE },
];

describe('an evaluation through the store', () => {
  test('ends where the plain replay ends, whatever became of its runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        minutes(300),
        fc.array(fate, { minLength: 300, maxLength: 300 }),
        fc.constantFrom(...budgetings),
        async (list, fates, budgeting) => {
          const slo = short({ budgeting });
          const world = new World();
          const points = putAll(world, list);
          const end = T0 + list.length * MINUTE;
          let run = instance(world, [slo]);
          for (let at = 1; at <= list.length; at++) {
            const now = T0 + at * MINUTE;
            const what = at === 1 || at === list.length ? 'run' : fates[at];
            if (what === 'missed') continue;
            if (what === 'restarted') run = instance(world, [slo]);
            await run(now);
            if (what === 'twice') await run(now);
            if (what === 'rivals') await Promise.all([run(now), instance(world, [slo])(now)]);
          }
          const { state } = readState(world.store.rows.get('law')!.state);
          const plain = replay(slo, points, end).state;
          expect(state.sums).toEqual(plain.sums);
          expect(state.budget).toEqual(plain.budget);
          expect(Object.keys(state.firing)).toEqual(Object.keys(plain.firing));
          expect([state.to, state.firstDataAt, state.lastDataAt]).toEqual([
            plain.to,
            plain.firstDataAt,
            plain.lastDataAt,
          ]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('tells what the plain replay tells, each once, when two always run at once', async () => {
    await fc.assert(
      fc.asyncProperty(minutes(200), async (list) => {
        const slo = short();
        const world = new World();
        const points = putAll(world, list);
        const [one, two] = [instance(world, [slo]), instance(world, [slo])];
        for (let at = 1; at <= list.length; at++)
          await Promise.all([one(T0 + at * MINUTE), two(T0 + at * MINUTE)]);
        const firing = new Set<string>();
        const transitions: Transition[] = [];
        for (const { alerts, now } of world.sends) {
          for (const { labels, endsAt } of alerts) {
            const alert = labels.severity!;
            if (endsAt === now) transitions.push({ at: now, alert, kind: 'resolved' });
            else if (!firing.has(alert)) transitions.push({ at: now, alert, kind: 'fired' });
            endsAt === now ? firing.delete(alert) : firing.add(alert);
          }
        }
        const expected = replay(slo, points, T0 + list.length * MINUTE).transitions;
        expect(transitions).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe('points that come late, change or are read only in part', () => {
  test('are in the budget once they have been there for an hour, as the plain sum of what they became', async () => {
    await fc.assert(
      fc.asyncProperty(
        minutes(150),
        fc.array(fc.nat(100), { minLength: 150, maxLength: 150 }),
        fc.array(fc.tuple(fc.nat(15), fc.nat(12)), { maxLength: 8 }),
        fc.array(fc.nat(149), { maxLength: 20 }),
        async (list, delays, corrections, throttled) => {
          const slo = short({ period: { kind: 'rolling', lengthMs: 12 * HOUR } });
          const world = new World();
          const final = new Map(list.map((one, at) => [at, one] as const));
          const run = instance(world, [slo]);
          const end = list.length + 100 + 90;
          for (let at = 1; at <= end; at++) {
            for (const [minute, one] of list.entries()) {
              if (one === undefined || minute + delays[minute]! !== at - 1) continue;
              world.put('good', T0 + minute * MINUTE, Math.max(0, one.total - one.bad));
              world.put('total', T0 + minute * MINUTE, one.total);
            }
            // When all have arrived the last minutes change: the next hourly reading still reaches them.
            for (const [fromEnd, bad] of at === list.length + 100 ? corrections : []) {
              const minute = list.length - 1 - fromEnd;
              const one = final.get(minute);
              if (one === undefined) continue;
              final.set(minute, { ...one, bad });
              world.put('good', T0 + minute * MINUTE, Math.max(0, one.total - bad));
            }
            world.failing.clear();
            if (throttled.includes(at)) world.failing.set('total', 'throttled');
            await run(T0 + at * MINUTE);
          }
          const { state } = readState(world.store.rows.get('law')!.state);
          const known = [...final.values()].flatMap((one) => one ?? []);
          expect(state.budget).toMatchObject({
            bad: known.reduce((sum, { bad, total }) => sum + Math.min(bad, total), 0),
            total: known.reduce((sum, { total }) => sum + total, 0),
          });
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('packed slices', () => {
  const counts = fc.oneof(
    fc.tuple(fc.nat(1e6), fc.nat(1e9)).map(([bad, good]) => ({ bad, total: bad + good })),
    fc
      .tuple(fc.nat(1e6), fc.nat(1e6))
      .map(([bad, good]) => ({ bad: bad / 1024, total: (bad + good) / 1024 })),
  );
  const slice = fc.record<Slice>({
    start: fc.nat(3_000_000).map((minute) => T0 + minute * MINUTE),
    counts,
    seen: counts,
    unsettledTotal: fc.oneof(fc.constant(0), fc.nat(1e12)),
  });

  test('are the same when unpacked', () => {
    const byStart = (a: Slice, b: Slice) => a.start - b.start;
    fc.assert(
      fc.property(fc.uniqueArray(slice, { selector: ({ start }) => start }), (slices) => {
        expect(unpackSlices(packSlices(slices))).toEqual(slices.toSorted(byStart));
      }),
    );
  });
});

describe('a state as text', () => {
  test('is the same when read', () => {
    const slo = short();
    const points = Array.from({ length: 90 }, (_, at) => ({
      start: T0 + at * MINUTE,
      ...(at % 7 !== 0 && { good: at % 11 }),
      total: 10,
    }));
    const { state } = replay(slo, points, T0 + 90 * MINUTE);
    const memory = { hourlyAt: T0, dailyAt: T0 + 1, gate: 'closed', recentFrom: T0 + 2 } as const;
    expect(readState(writeState(state, memory))).toEqual({ state, memory });
  });
});
