// A service of the end-to-end tests: official OpenTelemetry SDK, official exporters, and a copy of all that was sent.
import { type Attributes, context, type Logger, type Meter, type Tracer, trace } from '@opentelemetry/api';
import { OTLPLogExporter as LogJson } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as LogProto } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as MetricJson } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as MetricProto } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as TraceJson } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as TraceProto } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';

export interface SdkServiceOptions {
  readonly name: string;
  readonly encoding: 'protobuf' | 'json';
  /** Base URL of the ingest endpoint, with or without a slash at its end. */
  readonly ingestUrl: string;
  /** A Tidewatch key. */
  readonly key: string;
  readonly temporality: 'delta' | 'cumulative';
  readonly attributes?: Attributes;
}

/** The three providers of one service; `flush` sends what is left and rejects when the endpoint refused it for good. */
export class SdkService {
  readonly name: string;
  readonly tracer: Tracer;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly spans: ReadableSpan[] = [];
  readonly logs: ReadableLogRecord[] = [];
  private readonly traces: TracerProvider;
  private readonly logging: LoggerProvider;
  private readonly metrics: MeterProvider;

  constructor(options: SdkServiceOptions) {
    const { name, encoding, key, temporality } = options;
    this.name = name;
    const base = options.ingestUrl.replace(/\/$/, '');
    const to = (path: string) => ({
      url: `${base}${path}`,
      headers: { authorization: `Bearer ${key}` },
      compression: 'gzip' as never,
      timeoutMillis: 30_000,
    });
    const resource = resourceFromAttributes({
      'service.name': name,
      'service.instance.id': `${name}-1`,
      ...options.attributes,
    });
    const isJson = encoding === 'json';
    this.traces = new TracerProvider({
      resource,
      spanProcessors: [
        {
          onStart() {},
          onEnd: (span) => void this.spans.push(span),
          forceFlush: async () => {},
          shutdown: async () => {},
        },
        new BatchSpanProcessor({
          exporter: isJson ? new TraceJson(to('/v1/traces')) : new TraceProto(to('/v1/traces')),
          maxQueueSize: 20_000,
        }),
      ],
    });
    this.logging = new LoggerProvider({
      resource,
      processors: [
        {
          onEmit: (record) => void this.logs.push(record),
          forceFlush: async () => {},
          shutdown: async () => {},
        },
        new BatchLogRecordProcessor({
          exporter: isJson ? new LogJson(to('/v1/logs')) : new LogProto(to('/v1/logs')),
          maxQueueSize: 20_000,
        }),
      ],
    });
    const metricOptions = {
      ...to('/v1/metrics'),
      temporalityPreference:
        temporality === 'delta' ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
    };
    this.metrics = new MeterProvider({
      resource,
      readers: [
        new PeriodicExportingMetricReader({
          exporter: isJson ? new MetricJson(metricOptions) : new MetricProto(metricOptions),
          exportIntervalMillis: 3_600_000,
        }),
      ],
    });
    this.tracer = this.traces.getTracer('shop', '1.0');
    this.logger = this.logging.getLogger('shop', '1.0');
    this.meter = this.metrics.getMeter('shop', '1.0');
  }

  /** Runs `work` with `span` as the current one, so that log records carry its ids. */
  within<T>(span: ReturnType<Tracer['startSpan']>, work: () => T): T {
    return context.with(trace.setSpan(context.active(), span), work);
  }

  async flush(): Promise<void> {
    await Promise.all([this.traces.forceFlush(), this.logging.forceFlush(), this.metrics.forceFlush()]);
  }

  async shutdown(): Promise<void> {
    await Promise.all([this.traces.shutdown(), this.logging.shutdown(), this.metrics.shutdown()]);
  }
}
