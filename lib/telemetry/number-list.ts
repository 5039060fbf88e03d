// A reusable list of doubles: bucket counts and bounds of one data point, which come packed or one by one.
import { MalformedError } from '../model/errors.ts';
import type { WireCursor } from '../wire/cursor.ts';
import { uint64Number } from '../wire/fixed64.ts';

const INITIAL_CAPACITY = 192;

export class NumberList {
  count = 0;
  values: Float64Array = new Float64Array(INITIAL_CAPACITY);

  clear(): void {
    this.count = 0;
  }

  add(value: number): void {
    if (this.count >= this.values.length) this.reserve(this.count + 1);
    this.values[this.count++] = value;
  }

  /** Reads packed doubles up to `end`. */
  addPackedDoubles(cursor: WireCursor, end: number): void {
    this.startFixed(cursor, end);
    for (let at = cursor.pos; at < end; at += 8) this.values[this.count++] = cursor.data.getFloat64(at, true);
    cursor.pos = end;
  }

  /** Reads packed unsigned 64-bit numbers up to `end`; exact up to 2^53. */
  addPackedFixed64(cursor: WireCursor, end: number): void {
    this.startFixed(cursor, end);
    for (let at = cursor.pos; at < end; at += 8) this.values[this.count++] = uint64Number(cursor.data, at);
    cursor.pos = end;
  }

  /** Reads packed varints up to `end`; exact up to 2^53. */
  addPackedVarints(cursor: WireCursor, end: number): void {
    const { bytes } = cursor;
    // A varint has at least one byte.
    this.reserve(this.count + end - cursor.pos);
    const { values } = this;
    let { count } = this;
    while (cursor.pos < end) {
      const byte = bytes[cursor.pos] as number;
      if (byte < 128) {
        values[count++] = byte;
        cursor.pos++;
      } else values[count++] = cursor.varint();
    }
    this.count = count;
    cursor.endOf(end);
  }

  private startFixed(cursor: WireCursor, end: number): void {
    const bytes = end - cursor.pos;
    if (bytes % 8 !== 0) throw new MalformedError(`packed numbers of ${bytes} bytes`, cursor.pos);
    this.reserve(this.count + bytes / 8);
  }

  private reserve(count: number): void {
    if (count <= this.values.length) return;
    const larger = new Float64Array(Math.max(this.values.length * 2, count));
    larger.set(this.values.subarray(0, this.count));
    this.values = larger;
  }
}
