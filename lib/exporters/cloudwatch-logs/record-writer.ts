// The message of a log event: JSON of one record, written for a JSON string, hence escaped twice (docs/log-records.md).
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
import { CutText, RECORD_CUTS, RESOURCE_CUTS } from './cut-text.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';
import type { TimeDigits } from './time-digits.ts';

/** Larger texts of a resource or a scope are cut: each record repeats them. */
export const MAX_RESOURCE_BYTES = 65_536;

const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;

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
   * Appends one message of at most MAX_MESSAGE_BYTES.
   * @param ordinal place of the record in its request, from 0
   * @param alone true leaves resource and scope out
   */
  record(record: LogRecordView, ordinal: number, alone: boolean): void {
    const { json, token } = this;
    const start = json.length;
    const tail = alone ? this.shortTail : this.tail;
    json.byte(OPEN_BRACE);
    this.text(token.severityText, record.cursor, record.severityTextStart, record.severityTextEnd);
    if (record.severityNumber !== 0) this.number(token.severityNumber, record.severityNumber);
    this.text(token.eventName, record.cursor, record.eventNameStart, record.eventNameEnd);
    if (record.bodyStart !== 0) {
      token.body.write(json);
      this.values.write(record.cursor, record.keys, record.bodyStart, record.bodyEnd);
      json.byte(COMMA);
    }
    this.traceContext(record);
    this.attributes(record);
    this.end(record, tail, ordinal);
    if (json.length - start > MAX_MESSAGE_BYTES) this.fit(record, start, tail, ordinal);
  }

  private traceContext(record: LogRecordView): void {
    const { json, token } = this;
    const { bytes } = record.cursor;
    const inTrace = isId(bytes, record.traceIdStart, record.traceIdEnd, TRACE_ID_BYTES);
    const inSpan = isId(bytes, record.spanIdStart, record.spanIdEnd, SPAN_ID_BYTES);
    if (inTrace) {
      token.traceId.write(json);
      json.hex(bytes, record.traceIdStart, TRACE_ID_BYTES);
      (inSpan ? token.andSpanId : token.quoteComma).write(json);
    } else if (inSpan) token.spanId.write(json);
    if (inSpan) {
      json.hex(bytes, record.spanIdStart, SPAN_ID_BYTES);
      token.quoteComma.write(json);
    }
    if (record.flags === SAMPLED) token.sampled.write(json);
    else if (record.flags !== 0) this.number(token.flags, record.flags);
  }

  /** Times, count of dropped attributes, scope, resource, id and the closing brace. */
  private end(record: LogRecordView, tail: Uint8Array, ordinal: number): void {
    const { json, token } = this;
    this.time(token.timeUnixNano, record.cursor.data, record.timeAt);
    this.time(token.observedTimeUnixNano, record.cursor.data, record.observedTimeAt);
    this.droppedAttributes(record);
    json.raw(tail);
    json.integer(ordinal);
    token.close.write(json);
  }

  /** Rewrites the message at `start` so that it fits into one event; the outer escapes do not count against the limit. */
  private fit(record: LogRecordView, start: number, tail: Uint8Array, ordinal: number): void {
    const { json } = this;
    const size = unescapedBytes(json.bytes, start, json.length);
    for (let i = 0; unescapedBytes(json.bytes, start, json.length) > MAX_MESSAGE_BYTES; i++) {
      const level = RECORD_CUTS[Math.min(i, RECORD_CUTS.length - 1)]!;
      const text = new CutText(record.cursor, record.keys, level);
      json.length = start;
      json.raw(json.token(`{${cutFields(record, text)}"truncatedFromBytes":${size},`));
      this.traceContext(record);
      this.end(record, tail, ordinal);
      if (i >= RECORD_CUTS.length) return;
    }
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

/** The fields of a record that can be long, each with its comma. */
function cutFields(record: LogRecordView, text: CutText): string {
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

const SYNTAX = {
  severityText: '"severityText":"',
  severityNumber: '"severityNumber":',
  eventName: '"eventName":"',
  body: '"body":',
  traceId: '"traceId":"',
  spanId: '"spanId":"',
  andSpanId: '","spanId":"',
  sampled: `"flags":${SAMPLED},`,
  flags: '"flags":',
  attributes: '"attributes":{',
  timeUnixNano: '"timeUnixNano":',
  observedTimeUnixNano: '"observedTimeUnixNano":',
  droppedAttributesCount: '"droppedAttributesCount":',
  scope: '"scope":{',
  resource: '"resource":{',
  name: '"name":"',
  version: '"version":"',
  quoteComma: '",',
  braceComma: '},',
  close: '"}',
} as const;

/** Bytes of a JSON string's inside once it is read: what CloudWatch counts. */
function unescapedBytes(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) {
    // Outside there are only escapes of two characters: control characters are escaped inside, as `\\u0001`.
    if (bytes[i] === 0x5c) i++;
    count++;
  }
  return count;
}
