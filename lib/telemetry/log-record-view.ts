// One log record, read in place: offsets of everything the exporters need.
import type { WireCursor } from '../wire/cursor.ts';
import {
  LOG_ATTRIBUTES,
  LOG_BODY,
  LOG_DROPPED_ATTRIBUTES_COUNT,
  LOG_EVENT_NAME,
  LOG_FLAGS,
  LOG_OBSERVED_TIME,
  LOG_SEVERITY_NUMBER,
  LOG_SEVERITY_TEXT,
  LOG_SPAN_ID,
  LOG_TIME,
  LOG_TRACE_ID,
} from '../wire/otlp-fields.ts';
import { AttributeList } from './attribute-list.ts';
import type { KeyTable } from './key-table.ts';

/** A range of 0…0 and an offset of 0 stand for an absent field. */
export class LogRecordView {
  readonly cursor: WireCursor;
  readonly attributes = new AttributeList();
  timeAt = 0;
  observedTimeAt = 0;
  severityNumber = 0;
  severityTextStart = 0;
  severityTextEnd = 0;
  /** The body's AnyValue message. */
  bodyStart = 0;
  bodyEnd = 0;
  traceIdStart = 0;
  traceIdEnd = 0;
  spanIdStart = 0;
  spanIdEnd = 0;
  eventNameStart = 0;
  eventNameEnd = 0;
  flags = 0;
  private droppedBySender = 0;
  readonly keys: KeyTable;

  constructor(cursor: WireCursor, keys: KeyTable) {
    this.cursor = cursor;
    this.keys = keys;
  }

  /** Attributes that are missing: left out by the sender, or above MAX_ATTRIBUTES. */
  get droppedAttributes(): number {
    return this.droppedBySender + this.attributes.excess;
  }

  /** Reads the LogRecord message at the cursor. @throws MalformedError */
  parse(end: number): void {
    const cursor = this.cursor;
    this.clear();
    while (cursor.pos < end) {
      const tag = cursor.tag();
      switch (tag) {
        case LOG_TIME:
          this.timeAt = cursor.fixed(8, end);
          break;
        case LOG_OBSERVED_TIME:
          this.observedTimeAt = cursor.fixed(8, end);
          break;
        case LOG_SEVERITY_NUMBER:
          this.severityNumber = cursor.varint();
          break;
        case LOG_SEVERITY_TEXT:
          this.severityTextEnd = cursor.endOfField(end);
          this.severityTextStart = cursor.pos;
          cursor.pos = this.severityTextEnd;
          break;
        case LOG_BODY:
          this.bodyEnd = cursor.endOfField(end);
          this.bodyStart = cursor.pos;
          cursor.pos = this.bodyEnd;
          break;
        case LOG_ATTRIBUTES:
          this.attributes.readKeyValue(cursor, cursor.endOfField(end), this.keys);
          break;
        case LOG_TRACE_ID:
          this.traceIdEnd = cursor.endOfField(end);
          this.traceIdStart = cursor.pos;
          cursor.pos = this.traceIdEnd;
          break;
        case LOG_SPAN_ID:
          this.spanIdEnd = cursor.endOfField(end);
          this.spanIdStart = cursor.pos;
          cursor.pos = this.spanIdEnd;
          break;
        case LOG_EVENT_NAME:
          this.eventNameEnd = cursor.endOfField(end);
          this.eventNameStart = cursor.pos;
          cursor.pos = this.eventNameEnd;
          break;
        case LOG_FLAGS:
          this.flags = cursor.data.getUint32(cursor.fixed(4, end), true);
          break;
        case LOG_DROPPED_ATTRIBUTES_COUNT:
          this.droppedBySender = cursor.varint();
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    cursor.endOf(end);
  }

  private clear(): void {
    this.attributes.clear();
    this.timeAt =
      this.observedTimeAt =
      this.severityNumber =
      this.severityTextStart =
      this.severityTextEnd =
        0;
    this.bodyStart =
      this.bodyEnd =
      this.traceIdStart =
      this.traceIdEnd =
      this.spanIdStart =
      this.spanIdEnd =
        0;
    this.eventNameStart = this.eventNameEnd = this.flags = this.droppedBySender = 0;
  }
}
