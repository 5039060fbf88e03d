// The finished body of a PutLogEvents call: the names around events that are already in their final form.

import type { EventIndex } from './event-index.ts';
import type { LogStreamName } from './names.ts';

/** Encoded events, and the names of the streams they were encoded for. */
export interface EncodedEvents {
  /** Events, each followed by a comma; the events of a run have the head of their stream before them. */
  readonly buffer: Buffer;
  readonly events: EventIndex;
  readonly streams: readonly LogStreamName[];
}

/** `{"logGroupName":…,"logEvents":[`: what stands before the events of a call. */
export function callHead({ group, stream }: LogStreamName): Buffer {
  const names = `"logGroupName":${JSON.stringify(group)},"logStreamName":${JSON.stringify(stream)}`;
  return Buffer.from(`{${names},"logEvents":[`);
}

const COMMA = 0x2c;
const BRACKET = 0x5d;
const BRACE = 0x7d;

/**
 * Makes bodies, one at a time. A call that takes a whole run, as most do, lies ready in the encoder's buffer and only
 * has to be closed; any other is copied together.
 */
export class CallBody {
  private copy = Buffer.alloc(0);

  /**
   * @param sorted numbers of at least one event, by time
   * @returns a view, valid until the next call and until the encoder goes on
   */
  write(target: LogStreamName, encoded: EncodedEvents, sorted: Int32Array): Buffer {
    const { buffer, events, streams } = encoded;
    const first = sorted[0] as number;
    const last = sorted.at(-1) as number;
    const wanted = streams[events.streams[first] as number]!;
    const named = wanted.group === target.group && wanted.stream === target.stream;
    if (!named || !isRun(events, sorted)) return this.join(target, encoded, sorted);
    // Over the comma behind the last event, and over the byte that is kept free behind a run.
    const end = events.ends[last] as number;
    buffer[end] = BRACKET;
    buffer[end + 1] = BRACE;
    return buffer.subarray(events.heads[first], end + 2);
  }

  private join(target: LogStreamName, { buffer, events }: EncodedEvents, sorted: Int32Array): Buffer {
    const { starts, ends } = events;
    const head = callHead(target);
    let size = head.length + 1;
    for (const event of sorted) size += (ends[event] as number) - (starts[event] as number) + 1;
    if (size > this.copy.length) this.copy = Buffer.allocUnsafeSlow(2 * size);
    const body = this.copy;
    let at = head.copy(body);
    // Events that lie together are copied at once.
    for (let i = 0; i < sorted.length; ) {
      const start = starts[sorted[i] as number] as number;
      let end = (ends[sorted[i] as number] as number) + 1;
      for (i++; i < sorted.length && starts[sorted[i] as number] === end; i++) {
        end = (ends[sorted[i] as number] as number) + 1;
      }
      at += buffer.copy(body, at, start, end);
      // Where a run was closed before, for a call that was refused, its comma is gone.
      body[at - 1] = COMMA;
    }
    // The last comma gives way to the bracket.
    body[at - 1] = BRACKET;
    body[at] = BRACE;
    return body.subarray(0, size);
  }
}

/** True when the events are a whole run: head before the first, all in this order, nothing of their run behind the last. */
function isRun({ starts, ends, heads, count }: EventIndex, sorted: Int32Array): boolean {
  const next = (sorted.at(-1) as number) + 1;
  if ((heads[sorted[0] as number] as number) < 0 || (next < count && (heads[next] as number) < 0))
    return false;
  for (let i = 1; i < sorted.length; i++) {
    if (starts[sorted[i] as number] !== (ends[sorted[i - 1] as number] as number) + 1) return false;
  }
  return true;
}
