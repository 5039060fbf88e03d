// One shard of up to 500 metrics: state in, new points in, scores out, state back. Two runs at once do no harm: the
// one that writes second reads again and finds that its rows were judged.
import { PermanentError, RetryableError } from '../../model/errors.ts';
import type { MetricHistory, Point, PublishedScore, StoredObject, VersionedObjects } from '../ports.ts';
import { CADENCE_MS, type Cadence } from '../watch/settings.ts';
import type { WatchedMetric } from '../watch/watched-metrics.ts';
import { canGoOn, HISTORY_MS, type Judged, judgeMetric } from './judge-metric.ts';
import type { OpenAnomaly } from './metric-status.ts';
import { LATE_MS, settledEnd } from './new-rows.ts';
import { decodeShard, encodeShard, type MetricState } from './shard-state.ts';

export interface ShardPorts {
  readonly objects: VersionedObjects;
  readonly history: MetricHistory;
  /** Epoch milliseconds by the wall clock, for the deadline only. */
  readonly clock: () => number;
}

export interface Shard {
  /** Key of its object. */
  readonly key: string;
  readonly every: Cadence;
  readonly metrics: readonly WatchedMetric[];
}

export interface ShardResult {
  /** What is going on, by metric; metrics that are not in the shard any more are not. */
  readonly open: readonly { readonly watched: WatchedMetric; readonly anomaly: OpenAnomaly }[];
  /** Of metrics that had new rows. */
  readonly scores: readonly PublishedScore[];
  readonly counts: ShardCounts;
}

export interface ShardCounts {
  readonly rows: number;
  /** Detectors made from history. */
  readonly rebuilt: number;
  /** Metrics with new rows whose detector has not seen enough yet. */
  readonly warmingUp: number;
  /** Metrics that have no point at all. */
  readonly withoutData: number;
  /** Metrics left for the next run: the deadline is near. */
  readonly postponed: number;
  /** States that could not be read; learned anew. */
  readonly damaged: number;
}

/** Metrics whose history is read in one go: 50 × 4,032 points are two GetMetricData calls. */
const REBUILT_AT_A_TIME = 50;
/** Read again this far before the last row: nothing is missed when a run was late. */
const TRIES = 2;

/**
 * Judges a shard.
 * @param deadlineMs no more history is read after it (epoch milliseconds by the wall clock)
 * @throws RetryableError `conflict` when others wrote the shard twice meanwhile; what the ports throw
 */
export async function runShard(
  ports: ShardPorts,
  shard: Shard,
  nowMs: number,
  deadlineMs: number,
): Promise<ShardResult> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const stored = await ports.objects.load(shard.key);
    const { states: before, damaged } = readStates(stored);
    const work = new ShardWork(shard.metrics, before, nowMs);
    await goOn(ports.history, shard.every, work);
    await rebuild(ports, shard.every, work, deadlineMs);
    const result = work.result(damaged);
    if (work.isUnchanged) return result;
    const saved = await ports.objects.save(shard.key, encodeShard(work.states), stored?.version);
    if (saved !== 'conflict') return result;
  }
  throw new RetryableError('conflict', `${shard.key} was written by another run`);
}

/** Metrics with a state: only what is new is read. */
async function goOn(history: MetricHistory, every: Cadence, work: ShardWork): Promise<void> {
  const stepMs = CADENCE_MS[every];
  const to = settledEnd(work.nowMs, stepMs);
  const known = work.known.filter(({ state }) => state.lastTime + 2 * stepMs <= to);
  if (known.length === 0) return;
  const from = Math.min(...known.map(({ state }) => state.lastTime)) + stepMs;
  // One metric that stood still must not make the read of all others long.
  const usual = to - LATE_MS - 3 * stepMs;
  for (const group of [
    known.filter(({ state }) => state.lastTime + stepMs >= usual),
    known.filter(({ state }) => state.lastTime + stepMs < usual),
  ]) {
    if (group.length === 0) continue;
    const start = Math.max(from, Math.min(...group.map(({ state }) => state.lastTime)) + stepMs);
    const points = await history.read(queriesOf(group.map(({ watched }) => watched)), stepMs, start, to);
    group.forEach(({ watched, state }, at) => {
      work.judge(watched, state, points[at] ?? []);
    });
  }
}

/** Metrics without a usable state: two weeks are read, a few metrics at a time. */
async function rebuild(
  { history, clock }: ShardPorts,
  every: Cadence,
  work: ShardWork,
  deadlineMs: number,
): Promise<void> {
  const stepMs = CADENCE_MS[every];
  const to = settledEnd(work.nowMs, stepMs);
  for (let at = 0; at < work.unknown.length; at += REBUILT_AT_A_TIME) {
    if (clock() >= deadlineMs) {
      work.postponed = work.unknown.length - at;
      return;
    }
    const some = work.unknown.slice(at, at + REBUILT_AT_A_TIME);
    const points = await history.read(queriesOf(some), stepMs, to - HISTORY_MS, to);
    some.forEach((watched, place) => {
      work.rebuild(watched, points[place] ?? []);
    });
  }
}

const queriesOf = (watched: readonly WatchedMetric[]) =>
  watched.map(({ metric, watch }) => ({ metric, statistic: watch.statistic }));

function readStates(stored: StoredObject | undefined): {
  states: ReadonlyMap<string, MetricState>;
  damaged: number;
} {
  if (stored === undefined) return { states: new Map(), damaged: 0 };
  try {
    return { states: decodeShard(stored.bytes), damaged: 0 };
  } catch (error) {
    // A state of an older version or a damaged one is learned anew from history.
    if (error instanceof PermanentError && error.reason === 'malformed') {
      return { states: new Map(), damaged: 1 };
    }
    throw error;
  }
}

/** A shard while it is judged. */
class ShardWork {
  readonly nowMs: number;
  readonly known: { readonly watched: WatchedMetric; readonly state: MetricState }[] = [];
  readonly unknown: WatchedMetric[] = [];
  readonly states = new Map<string, MetricState>();
  postponed = 0;
  readonly #metrics: readonly WatchedMetric[];
  readonly #scores: PublishedScore[] = [];
  readonly #before: ReadonlyMap<string, MetricState>;
  #rows = 0;
  #rebuilt = 0;
  #withoutData = 0;
  #warmingUp = 0;

  constructor(metrics: readonly WatchedMetric[], before: ReadonlyMap<string, MetricState>, nowMs: number) {
    this.nowMs = nowMs;
    this.#metrics = metrics;
    this.#before = before;
    for (const watched of metrics) {
      const state = before.get(watched.id);
      if (state === undefined || !canGoOn(state, watched.watch, nowMs)) this.unknown.push(watched);
      else {
        this.known.push({ watched, state });
        this.states.set(watched.id, state);
      }
    }
  }

  /** Nothing was judged and nobody left: nothing to write. */
  get isUnchanged(): boolean {
    return this.#rows === 0 && this.states.size === this.#before.size;
  }

  judge(watched: WatchedMetric, state: MetricState, points: readonly Point[]): void {
    let judged: Judged | undefined;
    try {
      judged = judgeMetric(state, points, watched.watch, this.nowMs);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      // One state that cannot be read is learned anew; the rest of the shard goes on.
      this.states.delete(watched.id);
      this.unknown.push(watched);
      return;
    }
    this.#take(watched, judged);
  }

  rebuild(watched: WatchedMetric, points: readonly Point[]): void {
    const judged = judgeMetric(undefined, points, watched.watch, this.nowMs);
    if (judged === undefined) this.#withoutData++;
    else this.#rebuilt++;
    this.#take(watched, judged);
  }

  result(damaged: number): ShardResult {
    return {
      open: this.#metrics.flatMap((watched) => {
        const anomaly = this.states.get(watched.id)?.open;
        return anomaly === undefined ? [] : [{ watched, anomaly }];
      }),
      scores: this.#scores,
      counts: {
        rows: this.#rows,
        rebuilt: this.#rebuilt,
        warmingUp: this.#warmingUp,
        withoutData: this.#withoutData,
        postponed: this.postponed,
        damaged,
      },
    };
  }

  #take({ id, component, metric, watch }: WatchedMetric, judged: Judged | undefined): void {
    if (judged === undefined) return;
    this.states.set(id, judged.state);
    this.#rows += judged.rows;
    if (judged.newest.warmUp < 1) this.#warmingUp++;
    if (!watch.publishScore) return;
    const { time, score, low, high } = judged.newest;
    this.#scores.push({ component, metric, statistic: watch.statistic, time, score, low, high });
  }
}
