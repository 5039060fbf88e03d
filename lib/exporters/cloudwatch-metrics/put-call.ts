// Packs datums of several requests into one PutMetricData call, and writes its body. Pure.
import { JsonBuffer } from '../../wire/json-buffer.ts';
import type { DatumList } from './datum-list.ts';
import { MAX_AGE_MS, MAX_CALL_BYTES, MAX_CALL_DATUMS, MAX_FUTURE_MS } from './limits.ts';
import { compare, type MetricLane } from './metric-lane.ts';

/** One datum of a call. */
export interface CallEntry {
  readonly lane: MetricLane;
  /** Its place in the lane's order. */
  readonly place: number;
  /** Its number in the lane's list. */
  readonly number: number;
}

export type TimeDrop = 'tooOld' | 'tooNew';

export interface PutCall {
  readonly namespace: string;
  /** Lane by lane, each in its order. */
  readonly entries: readonly CallEntry[];
  /** How far each lane is when the call is through; datums of a refused time are passed over. */
  readonly ends: ReadonlyMap<MetricLane, number>;
  /** Points that are passed over. */
  readonly drops: Readonly<Record<TimeDrop, number>>;
}

/** What stands around the datums of a body. */
const TAIL = ']}';

/**
 * The next call for some lanes: datums of the first namespace by name, as many as fit.
 * @param nowMs epoch milliseconds; CloudWatch refuses a call for one datum that is too old or too new
 * @returns undefined when no lane has anything left
 */
export function nextCall(lanes: readonly MetricLane[], nowMs: number): PutCall | undefined {
  const open = lanes.filter((lane) => lane.nextNamespace !== undefined);
  const namespace = open.map((lane) => lane.nextNamespace!).sort(compare)[0];
  if (namespace === undefined) return undefined;
  const entries: CallEntry[] = [];
  const ends = new Map<MetricLane, number>();
  const drops = { tooOld: 0, tooNew: 0 };
  let bytes = head(namespace).length + TAIL.length;
  const oldestMs = nowMs - MAX_AGE_MS;
  const newestMs = nowMs + MAX_FUTURE_MS;
  for (const lane of open) {
    const { list, order } = lane;
    let place = lane.position;
    for (; place < order.length; place++) {
      const number = order[place] as number;
      if (list.isMixed && list.namespaces[number] !== namespace) break;
      const timeMs = list.timesMs[number] as number;
      if (timeMs < oldestMs || timeMs > newestMs) {
        drops[timeMs < oldestMs ? 'tooOld' : 'tooNew'] += list.points[number] as number;
        continue;
      }
      const size = list.size(number);
      const isFull = entries.length >= MAX_CALL_DATUMS || bytes + size > MAX_CALL_BYTES;
      if (isFull && entries.length > 0) break;
      bytes += size;
      entries.push({ lane, place, number });
    }
    if (place > lane.position) ends.set(lane, place);
  }
  return { namespace, entries, ends, drops };
}

/** Writes bodies of calls, one at a time. */
export class PutBodies {
  private readonly json = new JsonBuffer('once', 1 << 16);

  /** The body of a call with these datums, at least one: a view, valid until the next body is written. */
  write(namespace: string, entries: readonly CallEntry[]): Buffer {
    const { json } = this;
    json.clear();
    json.raw(head(namespace));
    for (let from = 0, to = 1; from < entries.length; from = to++) {
      const { lane, number } = entries[from]!;
      // Neighbours in the list are copied together.
      while (to < entries.length && follows(entries[to]!, lane.list, number + to - from)) to++;
      json.raw(lane.list.slice(number, number + to - from));
    }
    json.length--; // the comma behind the last one
    json.ascii(TAIL);
    return json.slice();
  }
}

function follows(entry: CallEntry, list: DatumList, number: number): boolean {
  return entry.number === number && entry.lane.list === list;
}

function head(namespace: string): Buffer {
  return Buffer.from(`{"Namespace":${JSON.stringify(namespace)},"MetricData":[`);
}
