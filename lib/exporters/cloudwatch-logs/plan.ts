// Which events go into which PutLogEvents call. Pure, and for one request always the same: its chunks in this order
// are what progress counts, whatever other requests share the calls.

import type { EventIndex } from './event-index.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_BATCH_SPAN_MS } from './limits.ts';
import type { LogStreamName } from './names.ts';

/** Events of one stream that fit into one call, in the order of their time. */
export interface Chunk {
  readonly stream: number;
  /** Numbers of the events. */
  readonly events: Int32Array;
  /** Encoded bytes: a little more than what CloudWatch counts. */
  readonly bytes: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What a call holds so far. */
export interface Load {
  readonly bytes: number;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * Cuts the events `first`…`end` into chunks, by stream (in the order of their names) and time.
 * @param streams names by stream number
 */
export function planChunks(
  events: EventIndex,
  streams: readonly LogStreamName[],
  first: number,
  end: number,
): Chunk[] {
  const order = sortedEvents(events, streams, first, end);
  const chunks: Chunk[] = [];
  let start = 0;
  let load: Load | undefined;
  let stream = -1;
  const close = (until: number) => {
    if (load === undefined) return;
    const { bytes, firstMs, lastMs } = load;
    chunks.push({ stream, events: order.subarray(start, until), bytes, firstMs, lastMs });
  };
  for (let i = 0; i < order.length; i++) {
    const event = order[i] as number;
    const time = events.timestamps[event] as number;
    const bytes = (events.ends[event] as number) - (events.starts[event] as number) + 1;
    const more = { bytes, count: 1, firstMs: time, lastMs: time };
    const joined: Load | undefined =
      load !== undefined && events.streams[event] === stream ? join(load, more) : undefined;
    if (joined === undefined) {
      close(i);
      start = i;
      stream = events.streams[event] as number;
    }
    load = joined ?? more;
  }
  close(order.length);
  return chunks;
}

/** What a call holds with `more` in it; undefined when that is above a limit of PutLogEvents. */
export function join(load: Load, more: Load): Load | undefined {
  const bytes = load.bytes + more.bytes;
  const count = load.count + more.count;
  const firstMs = Math.min(load.firstMs, more.firstMs);
  const lastMs = Math.max(load.lastMs, more.lastMs);
  if (bytes > MAX_BATCH_BYTES || count > MAX_BATCH_EVENTS || lastMs - firstMs > MAX_BATCH_SPAN_MS) {
    return undefined;
  }
  return { bytes, count, firstMs, lastMs };
}

/** The events of several chunks of one stream in the order of their time; equal times keep the order of arrival. */
export function mergeChunks(events: EventIndex, chunks: readonly Chunk[]): Int32Array {
  if (chunks.length === 1) return chunks[0]!.events;
  const all = new Int32Array(chunks.reduce((sum, chunk) => sum + chunk.events.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk.events, at);
    at += chunk.events.length;
  }
  return sortByTime(events, all);
}

/**
 * CloudWatch refuses what is too old or too far in the future, so that is not sent.
 * @param sorted numbers of events, by time
 * @returns the events that lie in `oldestMs`…`newestMs`, and how many lie outside
 */
export function acceptable(events: EventIndex, sorted: Int32Array, oldestMs: number, newestMs: number) {
  let from = 0;
  let to = sorted.length;
  while (from < to && (events.timestamps[sorted[from] as number] as number) < oldestMs) from++;
  while (to > from && (events.timestamps[sorted[to - 1] as number] as number) > newestMs) to--;
  return { events: sorted.subarray(from, to), tooOld: from, tooNew: sorted.length - to };
}

/** By stream in the order of names, then by time, then as they came. */
function sortedEvents(
  events: EventIndex,
  streams: readonly LogStreamName[],
  first: number,
  end: number,
): Int32Array {
  const order = new Int32Array(end - first);
  const rank = ranks(streams);
  // Where the events of each stream go: a stream's are counted, then placed. Mostly they are in order already.
  const next = new Int32Array(streams.length + 1);
  for (let event = first; event < end; event++)
    next[(rank[events.streams[event] as number] as number) + 1]! += 1;
  for (let place = 1; place <= streams.length; place++) next[place]! += next[place - 1] as number;
  for (let event = first; event < end; event++) {
    const place = rank[events.streams[event] as number] as number;
    order[next[place] as number] = event;
    next[place]! += 1;
  }
  for (let place = 0; place < streams.length; place++) {
    sortByTime(events, order.subarray(place === 0 ? 0 : next[place - 1], next[place]));
  }
  return order;
}

/** Equal times keep their order. */
function sortByTime({ timestamps }: EventIndex, order: Int32Array): Int32Array {
  for (let i = 1; i < order.length; i++) {
    if ((timestamps[order[i] as number] as number) < (timestamps[order[i - 1] as number] as number)) {
      return order.sort((a, b) => (timestamps[a] as number) - (timestamps[b] as number) || a - b);
    }
  }
  return order;
}

/** Place of each stream in the order of names. */
export function ranks(streams: readonly LogStreamName[]): Int32Array {
  const byName = streams.map((_, number) => number).sort((a, b) => compareNames(streams[a]!, streams[b]!));
  const rank = new Int32Array(streams.length);
  for (const [place, number] of byName.entries()) rank[number] = place;
  return rank;
}

function compareNames(a: LogStreamName, b: LogStreamName): number {
  if (a.group !== b.group) return a.group < b.group ? -1 : 1;
  if (a.stream !== b.stream) return a.stream < b.stream ? -1 : 1;
  return 0;
}
