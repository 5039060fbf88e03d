// Deliveries of requests to the span metrics exporter, against a strict CloudWatch and stores in memory.
import type { KeyValue, Span, TracesRequest } from '../../../bench/payloads/otlp-json.ts';
import { RetryBudget } from '../../../lib/aws/retry.ts';
import type { ExportRequest } from '../../../lib/exporters/exporter.ts';
import { SpanMetricsExporter } from '../../../lib/exporters/span-metrics/exporter.ts';
import {
  SPAN_METRICS_DEFAULTS,
  type SpanMetricsSettings,
} from '../../../lib/exporters/span-metrics/settings.ts';
import { BatchCounters } from '../../../lib/pipeline/batch-counters.ts';
import { Collector } from '../../../lib/pipeline/collect.ts';
import { exportWave } from '../../../lib/pipeline/export-wave.ts';
import { ProgressLedger } from '../../../lib/pipeline/progress-ledger.ts';
import { FakeCloudWatch } from '../../support/fake-cloudwatch-metrics.ts';
import { MemoryOperations } from '../../support/memory-operations.ts';
import { MemoryProgress } from '../../support/memory-progress.ts';
import { encodeProtobuf } from '../../support/otlp.ts';

export const NOW = Date.UTC(2026, 10, 22, 12);
export const SERVER = 2;
export const CLIENT = 3;

export let service: FakeCloudWatch;
export let operations: MemoryOperations;
export let progress: MemoryProgress;
let counters: BatchCounters;

/** Begins anew; for `beforeEach`. */
export function reset(): void {
  service = new FakeCloudWatch(() => NOW);
  operations = new MemoryOperations();
  progress = new MemoryProgress();
  counters = new BatchCounters();
}

let ids = 0;

function attributes(values: Record<string, string | number>): KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
}

export function span(
  kind: number,
  values: Record<string, string | number>,
  millis = 100,
  more: Partial<Span> = {},
): Span {
  const endMs = NOW - 30_500;
  return {
    traceId: (++ids).toString(16).padStart(32, '0'),
    spanId: ids.toString(16).padStart(16, '0'),
    name: 'span',
    kind,
    startTimeUnixNano: String(BigInt(endMs) * 1_000_000n - BigInt(Math.round(millis * 1e6))),
    endTimeUnixNano: `${endMs}000000`,
    attributes: attributes(values),
    ...more,
  };
}

export const served = (route: string, status = 200, millis = 100, more: Partial<Span> = {}) =>
  span(
    SERVER,
    { 'http.request.method': 'GET', 'http.route': route, 'http.response.status_code': status },
    millis,
    more,
  );

export function request(spans: Span[], name = 'shop'): ExportRequest {
  return requestOf([[name, spans]]);
}

/** A request of several services. */
export function requestOf(services: readonly (readonly [name: string, spans: Span[]])[]): ExportRequest {
  const body: TracesRequest = {
    resourceSpans: services.map(([name, spans]) => ({
      resource: { attributes: attributes({ 'service.name': name }) },
      scopeSpans: [{ spans }],
    })),
  };
  return {
    ingestId: (++ids).toString(16).padStart(32, '0'),
    tenant: 'default',
    signal: 'traces',
    acceptedAtMs: NOW,
    otlp: encodeProtobuf('traces', body),
  };
}

export function exporterWith(settings: Partial<SpanMetricsSettings> = {}) {
  return new SpanMetricsExporter({
    settings: { ...SPAN_METRICS_DEFAULTS, ...settings },
    transport: service,
    operations,
    calls: { budget: new RetryBudget(), random: () => 0, sleep: async () => undefined },
  });
}

export async function deliver(requests: ExportRequest[], exporter = exporterWith()) {
  const keys = requests.map(({ ingestId }) => ({ ingestId, destination: 'span-metrics' as const }));
  const ledger = new ProgressLedger(progress, await progress.load(keys));
  const outcomes = await exportWave(requests, [exporter], new Collector(), ledger, {
    deadlineMs: NOW + 60_000,
    now: () => NOW,
    counters,
    saveProgress: (destination, entries) => ledger.save(destination, entries),
  });
  return requests.map(({ ingestId }) => outcomes.get(ingestId)![0]!);
}

export const count = (name: string, reason?: string) => counters.total('span-metrics', name, reason);
