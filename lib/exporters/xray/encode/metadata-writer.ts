// Writes the metadata of a segment: all attributes that no block shows, and under `otel` what a segment has no field for.
import { VALUE } from '../../../telemetry/any-value.ts';
import type { AttributeKey } from '../../../telemetry/key-table.ts';
import type { SpanView } from '../../../telemetry/span-view.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { type JsonTokens, jsonTokens } from '../../../wire/json-token.ts';
import {
  ANY_VALUE_ARRAY,
  ANY_VALUE_BOOL,
  ANY_VALUE_BYTES,
  ANY_VALUE_DOUBLE,
  ANY_VALUE_INT,
  ANY_VALUE_KVLIST,
  ANY_VALUE_STRING,
} from '../../../wire/otlp-fields.ts';
import type { AnnotationKeys } from './annotation-keys.ts';
import { dropComma } from './http-writer.ts';
import { mergeMetadata } from './merge-metadata.ts';
import type { MetadataParts } from './metadata-parts.ts';
import type { NotesWriter } from './notes-writer.ts';
import type { SpanAttributes } from './span-attributes.ts';
import { MAX_DRAFT_BYTES, type ValueWriter } from './value-writer.ts';

const COMMA = 0x2c;

/** 1 for the tags of AnyValue's fields. */
const VALUE_TAGS = new Uint8Array(256);
for (const tag of [
  ANY_VALUE_STRING,
  ANY_VALUE_BOOL,
  ANY_VALUE_INT,
  ANY_VALUE_DOUBLE,
  ANY_VALUE_ARRAY,
  ANY_VALUE_KVLIST,
  ANY_VALUE_BYTES,
]) {
  VALUE_TAGS[tag] = 1;
}

const SYNTAX = {
  open: ',"metadata":{',
  byDefault: '"default":{',
};

export class MetadataWriter {
  private readonly json: JsonBuffer;
  private readonly values: ValueWriter;
  private readonly attributes: SpanAttributes;
  private readonly keys: AnnotationKeys;
  private readonly notes: NotesWriter;
  private readonly tokens: JsonTokens<typeof SYNTAX>;

  constructor(values: ValueWriter, attributes: SpanAttributes, keys: AnnotationKeys, notes: NotesWriter) {
    this.json = values.json;
    this.values = values;
    this.attributes = attributes;
    this.keys = keys;
    this.notes = notes;
    this.tokens = jsonTokens(this.json, SYNTAX);
  }

  write(span: SpanView, parts: MetadataParts): void {
    const { json, tokens } = this;
    const from = json.length;
    tokens.open.write(json);
    const inside = json.length;
    if (this.attributes.hasPrefixed)
      this.notes.attributesLeftOut = mergeMetadata(span, this.values, this.attributes, this.keys, parts);
    else this.byDefault(span, parts);
    if (!parts.isService) this.notes.write(span, parts.draftStart);
    if (json.length === inside) {
      json.length = from;
      return;
    }
    dropComma(json);
    json.byte(0x7d);
  }

  private byDefault(span: SpanView, { resource, annotated, isService, draftStart }: MetadataParts): void {
    const { json } = this;
    const from = json.length;
    this.tokens.byDefault.write(json);
    const inside = json.length;
    if (resource !== undefined) {
      if (annotated === undefined) json.raw(resource.metadata);
      else {
        resource.entries.forEach((entry, place) => {
          if (!annotated.has(place)) json.raw(entry.text);
        });
      }
    }
    if (!isService) this.ofSpan(span, draftStart);
    if (json.length === inside && !isService) {
      json.length = from;
      return;
    }
    dropComma(json);
    json.byte(0x7d);
    json.byte(COMMA);
  }

  private ofSpan(span: SpanView, draftStart: number): void {
    const { json, values, attributes } = this;
    const { list, shown, cursor, value } = attributes;
    for (let i = 0; i < list.count; i++) {
      if (shown[i] === 1) continue;
      if (json.length - draftStart > MAX_DRAFT_BYTES) {
        this.notes.attributesLeftOut = list.count - i;
        return;
      }
      const start = list.starts[i] as number;
      const end = list.ends[i] as number;
      // An empty value is OTLP's null: nothing to keep. One that starts with a known field is not empty.
      if (start === end) continue;
      if (VALUE_TAGS[cursor.bytes[start] as number] === 0) {
        value.read(cursor, start, end);
        if (value.kind === VALUE.empty) continue;
      }
      values.member(list.keys[i] as AttributeKey, cursor, span.keys, start, end);
    }
  }
}
