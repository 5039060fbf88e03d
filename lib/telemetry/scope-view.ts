// Which library made the telemetry: a reusable window over OTLP's InstrumentationScope.
import type { WireCursor } from '../wire/cursor.ts';
import {
  SCOPE_ATTRIBUTES,
  SCOPE_DROPPED_ATTRIBUTES_COUNT,
  SCOPE_NAME,
  SCOPE_VERSION,
} from '../wire/otlp-fields.ts';
import { AttributeList } from './attribute-list.ts';
import type { KeyTable } from './key-table.ts';

export class ScopeView {
  readonly cursor: WireCursor;
  readonly attributes = new AttributeList();
  nameStart = 0;
  nameEnd = 0;
  versionStart = 0;
  versionEnd = 0;
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

  /** An absent scope: no name, no attributes. */
  clear(): void {
    this.attributes.clear();
    this.nameStart = this.nameEnd = this.versionStart = this.versionEnd = 0;
    this.droppedBySender = 0;
  }

  /** Reads the InstrumentationScope message at the cursor. */
  merge(end: number): void {
    const cursor = this.cursor;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      switch (tag) {
        case SCOPE_NAME:
          this.nameEnd = cursor.endOfField(end);
          this.nameStart = cursor.pos;
          cursor.pos = this.nameEnd;
          break;
        case SCOPE_VERSION:
          this.versionEnd = cursor.endOfField(end);
          this.versionStart = cursor.pos;
          cursor.pos = this.versionEnd;
          break;
        case SCOPE_ATTRIBUTES:
          this.attributes.readKeyValue(cursor, cursor.endOfField(end), this.keys);
          break;
        case SCOPE_DROPPED_ATTRIBUTES_COUNT:
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

  get version(): string {
    return this.cursor.text(this.versionStart, this.versionEnd);
  }
}
