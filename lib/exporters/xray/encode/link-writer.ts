// Writes the links of a segment, and keeps for the metadata what X-Ray's links cannot say.
import { SpanLinkView } from '../../../telemetry/span-link-view.ts';
import type { SpanView } from '../../../telemetry/span-view.ts';
import { isId, SPAN_ID_BYTES, TRACE_ID_BYTES } from '../../../telemetry/validity.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { dropComma } from './http-writer.ts';
import { boundedEnd } from './text-range.ts';
import { MAX_DRAFT_BYTES, type ValueWriter } from './value-writer.ts';

const COMMA = 0x2c;

export class LinkWriter {
  private readonly json: JsonBuffer;
  private readonly values: ValueWriter;
  private readonly link: SpanLinkView;
  private readonly tokens: Record<
    'open' | 'trace' | 'dash' | 'id' | 'quote' | 'attributes' | 'more' | 'hexTrace' | 'state' | 'dropped',
    Uint8Array
  >;

  constructor(values: ValueWriter, span: SpanView) {
    const { json } = values;
    this.json = json;
    this.values = values;
    this.link = new SpanLinkView(span.cursor, span.keys);
    this.tokens = {
      open: json.token(',"links":['),
      trace: json.token('{"trace_id":"1-'),
      dash: json.token('-'),
      id: json.token('","id":"'),
      quote: json.token('",'),
      attributes: json.token('"attributes":{'),
      more: json.token('"links":['),
      hexTrace: json.token('{"trace_id":"'),
      state: json.token('"trace_state":"'),
      dropped: json.token('"dropped_attributes_count":'),
    };
  }

  /** Writes `,"links":[…]` with the links whose ids are valid. */
  write(span: SpanView, draftStart: number): void {
    const { json, tokens } = this;
    const from = json.length;
    json.raw(tokens.open);
    const first = json.length;
    for (let i = 0; i < span.links.count && json.length - draftStart < MAX_DRAFT_BYTES; i++)
      this.one(span, i, draftStart);
    if (json.length === first) {
      json.length = from;
      return;
    }
    dropComma(json);
    json.byte(0x5d);
  }

  /** Writes `"links":[…],` for the metadata: links without valid ids, trace states, dropped counts. */
  writeRest(span: SpanView, draftStart: number): void {
    const { json, tokens, link } = this;
    const from = json.length;
    json.raw(tokens.more);
    const first = json.length;
    for (let i = 0; i < span.links.count && json.length - draftStart < MAX_DRAFT_BYTES; i++) {
      const isValid = this.parse(span, i);
      const hasState = link.traceStateEnd > link.traceStateStart;
      if (isValid && !hasState && link.droppedAttributes === 0) continue;
      const { bytes, data } = link.cursor;
      json.raw(tokens.hexTrace);
      json.hex(bytes, link.traceIdStart, Math.min(link.traceIdEnd - link.traceIdStart, 64));
      json.raw(tokens.id);
      json.hex(bytes, link.spanIdStart, Math.min(link.spanIdEnd - link.spanIdStart, 64));
      json.raw(tokens.quote);
      if (hasState) {
        json.raw(tokens.state);
        json.escaped(
          bytes,
          data,
          link.traceStateStart,
          boundedEnd(bytes, link.traceStateStart, link.traceStateEnd),
        );
        json.raw(tokens.quote);
      }
      if (link.droppedAttributes > 0) {
        json.raw(tokens.dropped);
        json.integer(link.droppedAttributes);
        json.byte(COMMA);
      }
      if (!isValid) this.attributes(span, draftStart);
      this.close();
    }
    if (json.length === first) {
      json.length = from;
      return;
    }
    dropComma(json);
    json.byte(0x5d);
    json.byte(COMMA);
  }

  private one(span: SpanView, index: number, draftStart: number): void {
    const { json, tokens, link } = this;
    if (!this.parse(span, index)) return;
    const { bytes } = link.cursor;
    json.raw(tokens.trace);
    json.hex(bytes, link.traceIdStart, 4);
    json.raw(tokens.dash);
    json.hex(bytes, link.traceIdStart + 4, 12);
    json.raw(tokens.id);
    json.hex(bytes, link.spanIdStart, 8);
    json.raw(tokens.quote);
    this.attributes(span, draftStart);
    this.close();
  }

  /** @returns whether the ids are valid */
  private parse(span: SpanView, index: number): boolean {
    const { link } = this;
    link.parse(span.links.starts[index] as number, span.links.ends[index] as number);
    const { bytes } = link.cursor;
    return (
      isId(bytes, link.traceIdStart, link.traceIdEnd, TRACE_ID_BYTES) &&
      isId(bytes, link.spanIdStart, link.spanIdEnd, SPAN_ID_BYTES)
    );
  }

  private attributes(span: SpanView, draftStart: number): void {
    const { json, link } = this;
    if (link.attributes.count === 0) return;
    json.raw(this.tokens.attributes);
    this.values.entries(link.cursor, span.keys, link.attributes, draftStart);
    this.close();
  }

  private close(): void {
    dropComma(this.json);
    this.json.byte(0x7d);
    this.json.byte(COMMA);
  }
}
