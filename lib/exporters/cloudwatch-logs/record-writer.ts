// The message of a log event: JSON of one record, written for a JSON string, hence escaped twice (docs/log-records.md).
import { AnyValueView, VALUE } from '../../telemetry/any-value.ts';
import type { AttributeList } from '../../telemetry/attribute-list.ts';
import type { KeyTable } from '../../telemetry/key-table.ts';
import type { LogRecordView } from '../../telemetry/log-record-view.ts';
import type { ResourceView } from '../../telemetry/resource-view.ts';
import type { ScopeView } from '../../telemetry/scope-view.ts';
import { isId, SPAN_ID_BYTES, TRACE_ID_BYTES } from '../../telemetry/validity.ts';
import { ValueJsonWriter } from '../../telemetry/value-json.ts';
import type { WireCursor } from '../../wire/cursor.ts';
import { isZero64 } from '../../wire/fixed64.ts';
import type { JsonBuffer } from '../../wire/json-buffer.ts';
import { type JsonToken, jsonTokens } from '../../wire/json-token.ts';
import { ANY_VALUE_STRING } from '../../wire/otlp-fields.ts';
import { CutText, cutFields, RECORD_CUTS, RESOURCE_CUTS, unescapedBytes } from './cut-text.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';
import { textParts } from './text-parts.ts';
import type { TimeDigits } from './time-digits.ts';

/** Larger texts of a resource or a scope are cut: each record repeats them. */
export const MAX_RESOURCE_BYTES = 65_536;

const COMMA = 0x2c;

/** Of a message's frame: `{` and `"}`. */
const FRAME_BYTES = 3;
const MAX_INSIDE_BYTES = MAX_MESSAGE_BYTES - FRAME_BYTES;

/** Room for what only a part of a record has: `"part":17,"parts":40,` and `.17` behind the id. */
const PART_BYTES = 64;

/** A body is split when at least so much of it fits into an event beside everything else; else the record is cut. */
const MIN_PART_BYTES = MAX_INSIDE_BYTES / 4;

const DOT = 0x2e;
const WHOLE: readonly number[] = [];

/** The W3C trace flag that nearly every record with a trace has, and no other. */
const SAMPLED = 1;

/** What all views with attributes have in common. */
interface Attributed {
  readonly attributes: AttributeList;
  readonly cursor: WireCursor;
  readonly keys: KeyTable;
  readonly droppedAttributes: number;
}

/** Writes records into one JsonBuffer. Every member ends with a comma; `recordId` is always there and comes last. */
export class RecordWriter {
  private readonly json: JsonBuffer;
  private readonly times: TimeDigits;
  private readonly values: ValueJsonWriter;
  private readonly token: Readonly<Record<keyof typeof SYNTAX, JsonToken>>;
  private resourceText: Uint8Array = Buffer.alloc(0);
  /** Scope, resource and the start of `recordId`, as every record of the scope ends. */
  private tail: Uint8Array = Buffer.alloc(0);
  private shortTail: Uint8Array = Buffer.alloc(0);
  private readonly bodyText = new AnyValueView();
  /** Where the parts of the record's body end, when it needs several events. */
  private partEnds = WHOLE;

  /** @param json in mode 'twice' @param times writes into the same */
  constructor(json: JsonBuffer, times: TimeDigits) {
    this.json = json;
    this.times = times;
    this.values = new ValueJsonWriter(json);
    this.token = jsonTokens(json, SYNTAX);
  }

  /** The request of the records that follow. */
  request(ingestId: string): void {
    this.shortTail = this.json.token(`"recordId":"${ingestId}-`);
  }

  resource(resource: ResourceView): void {
    this.resourceText = this.repeated(resource, this.token.resource, () => {
      this.attributes(resource);
      this.droppedAttributes(resource);
    });
  }

  scope(scope: ScopeView): void {
    const { json, token } = this;
    const scopeText = this.repeated(scope, token.scope, () => {
      this.text(token.name, scope.cursor, scope.nameStart, scope.nameEnd);
      this.text(token.version, scope.cursor, scope.versionStart, scope.versionEnd);
      this.attributes(scope);
      this.droppedAttributes(scope);
    });
    const start = json.length;
    json.raw(scopeText);
    json.raw(this.resourceText);
    json.raw(this.shortTail);
    this.tail = Buffer.from(json.slice(start));
    json.length = start;
  }

  /**
   * Appends the inside of one message, which is at most MAX_MESSAGE_BYTES with its frame `{…"}`: the brace before it
   * and the quote and brace behind the id are the caller's.
   * @param ordinal place of the record in its request, from 0
   * @param alone true leaves resource and scope out
   */
  record(record: LogRecordView, ordinal: number, alone: boolean): void {
    const start = this.json.length;
    const tail = alone ? this.shortTail : this.tail;
    this.partEnds = WHOLE;
    this.severity(record);
    this.text(this.token.eventName, record.cursor, record.eventNameStart, record.eventNameEnd);
    this.body(record);
    this.traceContext(record);
    this.attributes(record);
    this.end(record, tail, ordinal);
    if (this.json.length - start > MAX_INSIDE_BYTES) this.fit(record, start, ordinal, alone);
  }

  /** Events that the record written last needs; `part` writes those behind the first. */
  get parts(): number {
    return Math.max(1, this.partEnds.length);
  }

  /**
   * Appends the inside of one part of a record whose body is too long for an event: the next piece of the body, and all
   * else but the attributes, which only the first part has.
   * @param part from 1 @param ordinal, alone as for `record`
   */
  part(record: LogRecordView, ordinal: number, alone: boolean, part: number): void {
    const { json, token, partEnds, bodyText } = this;
    const { cursor } = record;
    this.severity(record);
    this.text(token.eventName, cursor, record.eventNameStart, record.eventNameEnd);
    this.text(token.bodyText, cursor, partEnds[part - 2] ?? bodyText.start, partEnds[part - 1] as number);
    this.traceContext(record);
    if (part === 1) this.attributes(record);
    this.number(token.part, part);
    this.number(token.parts, partEnds.length);
    this.end(record, alone ? this.shortTail : this.tail, ordinal);
    if (part === 1) return;
    json.byte(DOT);
    json.integer(part);
  }

  private severity({ cursor, severityTextStart, severityTextEnd, severityNumber }: LogRecordView): void {
    const { json, token } = this;
    if (severityTextEnd > severityTextStart) {
      token.severityText.write(json);
      json.escaped(cursor.bytes, cursor.data, severityTextStart, severityTextEnd);
      if (severityNumber === 0) token.quoteComma.write(json);
      else this.number(token.andSeverityNumber, severityNumber);
    } else if (severityNumber !== 0) this.number(token.severityNumber, severityNumber);
  }

  private body({ cursor, keys, bodyStart, bodyEnd }: LogRecordView): void {
    if (bodyStart === 0) return;
    const { json, token } = this;
    const { bytes } = cursor;
    // Most bodies are a text: one field, whose length is one byte or two.
    const first = bytes[bodyStart + 1] as number;
    const second = bytes[bodyStart + 2] as number;
    const text = first < 128 ? bodyStart + 2 : bodyStart + 3;
    const length = first < 128 ? first : (first & 127) | (second << 7);
    if (bytes[bodyStart] === ANY_VALUE_STRING && text + length === bodyEnd && (first < 128 || second < 128)) {
      token.bodyText.write(json);
      json.escaped(bytes, cursor.data, text, bodyEnd);
      token.quoteComma.write(json);
      return;
    }
    token.body.write(json);
    this.values.write(cursor, keys, bodyStart, bodyEnd);
    json.byte(COMMA);
  }

  private traceContext(record: LogRecordView): void {
    const { json, token } = this;
    const { bytes } = record.cursor;
    const inTrace = isId(bytes, record.traceIdStart, record.traceIdEnd, TRACE_ID_BYTES);
    const inSpan = isId(bytes, record.spanIdStart, record.spanIdEnd, SPAN_ID_BYTES);
    const sampled = record.flags === SAMPLED;
    if (inTrace) {
      token.traceId.write(json);
      json.hex(bytes, record.traceIdStart, TRACE_ID_BYTES);
      (inSpan ? token.andSpanId : token.quoteComma).write(json);
    } else if (inSpan) token.spanId.write(json);
    if (inSpan) {
      json.hex(bytes, record.spanIdStart, SPAN_ID_BYTES);
      (sampled ? token.andSampled : token.quoteComma).write(json);
    }
    if (sampled ? !inSpan : record.flags !== 0) this.number(token.flags, record.flags);
  }

  /** Times, count of dropped attributes, scope, resource and id. */
  private end(record: LogRecordView, tail: Uint8Array, ordinal: number): void {
    const { json, token } = this;
    this.time(token.timeUnixNano, record.cursor.data, record.timeAt);
    this.time(token.observedTimeUnixNano, record.cursor.data, record.observedTimeAt);
    this.droppedAttributes(record);
    json.raw(tail);
    json.integer(ordinal);
  }

  /** Rewrites the message from `start` on so that it fits; the outer escapes do not count against the limit. */
  private fit(record: LogRecordView, start: number, ordinal: number, alone: boolean): void {
    const { json } = this;
    const size = unescapedBytes(json.bytes, start, json.length);
    if (size <= MAX_INSIDE_BYTES) return;
    json.length = start;
    if (this.split(record, size)) {
      this.part(record, ordinal, alone, 1);
      return;
    }
    for (const level of RECORD_CUTS) {
      json.length = start;
      const fields = cutFields(record, new CutText(record.cursor, record.keys, level));
      json.raw(json.token(`${fields}"truncatedFromBytes":${size + FRAME_BYTES},`));
      this.traceContext(record);
      this.end(record, alone ? this.shortTail : this.tail, ordinal);
      if (unescapedBytes(json.bytes, start, json.length) <= MAX_INSIDE_BYTES) return;
    }
  }

  /** Finds the parts of a record of `size` bytes. @returns false when it is not a text body that makes it so large */
  private split({ cursor, bodyStart, bodyEnd }: LogRecordView, size: number): boolean {
    const { json, bodyText } = this;
    if (bodyStart === 0) return false;
    bodyText.read(cursor, bodyStart, bodyEnd);
    if (bodyText.kind !== VALUE.string) return false;
    const start = json.length;
    json.escaped(cursor.bytes, cursor.data, bodyText.start, bodyText.end);
    const beside = size - unescapedBytes(json.bytes, start, json.length);
    json.length = start;
    const room = MAX_INSIDE_BYTES - beside - PART_BYTES;
    if (room < MIN_PART_BYTES) return false;
    this.partEnds = textParts(cursor.bytes, bodyText.start, bodyText.end, room);
    return true;
  }

  /** Text that ends every record of a resource or a scope: `"resource":{…},`, cut when it is very long. */
  private repeated(view: Attributed, label: JsonToken, write: () => void): Uint8Array {
    const { json } = this;
    const start = json.length;
    label.write(json);
    const inside = json.length;
    write();
    const size = json.length - inside;
    for (let i = 0; json.length - inside > MAX_RESOURCE_BYTES && i < RESOURCE_CUTS.length; i++) {
      const text = new CutText(view.cursor, view.keys, RESOURCE_CUTS[i]!);
      json.length = inside;
      json.raw(json.token(`"attributes":${text.object(view.attributes)},"truncatedFromBytes":${size},`));
    }
    if (json.length === inside) json.length = start;
    else {
      json.length -= 1; // the comma behind the last member
      this.token.braceComma.write(json);
    }
    const bytes = Buffer.from(json.slice(start));
    json.length = start;
    return bytes;
  }

  private attributes(view: Attributed): void {
    if (view.attributes.count === 0) return;
    this.token.attributes.write(this.json);
    this.values.writeEntries(view.cursor, view.keys, view.attributes);
    this.token.braceComma.write(this.json);
  }

  private droppedAttributes(view: Attributed): void {
    if (view.droppedAttributes !== 0) this.number(this.token.droppedAttributesCount, view.droppedAttributes);
  }

  private text(label: JsonToken, cursor: WireCursor, start: number, end: number): void {
    if (end === start) return;
    label.write(this.json);
    this.json.escaped(cursor.bytes, cursor.data, start, end);
    this.token.quoteComma.write(this.json);
  }

  private number(label: JsonToken, value: number): void {
    label.write(this.json);
    this.json.integer(value);
    this.json.byte(COMMA);
  }

  private time(label: JsonToken, data: DataView, at: number): void {
    if (isZero64(data, at)) return;
    label.write(this.json);
    this.times.nanos(data, at);
    this.json.byte(COMMA);
  }
}

const SYNTAX = {
  severityText: '"severityText":"',
  severityNumber: '"severityNumber":',
  andSeverityNumber: '","severityNumber":',
  eventName: '"eventName":"',
  body: '"body":',
  bodyText: '"body":"',
  traceId: '"traceId":"',
  spanId: '"spanId":"',
  andSpanId: '","spanId":"',
  andSampled: `","flags":${SAMPLED},`,
  flags: '"flags":',
  attributes: '"attributes":{',
  part: '"part":',
  parts: '"parts":',
  timeUnixNano: '"timeUnixNano":',
  observedTimeUnixNano: '"observedTimeUnixNano":',
  droppedAttributesCount: '"droppedAttributesCount":',
  scope: '"scope":{',
  resource: '"resource":{',
  name: '"name":"',
  version: '"version":"',
  quoteComma: '",',
  braceComma: '},',
} as const;
