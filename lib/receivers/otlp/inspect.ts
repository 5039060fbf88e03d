// The wire walk at the door: counts the items of a request, finds those that cannot be stored, and checks each length
// that an exporter would meet, so that behind the queue nothing is malformed. It reads no values and makes no views:
// that is a third of the code to load and a quarter of the time, see docs/decisions/0032-walk-at-the-door.md.
import type { Signal } from '../../model/signal.ts';
import { MAX_ATTRIBUTES } from '../../telemetry/attribute-limit.ts';
import { SPAN_ID_BYTES, type SpanIds, spanRejection, TRACE_ID_BYTES } from '../../telemetry/validity.ts';
import { WireCursor } from '../../wire/cursor.ts';
import * as tags from '../../wire/otlp-fields.ts';
import { DATA_POINT_SHAPES, LOG_RECORD, METRIC, RESOURCE, SCOPE, SPAN } from './message-shapes.ts';
import { walkField, walkShape } from './shape-walk.ts';

/** What the walk saw. */
export interface Inspection {
  /** All spans, log records or data points, the rejected ones too. */
  readonly items: number;
  /** Items that are not stored, by reason. They stay in the body; the exporters leave them out by the same rule. */
  readonly rejected: ReadonlyMap<string, number>;
  /** Sentences for the sender about items that are stored. */
  readonly warnings: readonly string[];
}

/**
 * Walks a request.
 * @param otlp OTLP protobuf, decompressed
 * @throws MalformedError when any part of it breaks the format
 */
export function inspect(signal: Signal, otlp: Buffer): Inspection {
  return new RequestWalk(signal, otlp).run();
}

class RequestWalk implements SpanIds {
  readonly cursor = new WireCursor();
  traceIdStart = 0;
  traceIdEnd = 0;
  spanIdStart = 0;
  spanIdEnd = 0;
  parentSpanIdStart = 0;
  parentSpanIdEnd = 0;
  private readonly signal: Signal;
  private items = 0;
  private readonly rejected = new Map<string, number>();
  private recordsWithWrongIds = 0;
  private metricsWithoutData = 0;
  private itemsWithManyAttributes = 0;

  constructor(signal: Signal, otlp: Buffer) {
    this.signal = signal;
    this.cursor.reset(otlp);
  }

  run(): Inspection {
    const { cursor } = this;
    const end = cursor.bytes.length;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === tags.REQUEST_RESOURCE_ITEMS) this.resourceItems(cursor.endOfField(end));
      else cursor.skip(tag, end);
    }
    cursor.endOf(end);
    return { items: this.items, rejected: this.rejected, warnings: this.warnings() };
  }

  private resourceItems(end: number): void {
    const { cursor } = this;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === tags.RESOURCE_ITEMS_SCOPE_ITEMS) this.scopeItems(cursor.endOfField(end));
      else if (tag === tags.RESOURCE_ITEMS_RESOURCE) walkShape(cursor, RESOURCE, cursor.endOfField(end));
      else cursor.skip(tag, end);
    }
    cursor.endOf(end);
  }

  private scopeItems(end: number): void {
    const { cursor } = this;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === tags.SCOPE_ITEMS_ITEM) this.item(cursor.endOfField(end));
      else if (tag === tags.SCOPE_ITEMS_SCOPE) walkShape(cursor, SCOPE, cursor.endOfField(end));
      else cursor.skip(tag, end);
    }
    cursor.endOf(end);
  }

  private item(end: number): void {
    switch (this.signal) {
      case 'traces':
        this.span(end);
        return;
      case 'logs':
        this.logRecord(end);
        return;
      case 'metrics':
        this.metric(end);
        return;
    }
  }

  private span(end: number): void {
    const { cursor } = this;
    this.clearIds();
    let attributes = 0;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      switch (tag) {
        case tags.SPAN_TRACE_ID:
          this.traceId(end);
          break;
        case tags.SPAN_SPAN_ID:
          this.spanId(end);
          break;
        case tags.SPAN_PARENT_SPAN_ID:
          this.parentSpanIdEnd = cursor.endOfField(end);
          this.parentSpanIdStart = cursor.pos;
          cursor.pos = this.parentSpanIdEnd;
          break;
        default:
          if (tag === tags.SPAN_ATTRIBUTES) attributes += 1;
          walkField(cursor, tag, SPAN.fields[tag], end);
      }
    }
    cursor.endOf(end);
    this.items += 1;
    if (attributes > MAX_ATTRIBUTES) this.itemsWithManyAttributes += 1;
    const reason = spanRejection(this);
    if (reason !== undefined) this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + 1);
  }

  private logRecord(end: number): void {
    const { cursor } = this;
    this.clearIds();
    let attributes = 0;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === tags.LOG_TRACE_ID) this.traceId(end);
      else if (tag === tags.LOG_SPAN_ID) this.spanId(end);
      else {
        if (tag === tags.LOG_ATTRIBUTES) attributes += 1;
        walkField(cursor, tag, LOG_RECORD.fields[tag], end);
      }
    }
    cursor.endOf(end);
    this.items += 1;
    if (attributes > MAX_ATTRIBUTES) this.itemsWithManyAttributes += 1;
    const traceIdBytes = this.traceIdEnd - this.traceIdStart;
    const spanIdBytes = this.spanIdEnd - this.spanIdStart;
    const isWrong =
      (traceIdBytes !== 0 && traceIdBytes !== TRACE_ID_BYTES) ||
      (spanIdBytes !== 0 && spanIdBytes !== SPAN_ID_BYTES);
    if (isWrong) this.recordsWithWrongIds += 1;
  }

  private metric(end: number): void {
    const { cursor } = this;
    let hasData = false;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (DATA_POINT_SHAPES[tag] === undefined) walkField(cursor, tag, METRIC.fields[tag], end);
      else {
        hasData = true;
        this.dataPoints(tag, cursor.endOfField(end));
      }
    }
    cursor.endOf(end);
    if (!hasData) this.metricsWithoutData += 1;
  }

  private dataPoints(metricTag: number, end: number): void {
    const { cursor } = this;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === tags.DATA_POINTS) {
        this.items += 1;
        walkField(cursor, tag, DATA_POINT_SHAPES[metricTag], end);
      } else cursor.skip(tag, end);
    }
    cursor.endOf(end);
  }

  private traceId(end: number): void {
    this.traceIdEnd = this.cursor.endOfField(end);
    this.traceIdStart = this.cursor.pos;
    this.cursor.pos = this.traceIdEnd;
  }

  private spanId(end: number): void {
    this.spanIdEnd = this.cursor.endOfField(end);
    this.spanIdStart = this.cursor.pos;
    this.cursor.pos = this.spanIdEnd;
  }

  private clearIds(): void {
    this.traceIdStart = this.traceIdEnd = this.spanIdStart = this.spanIdEnd = 0;
    this.parentSpanIdStart = this.parentSpanIdEnd = 0;
  }

  private warnings(): string[] {
    const warnings: string[] = [];
    if (this.recordsWithWrongIds > 0) {
      const count = this.recordsWithWrongIds;
      warnings.push(`${count} log records have a trace or span id of a wrong length; kept without it`);
    }
    if (this.itemsWithManyAttributes > 0) {
      const items = `${this.itemsWithManyAttributes} ${this.signal === 'logs' ? 'log records' : 'spans'}`;
      warnings.push(
        `${items} have more than ${MAX_ATTRIBUTES} attributes; kept with the first ${MAX_ATTRIBUTES}`,
      );
    }
    if (this.metricsWithoutData > 0) {
      warnings.push(`${this.metricsWithoutData} metrics hold no data of a known kind; ignored`);
    }
    return warnings;
  }
}
