// Writes attribute values, none of them longer than a whole document: a value of megabytes is cut where it is read.
import { AnyValueView, VALUE } from '../../../telemetry/any-value.ts';
import type { AttributeList } from '../../../telemetry/attribute-list.ts';
import { type AttributeKey, KeySideTable, type KeyTable } from '../../../telemetry/key-table.ts';
import { ValueJsonWriter } from '../../../telemetry/value-json.ts';
import type { WireCursor } from '../../../wire/cursor.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { JsonToken } from '../../../wire/json-token.ts';
import { ANY_VALUE_BOOL, ANY_VALUE_INT, ANY_VALUE_STRING } from '../../../wire/otlp-fields.ts';
import { MAX_DOCUMENT_BYTES } from '../limits.ts';
import { shortVarint } from './short-varint.ts';
import { boundedEnd } from './text-range.ts';

const COMMA = 0x2c;

/** A draft that is longer than this is cut down anyway: nothing more is added to it. */
export const MAX_DRAFT_BYTES = 3 * MAX_DOCUMENT_BYTES;

interface KeyTokens {
  /** `"key":`. */
  readonly key: JsonToken;
  /** `"key":"`. */
  readonly keyAndQuote: JsonToken;
}

export class ValueWriter {
  readonly json: JsonBuffer;
  private readonly plain: ValueJsonWriter;
  private readonly value = new AnyValueView();
  private readonly keyTokens: KeySideTable<KeyTokens>;
  private readonly endOfText: JsonToken;

  constructor(json: JsonBuffer) {
    this.json = json;
    this.plain = new ValueJsonWriter(json);
    this.endOfText = new JsonToken(json.token('",'));
    this.keyTokens = new KeySideTable(({ text }) => {
      const key = `${JSON.stringify(text.slice(0, MAX_DOCUMENT_BYTES).toWellFormed())}:`;
      return { key: new JsonToken(json.token(key)), keyAndQuote: new JsonToken(json.token(`${key}"`)) };
    });
  }

  /** `"key":value,`. Moves the cursor. */
  member(key: AttributeKey, cursor: WireCursor, keys: KeyTable, start: number, end: number): void {
    const { json } = this;
    const { bytes } = cursor;
    const tokens = this.keyTokens.of(key);
    const length = bytes[start + 1] as number;
    // Most values are a short text, a small number or a bool: one field of a known length.
    switch (bytes[start]) {
      case ANY_VALUE_STRING:
        if (length > 127 || start + 2 + length !== end) break;
        tokens.keyAndQuote.write(json);
        json.escaped(bytes, cursor.data, start + 2, end);
        this.endOfText.write(json);
        return;
      case ANY_VALUE_INT: {
        const number = shortVarint(bytes, start + 1, end);
        if (number < 0) break;
        tokens.key.write(json);
        json.integer(number);
        json.byte(COMMA);
        return;
      }
      case ANY_VALUE_BOOL:
        if (length > 1 || start + 2 !== end) break;
        tokens.key.write(json);
        json.ascii(length === 1 ? 'true,' : 'false,');
        return;
    }
    tokens.key.write(json);
    this.write(cursor, keys, start, end);
    json.byte(COMMA);
  }

  /** The AnyValue message at `start`…`end`. Moves the cursor. */
  write(cursor: WireCursor, keys: KeyTable, start: number, end: number): void {
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
      this.member(
        list.keys[i] as AttributeKey,
        cursor,
        keys,
        list.starts[i] as number,
        list.ends[i] as number,
      );
    }
  }
}
