// History of CloudWatch → hour rows of an SLO: what happened before the SLO was defined, or while nothing evaluated it.
// The same readings, slices and sums as the evaluation of each minute; minutes that are stored already stay as they are.
import { PermanentError, RetryableError } from '../../model/errors.ts';
import { withChanges } from '../changes/change.ts';
import type { SloChangeStore } from '../changes/ports.ts';
import { SloEvaluator } from '../evaluation/evaluator.ts';
import { readPoint } from '../evaluation/read-point.ts';
import type { Slice } from '../evaluation/slice.ts';
import { floorTo, HOUR_MS } from '../evaluation/slice-ladder.ts';
import type { SloState } from '../evaluation/state.ts';
import { type HotRow, MAX_READ_SOURCES, type MetricReader, type SloStore } from '../ports.ts';
import { PERIOD_MAX_MS, type SloSettings } from '../settings.ts';
import { statusOf } from './evaluate-slo.ts';
import { REREAD_MS } from './read-plan.ts';
import { stateOf } from './restore.ts';
import { isPacked, unpackSlices } from './slice-pack.ts';
import { type RunMemory, writeState } from './state-text.ts';
import { MOVE_MS, StoredSlices } from './stored-slices.ts';
import { minutesOf, sourceKey, sourcesOf } from './terms.ts';

const MINUTE = 60_000;
const DAY = 24 * HOUR_MS;

/**
 * How long CloudWatch keeps points of a length; an hour less, so that none runs out while it is read.
 * Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html, 2026-11.
 */
const KEPT: readonly { readonly periodMs: number; readonly forMs: number }[] = [
  { periodMs: MINUTE, forMs: 15 * DAY - HOUR_MS },
  { periodMs: 5 * MINUTE, forMs: 63 * DAY - HOUR_MS },
  { periodMs: HOUR_MS, forMs: PERIOD_MAX_MS },
];

/** Written at once: 96 hour rows and the hot row are a transaction. */
const CHUNK_MS = 4 * DAY;
/** Times that a chunk is begun anew because an evaluation of the same minute was faster. */
const MAX_CONFLICTS = 5;

export interface BackfillPorts {
  readonly metrics: MetricReader;
  readonly store: SloStore;
  readonly changes: Pick<SloChangeStore, 'list'>;
}

export interface BackfillRequest {
  readonly slo: SloSettings;
  /** Epoch milliseconds from which on minutes are filled, at most 455 days ago. */
  readonly from: number;
  readonly now: number;
  /** Told after each stretch. */
  readonly onProgress?: (filledTo: number, minutes: number) => void;
}

export interface BackfillResult {
  /** Minutes with data that were added. */
  readonly minutes: number;
  readonly from: number;
  /** From here on the evaluation of each minute had it already. */
  readonly to: number;
  /** Share of the budget that is left. */
  readonly remaining: number;
}

interface Chunk {
  readonly from: number;
  readonly to: number;
  readonly periodMs: number;
}

/**
 * Fills the minutes of an SLO that are not stored with what CloudWatch still knows. Can be run again at any time: what
 * was filled stays, so a backfill that failed goes on where it was.
 * @throws RetryableError when CloudWatch or the table did not answer; PermanentError `wrongUsage` for a time that is out
 *   of reach or an SLO whose metrics are not read, `rejected` when CloudWatch refuses one of them
 */
export async function backfillSlo(
  { metrics, store, changes }: BackfillPorts,
  { slo: defined, from, now, onProgress }: BackfillRequest,
): Promise<BackfillResult> {
  const sources = sourcesOf(defined);
  if (sources === undefined || sources.length > MAX_READ_SOURCES)
    throw new PermanentError(
      'wrongUsage',
      `${defined.name} is not measured by CloudWatch metrics: nothing to fill`,
    );
  if (!(from >= now - PERIOD_MAX_MS && from < now))
    throw new PermanentError(
      'wrongUsage',
      `expected a start within the last 455 days, as long as CloudWatch keeps its points, got ${new Date(from).toISOString()}`,
    );
  const slo = withChanges(defined, await changes.list());
  const evaluator = new SloEvaluator(slo);
  let minutes = 0;
  let current = await open(slo, evaluator, store, now);
  const start = floorTo(from, HOUR_MS);
  const end = current.memory.recentFrom;
  for (const chunk of chunksOf(start, end, now)) {
    const points = await readChunk(slo, metrics, chunk, now);
    for (let attempt = 1; ; attempt++) {
      const stored = await rowsOf(current, evaluator, store, chunk);
      const added = missing(slo, points, chunk, stored);
      if (added.length === 0) break;
      const next = filled(slo, evaluator, current, stored, added, now);
      const commit = { slo: slo.name, row: next.row, hours: next.hours };
      const isFirst = current.row === undefined;
      if ((await store.commit(commit)) === 'committed') {
        minutes += added.length;
        current = await open(slo, evaluator, store, now);
        break;
      }
      if (attempt === MAX_CONFLICTS || isFirst)
        throw new RetryableError('conflict', `${slo.name} is being evaluated; run the backfill again`);
      current = await open(slo, evaluator, store, now);
    }
    onProgress?.(chunk.to, minutes);
  }
  const isOld = evaluator.needsRebuild(current.state);
  const remaining = isOld ? current.row!.status.remaining : evaluator.report(current.state).budget.remaining;
  return { minutes, from: start, to: end, remaining };
}

/** An SLO as it is stored, or as it begins. */
interface Current {
  readonly row: HotRow | undefined;
  readonly state: SloState;
  readonly memory: RunMemory;
}

async function open(
  slo: SloSettings,
  evaluator: SloEvaluator,
  store: SloStore,
  now: number,
): Promise<Current> {
  const row = (await store.load([slo.name])).get(slo.name);
  if (row !== undefined) {
    const found = stateOf(evaluator, row);
    return { row: found.row, ...found.before };
  }
  // The first evaluation goes on from here.
  const to = floorTo(now - slo.settleMs - REREAD_MS, MOVE_MS);
  const memory = { hourlyAt: now, dailyAt: now, gate: 'open', recentFrom: to } as const;
  return { row, state: evaluator.begin(to), memory };
}

/** Stretches of one resolution each, oldest first, at full hours except for the end. */
function* chunksOf(from: number, to: number, now: number): Generator<Chunk> {
  for (let at = from; at < to; ) {
    const found = KEPT.findIndex(({ forMs }) => at >= now - forMs);
    const place = found < 0 ? KEPT.length - 1 : found;
    const finer = KEPT[place - 1];
    const finerFrom = finer === undefined ? to : floorTo(now - finer.forMs, HOUR_MS) + HOUR_MS;
    const end = Math.min(to, at + CHUNK_MS, finerFrom);
    yield { from: at, to: end, periodMs: KEPT[place]!.periodMs };
    at = end;
  }
}

async function readChunk(
  slo: SloSettings,
  metrics: MetricReader,
  { from, to, periodMs }: Chunk,
  now: number,
) {
  const sources = [...new Map(sourcesOf(slo)!.map((source) => [sourceKey(source), source])).values()];
  const series = await metrics.read({ sources, from, to, periodMs }, Number.POSITIVE_INFINITY);
  const values = new Map<string, ReadonlyMap<number, number>>();
  for (const [place, one] of series.entries()) {
    if (one.kind === 'complete') values.set(sourceKey(sources[place]!), one.values);
    else if (one.reason === 'rejected' || one.reason === 'forbidden')
      throw new PermanentError('rejected', `CloudWatch refuses a metric of ${slo.name}: ${one.message}`);
    else
      throw new RetryableError(
        one.reason === 'throttled' ? 'throttled' : 'unavailable',
        `CloudWatch did not give all of ${slo.name}: ${one.message}; run the backfill again to go on`,
      );
  }
  return { points: minutesOf(slo, values, from, to, periodMs, now), periodMs };
}

/** Hour rows that the sums or this chunk are made of. */
async function rowsOf(
  { row, state, memory }: Current,
  evaluator: SloEvaluator,
  store: SloStore,
  chunk: Chunk,
): Promise<{ rows: Map<number, Uint8Array>; reader: StoredSlices }> {
  const oldest = floorTo(evaluator.oldest(state.to), HOUR_MS);
  const slo = evaluator.slo.name;
  const from = Math.min(oldest, floorTo(chunk.from, HOUR_MS));
  const all = chunk.to < oldest ? [floorTo(chunk.from, HOUR_MS), chunk.to] : [from, memory.recentFrom];
  const rows = new Map(await store.hoursBetween(slo, all[0]!, all[1]!));
  return { rows, reader: new StoredSlices(row?.recent ?? new Uint8Array(0), memory.recentFrom, rows) };
}

/** The minutes that are not stored: of a long period none, once one of its minutes is. */
function missing(
  slo: SloSettings,
  { points, periodMs }: Awaited<ReturnType<typeof readChunk>>,
  chunk: Chunk,
  { reader }: Awaited<ReturnType<typeof rowsOf>>,
): Slice[] {
  const isStored = new Map<number, boolean>();
  const isKnown = (start: number): boolean => {
    const period = floorTo(start, periodMs);
    let known = isStored.get(period);
    if (known === undefined) {
      known = false;
      for (let at = period; at < period + periodMs && !known; at += MINUTE)
        known = reader.slice(at) !== undefined;
      isStored.set(period, known);
    }
    return known;
  };
  return points.flatMap((point) => {
    if (point.start >= chunk.to || isKnown(point.start)) return [];
    const reading = readPoint(slo.indicator, point);
    if (reading.kind === 'noData') return [];
    // Long ago: good events that are missing beside a total do not come any more.
    const counts = reading.kind === 'counts' ? reading.counts : { bad: reading.total, total: reading.total };
    return [{ start: point.start, counts, seen: counts, unsettledTotal: 0 }];
  });
}

/** The row and the hours after minutes were added: all sums are made anew where they count. */
function filled(
  slo: SloSettings,
  evaluator: SloEvaluator,
  { row, state, memory }: Current,
  { rows, reader }: Awaited<ReturnType<typeof rowsOf>>,
  added: readonly Slice[],
  now: number,
): { row: HotRow; hours: ReadonlyMap<number, Uint8Array> } {
  const { hours } = reader.after(added, memory.recentFrom);
  const recent = row?.recent ?? new Uint8Array(0);
  const isCounted =
    evaluator.needsRebuild(state) || added.some(({ start }) => start >= evaluator.oldest(state.to));
  let next = state;
  if (isCounted) {
    const all = new Map([...rows, ...hours]);
    const summed = evaluator.rebuild(state, new StoredSlices(recent, memory.recentFrom, all));
    next = { ...summed, ...dataTimes(slo, all, recent, state) };
  }
  const status = statusOf(slo, next, evaluator.report(next), now);
  return {
    row: {
      version: (row?.version ?? 0) + 1,
      at: row?.at ?? next.to,
      state: writeState(next, memory),
      recent,
      outbox: row?.outbox ?? '',
      // A budget state or a gate that is another now is said by the next evaluation.
      status: { ...status, evaluatedAt: row?.status.evaluatedAt ?? status.evaluatedAt },
    },
    hours,
  };
}

/** First data after a silence as long as the longest window, and last data, by all rows that count. */
function dataTimes(
  slo: SloSettings,
  rows: ReadonlyMap<number, Uint8Array>,
  recent: Uint8Array,
  state: SloState,
): Pick<SloState, 'firstDataAt' | 'lastDataAt'> {
  const longest = Math.max(...slo.windows.map(({ longWindowMs }) => longWindowMs));
  const packed = [...rows].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
  let first: number | null = null;
  let last: number | null = null;
  for (const { start, counts } of [...packed, recent].filter(isPacked).flatMap(unpackSlices)) {
    if (counts.total === 0 || start >= state.to) continue;
    if (first === null || (last !== null && start - last >= longest)) first = start;
    last = start + MINUTE;
  }
  return { firstDataAt: first ?? state.firstDataAt, lastDataAt: last ?? state.lastDataAt };
}

/** How far back an SLO looks: the begin of its period, or of its longest window. @returns epoch milliseconds */
export function backfillStart(slo: SloSettings, now: number): number {
  return Math.max(now - PERIOD_MAX_MS, new SloEvaluator(slo).oldest(now));
}
