// The finished body of a PutLogEvents call: the names around events that are already in their final form.
import type { LogStreamName } from './encode.ts';
import type { EventIndex } from './event-index.ts';

/** Makes bodies in one buffer that is kept: a new one for each call costs more than the copying. */
export class CallBody {
  private buffer = Buffer.alloc(0);

  /**
   * @param encoded the encoder's bytes: events, each followed by a comma
   * @param sorted numbers of at least one event, by time
   * @returns a view, valid until the next call
   */
  write(target: LogStreamName, encoded: Buffer, events: EventIndex, sorted: Int32Array): Buffer {
    const { starts, ends } = events;
    const { group, stream } = target;
    const names = `"logGroupName":${JSON.stringify(group)},"logStreamName":${JSON.stringify(stream)}`;
    const head = Buffer.from(`{${names},"logEvents":[`);
    let size = head.length + 1;
    for (const event of sorted) size += (ends[event] as number) - (starts[event] as number) + 1;
    if (size > this.buffer.length) this.buffer = Buffer.allocUnsafeSlow(2 * size);
    const body = this.buffer;
    let at = head.copy(body);
    // Runs of events that also lie together are copied at once: mostly that is all of them.
    for (let i = 0; i < sorted.length; ) {
      const start = starts[sorted[i] as number] as number;
      let end = (ends[sorted[i] as number] as number) + 1;
      for (i++; i < sorted.length && starts[sorted[i] as number] === end; i++) {
        end = (ends[sorted[i] as number] as number) + 1;
      }
      at += encoded.copy(body, at, start, end);
    }
    // The comma behind the last event gives way to the bracket.
    body[at - 1] = 0x5d;
    body[at] = 0x7d;
    return body.subarray(0, size);
  }
}
