// The one pass over the bytes of a request: hands each item to every visitor, resource and scope first.
import { WireCursor } from '../wire/cursor.ts';
import {
  REQUEST_RESOURCE_ITEMS,
  RESOURCE_ITEMS_RESOURCE,
  RESOURCE_ITEMS_SCOPE_ITEMS,
  SCOPE_ITEMS_ITEM,
  SCOPE_ITEMS_SCOPE,
} from '../wire/otlp-fields.ts';
import { ExponentialPointView } from './exponential-point-view.ts';
import { HistogramPointView } from './histogram-point-view.ts';
import { KeyTable } from './key-table.ts';
import { LogRecordView } from './log-record-view.ts';
import { METRIC_KINDS, MetricView } from './metric-view.ts';
import { NumberPointView } from './number-point-view.ts';
import { ResourceView } from './resource-view.ts';
import { ScopeView } from './scope-view.ts';
import { SpanView } from './span-view.ts';
import { SummaryPointView } from './summary-point-view.ts';

/** A visitor may move the cursor of a view; the walk goes on where the item ended. Views are valid during the call only. */
export interface ItemVisitor {
  /** A new resource; it stays current until the next one. */
  resource(resource: ResourceView): void;
  /** A new scope of the current resource. */
  scope(scope: ScopeView): void;
}

export interface SpanVisitor extends ItemVisitor {
  span(span: SpanView): void;
}

export interface LogVisitor extends ItemVisitor {
  logRecord(record: LogRecordView): void;
}

export interface MetricVisitor extends ItemVisitor {
  /** A new metric of the current scope; its points follow. */
  metric(metric: MetricView): void;
  /** A point of a gauge or a sum. */
  numberPoint(point: NumberPointView): void;
  histogramPoint(point: HistogramPointView): void;
  exponentialPoint(point: ExponentialPointView): void;
  summaryPoint(point: SummaryPointView): void;
}

/** What the three requests share: resources that hold scopes that hold items, in any order on the wire. */
abstract class RequestWalker<V extends ItemVisitor> {
  protected readonly cursor = new WireCursor();
  readonly keys = new KeyTable();
  private readonly resourceView = new ResourceView(this.cursor, this.keys);
  private readonly scopeView = new ScopeView(this.cursor, this.keys);

  /**
   * Walks an Export…ServiceRequest.
   * @param bytes OTLP protobuf, decompressed @throws MalformedError
   */
  walk(bytes: Buffer, visitors: readonly V[]): void {
    this.keys.startRequest();
    const cursor = this.cursor;
    cursor.reset(bytes);
    const end = bytes.length;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === REQUEST_RESOURCE_ITEMS) {
        const itemsEnd = cursor.endOfField(end);
        this.walkResource(cursor.pos, itemsEnd, visitors);
        cursor.pos = itemsEnd;
      } else cursor.skip(tag, end);
    }
    cursor.endOf(end);
  }

  /** Reads the item at the cursor and hands it on. */
  protected abstract item(end: number, visitors: readonly V[]): void;

  private walkResource(start: number, end: number, visitors: readonly V[]): void {
    const cursor = this.cursor;
    const view = this.resourceView;
    view.clear();
    let scopes = 0;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === RESOURCE_ITEMS_RESOURCE) view.merge(cursor.endOfField(end));
      else {
        if (tag === RESOURCE_ITEMS_SCOPE_ITEMS) scopes++;
        cursor.skip(tag, end);
      }
    }
    cursor.endOf(end);
    if (scopes === 0) return;
    for (let i = 0; i < visitors.length; i++) (visitors[i] as V).resource(view);
    cursor.pos = start;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === RESOURCE_ITEMS_SCOPE_ITEMS) {
        const itemsEnd = cursor.endOfField(end);
        this.walkScope(cursor.pos, itemsEnd, visitors);
        cursor.pos = itemsEnd;
      } else cursor.skip(tag, end);
    }
  }

  private walkScope(start: number, end: number, visitors: readonly V[]): void {
    const cursor = this.cursor;
    const view = this.scopeView;
    view.clear();
    let items = 0;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === SCOPE_ITEMS_SCOPE) view.merge(cursor.endOfField(end));
      else {
        if (tag === SCOPE_ITEMS_ITEM) items++;
        cursor.skip(tag, end);
      }
    }
    cursor.endOf(end);
    if (items === 0) return;
    for (let i = 0; i < visitors.length; i++) (visitors[i] as V).scope(view);
    cursor.pos = start;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === SCOPE_ITEMS_ITEM) {
        const itemEnd = cursor.endOfField(end);
        this.item(itemEnd, visitors);
        cursor.pos = itemEnd;
      } else cursor.skip(tag, end);
    }
  }
}

/** Walks ExportTraceServiceRequests; one for the life of a function. */
export class TraceWalker extends RequestWalker<SpanVisitor> {
  private readonly span = new SpanView(this.cursor, this.keys);

  protected override item(end: number, visitors: readonly SpanVisitor[]): void {
    this.span.parse(end);
    for (let i = 0; i < visitors.length; i++) (visitors[i] as SpanVisitor).span(this.span);
  }
}

/** Walks ExportLogsServiceRequests; one for the life of a function. */
export class LogWalker extends RequestWalker<LogVisitor> {
  private readonly record = new LogRecordView(this.cursor, this.keys);

  protected override item(end: number, visitors: readonly LogVisitor[]): void {
    this.record.parse(end);
    for (let i = 0; i < visitors.length; i++) (visitors[i] as LogVisitor).logRecord(this.record);
  }
}

/** Walks ExportMetricsServiceRequests; one for the life of a function. */
export class MetricWalker extends RequestWalker<MetricVisitor> {
  private readonly metric = new MetricView(this.cursor);
  private readonly number = new NumberPointView(this.cursor, this.keys);
  private readonly histogram = new HistogramPointView(this.cursor, this.keys);
  private readonly exponential = new ExponentialPointView(this.cursor, this.keys);
  private readonly summary = new SummaryPointView(this.cursor, this.keys);

  protected override item(end: number, visitors: readonly MetricVisitor[]): void {
    const metric = this.metric;
    metric.parse(end);
    for (const visitor of visitors) visitor.metric(metric);
    const { starts, ends, count } = metric.points;
    for (let i = 0; i < count; i++) this.point(starts[i] as number, ends[i] as number, visitors);
  }

  private point(start: number, end: number, visitors: readonly MetricVisitor[]): void {
    switch (this.metric.kind) {
      case METRIC_KINDS.gauge:
      case METRIC_KINDS.sum:
        this.number.parse(start, end);
        for (const visitor of visitors) visitor.numberPoint(this.number);
        return;
      case METRIC_KINDS.histogram:
        this.histogram.parse(start, end);
        for (const visitor of visitors) visitor.histogramPoint(this.histogram);
        return;
      case METRIC_KINDS.exponentialHistogram:
        this.exponential.parse(start, end);
        for (const visitor of visitors) visitor.exponentialPoint(this.exponential);
        return;
      case METRIC_KINDS.summary:
        this.summary.parse(start, end);
        for (const visitor of visitors) visitor.summaryPoint(this.summary);
        return;
      case METRIC_KINDS.none:
        return;
    }
  }
}
