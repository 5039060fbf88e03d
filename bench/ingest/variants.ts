// The variants a benchmark process can run: from request bodies to finished AWS request bodies, ours and the usual way.
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Signal } from '../../lib/model/signal.ts';
import { decompress } from '../../lib/wire/compression.ts';
import { transcodeOtlpJson } from '../../lib/wire/otlp-json/transcode.ts';
import { otlpType } from '../../test/support/otlp.ts';
import { logBodies, type PlainLogs } from '../baseline/logs.ts';
import { metricBodies, type PlainMetrics } from '../baseline/metrics.ts';
import { type PlainTraces, traceBodies } from '../baseline/traces.ts';
import { type BodyFormat, readBodies } from './bodies.ts';
import { LogBodies, MetricBodies, SegmentBodies } from './our-bodies.ts';
import { MAX_BENCH_BYTES, signBody } from './sign-body.ts';

/** Request bodies and what runs over one of them. @returns how many items it held */
export interface Variant {
  readonly bodies: readonly Buffer[];
  readonly run: (body: Buffer) => number;
}

/** Counts the items of a plain request. */
function plainItems(signal: Signal, request: PlainTraces & PlainLogs & PlainMetrics): number {
  let items = 0;
  if (signal === 'traces')
    for (const { scopeSpans } of request.resourceSpans ?? [])
      for (const { spans } of scopeSpans ?? []) items += spans?.length ?? 0;
  else if (signal === 'logs')
    for (const { scopeLogs } of request.resourceLogs ?? [])
      for (const { logRecords } of scopeLogs ?? []) items += logRecords?.length ?? 0;
  else
    for (const { scopeMetrics } of request.resourceMetrics ?? [])
      for (const { metrics } of scopeMetrics ?? [])
        for (const metric of metrics ?? []) {
          const kind =
            metric.sum ?? metric.gauge ?? metric.histogram ?? metric.exponentialHistogram ?? metric.summary;
          items += kind?.dataPoints?.length ?? 0;
        }
  return items;
}

const BASELINES: Record<Signal, (request: PlainTraces & PlainLogs & PlainMetrics) => Buffer[]> = {
  traces: traceBodies,
  logs: logBodies,
  metrics: metricBodies,
};
const TYPE_NAMES: Record<Signal, string> = {
  traces: 'TracesRequest',
  logs: 'LogsRequest',
  metrics: 'MetricsRequest',
};

/** The usual way: decode to objects, transform, stringify. */
function usual(signal: Signal, format: BodyFormat, isEndToEnd = false) {
  return async (folder: string): Promise<Variant> => {
    const type = otlpType(TYPE_NAMES[signal]);
    const transform = BASELINES[signal];
    const plain = readBodies(folder, signal, format);
    return {
      bodies: isEndToEnd ? plain.map((body) => gzipSync(body)) : plain,
      run(body) {
        const bytes = isEndToEnd ? gunzipSync(body) : body;
        const request = format === 'json' ? JSON.parse(bytes.toString()) : type.decode(bytes);
        const bodies = transform(request);
        if (isEndToEnd) for (const finished of bodies) signBody(finished);
        return plainItems(signal, request);
      },
    };
  };
}

const OURS = { traces: SegmentBodies, logs: LogBodies, metrics: MetricBodies };

/** Tidewatch's way: views over the bytes, finished bodies. */
function ours(signal: Signal, format: BodyFormat, isEndToEnd = false) {
  return async (folder: string): Promise<Variant> => {
    const encoder = new OURS[signal]();
    const plain = readBodies(folder, signal, format);
    return {
      bodies: isEndToEnd ? plain.map((body) => gzipSync(body)) : plain,
      run(body) {
        const bytes = isEndToEnd ? decompress(body, 'gzip', MAX_BENCH_BYTES) : body;
        const otlp = format === 'json' ? transcodeOtlpJson(signal, bytes).otlp : bytes;
        const { items, bodies } = encoder.encode(otlp);
        if (isEndToEnd) for (const finished of bodies) signBody(finished);
        return items;
      },
    };
  };
}

export const VARIANTS = {
  traces: ours('traces', 'pb'),
  'traces-usual': usual('traces', 'pb'),
  'traces-e2e': ours('traces', 'pb', true),
  'traces-e2e-usual': usual('traces', 'pb', true),
  'traces-json': ours('traces', 'json'),
  'traces-json-usual': usual('traces', 'json'),
  logs: ours('logs', 'pb'),
  'logs-usual': usual('logs', 'pb'),
  metrics: ours('metrics', 'pb'),
  'metrics-usual': usual('metrics', 'pb'),
} as const satisfies Record<string, (folder: string) => Promise<Variant>>;

export type VariantName = keyof typeof VARIANTS;
