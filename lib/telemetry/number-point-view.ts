// One point of a gauge or sum, read in place.
import type { WireCursor } from '../wire/cursor.ts';
import { int64Number } from '../wire/fixed64.ts';
import {
  NUMBER_AS_DOUBLE,
  NUMBER_AS_INT,
  NUMBER_ATTRIBUTES,
  NUMBER_FLAGS,
  NUMBER_START_TIME,
  NUMBER_TIME,
} from '../wire/otlp-fields.ts';
import { MAX_POINT_ATTRIBUTES } from './attribute-limit.ts';
import { AttributeList } from './attribute-list.ts';
import type { KeyTable } from './key-table.ts';

/** DataPointFlags: the point says that there is no value (a series went stale). */
export const POINT_FLAG_NO_RECORDED_VALUE = 1;

export class NumberPointView {
  readonly cursor: WireCursor;
  readonly attributes = new AttributeList(MAX_POINT_ATTRIBUTES);
  startTimeAt = 0;
  timeAt = 0;
  flags = 0;
  /** What the point holds: `int` keeps its 64 bits at `valueAt`. */
  valueKind: 'none' | 'int' | 'double' = 'none';
  valueAt = 0;
  readonly keys: KeyTable;

  constructor(cursor: WireCursor, keys: KeyTable) {
    this.cursor = cursor;
    this.keys = keys;
  }

  /** Reads the NumberDataPoint message at `start`…`end`. @throws MalformedError */
  parse(start: number, end: number): void {
    const cursor = this.cursor;
    this.attributes.clear();
    this.startTimeAt = this.timeAt = this.flags = this.valueAt = 0;
    this.valueKind = 'none';
    cursor.pos = start;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      switch (tag) {
        case NUMBER_ATTRIBUTES:
          this.attributes.readKeyValue(cursor, cursor.endOfField(end), this.keys);
          break;
        case NUMBER_START_TIME:
          this.startTimeAt = cursor.fixed(8, end);
          break;
        case NUMBER_TIME:
          this.timeAt = cursor.fixed(8, end);
          break;
        case NUMBER_AS_DOUBLE:
          this.valueAt = cursor.fixed(8, end);
          this.valueKind = 'double';
          break;
        case NUMBER_AS_INT:
          this.valueAt = cursor.fixed(8, end);
          this.valueKind = 'int';
          break;
        case NUMBER_FLAGS:
          this.flags = cursor.varint();
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    cursor.endOf(end);
  }

  /** The value as a double (ints exact up to ±2^53); NaN when the point holds none. */
  get value(): number {
    if (this.valueKind === 'double') return this.cursor.data.getFloat64(this.valueAt, true);
    return this.valueKind === 'int' ? int64Number(this.cursor.data, this.valueAt) : Number.NaN;
  }
}
