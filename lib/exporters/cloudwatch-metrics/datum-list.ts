// Finished datums in the order in which they will be sent: text, namespace, time and how many points went into each.
import { JsonBuffer } from '../../wire/json-buffer.ts';
import { grown } from './hash-slots.ts';

const INITIAL_CAPACITY = 1024;

/** A growing list; text i is followed by a comma, so that neighbours can be copied together. */
export class DatumList {
  readonly json = new JsonBuffer('once');
  count = 0;
  readonly namespaces: string[] = [];
  timesMs: Float64Array = new Float64Array(INITIAL_CAPACITY);
  /** Points that the datum stands for; 0 for the further datums of a group that needs several. */
  points: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private starts: Int32Array = new Int32Array(INITIAL_CAPACITY + 1);

  /** True when datums of different namespaces may be in it. */
  isMixed = false;

  /** Keeps the first `count` datums. */
  cutBack(count: number): void {
    this.count = count;
    this.json.length = this.starts[count] as number;
    this.namespaces.length = count;
    if (count === 0) this.isMixed = false;
  }

  /** Notes the datum that was just written to `json`, its comma included. */
  close(namespace: string, timeMs: number, points: number): void {
    const at = this.count++;
    if (this.count >= this.timesMs.length) {
      this.timesMs = grown(this.timesMs, this.count + 1);
      this.points = grown(this.points, this.count + 1);
      this.starts = grown(this.starts, this.count + 2);
    }
    this.namespaces[at] = namespace;
    if (namespace !== this.namespaces[0]) this.isMixed = true;
    this.timesMs[at] = timeMs;
    this.points[at] = points;
    this.starts[this.count] = this.json.length;
  }

  /** Bytes of a datum, its comma included. */
  size(index: number): number {
    return (this.starts[index + 1] as number) - (this.starts[index] as number);
  }

  /** Text of datums `from`…`to`, the comma behind the last one included: a view, valid until the next write. */
  slice(from: number, to: number): Buffer {
    return this.json.slice(this.starts[from], this.starts[to]);
  }
}
