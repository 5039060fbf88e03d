// One event of a span, read in place when an exporter asks for it.
import type { WireCursor } from '../wire/cursor.ts';
import {
  EVENT_ATTRIBUTES,
  EVENT_DROPPED_ATTRIBUTES_COUNT,
  EVENT_NAME,
  EVENT_TIME,
} from '../wire/otlp-fields.ts';
import { AttributeList } from './attribute-list.ts';
import type { KeyTable } from './key-table.ts';

export class SpanEventView {
  readonly cursor: WireCursor;
  readonly attributes = new AttributeList();
  nameStart = 0;
  nameEnd = 0;
  timeAt = 0;
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

  /** Reads the Event message at `start`…`end`; moves the cursor. @throws MalformedError */
  parse(start: number, end: number): void {
    const cursor = this.cursor;
    this.attributes.clear();
    this.nameStart = this.nameEnd = this.timeAt = this.droppedBySender = 0;
    cursor.pos = start;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      switch (tag) {
        case EVENT_TIME:
          this.timeAt = cursor.fixed(8, end);
          break;
        case EVENT_NAME:
          this.nameEnd = cursor.endOfField(end);
          this.nameStart = cursor.pos;
          cursor.pos = this.nameEnd;
          break;
        case EVENT_ATTRIBUTES:
          this.attributes.readKeyValue(cursor, cursor.endOfField(end), this.keys);
          break;
        case EVENT_DROPPED_ATTRIBUTES_COUNT:
          this.droppedBySender = cursor.varint();
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
}
