// Where each encoded log event lies in the output buffer: arrays of numbers instead of an object per record.

const INITIAL_CAPACITY = 1024;

/** Encoded events, in the order of their records. */
export class EventIndex {
  count = 0;
  /** Epoch milliseconds, as CloudWatch will sort and judge them. */
  timestamps: Float64Array = new Float64Array(INITIAL_CAPACITY);
  /** The event's JSON object lies at `starts[i]`…`ends[i]` of the output buffer; a comma follows it. */
  starts: Int32Array = new Int32Array(INITIAL_CAPACITY);
  ends: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Number of the log stream the event belongs to. */
  streams: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Where the head of a call lies, directly before the event; -1 when there is none. */
  heads: Int32Array = new Int32Array(INITIAL_CAPACITY);

  clear(): void {
    this.count = 0;
  }

  add(timestamp: number, start: number, end: number, stream: number, head: number): void {
    const place = this.count++;
    if (place >= this.starts.length) this.grow();
    this.timestamps[place] = timestamp;
    this.starts[place] = start;
    this.ends[place] = end;
    this.streams[place] = stream;
    this.heads[place] = head;
  }

  private grow(): void {
    const size = this.starts.length * 2;
    const timestamps = new Float64Array(size);
    timestamps.set(this.timestamps);
    this.timestamps = timestamps;
    this.starts = larger(this.starts, size);
    this.ends = larger(this.ends, size);
    this.streams = larger(this.streams, size);
    this.heads = larger(this.heads, size);
  }
}

function larger(old: Int32Array, size: number): Int32Array {
  const array = new Int32Array(size);
  array.set(old);
  return array;
}
