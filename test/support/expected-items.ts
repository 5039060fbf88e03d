// What `objectsFromViews` must give for a request in OTLP/JSON form, worked out without the views.
import type {
  AnyValue,
  KeyValue,
  LogRecord,
  LogsRequest,
  Metric,
  MetricsRequest,
  Resource,
  Scope,
  Span,
  TracesRequest,
} from '../../bench/payloads/otlp-json.ts';
import type { Signal } from '../../lib/model/signal.ts';
import { double } from './objects-from-views.ts';
import type { OtlpRequest } from './otlp.ts';

type Json = Record<string, unknown>;

/** @param request with unique attribute keys, as `decodeProtobuf` gives it */
export function expectedItems(
  signal: Signal,
  request: OtlpRequest,
): { resource: Json; scope: Json; item: Json }[] {
  switch (signal) {
    case 'traces':
      return ((request as TracesRequest).resourceSpans ?? []).flatMap((outer) =>
        (outer.scopeSpans ?? []).flatMap((inner) => rows(outer, inner, (inner.spans ?? []).map(spanItem))),
      );
    case 'logs':
      return ((request as LogsRequest).resourceLogs ?? []).flatMap((outer) =>
        (outer.scopeLogs ?? []).flatMap((inner) => rows(outer, inner, (inner.logRecords ?? []).map(logItem))),
      );
    case 'metrics':
      return ((request as MetricsRequest).resourceMetrics ?? []).flatMap((outer) =>
        (outer.scopeMetrics ?? []).flatMap((inner) =>
          rows(outer, inner, (inner.metrics ?? []).flatMap(pointItems)),
        ),
      );
  }
}

function rows(outer: { resource?: Resource }, inner: { scope?: Scope }, items: Json[]) {
  const resource = attributed(outer.resource ?? {});
  const scope = {
    name: inner.scope?.name ?? '',
    version: inner.scope?.version ?? '',
    ...attributed(inner.scope ?? {}),
  };
  return items.map((item) => ({ resource, scope, item }));
}

function spanItem(span: Span): Json {
  return {
    traceId: span.traceId ?? '',
    spanId: span.spanId ?? '',
    parentSpanId: span.parentSpanId ?? '',
    traceState: span.traceState ?? '',
    name: span.name ?? '',
    kind: span.kind ?? 0,
    startTimeUnixNano: span.startTimeUnixNano ?? '0',
    endTimeUnixNano: span.endTimeUnixNano ?? '0',
    ...attributed(span),
    events: (span.events ?? []).map((event) => ({
      timeUnixNano: event.timeUnixNano ?? '0',
      name: event.name ?? '',
      ...attributed(event),
    })),
    droppedEventsCount: span.droppedEventsCount ?? 0,
    links: (span.links ?? []).map((link) => ({
      traceId: link.traceId ?? '',
      spanId: link.spanId ?? '',
      traceState: link.traceState ?? '',
      ...attributed(link),
      flags: link.flags ?? 0,
    })),
    droppedLinksCount: span.droppedLinksCount ?? 0,
    statusCode: span.status?.code ?? 0,
    statusMessage: span.status?.message ?? '',
    flags: span.flags ?? 0,
  };
}

function logItem(record: LogRecord): Json {
  return {
    timeUnixNano: record.timeUnixNano ?? '0',
    observedTimeUnixNano: record.observedTimeUnixNano ?? '0',
    severityNumber: record.severityNumber ?? 0,
    severityText: record.severityText ?? '',
    body: record.body && value(record.body),
    ...attributed(record),
    flags: record.flags ?? 0,
    traceId: record.traceId ?? '',
    spanId: record.spanId ?? '',
    eventName: record.eventName ?? '',
  };
}

function pointItems(metric: Metric): Json[] {
  const { name = '', unit = '', gauge, sum, histogram, exponentialHistogram, summary } = metric;
  const head = (kind: string, data: { aggregationTemporality?: number; isMonotonic?: boolean }) => ({
    metric: {
      name,
      unit,
      kind,
      temporality: data.aggregationTemporality ?? 0,
      isMonotonic: data.isMonotonic ?? false,
    },
  });
  if (gauge)
    return (gauge.dataPoints ?? []).map((point) => ({ ...head('gauge', {}), ...numberPoint(point) }));
  if (sum) return (sum.dataPoints ?? []).map((point) => ({ ...head('sum', sum), ...numberPoint(point) }));
  if (histogram) {
    return (histogram.dataPoints ?? []).map((point) => ({
      ...head('histogram', histogram),
      ...pointBase(point),
      ...totals(point),
      bucketCounts: (point.bucketCounts ?? []).map(Number),
      explicitBounds: point.explicitBounds ?? [],
    }));
  }
  if (exponentialHistogram) {
    return (exponentialHistogram.dataPoints ?? []).map((point) => ({
      ...head('exponentialHistogram', exponentialHistogram),
      ...pointBase(point),
      ...totals(point),
      scale: point.scale ?? 0,
      zeroCount: Number(point.zeroCount ?? 0),
      zeroThreshold: point.zeroThreshold ?? 0,
      positive: buckets(point.positive),
      negative: buckets(point.negative),
    }));
  }
  return (summary?.dataPoints ?? []).map((point) => ({
    ...head('summary', {}),
    ...pointBase(point),
    count: Number(point.count ?? 0),
    sum: point.sum ?? 0,
    quantiles: (point.quantileValues ?? []).map(({ quantile }) => quantile ?? 0),
    quantileValues: (point.quantileValues ?? []).map(({ value: height }) => height ?? 0),
  }));
}

type Point = Parameters<typeof attributed>[0] & {
  startTimeUnixNano?: string;
  timeUnixNano?: string;
  flags?: number;
};

function pointBase(point: Point): Json {
  return {
    attributes: attributed(point).attributes,
    startTimeUnixNano: point.startTimeUnixNano ?? '0',
    timeUnixNano: point.timeUnixNano ?? '0',
    flags: point.flags ?? 0,
  };
}

function numberPoint(point: Point & { asInt?: string; asDouble?: number | string }): Json {
  return {
    ...pointBase(point),
    ...(point.asInt !== undefined && { asInt: point.asInt }),
    ...(point.asDouble !== undefined && { asDouble: point.asDouble }),
  };
}

function totals(point: { count?: string; sum?: number; min?: number; max?: number }): Json {
  return {
    count: Number(point.count ?? 0),
    sum: point.sum ?? double(Number.NaN),
    min: point.min ?? double(Number.NaN),
    max: point.max ?? double(Number.NaN),
  };
}

function buckets(side: { offset?: number; bucketCounts?: string[] } | undefined): Json {
  return { offset: side?.offset ?? 0, bucketCounts: (side?.bucketCounts ?? []).map(Number) };
}

function attributed(holder: { attributes?: KeyValue[]; droppedAttributesCount?: number }): Json {
  return {
    attributes: keyValues(holder.attributes ?? []),
    droppedAttributesCount: holder.droppedAttributesCount ?? 0,
  };
}

/** Of a key that comes twice the last value counts, in the place of the first. */
function keyValues(list: KeyValue[]): Json[] {
  const byKey = new Map<string, Json>();
  for (const { key = '', value: held } of list) {
    byKey.set(key, { key, value: (held as AnyValue | undefined) && value(held) });
  }
  return [...byKey.values()];
}

function value(held: AnyValue): Json {
  if ('arrayValue' in held) return { arrayValue: { values: (held.arrayValue.values ?? []).map(value) } };
  if ('kvlistValue' in held) return { kvlistValue: { values: keyValues(held.kvlistValue.values ?? []) } };
  return held;
}
