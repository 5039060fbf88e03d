// Makes OTLP/JSON objects out of the views, one for each item with its resource and scope: what the views saw.
import type { Signal } from '../../lib/model/signal.ts';
import { AnyValueView, VALUE } from '../../lib/telemetry/any-value.ts';
import { AttributeList } from '../../lib/telemetry/attribute-list.ts';
import type { ExponentialPointView } from '../../lib/telemetry/exponential-point-view.ts';
import type { KeyTable } from '../../lib/telemetry/key-table.ts';
import { METRIC_KINDS, type MetricView } from '../../lib/telemetry/metric-view.ts';
import type { NumberList } from '../../lib/telemetry/number-list.ts';
import type { ResourceView } from '../../lib/telemetry/resource-view.ts';
import type { ScopeView } from '../../lib/telemetry/scope-view.ts';
import { SpanEventView } from '../../lib/telemetry/span-event-view.ts';
import { SpanLinkView } from '../../lib/telemetry/span-link-view.ts';
import type { SpanView } from '../../lib/telemetry/span-view.ts';
import { LogWalker, MetricWalker, TraceWalker } from '../../lib/telemetry/walk.ts';
import type { WireCursor } from '../../lib/wire/cursor.ts';
import { unixNanos } from '../../lib/wire/fixed64.ts';
import { LIST_VALUES } from '../../lib/wire/otlp-fields.ts';

type Json = Record<string, unknown>;
interface View {
  readonly cursor: WireCursor;
  readonly keys: KeyTable;
  readonly attributes: AttributeList;
}

const traceWalker = new TraceWalker();
const logWalker = new LogWalker();
const metricWalker = new MetricWalker();

/** Every item that a walk delivers, with the resource and scope that were current. Absent fields have their defaults. */
export function objectsFromViews(
  signal: Signal,
  otlp: Buffer,
): { resource: Json; scope: Json; item: Json }[] {
  const items: { resource: Json; scope: Json; item: Json }[] = [];
  let resource: Json = {};
  let scope: Json = {};
  const add = (item: Json) => items.push({ resource, scope, item });
  const common = {
    resource(view: ResourceView) {
      resource = { attributes: attributes(view), droppedAttributesCount: view.droppedAttributes };
    },
    scope(view: ScopeView) {
      scope = {
        name: view.name,
        version: view.version,
        attributes: attributes(view),
        droppedAttributesCount: view.droppedAttributes,
      };
    },
  };
  switch (signal) {
    case 'traces':
      traceWalker.walk(otlp, [{ ...common, span: (view) => add(spanObject(view)) }]);
      break;
    case 'logs':
      logWalker.walk(otlp, [
        {
          ...common,
          logRecord(view) {
            const { cursor } = view;
            const body = view.bodyEnd === 0 ? undefined : valueObject(view, view.bodyStart, view.bodyEnd);
            add({
              timeUnixNano: nanos(cursor, view.timeAt),
              observedTimeUnixNano: nanos(cursor, view.observedTimeAt),
              severityNumber: view.severityNumber,
              severityText: cursor.text(view.severityTextStart, view.severityTextEnd),
              body,
              attributes: attributes(view),
              droppedAttributesCount: view.droppedAttributes,
              flags: view.flags,
              traceId: hex(cursor, view.traceIdStart, view.traceIdEnd),
              spanId: hex(cursor, view.spanIdStart, view.spanIdEnd),
              eventName: cursor.text(view.eventNameStart, view.eventNameEnd),
            });
          },
        },
      ]);
      break;
    case 'metrics': {
      let metric: Json = {};
      const point = (members: Json) => add({ metric, ...members });
      metricWalker.walk(otlp, [
        {
          ...common,
          metric(view) {
            metric = metricObject(view);
          },
          numberPoint: (view) =>
            point({
              ...pointObject(view),
              ...(view.valueKind === 'int' && {
                asInt: String(view.cursor.data.getBigInt64(view.valueAt, true)),
              }),
              ...(view.valueKind === 'double' && { asDouble: double(view.value) }),
            }),
          histogramPoint: (view) =>
            point({
              ...pointObject(view),
              count: view.count,
              sum: double(view.sum),
              min: double(view.min),
              max: double(view.max),
              bucketCounts: list(view.bucketCounts),
              explicitBounds: list(view.explicitBounds),
            }),
          exponentialPoint: (view) => point({ ...pointObject(view), ...exponentialObject(view) }),
          summaryPoint: (view) =>
            point({
              ...pointObject(view),
              count: view.count,
              sum: double(view.sum),
              quantiles: list(view.quantiles),
              quantileValues: list(view.quantileValues),
            }),
        },
      ]);
    }
  }
  return items;
}

/** A double as JSON can hold it. */
export function double(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function spanObject(span: SpanView): Json {
  const { cursor, keys } = span;
  const event = new SpanEventView(cursor, keys);
  const link = new SpanLinkView(cursor, keys);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: hex(cursor, span.parentSpanIdStart, span.parentSpanIdEnd),
    traceState: cursor.text(span.traceStateStart, span.traceStateEnd),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: nanos(cursor, span.startTimeAt),
    endTimeUnixNano: nanos(cursor, span.endTimeAt),
    attributes: attributes(span),
    droppedAttributesCount: span.droppedAttributes,
    events: Array.from({ length: span.events.count }, (_, i) => {
      event.parse(span.events.starts[i]!, span.events.ends[i]!);
      return {
        timeUnixNano: nanos(cursor, event.timeAt),
        name: event.name,
        attributes: attributes(event),
        droppedAttributesCount: event.droppedAttributes,
      };
    }),
    droppedEventsCount: span.droppedEvents,
    links: Array.from({ length: span.links.count }, (_, i) => {
      link.parse(span.links.starts[i]!, span.links.ends[i]!);
      return {
        traceId: hex(cursor, link.traceIdStart, link.traceIdEnd),
        spanId: hex(cursor, link.spanIdStart, link.spanIdEnd),
        traceState: cursor.text(link.traceStateStart, link.traceStateEnd),
        attributes: attributes(link),
        droppedAttributesCount: link.droppedAttributes,
        flags: link.flags,
      };
    }),
    droppedLinksCount: span.droppedLinks,
    statusCode: span.statusCode,
    statusMessage: cursor.text(span.statusMessageStart, span.statusMessageEnd),
    flags: span.flags,
  };
}

function metricObject(view: MetricView): Json {
  const kind = Object.entries(METRIC_KINDS).find(([, value]) => value === view.kind)![0];
  const { name, unit, temporality, isMonotonic } = view;
  return { name, unit, kind, temporality, isMonotonic };
}

function pointObject(view: View & { startTimeAt: number; timeAt: number; flags: number }): Json {
  return {
    attributes: attributes(view),
    startTimeUnixNano: nanos(view.cursor, view.startTimeAt),
    timeUnixNano: nanos(view.cursor, view.timeAt),
    flags: view.flags,
  };
}

function exponentialObject(view: ExponentialPointView): Json {
  return {
    count: view.count,
    sum: double(view.sum),
    min: double(view.min),
    max: double(view.max),
    scale: view.scale,
    zeroCount: view.zeroCount,
    zeroThreshold: double(view.zeroThreshold),
    positive: { offset: view.positiveOffset, bucketCounts: list(view.positiveCounts) },
    negative: { offset: view.negativeOffset, bucketCounts: list(view.negativeCounts) },
  };
}

function list(numbers: NumberList): number[] {
  return Array.from(numbers.values.subarray(0, numbers.count));
}

function nanos(cursor: WireCursor, at: number): string {
  return String(unixNanos(cursor.data, at));
}

function hex(cursor: WireCursor, start: number, end: number): string {
  return cursor.bytes.toString('hex', start, end);
}

/** The attributes as key and value; a value that is absent is undefined. */
function attributes(view: View): Json[] {
  return entries(view, view.attributes);
}

function entries(view: View, { count, keys, starts, ends }: AttributeList): Json[] {
  return Array.from({ length: count }, (_, i) => ({
    key: keys[i]!.text,
    value: ends[i] === 0 ? undefined : valueObject(view, starts[i]!, ends[i]!),
  }));
}

function valueObject(view: View, start: number, end: number): Json {
  const { cursor } = view;
  const value = new AnyValueView();
  value.read(cursor, start, end);
  switch (value.kind) {
    case VALUE.empty:
      return {};
    case VALUE.string:
      return { stringValue: cursor.text(value.start, value.end) };
    case VALUE.bool:
      return { boolValue: value.bool };
    case VALUE.int:
      return { intValue: String(value.intBigInt()) };
    case VALUE.double:
      return { doubleValue: double(value.double) };
    case VALUE.bytes:
      return { bytesValue: cursor.bytes.toString('base64', value.start, value.end) };
    case VALUE.array: {
      const values: Json[] = [];
      members(cursor, value, (memberEnd) => values.push(valueObject(view, cursor.pos, memberEnd)));
      return { arrayValue: { values } };
    }
    case VALUE.map: {
      const map = new AttributeList();
      members(cursor, value, (memberEnd) => map.readKeyValue(cursor, memberEnd, view.keys));
      return { kvlistValue: { values: entries(view, map) } };
    }
  }
}

function members(cursor: WireCursor, { start, end }: AnyValueView, read: (end: number) => void): void {
  cursor.pos = start;
  while (cursor.pos < end) {
    const tag = cursor.tag();
    if (tag === LIST_VALUES) {
      const memberEnd = cursor.endOfField(end);
      read(memberEnd);
      cursor.pos = memberEnd;
    } else cursor.skip(tag, end);
  }
}
