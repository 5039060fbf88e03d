// JSON text of values that are too large for a log event, cut to fit. Off the hot path: plain strings.
import { AnyValueView, MAX_VALUE_DEPTH, VALUE } from '../../telemetry/any-value.ts';
import { AttributeList } from '../../telemetry/attribute-list.ts';
import type { KeyTable } from '../../telemetry/key-table.ts';
import type { LogRecordView } from '../../telemetry/log-record-view.ts';
import type { WireCursor } from '../../wire/cursor.ts';
import { LIST_VALUES } from '../../wire/otlp-fields.ts';

/** How much of a record is kept: bytes of each string and key, and values in all. */
export interface CutLevel {
  readonly stringBytes: number;
  readonly values: number;
}

/**
 * Tried in order until the record fits. The last one always does: 64 keys and values of 512 bytes, each byte six
 * bytes of JSON at worst, are less than half of an event.
 */
export const RECORD_CUTS: readonly CutLevel[] = [
  { stringBytes: 262_144, values: 4_096 },
  { stringBytes: 32_768, values: 1_024 },
  { stringBytes: 4_096, values: 256 },
  { stringBytes: 512, values: 64 },
];

/** The same for the attributes of a resource or a scope, which every record repeats. */
export const RESOURCE_CUTS: readonly CutLevel[] = [
  { stringBytes: 2_048, values: 256 },
  { stringBytes: 256, values: 64 },
  { stringBytes: 128, values: 16 },
];

/** Marks the end of a string that was longer. */
const ELLIPSIS = '…';

/** Writes values under one level; one object for each text. */
export class CutText {
  private readonly cursor: WireCursor;
  private readonly keys: KeyTable;
  private readonly level: CutLevel;
  private readonly value = new AnyValueView();
  private left: number;

  constructor(cursor: WireCursor, keys: KeyTable, level: CutLevel) {
    this.cursor = cursor;
    this.keys = keys;
    this.level = level;
    this.left = level.values;
  }

  /** A quoted JSON string of a range of UTF-8. */
  string(start: number, end: number): string {
    const { stringBytes } = this.level;
    if (end - start <= stringBytes) return JSON.stringify(this.cursor.text(start, end));
    let cut = start + stringBytes;
    while (cut > start && ((this.cursor.bytes[cut] as number) & 0xc0) === 0x80) cut--;
    return JSON.stringify(this.cursor.text(start, cut) + ELLIPSIS);
  }

  /** A JSON object of an attribute list, as far as the values last. */
  object(list: AttributeList, depth = 0): string {
    const entries: string[] = [];
    for (let i = 0; i < list.count && this.left > 0; i++) {
      const key = Buffer.from((list.keys[i] as AttributeList['keys'][number]).text);
      const { stringBytes } = this.level;
      const label =
        key.length <= stringBytes ? key.toString() : key.toString('utf8', 0, stringBytes) + ELLIPSIS;
      const value = this.any(list.starts[i] as number, list.ends[i] as number, depth);
      entries.push(`${JSON.stringify(label)}:${value}`);
    }
    return `{${entries.join(',')}}`;
  }

  /** JSON of the AnyValue at `start`…`end`. Moves the cursor. */
  any(start: number, end: number, depth = 0): string {
    this.left--;
    const { cursor, value } = this;
    value.read(cursor, start, end);
    switch (value.kind) {
      case VALUE.string:
        return this.string(value.start, value.end);
      case VALUE.int:
        return value.intBigInt().toString();
      case VALUE.double:
        return Number.isFinite(value.double) ? String(value.double) : JSON.stringify(String(value.double));
      case VALUE.bool:
        return String(value.bool);
      case VALUE.bytes: {
        // Whole groups of three bytes, so that the text stays valid base64.
        const kept = Math.min(value.end, value.start + Math.floor(this.level.stringBytes / 4) * 3);
        return JSON.stringify(cursor.bytes.toString('base64', value.start, kept));
      }
      case VALUE.array:
      case VALUE.map:
        if (depth >= MAX_VALUE_DEPTH) return JSON.stringify(ELLIPSIS);
        return value.kind === VALUE.array
          ? this.array(value.start, value.end, depth + 1)
          : this.map(value.start, value.end, depth + 1);
      case VALUE.empty:
        return 'null';
    }
  }

  private array(start: number, end: number, depth: number): string {
    const { cursor } = this;
    const items: string[] = [];
    cursor.pos = start;
    while (cursor.pos < end && this.left > 0) {
      const tag = cursor.tag();
      if (tag !== LIST_VALUES) {
        cursor.skip(tag, end);
        continue;
      }
      const valueEnd = cursor.endOfField(end);
      items.push(this.any(cursor.pos, valueEnd, depth));
      cursor.pos = valueEnd;
    }
    return `[${items.join(',')}]`;
  }

  private map(start: number, end: number, depth: number): string {
    const { cursor } = this;
    const list = new AttributeList();
    list.clear();
    cursor.pos = start;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === LIST_VALUES) list.readKeyValue(cursor, cursor.endOfField(end), this.keys);
      else cursor.skip(tag, end);
    }
    return this.object(list, depth);
  }
}

/** The fields of a record that can be long, each with its comma. */
export function cutFields(record: LogRecordView, text: CutText): string {
  let fields = '';
  if (record.severityTextEnd > record.severityTextStart) {
    fields += `"severityText":${text.string(record.severityTextStart, record.severityTextEnd)},`;
  }
  if (record.severityNumber !== 0) fields += `"severityNumber":${record.severityNumber},`;
  if (record.eventNameEnd > record.eventNameStart) {
    fields += `"eventName":${text.string(record.eventNameStart, record.eventNameEnd)},`;
  }
  if (record.bodyStart !== 0) fields += `"body":${text.any(record.bodyStart, record.bodyEnd)},`;
  if (record.attributes.count > 0) fields += `"attributes":${text.object(record.attributes)},`;
  return fields;
}

/** Bytes of a JSON string's inside once it is read: what CloudWatch counts. */
export function unescapedBytes(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) {
    // Outside there are only escapes of two characters: control characters are escaped inside, as `\\u0001`.
    if (bytes[i] === 0x5c) i++;
    count++;
  }
  return count;
}
