// One point of a histogram with explicit bounds, read in place.
import type { WireCursor } from '../wire/cursor.ts';
import { uint64Number } from '../wire/fixed64.ts';
import {
  HISTOGRAM_ATTRIBUTES,
  HISTOGRAM_BUCKET_COUNT_UNPACKED,
  HISTOGRAM_BUCKET_COUNTS,
  HISTOGRAM_COUNT,
  HISTOGRAM_EXPLICIT_BOUND_UNPACKED,
  HISTOGRAM_EXPLICIT_BOUNDS,
  HISTOGRAM_FLAGS,
  HISTOGRAM_MAX,
  HISTOGRAM_MIN,
  HISTOGRAM_START_TIME,
  HISTOGRAM_SUM,
  HISTOGRAM_TIME,
} from '../wire/otlp-fields.ts';
import { MAX_POINT_ATTRIBUTES } from './attribute-limit.ts';
import { AttributeList } from './attribute-list.ts';
import type { KeyTable } from './key-table.ts';
import { NumberList } from './number-list.ts';

/** Numbers that the point does not hold are NaN. Bounds are upper and inclusive: n bounds, n + 1 counts, or none of both. */
export class HistogramPointView {
  readonly cursor: WireCursor;
  readonly attributes = new AttributeList(MAX_POINT_ATTRIBUTES);
  readonly bucketCounts = new NumberList();
  readonly explicitBounds = new NumberList();
  startTimeAt = 0;
  timeAt = 0;
  flags = 0;
  count = 0;
  sum = Number.NaN;
  min = Number.NaN;
  max = Number.NaN;
  readonly keys: KeyTable;

  constructor(cursor: WireCursor, keys: KeyTable) {
    this.cursor = cursor;
    this.keys = keys;
  }

  /** Reads the HistogramDataPoint message at `start`…`end`. @throws MalformedError */
  parse(start: number, end: number): void {
    const cursor = this.cursor;
    this.clear();
    cursor.pos = start;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      switch (tag) {
        case HISTOGRAM_ATTRIBUTES:
          this.attributes.readKeyValue(cursor, cursor.endOfField(end), this.keys);
          break;
        case HISTOGRAM_START_TIME:
          this.startTimeAt = cursor.fixed(8, end);
          break;
        case HISTOGRAM_TIME:
          this.timeAt = cursor.fixed(8, end);
          break;
        case HISTOGRAM_COUNT:
          this.count = uint64Number(cursor.data, cursor.fixed(8, end));
          break;
        case HISTOGRAM_SUM:
          this.sum = cursor.data.getFloat64(cursor.fixed(8, end), true);
          break;
        case HISTOGRAM_BUCKET_COUNTS:
          this.bucketCounts.addPackedFixed64(cursor, cursor.endOfField(end));
          break;
        case HISTOGRAM_BUCKET_COUNT_UNPACKED:
          this.bucketCounts.add(uint64Number(cursor.data, cursor.fixed(8, end)));
          break;
        case HISTOGRAM_EXPLICIT_BOUNDS:
          this.explicitBounds.addPackedDoubles(cursor, cursor.endOfField(end));
          break;
        case HISTOGRAM_EXPLICIT_BOUND_UNPACKED:
          this.explicitBounds.add(cursor.data.getFloat64(cursor.fixed(8, end), true));
          break;
        case HISTOGRAM_MIN:
          this.min = cursor.data.getFloat64(cursor.fixed(8, end), true);
          break;
        case HISTOGRAM_MAX:
          this.max = cursor.data.getFloat64(cursor.fixed(8, end), true);
          break;
        case HISTOGRAM_FLAGS:
          this.flags = cursor.varint();
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    cursor.endOf(end);
  }

  private clear(): void {
    this.attributes.clear();
    this.bucketCounts.clear();
    this.explicitBounds.clear();
    this.startTimeAt = this.timeAt = this.flags = this.count = 0;
    this.sum = this.min = this.max = Number.NaN;
  }
}
