// The OpenTelemetry JS exporters write the same telemetry as JSON and as protobuf: the transcoder must turn one into
// the other.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Signal } from '../../lib/model/signal.ts';
import { transcodeOtlpJson } from '../../lib/wire/otlp-json/transcode.ts';
import { decodeProtobuf } from '../support/otlp.ts';

const ATTRIBUTES = {
  text: 'Zoë "quoted"\n🌊',
  empty: '',
  whole: 42,
  negative: -7,
  large: Number.MAX_SAFE_INTEGER,
  fraction: 0.1,
  yes: true,
  list: ['a', 'b', 3, null],
  map: { inner: { deep: [1.5, false] } },
  bytes: new Uint8Array([0, 255, 62, 63]),
  none: null,
};
const RESOURCE = {
  attributes: { 'service.name': 'shop', 'process.pid': 7 },
  asyncAttributesPending: false,
  schemaUrl: 's',
};
const SCOPE = { name: 'lib', version: '1.2.3', schemaUrl: 'https://example.test/1' };
const CONTEXT = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
  isRemote: true,
};
const TIME: [number, number] = [1_767_225_600, 123_456_789];

const SPANS = [
  {
    name: 'GET /orders',
    kind: 1,
    spanContext: () => CONTEXT,
    parentSpanContext: { ...CONTEXT, spanId: '00f067aa0ba902b7' },
    startTime: TIME,
    endTime: [TIME[0] + 1, 0],
    status: { code: 2, message: 'broken' },
    attributes: ATTRIBUTES,
    links: [{ context: CONTEXT, attributes: { reason: 'batch' }, droppedAttributesCount: 1 }],
    events: [
      { name: 'exception', time: TIME, attributes: { 'exception.type': 'E' }, droppedAttributesCount: 0 },
    ],
    duration: [0, 876_543_211],
    ended: true,
    resource: RESOURCE,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 3,
    droppedEventsCount: 4,
    droppedLinksCount: 5,
  },
];
const LOGS = [
  {
    hrTime: TIME,
    hrTimeObserved: TIME,
    spanContext: CONTEXT,
    severityText: 'WARN',
    severityNumber: 13,
    body: { message: 'low stock', left: 3 },
    eventName: 'stock.low',
    resource: RESOURCE,
    instrumentationScope: SCOPE,
    attributes: ATTRIBUTES,
    droppedAttributesCount: 0,
  },
];
const point = (value: unknown) => ({
  startTime: TIME,
  endTime: [TIME[0] + 60, 0],
  attributes: { route: '/a' },
  value,
});
const metric = (name: string, dataPointType: number, dataPoints: unknown[], more: object = {}) => ({
  descriptor: { name, description: `${name} of all`, unit: 'ms', valueType: 1 },
  aggregationTemporality: 1,
  dataPointType,
  dataPoints,
  ...more,
});
const METRICS = {
  resource: RESOURCE,
  scopeMetrics: [
    {
      scope: SCOPE,
      metrics: [
        metric('sum', 3, [point(2 ** 40), point(0.25)], { isMonotonic: true }),
        metric('gauge', 2, [point(-1.5)]),
        metric('histogram', 0, [
          point({
            buckets: { boundaries: [0, 5, 10], counts: [1, 0, 7, 2] },
            sum: 61.25,
            count: 10,
            min: -1,
            max: 30,
          }),
        ]),
        metric('exponential', 1, [
          point({
            count: 6,
            sum: 12.5,
            min: 0.5,
            max: 9,
            scale: -2,
            zeroCount: 1,
            positive: { offset: -3, bucketCounts: [1, 300, 0] },
            negative: { offset: 0, bucketCounts: [] },
          }),
        ]),
      ],
    },
  ],
};

type Exporter = { export(items: never, done: (result: { code: number; error?: Error }) => void): void };
let server: Server;
let url: string;
let lastBody = Buffer.alloc(0) as Buffer;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      lastBody = Buffer.concat(chunks);
      response.writeHead(200, { 'content-type': request.headers['content-type'] ?? '' }).end();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => server.close());

/** The body that this exporter sends for these items. */
async function bodyOf(exporter: Exporter & { shutdown(): Promise<void> }, items: unknown): Promise<Buffer> {
  await new Promise<void>((sent, failed) =>
    exporter.export(items as never, ({ code, error }) => (code === 0 ? sent() : failed(error))),
  );
  await exporter.shutdown();
  return lastBody;
}

describe('what the OpenTelemetry JS exporters write as JSON', () => {
  it.each([
    ['traces', SPANS, JsonTraces, ProtoTraces],
    ['logs', LOGS, JsonLogs, ProtoLogs],
    ['metrics', METRICS, JsonMetrics, ProtoMetrics],
  ] as const)('is what they write as protobuf: %s', async (signal: Signal, items, Json, Proto) => {
    const json = await bodyOf(new Json({ url }), items);
    const protobuf = await bodyOf(new Proto({ url }), items);
    expect(json[0]).toBe(0x7b);
    const { otlp, warnings } = transcodeOtlpJson(signal, json);
    expect(warnings).toEqual([]);
    expect(decodeProtobuf(signal, otlp)).toEqual(decodeProtobuf(signal, protobuf));
    expect(JSON.stringify(decodeProtobuf(signal, otlp))).toContain('service.name');
  });

  it('keeps the value of whole numbers that are no 64-bit integers', async () => {
    const json = await bodyOf(new JsonTraces({ url }), [{ ...SPANS[0], attributes: { huge: 1e300 } }]);
    const { otlp, warnings } = transcodeOtlpJson('traces', json);
    const span = decodeProtobuf('traces', otlp).resourceSpans![0]!.scopeSpans![0]!.spans![0]!;
    expect(span.attributes).toEqual([{ key: 'huge', value: { doubleValue: 1e300 } }]);
    expect(warnings.length).toBeLessThanOrEqual(1);
  });
});
