// Who sent the telemetry: a reusable window over OTLP's Resource.
import type { WireCursor } from '../wire/cursor.ts';
import { RESOURCE_ATTRIBUTES, RESOURCE_DROPPED_ATTRIBUTES_COUNT } from '../wire/otlp-fields.ts';
import { plainText } from './any-value.ts';
import { AttributeList } from './attribute-list.ts';
import type { KeyTable } from './key-table.ts';

export class ResourceView {
  readonly cursor: WireCursor;
  readonly attributes = new AttributeList();
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

  /** An absent resource: no attributes. */
  clear(): void {
    this.attributes.clear();
    this.droppedBySender = 0;
  }

  /** Reads the Resource message at the cursor. A resource that comes in two parts is the sum of both, as in protobuf. */
  merge(end: number): void {
    const cursor = this.cursor;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === RESOURCE_ATTRIBUTES) {
        this.attributes.readKeyValue(cursor, cursor.endOfField(end), this.keys);
      } else if (tag === RESOURCE_DROPPED_ATTRIBUTES_COUNT) this.droppedBySender = cursor.varint();
      else cursor.skip(tag, end);
    }
    cursor.endOf(end);
  }

  /** A plain attribute as text, or undefined when it is absent or not plain. Makes a string: once a resource, not a span. */
  text(key: string): string | undefined {
    const place = this.attributes.indexOf(key);
    if (place < 0) return undefined;
    const { starts, ends } = this.attributes;
    const pos = this.cursor.pos;
    const text = plainText(this.cursor, starts[place] as number, ends[place] as number);
    this.cursor.pos = pos;
    return text;
  }
}
