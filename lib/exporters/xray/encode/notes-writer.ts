// Writes the `otel` namespace of the metadata: what OTLP says of a span and an X-Ray segment has no field for.
import type { AttributeKey } from '../../../telemetry/key-table.ts';
import type { ScopeView } from '../../../telemetry/scope-view.ts';
import type { SpanView } from '../../../telemetry/span-view.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { type JsonToken, type JsonTokens, jsonTokens } from '../../../wire/json-token.ts';
import type { CauseWriter } from './cause-writer.ts';
import { dropComma } from './http-writer.ts';
import type { LinkWriter } from './link-writer.ts';
import type { SpanEvents } from './span-events.ts';
import { boundedEnd } from './text-range.ts';
import { MAX_DRAFT_BYTES, type ValueWriter } from './value-writer.ts';

export const OTEL_NAMESPACE = 'otel';

const COMMA = 0x2c;
const MAX_SCOPE_BYTES = 16 * 1024;
const MAX_SCOPE_TEXT_BYTES = 1_024;
const NOTHING = new Uint8Array(0);

const SYNTAX = {
  name: '"name":"',
  version: '"version":"',
  open: `"${OTEL_NAMESPACE}":{`,
  traceState: '"trace_state":"',
  statusMessage: '"status_message":"',
  droppedAttributes: '"dropped_attributes_count":',
  droppedEvents: '"dropped_events_count":',
  droppedLinks: '"dropped_links_count":',
  leftOut: '"attributes_left_out":',
  linksLeftOut: '"links_left_out":',
  eventsLeftOut: '"events_left_out":',
  events: '"events":[',
  eventName: '{"name":"',
  eventTime: '","time":',
  eventAttributes: ',"attributes":{',
  quote: '",',
};

export class NotesWriter {
  /** Attributes of the current span that no longer fitted; set by whoever left them out. */
  attributesLeftOut = 0;
  private readonly json: JsonBuffer;
  private readonly values: ValueWriter;
  private readonly events: SpanEvents;
  private readonly cause: CauseWriter;
  private readonly links: LinkWriter;
  private scope: Uint8Array = NOTHING;
  private readonly tokens: JsonTokens<typeof SYNTAX>;

  constructor(values: ValueWriter, events: SpanEvents, cause: CauseWriter, links: LinkWriter) {
    const { json } = values;
    this.json = json;
    this.values = values;
    this.events = events;
    this.cause = cause;
    this.links = links;
    this.tokens = jsonTokens(json, SYNTAX);
  }

  /** Serialises a scope once for all of its spans. */
  loadScope(scope: ScopeView): void {
    const { json, values } = this;
    const { cursor } = scope;
    const { bytes } = cursor;
    const from = json.length;
    json.raw(json.token('"scope":{'));
    const inside = json.length;
    this.text(
      this.tokens.name,
      scope.nameStart,
      Math.min(scope.nameEnd, scope.nameStart + MAX_SCOPE_TEXT_BYTES),
      cursor.data,
      bytes,
    );
    this.text(
      this.tokens.version,
      scope.versionStart,
      Math.min(scope.versionEnd, scope.versionStart + MAX_SCOPE_TEXT_BYTES),
      cursor.data,
      bytes,
    );
    const beforeAttributes = json.length;
    if (scope.attributes.count > 0) {
      json.raw(json.token('"attributes":{'));
      values.entries(cursor, scope.keys, scope.attributes, from);
      dropComma(json);
      json.byte(0x7d);
      json.byte(COMMA);
    }
    // An endless scope must not fill each of its documents.
    if (json.length - from > MAX_SCOPE_BYTES) {
      json.length = beforeAttributes;
      this.count(this.tokens.leftOut, scope.attributes.count);
    }
    this.count(this.tokens.droppedAttributes, scope.droppedAttributes);
    const isEmpty = json.length === inside;
    dropComma(json);
    json.byte(0x7d);
    json.byte(COMMA);
    this.scope = isEmpty ? NOTHING : Buffer.from(json.slice(from));
    json.length = from;
  }

  /** Writes `"otel":{…},` if there is anything to say. */
  write(span: SpanView, draftStart: number): void {
    const { json, tokens } = this;
    const { bytes, data } = span.cursor;
    const from = json.length;
    tokens.open.write(json);
    const inside = json.length;
    json.raw(this.scope);
    this.text(
      tokens.traceState,
      span.traceStateStart,
      boundedEnd(bytes, span.traceStateStart, span.traceStateEnd),
      data,
      bytes,
    );
    if (!this.cause.statusMessageShown) {
      const end = boundedEnd(bytes, span.statusMessageStart, span.statusMessageEnd);
      this.text(tokens.statusMessage, span.statusMessageStart, end, data, bytes);
    }
    this.count(tokens.droppedAttributes, span.droppedAttributes);
    this.count(tokens.droppedEvents, span.droppedEvents);
    this.count(tokens.droppedLinks, span.droppedLinks);
    this.count(tokens.leftOut, this.attributesLeftOut);
    this.count(tokens.linksLeftOut, this.links.leftOut);
    if (span.events.count > 0) this.eventList(span, draftStart);
    if (span.links.count > 0) this.links.writeRest(span, draftStart);
    if (json.length === inside) {
      json.length = from;
      return;
    }
    dropComma(json);
    json.byte(0x7d);
    json.byte(COMMA);
  }

  private eventList(span: SpanView, draftStart: number): void {
    const { json, tokens, events } = this;
    const { cursor } = span;
    tokens.events.write(json);
    let i = 0;
    for (; i < span.events.count && json.length - draftStart < MAX_DRAFT_BYTES; i++) {
      const kind = events.read(span, i);
      const { event } = events;
      tokens.eventName.write(json);
      json.escaped(
        cursor.bytes,
        cursor.data,
        event.nameStart,
        boundedEnd(cursor.bytes, event.nameStart, event.nameEnd),
      );
      tokens.eventTime.write(json);
      json.unixSeconds(cursor.data, event.timeAt);
      const before = json.length;
      tokens.eventAttributes.write(json);
      const inside = json.length;
      const { attributes } = event;
      for (let k = 0; k < attributes.count && json.length - draftStart < MAX_DRAFT_BYTES; k++) {
        if (events.isShown(kind, i, k)) continue;
        this.values.member(
          attributes.keys[k] as AttributeKey,
          cursor,
          span.keys,
          attributes.starts[k] as number,
          attributes.ends[k] as number,
        );
      }
      if (json.length === inside) json.length = before;
      else {
        dropComma(json);
        json.byte(0x7d);
      }
      json.byte(COMMA);
      this.count(tokens.droppedAttributes, event.droppedAttributes);
      dropComma(json);
      json.byte(0x7d);
      json.byte(COMMA);
    }
    dropComma(json);
    json.byte(0x5d);
    json.byte(COMMA);
    this.count(tokens.eventsLeftOut, span.events.count - i);
  }

  private text(token: JsonToken, start: number, end: number, data: DataView, bytes: Buffer): void {
    if (end === start) return;
    token.write(this.json);
    this.json.escaped(bytes, data, start, end);
    this.tokens.quote.write(this.json);
  }

  private count(token: JsonToken, count: number): void {
    if (count === 0) return;
    token.write(this.json);
    this.json.integer(count);
    this.json.byte(COMMA);
  }
}
