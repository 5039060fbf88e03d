// Writes the links of a segment, and keeps for the metadata what X-Ray's links cannot say.
import { SpanLinkView } from '../../../telemetry/span-link-view.ts';
import type { SpanView } from '../../../telemetry/span-view.ts';
import { isId, SPAN_ID_BYTES, TRACE_ID_BYTES } from '../../../telemetry/validity.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { type JsonTokens, jsonTokens } from '../../../wire/json-token.ts';
import { MAX_DOCUMENT_BYTES } from '../limits.ts';
import { dropComma } from './http-writer.ts';
import { boundedEnd } from './text-range.ts';
import { MAX_DRAFT_BYTES, type ValueWriter } from './value-writer.ts';

const COMMA = 0x2c;

const SYNTAX = {
  open: ',"links":[',
  trace: '{"trace_id":"1-',
  dash: '-',
  id: '","id":"',
  quote: '",',
  attributes: '"attributes":{',
  more: '"links":[',
  hexTrace: '{"trace_id":"',
  state: '"trace_state":"',
  dropped: '"dropped_attributes_count":',
};

export class LinkWriter {
  /** Links of the current document for which there was no room. */
  leftOut = 0;
  private readonly json: JsonBuffer;
  private readonly values: ValueWriter;
  private readonly link: SpanLinkView;
  private readonly tokens: JsonTokens<typeof SYNTAX>;

  constructor(values: ValueWriter, span: SpanView) {
    const { json } = values;
    this.json = json;
    this.values = values;
    this.link = new SpanLinkView(span.cursor, span.keys);
    this.tokens = jsonTokens(json, SYNTAX);
  }

  /** Writes `,"links":[…]` with the links whose ids are valid, as far as a document has room for them. */
  write(span: SpanView): void {
    const { json, tokens } = this;
    const from = json.length;
    tokens.open.write(json);
    const first = json.length;
    let i = 0;
    for (; i < span.links.count && json.length - from < MAX_DOCUMENT_BYTES; i++) this.one(span, i, from);
    this.leftOut = span.links.count - i;
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
    tokens.more.write(json);
    const first = json.length;
    for (let i = 0; i < span.links.count && json.length - draftStart < MAX_DRAFT_BYTES; i++) {
      const isValid = this.parse(span, i);
      const hasState = link.traceStateEnd > link.traceStateStart;
      if (isValid && !hasState && link.droppedAttributes === 0) continue;
      const { bytes, data } = link.cursor;
      tokens.hexTrace.write(json);
      json.hex(bytes, link.traceIdStart, Math.min(link.traceIdEnd - link.traceIdStart, 64));
      tokens.id.write(json);
      json.hex(bytes, link.spanIdStart, Math.min(link.spanIdEnd - link.spanIdStart, 64));
      tokens.quote.write(json);
      if (hasState) {
        tokens.state.write(json);
        json.escaped(
          bytes,
          data,
          link.traceStateStart,
          boundedEnd(bytes, link.traceStateStart, link.traceStateEnd),
        );
        tokens.quote.write(json);
      }
      if (link.droppedAttributes > 0) {
        tokens.dropped.write(json);
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
    tokens.trace.write(json);
    json.hex(bytes, link.traceIdStart, 4);
    tokens.dash.write(json);
    json.hex(bytes, link.traceIdStart + 4, 12);
    tokens.id.write(json);
    json.hex(bytes, link.spanIdStart, 8);
    tokens.quote.write(json);
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
    this.tokens.attributes.write(json);
    this.values.entries(link.cursor, span.keys, link.attributes, draftStart);
    this.close();
  }

  private close(): void {
    dropComma(this.json);
    this.json.byte(0x7d);
    this.json.byte(COMMA);
  }
}
