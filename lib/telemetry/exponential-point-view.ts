// One point of an exponential histogram, read in place.
import type { WireCursor } from '../wire/cursor.ts';
import { uint64Number } from '../wire/fixed64.ts';
import {
  BUCKETS_BUCKET_COUNT_UNPACKED,
  BUCKETS_BUCKET_COUNTS,
  BUCKETS_OFFSET,
  EXPONENTIAL_ATTRIBUTES,
  EXPONENTIAL_COUNT,
  EXPONENTIAL_FLAGS,
  EXPONENTIAL_MAX,
  EXPONENTIAL_MIN,
  EXPONENTIAL_NEGATIVE,
  EXPONENTIAL_POSITIVE,
  EXPONENTIAL_SCALE,
  EXPONENTIAL_START_TIME,
  EXPONENTIAL_SUM,
  EXPONENTIAL_TIME,
  EXPONENTIAL_ZERO_COUNT,
  EXPONENTIAL_ZERO_THRESHOLD,
} from '../wire/otlp-fields.ts';
import { MAX_POINT_ATTRIBUTES } from './attribute-limit.ts';
import { AttributeList } from './attribute-list.ts';
import type { KeyTable } from './key-table.ts';
import { NumberList } from './number-list.ts';

/** Numbers that the point does not hold are NaN. Bucket i covers (base^i, base^(i+1)], base = 2^(2^-scale). */
export class ExponentialPointView {
  readonly cursor: WireCursor;
  readonly attributes = new AttributeList(MAX_POINT_ATTRIBUTES);
  readonly positiveCounts = new NumberList();
  readonly negativeCounts = new NumberList();
  positiveOffset = 0;
  negativeOffset = 0;
  startTimeAt = 0;
  timeAt = 0;
  flags = 0;
  scale = 0;
  count = 0;
  zeroCount = 0;
  zeroThreshold = 0;
  sum = Number.NaN;
  min = Number.NaN;
  max = Number.NaN;
  readonly keys: KeyTable;
  /** Offset of the buckets message that was read last. */
  private offset = 0;

  constructor(cursor: WireCursor, keys: KeyTable) {
    this.cursor = cursor;
    this.keys = keys;
  }

  /** Reads the ExponentialHistogramDataPoint message at `start`…`end`. @throws MalformedError */
  parse(start: number, end: number): void {
    const cursor = this.cursor;
    this.clear();
    cursor.pos = start;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      switch (tag) {
        case EXPONENTIAL_ATTRIBUTES:
          this.attributes.readKeyValue(cursor, cursor.endOfField(end), this.keys);
          break;
        case EXPONENTIAL_START_TIME:
          this.startTimeAt = cursor.fixed(8, end);
          break;
        case EXPONENTIAL_TIME:
          this.timeAt = cursor.fixed(8, end);
          break;
        case EXPONENTIAL_COUNT:
          this.count = uint64Number(cursor.data, cursor.fixed(8, end));
          break;
        case EXPONENTIAL_SUM:
          this.sum = cursor.data.getFloat64(cursor.fixed(8, end), true);
          break;
        case EXPONENTIAL_SCALE:
          this.scale = cursor.sint32();
          break;
        case EXPONENTIAL_ZERO_COUNT:
          this.zeroCount = uint64Number(cursor.data, cursor.fixed(8, end));
          break;
        case EXPONENTIAL_POSITIVE:
          this.offset = this.positiveOffset;
          this.readBuckets(this.positiveCounts, cursor.endOfField(end));
          this.positiveOffset = this.offset;
          break;
        case EXPONENTIAL_NEGATIVE:
          this.offset = this.negativeOffset;
          this.readBuckets(this.negativeCounts, cursor.endOfField(end));
          this.negativeOffset = this.offset;
          break;
        case EXPONENTIAL_FLAGS:
          this.flags = cursor.varint();
          break;
        case EXPONENTIAL_MIN:
          this.min = cursor.data.getFloat64(cursor.fixed(8, end), true);
          break;
        case EXPONENTIAL_MAX:
          this.max = cursor.data.getFloat64(cursor.fixed(8, end), true);
          break;
        case EXPONENTIAL_ZERO_THRESHOLD:
          this.zeroThreshold = cursor.data.getFloat64(cursor.fixed(8, end), true);
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    cursor.endOf(end);
  }

  private readBuckets(counts: NumberList, end: number): void {
    const cursor = this.cursor;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === BUCKETS_OFFSET) this.offset = cursor.sint32();
      else if (tag === BUCKETS_BUCKET_COUNTS) counts.addPackedVarints(cursor, cursor.endOfField(end));
      else if (tag === BUCKETS_BUCKET_COUNT_UNPACKED) counts.add(cursor.varint());
      else cursor.skip(tag, end);
    }
    cursor.endOf(end);
  }

  private clear(): void {
    this.attributes.clear();
    this.positiveCounts.clear();
    this.negativeCounts.clear();
    this.positiveOffset = this.negativeOffset = this.startTimeAt = this.timeAt = this.flags = 0;
    this.scale = this.count = this.zeroCount = this.zeroThreshold = 0;
    this.sum = this.min = this.max = Number.NaN;
  }
}
