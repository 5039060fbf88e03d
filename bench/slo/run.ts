// `npm run bench -- slo`: what an evaluation of many SLOs costs in CPU, rules without storage, and what one SLO costs.

import { readSlos } from '../../lib/slo/definition/read-slos.ts';
import { alertOf } from '../../lib/slo/evaluation/alert-message.ts';
import { SloEvaluator } from '../../lib/slo/evaluation/evaluator.ts';
import type { MinutePoint } from '../../lib/slo/evaluation/read-point.ts';
import type { Slice, SliceReader } from '../../lib/slo/evaluation/slice.ts';
import type { SloState } from '../../lib/slo/evaluation/state.ts';
import type { SloSettings } from '../../lib/slo/settings.ts';
import type { BenchOptions, Figure } from '../figure.ts';
import { costFigures } from './cost.ts';

const MINUTE = 60_000;
const DAYS = 30;
const START = Date.UTC(2026, 0, 1);
const END = START + DAYS * 86_400_000;
/** Minutes that each run reads again. */
const RE_READ = 15;
/** Different streams of events; the SLOs share them. */
const STREAMS = 4;

/** Measures the group. */
export async function* run({ rounds, progress }: BenchOptions): AsyncIterable<Figure> {
  const streams = Array.from({ length: STREAMS }, (_, number) => new Stream(number));
  for (const [count, name, must] of [
    [1000, 'slo-cpu-s', '<= 2'],
    [5000, 'slo-5000-cpu-s', undefined],
  ] as const) {
    progress(`${count} SLOs, one evaluation`);
    const fleet = prepare(count, streams);
    const ours = best(rounds, () => evaluateAll(fleet));
    yield { name, ours, unit: 's CPU', ...(must !== undefined && { must }) };
  }
  progress('1,000 SLOs, every window summed anew each minute');
  const fleet = prepare(1000, streams);
  let [ours, baseline] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < Math.max(1, Math.min(rounds, 3)); round++) {
    ours = Math.min(
      ours,
      cpuSeconds(() => evaluateAll(fleet)),
    );
    baseline = Math.min(
      baseline,
      cpuSeconds(() => sumAnew(fleet)),
    );
  }
  yield { name: 'slo-re-summing', ratio: baseline / ours, ours, baseline, unit: 's CPU' };
  yield* costFigures(progress);
}

/** A month of events of one service, a slice a minute. */
class Stream implements SliceReader {
  private readonly slices: Slice[] = [];

  constructor(seed: number) {
    let random = seed + 1;
    for (let start = START; start < END + MINUTE; start += MINUTE) {
      random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
      const counts = { bad: random % 7 === 0 ? 1 + (random % 3) : 0, total: 500 + (random % 500) };
      this.slices.push({ start, counts, seen: counts, unsettledTotal: 0 });
    }
  }

  slice(start: number): Slice | undefined {
    return this.slices[(start - START) / MINUTE];
  }

  /** What a run reads: the new minute and those before it again. */
  reading(): MinutePoint[] {
    return this.slices.slice(-RE_READ).map(({ start, counts: { bad, total } }) => ({ start, bad, total }));
  }
}

interface Entry {
  readonly evaluator: SloEvaluator;
  readonly stream: Stream;
  /** The state as a hot row holds it. */
  readonly stored: string;
}

function prepare(count: number, streams: readonly Stream[]): Entry[] {
  const states = new Map<string, SloState>();
  return definitions(count).map((slo, index) => {
    const evaluator = new SloEvaluator(slo);
    const stream = streams[index % streams.length]!;
    const key = `${index % streams.length} ${slo.objective}`;
    const empty = evaluator.begin(END);
    const state =
      states.get(key) ?? evaluator.rebuild({ ...empty, firstDataAt: START, lastDataAt: END }, stream);
    states.set(key, state);
    return { evaluator, stream, stored: JSON.stringify(state) };
  });
}

function definitions(count: number): readonly SloSettings[] {
  const source = { namespace: 'Shop', metric: 'Requests' };
  const list = Array.from({ length: count }, (_, index) => ({
    name: `slo-${index}`,
    // Every tenth burns its budget, so that alerts are written too.
    objective: index % 10 === 0 ? 0.99995 : 0.999,
    rationale: 'bench',
    period: '30d',
    indicator: { bad: source, total: source },
  }));
  const { slos } = readSlos(list);
  if (slos.length !== count) throw new Error('the definitions of the bench have problems');
  return slos;
}

function evaluateAll(fleet: readonly Entry[]): number {
  let written = 0;
  const now = END + MINUTE;
  for (const { evaluator, stream, stored } of fleet) {
    const before = JSON.parse(stored) as SloState;
    const { state, effects } = evaluator.step(before, { to: now, points: stream.reading() }, stream, now);
    const report = evaluator.report(state);
    for (const effect of effects)
      if ('alert' in effect) written += JSON.stringify(alertOf(evaluator.slo, effect, report, now)).length;
    written += JSON.stringify(state).length;
  }
  return written;
}

/** The baseline: no running sums, each window and the period are summed from their minutes in each run. */
function sumAnew(fleet: readonly Entry[]): number {
  let written = 0;
  for (const { evaluator, stream, stored } of fleet) {
    const state = evaluator.rebuild(JSON.parse(stored) as SloState, stream);
    written += JSON.stringify(state).length;
  }
  return written;
}

function best(rounds: number, work: () => unknown): number {
  return Math.min(...Array.from({ length: rounds }, () => cpuSeconds(work)));
}

function cpuSeconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
