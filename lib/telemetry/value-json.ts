// Writes attribute values as JSON: shared by the exporters that keep values as they came (X-Ray metadata, log records).
import type { WireCursor } from '../wire/cursor.ts';
import type { JsonBuffer } from '../wire/json-buffer.ts';
import { JsonToken, jsonTokens } from '../wire/json-token.ts';
import { ANY_VALUE_STRING, LIST_VALUES } from '../wire/otlp-fields.ts';
import { AnyValueView, MAX_VALUE_DEPTH, VALUE } from './any-value.ts';
import { MAX_MAP_ENTRIES } from './attribute-limit.ts';
import { AttributeList } from './attribute-list.ts';
import { KeySideTable, type KeyTable } from './key-table.ts';

const COMMA = 0x2c;
const COLON = 0x3a;

/** What stands in place of a value nested deeper than MAX_VALUE_DEPTH. */
const TOO_DEEP = `[nested deeper than ${MAX_VALUE_DEPTH}]`;

/** Longer key texts are not kept escaped. */
const MAX_KEPT_KEY = 256;

/** A key's syntax before its value. */
interface KeySyntax {
  /** `"key":`. */
  readonly label: JsonToken;
  /** `"key":"`. */
  readonly text: JsonToken;
}

/**
 * Writes AnyValues into one JsonBuffer. Integers keep all 64 bits, NaN and infinities become strings, bytes become
 * base64, an empty value null, a map an object (of a repeated key the last value counts).
 */
export class ValueJsonWriter {
  private readonly json: JsonBuffer;
  private readonly keySyntax: KeySideTable<KeySyntax>;
  private readonly value = new AnyValueView();
  /** One list for each level of nested maps, made when first needed. */
  private readonly maps: AttributeList[] = [];
  private readonly token: Readonly<Record<'true' | 'false' | 'null' | 'endOfText', JsonToken>>;

  constructor(json: JsonBuffer) {
    this.json = json;
    this.keySyntax = new KeySideTable(({ text }) => {
      const label = json.keyToken(text);
      return { label: new JsonToken(label), text: new JsonToken(Buffer.concat([label, json.token('"')])) };
    });
    this.token = jsonTokens(json, { true: 'true', false: 'false', null: 'null', endOfText: '",' });
  }

  /** The AnyValue message at `start`…`end`. Moves the cursor. @throws MalformedError */
  write(cursor: WireCursor, keys: KeyTable, start: number, end: number): void {
    this.writeAt(cursor, keys, start, end, 0);
  }

  /**
   * The entries of an attribute list without the braces: `"key":value,"key":value`. Moves the cursor.
   * @returns how many were written
   */
  writeEntries(cursor: WireCursor, keys: KeyTable, list: AttributeList): number {
    return this.entriesAt(cursor, keys, list, 0);
  }

  private entriesAt(cursor: WireCursor, keys: KeyTable, list: AttributeList, depth: number): number {
    const json = this.json;
    const { bytes, data } = cursor;
    for (let i = 0; i < list.count; i++) {
      const key = list.keys[i] as AttributeList['keys'][number];
      const start = list.starts[i] as number;
      const end = list.ends[i] as number;
      if (key.text.length > MAX_KEPT_KEY) {
        json.string(key.text);
        json.byte(COLON);
      } else {
        const syntax = this.keySyntax.of(key);
        // Most values are a short text: one field whose length is one byte.
        const length = bytes[start + 1] as number;
        if (bytes[start] === ANY_VALUE_STRING && length < 128 && start + 2 + length === end) {
          syntax.text.write(json);
          json.escaped(bytes, data, start + 2, end);
          this.token.endOfText.write(json);
          continue;
        }
        syntax.label.write(json);
      }
      this.writeAt(cursor, keys, start, end, depth);
      json.byte(COMMA);
    }
    // The comma behind the last entry goes.
    if (list.count > 0) json.length -= 1;
    return list.count;
  }

  private writeAt(cursor: WireCursor, keys: KeyTable, start: number, end: number, depth: number): void {
    const { json, value } = this;
    value.read(cursor, start, end);
    switch (value.kind) {
      case VALUE.string:
        json.stringBytes(cursor.bytes, cursor.data, value.start, value.end);
        return;
      case VALUE.int:
        json.int64(value.lo, value.hi);
        return;
      case VALUE.double:
        json.double(value.double);
        return;
      case VALUE.bool:
        (value.bool ? this.token.true : this.token.false).write(json);
        return;
      case VALUE.bytes:
        json.quoteMark();
        json.ascii(cursor.bytes.toString('base64', value.start, value.end));
        json.quoteMark();
        return;
      case VALUE.array:
        if (depth >= MAX_VALUE_DEPTH) json.string(TOO_DEEP);
        else this.array(cursor, keys, value.start, value.end, depth + 1);
        return;
      case VALUE.map:
        if (depth >= MAX_VALUE_DEPTH) json.string(TOO_DEEP);
        else this.map(cursor, keys, value.start, value.end, depth + 1);
        return;
      case VALUE.empty:
        this.token.null.write(json);
        return;
    }
  }

  private array(cursor: WireCursor, keys: KeyTable, start: number, end: number, depth: number): void {
    const json = this.json;
    json.byte(0x5b);
    let first = true;
    cursor.pos = start;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag !== LIST_VALUES) {
        cursor.skip(tag, end);
        continue;
      }
      const valueEnd = cursor.endOfField(end);
      if (!first) json.byte(COMMA);
      first = false;
      this.writeAt(cursor, keys, cursor.pos, valueEnd, depth);
      cursor.pos = valueEnd;
    }
    cursor.endOf(end);
    json.byte(0x5d);
  }

  private map(cursor: WireCursor, keys: KeyTable, start: number, end: number, depth: number): void {
    let list = this.maps[depth];
    if (list === undefined) {
      list = new AttributeList(MAX_MAP_ENTRIES);
      this.maps[depth] = list;
    }
    list.clear();
    cursor.pos = start;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === LIST_VALUES) list.readKeyValue(cursor, cursor.endOfField(end), keys);
      else cursor.skip(tag, end);
    }
    cursor.endOf(end);
    this.json.byte(0x7b);
    this.entriesAt(cursor, keys, list, depth);
    this.json.byte(0x7d);
  }
}
