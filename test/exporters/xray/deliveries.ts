// Deliveries of requests to the X-Ray exporter, on a clock that waiting moves, against a strict X-Ray in memory.
import type { Span } from '../../../bench/payloads/otlp-json.ts';
import { RetryBudget } from '../../../lib/aws/retry.ts';
import type { ExportRequest } from '../../../lib/exporters/exporter.ts';
import { XrayExporter, type XrayExporterOptions } from '../../../lib/exporters/xray/exporter.ts';
import { XRAY_DEFAULTS } from '../../../lib/exporters/xray/settings.ts';
import { BatchCounters } from '../../../lib/pipeline/batch-counters.ts';
import { Collector } from '../../../lib/pipeline/collect.ts';
import { exportWave } from '../../../lib/pipeline/export-wave.ts';
import { ProgressLedger } from '../../../lib/pipeline/progress-ledger.ts';
import { MemoryProgress } from '../../support/memory-progress.ts';
import { encodeProtobuf } from '../../support/otlp.ts';
import { StrictXray } from '../../support/strict-xray.ts';

export const START = Date.UTC(2026, 10, 22, 12);

export let service: StrictXray;
export let progress: MemoryProgress;
let counters: BatchCounters;
/** The clock: waiting moves it. */
export let now: number;

/** Begins anew; for `beforeEach`. */
export function reset(): void {
  service = new StrictXray();
  progress = new MemoryProgress();
  counters = new BatchCounters();
  now = START;
}

let requests = 0;

/** A request with spans of these ids. */
export function request(ids: readonly number[], more: Partial<Span> = {}): ExportRequest {
  const spans = ids.map((id) => ({
    traceId: '6921c0de5b8efff798038103d269b633',
    spanId: hex(id),
    name: `span ${id}`,
    kind: 1,
    parentSpanId: '00000000000000ff',
    startTimeUnixNano: '1795000000000000000',
    endTimeUnixNano: '1795000001000000000',
    ...more,
  }));
  return {
    ingestId: (++requests).toString(16).padStart(32, '0'),
    tenant: 'default',
    signal: 'traces',
    acceptedAtMs: START,
    otlp: encodeProtobuf('traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  };
}

export const hex = (id: number) => (0x1000 + id).toString(16).padStart(16, '0');
export const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

export function exporterWith(
  options: Partial<XrayExporterOptions> = {},
  budget: RetryBudget = new RetryBudget(),
): XrayExporter {
  return new XrayExporter({
    settings: XRAY_DEFAULTS,
    transport: service,
    calls: {
      budget,
      random: () => 0.5,
      sleep: async (milliseconds) => {
        now += milliseconds;
      },
    },
    ...options,
  });
}

/** One delivery of the requests, as the pipeline does it. @returns what became of each */
export async function deliver(
  delivered: ExportRequest[],
  exporter = exporterWith(),
  deadlineMs = START + 60_000,
) {
  const keys = delivered.map(({ ingestId }) => ({ ingestId, destination: 'xray' as const }));
  const ledger = new ProgressLedger(progress, await progress.load(keys));
  const outcomes = await exportWave(delivered, [exporter], new Collector(), ledger, {
    deadlineMs,
    now: () => now,
    counters,
    saveProgress: (destination, entries) => ledger.save(destination, entries),
  });
  return delivered.map(({ ingestId }) => outcomes.get(ingestId)![0]!);
}

export const stored = () =>
  [...service.stored.values()].map(({ id }) => Number.parseInt(id, 16) - 0x1000).sort((a, b) => a - b);
export const total = (name: string, reason?: string) => counters.total('xray', name, reason);
