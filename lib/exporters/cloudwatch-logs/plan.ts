// Which events go into which PutLogEvents call. Pure, and for one request always the same: its chunks in this order
// are what progress counts, whatever other requests share the calls.
import type { LogStreamName } from './encode.ts';
import type { EventIndex } from './event-index.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_BATCH_SPAN_MS } from './limits.ts';

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
  return all.sort((a, b) => (events.timestamps[a] as number) - (events.timestamps[b] as number) || a - b);
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

function sortedEvents(
  events: EventIndex,
  streams: readonly LogStreamName[],
  first: number,
  end: number,
): Int32Array {
  const order = new Int32Array(end - first);
  let sorted = true;
  for (let i = 0; i < order.length; i++) {
    const event = first + i;
    order[i] = event;
    sorted &&=
      i === 0 ||
      (events.streams[event] === events.streams[event - 1] &&
        (events.timestamps[event] as number) >= (events.timestamps[event - 1] as number));
  }
  if (sorted) return order;
  const rank = ranks(streams);
  return order.sort(
    (a, b) =>
      (rank[events.streams[a] as number] as number) - (rank[events.streams[b] as number] as number) ||
      (events.timestamps[a] as number) - (events.timestamps[b] as number) ||
      a - b,
  );
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
