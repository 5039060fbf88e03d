// fast-check arbitraries for valid OTLP requests in OTLP/JSON form: odd, but nothing that a receiver may refuse.
import fc from 'fast-check';
import type {
  AnyValue,
  Exemplar,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  KeyValue,
  LogRecord,
  LogsRequest,
  Metric,
  MetricsRequest,
  NumberDataPoint,
  Resource,
  Scope,
  Span,
  SummaryDataPoint,
  TracesRequest,
} from '../../bench/payloads/otlp-json.ts';

const ATTRIBUTE_KEYS = [
  'service.name',
  'http.route',
  'db.query.text',
  'exception.type',
  'ключ',
  'a"b\\c',
  '',
];

/** Text with escapes, control characters and every plane of Unicode; never lone surrogates. */
export const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '"', '\\', '\n\t\u0000\u001f', '</script>', 'Zoë 🌊', '\u2028', '\u{10ffff}'),
);

/** Hex digits, in either case. */
function hexId(bytes: number): fc.Arbitrary<string> {
  return fc.tuple(fc.uint8Array({ minLength: bytes, maxLength: bytes }), fc.boolean()).map(([raw, upper]) => {
    raw[0] ||= 1;
    const hex = Buffer.from(raw).toString('hex');
    return upper ? hex.toUpperCase() : hex;
  });
}

export const traceId = hexId(16);
export const spanId = hexId(8);

const uint64 = fc
  .oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.constantFrom(0n, 1n, 2n ** 32n, 2n ** 53n, 2n ** 64n - 1n),
  )
  .map(String);
const int64 = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(
      0n,
      -1n,
      127n,
      128n,
      2n ** 31n,
      -(2n ** 31n),
      2n ** 53n + 1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ),
  )
  .map(String);
const uint32 = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const sint32 = fc.oneof(fc.integer({ min: -70, max: 70 }), fc.integer());
/** Nanoseconds around the present, with the odd zero and year 2200. */
export const timeUnixNano = fc
  .oneof(
    { weight: 8, arbitrary: fc.bigInt({ min: 1_767_225_600_000_000_000n, max: 1_799_000_000_000_000_000n }) },
    fc.constantFrom(0n, 7_258_118_400_000_000_000n),
  )
  .map(String);

const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -1000, max: 1000 }),
  fc.constantFrom(0.1, 1e21, 1e300, 5e-324, -0, 123456789.125),
);
const double = fc.oneof(
  { weight: 8, arbitrary: finite },
  fc.constantFrom('NaN' as const, 'Infinity' as const, '-Infinity' as const),
);

const base64 = fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64'));

const { anyValue: anyValueArbitrary, keyValue: keyValueArbitrary } = fc.letrec<{
  anyValue: AnyValue;
  keyValue: KeyValue;
}>((tie) => ({
  anyValue: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text.map((stringValue) => ({ stringValue })),
    int64.map((intValue) => ({ intValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    double.map((doubleValue) => ({ doubleValue })),
    base64.map((bytesValue) => ({ bytesValue })),
    fc.constant({}),
    fc.array(tie('anyValue'), { maxLength: 4 }).map((values) => ({ arrayValue: { values } })),
    fc.array(tie('keyValue'), { maxLength: 4 }).map((values) => ({ kvlistValue: { values } })),
  ),
  keyValue: fc.record({ key: fc.oneof(fc.constantFrom(...ATTRIBUTE_KEYS), text), value: tie('anyValue') }),
}));

export const anyValue = anyValueArbitrary;

/** Attributes with unique keys, as the protocol demands. */
export const attributes: fc.Arbitrary<KeyValue[]> = fc.uniqueArray(keyValueArbitrary, {
  selector: (attribute) => attribute.key,
  maxLength: 5,
});

function partial<T extends object>(fields: { [K in keyof T]-?: fc.Arbitrary<Exclude<T[K], undefined>> }) {
  return fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<T>;
}

export const resource: fc.Arbitrary<Resource> = partial<Resource>({
  attributes,
  droppedAttributesCount: uint32,
});
export const scope: fc.Arbitrary<Scope> = partial<Scope>({
  name: text,
  version: text,
  attributes,
  droppedAttributesCount: uint32,
});

const flags = fc.constantFrom(0, 1, 0x100, 0x101, 0x301, 0xffffffff);

/** A span with valid ids; everything else may be missing. */
export const span: fc.Arbitrary<Span> = fc
  .tuple(
    fc.record({ traceId, spanId }),
    partial<Omit<Span, 'traceId' | 'spanId'>>({
      traceState: text,
      parentSpanId: fc.oneof(fc.constant(''), spanId),
      name: text,
      kind: fc.integer({ min: 0, max: 5 }),
      startTimeUnixNano: timeUnixNano,
      endTimeUnixNano: timeUnixNano,
      attributes,
      droppedAttributesCount: uint32,
      events: fc.array(
        partial<NonNullable<Span['events']>[number]>({
          timeUnixNano,
          name: fc.oneof(fc.constant('exception'), text),
          attributes,
          droppedAttributesCount: uint32,
        }),
        { maxLength: 3 },
      ),
      droppedEventsCount: uint32,
      links: fc.array(
        partial<NonNullable<Span['links']>[number]>({
          traceId,
          spanId,
          traceState: text,
          attributes,
          droppedAttributesCount: uint32,
          flags,
        }),
        { maxLength: 2 },
      ),
      droppedLinksCount: uint32,
      status: partial<NonNullable<Span['status']>>({ message: text, code: fc.integer({ min: 0, max: 2 }) }),
      flags,
    }),
  )
  .map(([ids, rest]) => ({ ...ids, ...rest }));

export const logRecord: fc.Arbitrary<LogRecord> = partial<LogRecord>({
  timeUnixNano,
  observedTimeUnixNano: timeUnixNano,
  severityNumber: fc.integer({ min: 0, max: 24 }),
  severityText: text,
  body: anyValue,
  attributes,
  droppedAttributesCount: uint32,
  flags,
  traceId: fc.oneof(fc.constant(''), traceId),
  spanId: fc.oneof(fc.constant(''), spanId),
  eventName: text,
});

const pointTimes = { startTimeUnixNano: timeUnixNano, timeUnixNano };
const pointFlags = fc.constantFrom(0, 1);
const exemplars = fc.array(
  fc.oneof(
    partial<Omit<Exemplar, 'asInt'>>({
      timeUnixNano,
      asDouble: finite,
      traceId,
      spanId,
      filteredAttributes: attributes,
    }),
    partial<Omit<Exemplar, 'asDouble'>>({
      timeUnixNano,
      asInt: int64,
      traceId,
      spanId,
      filteredAttributes: attributes,
    }),
  ),
  { maxLength: 2 },
);

const numberPoint: fc.Arbitrary<NumberDataPoint> = fc.oneof(
  partial<Omit<NumberDataPoint, 'asInt'>>({
    ...pointTimes,
    asDouble: double,
    exemplars,
    attributes,
    flags: pointFlags,
  }),
  partial<Omit<NumberDataPoint, 'asDouble'>>({
    ...pointTimes,
    asInt: int64,
    exemplars,
    attributes,
    flags: pointFlags,
  }),
);

/** n ascending bounds and n + 1 counts, or both empty. */
const buckets = fc
  .uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { maxLength: 6 })
  .chain((bounds) =>
    fc.record({
      explicitBounds: fc.constant(bounds.sort((left, right) => left - right)),
      bucketCounts: fc.array(uint64, { minLength: bounds.length + 1, maxLength: bounds.length + 1 }),
    }),
  );

const histogramPoint: fc.Arbitrary<HistogramDataPoint> = fc
  .tuple(
    fc.oneof(buckets, fc.constant({})),
    partial<Omit<HistogramDataPoint, 'bucketCounts' | 'explicitBounds'>>({
      ...pointTimes,
      count: uint64,
      sum: finite,
      exemplars,
      attributes,
      flags: pointFlags,
      min: finite,
      max: finite,
    }),
  )
  .map(([counts, rest]) => ({ ...counts, ...rest }));

const exponentialBuckets = partial<NonNullable<ExponentialHistogramDataPoint['positive']>>({
  offset: sint32,
  bucketCounts: fc.array(uint64, { maxLength: 8 }),
});

const exponentialPoint: fc.Arbitrary<ExponentialHistogramDataPoint> = partial<ExponentialHistogramDataPoint>({
  ...pointTimes,
  count: uint64,
  sum: finite,
  scale: fc.integer({ min: -10, max: 20 }),
  zeroCount: uint64,
  positive: exponentialBuckets,
  negative: exponentialBuckets,
  exemplars,
  attributes,
  flags: pointFlags,
  min: finite,
  max: finite,
  zeroThreshold: finite,
});

const summaryPoint: fc.Arbitrary<SummaryDataPoint> = partial<SummaryDataPoint>({
  ...pointTimes,
  count: uint64,
  sum: finite,
  quantileValues: fc.array(
    partial<NonNullable<SummaryDataPoint['quantileValues']>[number]>({
      quantile: fc.double({ min: 0, max: 1, noNaN: true }),
      value: finite,
    }),
    { maxLength: 4 },
  ),
  attributes,
  flags: pointFlags,
});

function points<T>(point: fc.Arbitrary<T>) {
  return fc.array(point, { maxLength: 3 });
}
const aggregationTemporality = fc.integer({ min: 0, max: 2 });

export const metric: fc.Arbitrary<Metric> = fc
  .tuple(
    partial<Pick<Metric, 'name' | 'description' | 'unit' | 'metadata'>>({
      name: text,
      description: text,
      unit: fc.constantFrom('ms', 's', 'By', '{request}', '1', ''),
      metadata: attributes,
    }),
    fc.oneof<fc.Arbitrary<Metric>[]>(
      fc.record({ gauge: fc.record({ dataPoints: points(numberPoint) }) }),
      fc.record({
        sum: fc.record({
          dataPoints: points(numberPoint),
          aggregationTemporality,
          isMonotonic: fc.boolean(),
        }),
      }),
      fc.record({ histogram: fc.record({ dataPoints: points(histogramPoint), aggregationTemporality }) }),
      fc.record({
        exponentialHistogram: fc.record({ dataPoints: points(exponentialPoint), aggregationTemporality }),
      }),
      fc.record({ summary: fc.record({ dataPoints: points(summaryPoint) }) }),
      fc.constant({}),
    ),
  )
  .map(([head, data]) => ({ ...head, ...data }));

/** The envelope that all signals share; empty ones at every level included. */
function request<Request>(outer: string, inner: string, list: string, item: fc.Arbitrary<unknown>) {
  const scopeItems = fc.record(
    { scope, [list]: fc.array(item, { maxLength: 4 }), schemaUrl: text },
    { requiredKeys: [] },
  );
  const resourceItems = fc.record(
    { resource, [inner]: fc.array(scopeItems, { maxLength: 3 }), schemaUrl: text },
    { requiredKeys: [] },
  );
  return fc.record(
    { [outer]: fc.array(resourceItems, { maxLength: 3 }) },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Request>;
}

export const tracesRequest = request<TracesRequest>('resourceSpans', 'scopeSpans', 'spans', span);
export const logsRequest = request<LogsRequest>('resourceLogs', 'scopeLogs', 'logRecords', logRecord);
export const metricsRequest = request<MetricsRequest>('resourceMetrics', 'scopeMetrics', 'metrics', metric);
