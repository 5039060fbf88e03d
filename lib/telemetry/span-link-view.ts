// One link of a span to a span of another trace, read in place when an exporter asks for it.
import type { WireCursor } from '../wire/cursor.ts';
import {
  LINK_ATTRIBUTES,
  LINK_DROPPED_ATTRIBUTES_COUNT,
  LINK_FLAGS,
  LINK_SPAN_ID,
  LINK_TRACE_ID,
  LINK_TRACE_STATE,
} from '../wire/otlp-fields.ts';
import { AttributeList } from './attribute-list.ts';
import type { KeyTable } from './key-table.ts';

export class SpanLinkView {
  readonly cursor: WireCursor;
  readonly attributes = new AttributeList();
  traceIdStart = 0;
  traceIdEnd = 0;
  spanIdStart = 0;
  spanIdEnd = 0;
  traceStateStart = 0;
  traceStateEnd = 0;
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

  /** Reads the Link message at `start`…`end`; moves the cursor. @throws MalformedError */
  parse(start: number, end: number): void {
    const cursor = this.cursor;
    this.attributes.clear();
    this.traceIdStart = this.traceIdEnd = this.spanIdStart = this.spanIdEnd = 0;
    this.traceStateStart = this.traceStateEnd = this.flags = this.droppedBySender = 0;
    cursor.pos = start;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      switch (tag) {
        case LINK_TRACE_ID:
          this.traceIdEnd = cursor.endOfField(end);
          this.traceIdStart = cursor.pos;
          cursor.pos = this.traceIdEnd;
          break;
        case LINK_SPAN_ID:
          this.spanIdEnd = cursor.endOfField(end);
          this.spanIdStart = cursor.pos;
          cursor.pos = this.spanIdEnd;
          break;
        case LINK_TRACE_STATE:
          this.traceStateEnd = cursor.endOfField(end);
          this.traceStateStart = cursor.pos;
          cursor.pos = this.traceStateEnd;
          break;
        case LINK_ATTRIBUTES:
          this.attributes.readKeyValue(cursor, cursor.endOfField(end), this.keys);
          break;
        case LINK_DROPPED_ATTRIBUTES_COUNT:
          this.droppedBySender = cursor.varint();
          break;
        case LINK_FLAGS:
          this.flags = cursor.data.getUint32(cursor.fixed(4, end), true);
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    cursor.endOf(end);
  }
}
