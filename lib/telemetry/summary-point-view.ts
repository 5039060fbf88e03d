// One point of a summary (quantiles computed by the client), read in place.
import type { WireCursor } from '../wire/cursor.ts';
import { uint64Number } from '../wire/fixed64.ts';
import {
  QUANTILE_QUANTILE,
  QUANTILE_VALUE,
  SUMMARY_ATTRIBUTES,
  SUMMARY_COUNT,
  SUMMARY_FLAGS,
  SUMMARY_QUANTILE_VALUES,
  SUMMARY_START_TIME,
  SUMMARY_SUM,
  SUMMARY_TIME,
} from '../wire/otlp-fields.ts';
import { MAX_POINT_ATTRIBUTES } from './attribute-limit.ts';
import { AttributeList } from './attribute-list.ts';
import type { KeyTable } from './key-table.ts';
import { NumberList } from './number-list.ts';

/** `quantiles.values[i]` (0..1) has the value `quantileValues.values[i]`. */
export class SummaryPointView {
  readonly cursor: WireCursor;
  readonly attributes = new AttributeList(MAX_POINT_ATTRIBUTES);
  readonly quantiles = new NumberList();
  readonly quantileValues = new NumberList();
  startTimeAt = 0;
  timeAt = 0;
  flags = 0;
  count = 0;
  sum = 0;
  readonly keys: KeyTable;

  constructor(cursor: WireCursor, keys: KeyTable) {
    this.cursor = cursor;
    this.keys = keys;
  }

  /** Reads the SummaryDataPoint message at `start`…`end`. @throws MalformedError */
  parse(start: number, end: number): void {
    const cursor = this.cursor;
    this.attributes.clear();
    this.quantiles.clear();
    this.quantileValues.clear();
    this.startTimeAt = this.timeAt = this.flags = this.count = this.sum = 0;
    cursor.pos = start;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      switch (tag) {
        case SUMMARY_ATTRIBUTES:
          this.attributes.readKeyValue(cursor, cursor.endOfField(end), this.keys);
          break;
        case SUMMARY_START_TIME:
          this.startTimeAt = cursor.fixed(8, end);
          break;
        case SUMMARY_TIME:
          this.timeAt = cursor.fixed(8, end);
          break;
        case SUMMARY_COUNT:
          this.count = uint64Number(cursor.data, cursor.fixed(8, end));
          break;
        case SUMMARY_SUM:
          this.sum = cursor.data.getFloat64(cursor.fixed(8, end), true);
          break;
        case SUMMARY_QUANTILE_VALUES:
          this.readQuantile(cursor.endOfField(end));
          break;
        case SUMMARY_FLAGS:
          this.flags = cursor.varint();
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    cursor.endOf(end);
  }

  private readQuantile(end: number): void {
    const cursor = this.cursor;
    let quantile = 0;
    let value = 0;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === QUANTILE_QUANTILE) quantile = cursor.data.getFloat64(cursor.fixed(8, end), true);
      else if (tag === QUANTILE_VALUE) value = cursor.data.getFloat64(cursor.fixed(8, end), true);
      else cursor.skip(tag, end);
    }
    cursor.endOf(end);
    this.quantiles.add(quantile);
    this.quantileValues.add(value);
  }
}
