// One span, read in place: offsets of everything the exporters need. Strings are made only when asked for.
import type { WireCursor } from '../wire/cursor.ts';
import {
  SPAN_ATTRIBUTES,
  SPAN_DROPPED_ATTRIBUTES_COUNT,
  SPAN_DROPPED_EVENTS_COUNT,
  SPAN_DROPPED_LINKS_COUNT,
  SPAN_END_TIME,
  SPAN_EVENTS,
  SPAN_FLAGS,
  SPAN_KIND,
  SPAN_LINKS,
  SPAN_NAME,
  SPAN_PARENT_SPAN_ID,
  SPAN_SPAN_ID,
  SPAN_START_TIME,
  SPAN_STATUS,
  SPAN_TRACE_ID,
  SPAN_TRACE_STATE,
  STATUS_CODE,
  STATUS_MESSAGE,
} from '../wire/otlp-fields.ts';
import { AttributeList } from './attribute-list.ts';
import type { KeyTable } from './key-table.ts';
import { RangeList } from './range-list.ts';

/** OTLP's Span.SpanKind. */
export const SPAN_KINDS = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
} as const;

/** OTLP's Status.StatusCode. */
export const STATUS_CODES = { unset: 0, ok: 1, error: 2 } as const;

/** Bits of `flags` above the W3C trace flags. */
export const SPAN_FLAG_HAS_IS_REMOTE = 0x100;
export const SPAN_FLAG_IS_REMOTE = 0x200;

/** A range `xStart`…`xEnd` of 0…0 and an offset `xAt` of 0 stand for an absent field. */
export class SpanView {
  readonly cursor: WireCursor;
  readonly attributes = new AttributeList();
  readonly events = new RangeList();
  readonly links = new RangeList();
  start = 0;
  end = 0;
  traceIdStart = 0;
  traceIdEnd = 0;
  spanIdStart = 0;
  spanIdEnd = 0;
  parentSpanIdStart = 0;
  parentSpanIdEnd = 0;
  traceStateStart = 0;
  traceStateEnd = 0;
  nameStart = 0;
  nameEnd = 0;
  kind = 0;
  startTimeAt = 0;
  endTimeAt = 0;
  statusCode = 0;
  statusMessageStart = 0;
  statusMessageEnd = 0;
  flags = 0;
  private droppedBySender = 0;
  droppedEvents = 0;
  droppedLinks = 0;
  readonly keys: KeyTable;

  constructor(cursor: WireCursor, keys: KeyTable) {
    this.cursor = cursor;
    this.keys = keys;
  }

  /** Attributes that are missing: left out by the sender, or above MAX_ATTRIBUTES. */
  get droppedAttributes(): number {
    return this.droppedBySender + this.attributes.excess;
  }

  /** Reads the Span message at the cursor. @throws MalformedError */
  parse(end: number): void {
    const cursor = this.cursor;
    this.clear(cursor.pos, end);
    while (cursor.pos < end) {
      const tag = cursor.tag();
      switch (tag) {
        case SPAN_ATTRIBUTES:
          this.attributes.readKeyValue(cursor, cursor.endOfField(end), this.keys);
          break;
        case SPAN_TRACE_ID:
          this.traceIdEnd = cursor.endOfField(end);
          this.traceIdStart = cursor.pos;
          cursor.pos = this.traceIdEnd;
          break;
        case SPAN_SPAN_ID:
          this.spanIdEnd = cursor.endOfField(end);
          this.spanIdStart = cursor.pos;
          cursor.pos = this.spanIdEnd;
          break;
        case SPAN_TRACE_STATE:
          this.traceStateEnd = cursor.endOfField(end);
          this.traceStateStart = cursor.pos;
          cursor.pos = this.traceStateEnd;
          break;
        case SPAN_PARENT_SPAN_ID:
          this.parentSpanIdEnd = cursor.endOfField(end);
          this.parentSpanIdStart = cursor.pos;
          cursor.pos = this.parentSpanIdEnd;
          break;
        case SPAN_NAME:
          this.nameEnd = cursor.endOfField(end);
          this.nameStart = cursor.pos;
          cursor.pos = this.nameEnd;
          break;
        case SPAN_KIND:
          this.kind = cursor.varint();
          break;
        case SPAN_START_TIME:
          this.startTimeAt = cursor.fixed(8, end);
          break;
        case SPAN_END_TIME:
          this.endTimeAt = cursor.fixed(8, end);
          break;
        case SPAN_EVENTS:
          addRange(this.events, cursor, end);
          break;
        case SPAN_LINKS:
          addRange(this.links, cursor, end);
          break;
        case SPAN_STATUS:
          this.readStatus(cursor.endOfField(end));
          break;
        case SPAN_FLAGS:
          this.flags = cursor.data.getUint32(cursor.fixed(4, end), true);
          break;
        case SPAN_DROPPED_ATTRIBUTES_COUNT:
          this.droppedBySender = cursor.varint();
          break;
        case SPAN_DROPPED_EVENTS_COUNT:
          this.droppedEvents = cursor.varint();
          break;
        case SPAN_DROPPED_LINKS_COUNT:
          this.droppedLinks = cursor.varint();
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    cursor.endOf(end);
  }

  get name(): string {
    return this.cursor.text(this.nameStart, this.nameEnd);
  }

  get traceId(): string {
    return this.cursor.bytes.toString('hex', this.traceIdStart, this.traceIdEnd);
  }

  get spanId(): string {
    return this.cursor.bytes.toString('hex', this.spanIdStart, this.spanIdEnd);
  }

  get hasParent(): boolean {
    return this.parentSpanIdEnd > this.parentSpanIdStart;
  }

  private readStatus(end: number): void {
    const cursor = this.cursor;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === STATUS_CODE) this.statusCode = cursor.varint();
      else if (tag === STATUS_MESSAGE) {
        this.statusMessageEnd = cursor.endOfField(end);
        this.statusMessageStart = cursor.pos;
        cursor.pos = this.statusMessageEnd;
      } else cursor.skip(tag, end);
    }
    cursor.endOf(end);
  }

  private clear(start: number, end: number): void {
    this.start = start;
    this.end = end;
    this.attributes.clear();
    this.events.clear();
    this.links.clear();
    this.traceIdStart = this.traceIdEnd = this.spanIdStart = this.spanIdEnd = 0;
    this.parentSpanIdStart = this.parentSpanIdEnd = this.traceStateStart = this.traceStateEnd = 0;
    this.nameStart = this.nameEnd = this.kind = this.startTimeAt = this.endTimeAt = 0;
    this.statusCode = this.statusMessageStart = this.statusMessageEnd = this.flags = 0;
    this.droppedBySender = this.droppedEvents = this.droppedLinks = 0;
  }
}

function addRange(list: RangeList, cursor: WireCursor, end: number): void {
  const fieldEnd = cursor.endOfField(end);
  list.add(cursor.pos, fieldEnd);
  cursor.pos = fieldEnd;
}
