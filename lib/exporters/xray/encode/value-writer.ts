// Writes attribute values, none of them longer than a whole document: a value of megabytes is cut where it is read.
import { AnyValueView, VALUE } from '../../../telemetry/any-value.ts';
import type { AttributeList } from '../../../telemetry/attribute-list.ts';
import { type AttributeKey, KeySideTable, type KeyTable } from '../../../telemetry/key-table.ts';
import { ValueJsonWriter } from '../../../telemetry/value-json.ts';
import type { WireCursor } from '../../../wire/cursor.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { ANY_VALUE_INT, ANY_VALUE_STRING } from '../../../wire/otlp-fields.ts';
import { MAX_DOCUMENT_BYTES } from '../limits.ts';
import { boundedEnd } from './text-range.ts';
import { Token } from './token.ts';

const COMMA = 0x2c;

/** A draft that is longer than this is cut down anyway: nothing more is added to it. */
export const MAX_DRAFT_BYTES = 3 * MAX_DOCUMENT_BYTES;

export class ValueWriter {
  readonly json: JsonBuffer;
  private readonly plain: ValueJsonWriter;
  private readonly value = new AnyValueView();
  private readonly keyTokens: KeySideTable<Token>;

  constructor(json: JsonBuffer) {
    this.json = json;
    this.plain = new ValueJsonWriter(json);
    this.keyTokens = new KeySideTable(
      (key) => new Token(json.keyToken(key.text.slice(0, MAX_DOCUMENT_BYTES))),
    );
  }

  /** The key with its quotes and a colon. */
  key(key: AttributeKey): void {
    this.keyTokens.of(key).write(this.json);
  }

  /** The AnyValue message at `start`…`end`. Moves the cursor. */
  write(cursor: WireCursor, keys: KeyTable, start: number, end: number): void {
    const { bytes } = cursor;
    const length = bytes[start + 1] as number;
    // Most values are a short text or a small number: one field of a known length.
    if (length < 128) {
      const tag = bytes[start];
      if (tag === ANY_VALUE_STRING && start + 2 + length === end) {
        this.json.stringBytes(bytes, cursor.data, start + 2, end);
        return;
      }
      if (tag === ANY_VALUE_INT && start + 2 === end) {
        this.json.integer(length);
        return;
      }
    }
    if (end - start <= MAX_DOCUMENT_BYTES) {
      this.plain.write(cursor, keys, start, end);
      return;
    }
    this.value.read(cursor, start, end);
    if (this.value.kind === VALUE.string) {
      const textEnd = boundedEnd(cursor.bytes, this.value.start, this.value.end);
      this.json.stringBytes(cursor.bytes, cursor.data, this.value.start, textEnd);
    } else this.json.string(`[${end - start} bytes, too large for X-Ray]`);
  }

  /** `"key":value,` for each entry; the last comma stays. Stops where the draft gets too long. */
  entries(cursor: WireCursor, keys: KeyTable, list: AttributeList, draftStart: number): void {
    for (let i = 0; i < list.count && this.json.length - draftStart < MAX_DRAFT_BYTES; i++) {
      this.key(list.keys[i] as AttributeKey);
      this.write(cursor, keys, list.starts[i] as number, list.ends[i] as number);
      this.json.byte(COMMA);
    }
  }
}
