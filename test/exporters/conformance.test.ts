// What the pipeline relies on, asked of every destination alike.
import { beforeEach, describe, expect, test } from 'vitest';
import { logsPayload } from '../../bench/payloads/logs.ts';
import { metricsPayload } from '../../bench/payloads/metrics.ts';
import { tracesPayload } from '../../bench/payloads/traces.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import type { AwsAnswer, AwsCall, AwsTransport } from '../../lib/aws/transport.ts';
import { ArchiveExporter } from '../../lib/exporters/archive/exporter.ts';
import { CloudWatchLogsExporter } from '../../lib/exporters/cloudwatch-logs/exporter.ts';
import { LOGS_DEFAULTS } from '../../lib/exporters/cloudwatch-logs/settings.ts';
import { CloudWatchMetricsExporter } from '../../lib/exporters/cloudwatch-metrics/exporter.ts';
import { METRICS_DEFAULTS } from '../../lib/exporters/cloudwatch-metrics/settings.ts';
import type { Exporter, ExportOutcome, ExportRequest } from '../../lib/exporters/exporter.ts';
import { SpanMetricsExporter } from '../../lib/exporters/span-metrics/exporter.ts';
import { SPAN_METRICS_DEFAULTS } from '../../lib/exporters/span-metrics/settings.ts';
import { XrayExporter } from '../../lib/exporters/xray/exporter.ts';
import { XRAY_DEFAULTS } from '../../lib/exporters/xray/settings.ts';
import { RetryableError } from '../../lib/model/errors.ts';
import type { Signal } from '../../lib/model/signal.ts';
import { BatchCounters } from '../../lib/pipeline/batch-counters.ts';
import { Collector } from '../../lib/pipeline/collect.ts';
import { ProgressLedger } from '../../lib/pipeline/progress-ledger.ts';
import { MemoryLogGroups } from '../support/memory-log-groups.ts';
import { MemoryOperations } from '../support/memory-operations.ts';
import { MemoryProgress } from '../support/memory-progress.ts';
import { MemorySeries } from '../support/memory-series.ts';
import { encodeProtobuf } from '../support/otlp.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

/** Every service at once: agrees to all, or answers as told. */
class AnyService implements AwsTransport {
  readonly calls: AwsCall[] = [];
  answer: () => AwsAnswer | Error = () => ({ status: 200, headers: {}, body: Buffer.from('{}') });

  async call(call: AwsCall): Promise<AwsAnswer> {
    this.calls.push(call);
    const answer = this.answer();
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

type Make = (transport: AwsTransport) => Exporter;

function calls() {
  return { budget: new RetryBudget(), random: () => 0, sleep: async () => undefined };
}

const EXPORTERS: readonly [Exporter['destination'], Make][] = [
  ['xray', (transport) => new XrayExporter({ settings: XRAY_DEFAULTS, transport, calls: calls() })],
  [
    'span-metrics',
    (transport) =>
      new SpanMetricsExporter({
        settings: SPAN_METRICS_DEFAULTS,
        transport,
        operations: new MemoryOperations(),
        calls: calls(),
      }),
  ],
  [
    'cloudwatch-metrics',
    (transport) =>
      new CloudWatchMetricsExporter({
        settings: METRICS_DEFAULTS,
        transport,
        series: new MemorySeries(),
        calls: calls(),
      }),
  ],
  [
    'cloudwatch-logs',
    (transport) =>
      new CloudWatchLogsExporter({
        settings: LOGS_DEFAULTS,
        transport,
        groups: new MemoryLogGroups(),
        calls: calls(),
      }),
  ],
  ['archive', (transport) => new ArchiveExporter({ bucket: 'archive', transport, calls: calls() })],
];

const PAYLOADS: Record<Signal, () => Buffer> = {
  traces: () => encodeProtobuf('traces', tracesPayload({ spans: 40, startMs: NOW - 60_000 })),
  metrics: () => encodeProtobuf('metrics', metricsPayload({ points: 40, startMs: NOW - 60_000 })),
  logs: () => encodeProtobuf('logs', logsPayload({ records: 40, startMs: NOW - 60_000 })),
};

describe.each(EXPORTERS)('%s', (destination, make) => {
  let service: AnyService;
  let exporter: Exporter;
  let progress: MemoryProgress;
  let counters: BatchCounters;

  beforeEach(() => {
    service = new AnyService();
    exporter = make(service);
    progress = new MemoryProgress();
    counters = new BatchCounters();
  });

  function request(n: number): ExportRequest {
    const signal = exporter.signals[0]!;
    const ingestId = n.toString(16).padStart(32, '0');
    return { ingestId, tenant: 'default', signal, acceptedAtMs: NOW, otlp: PAYLOADS[signal]() };
  }

  /** Hands requests over and flushes, as the pipeline does. */
  async function deliver(requests: ExportRequest[], deadlineMs = NOW + 60_000) {
    const collector = new Collector();
    const keys = requests.map(({ ingestId }) => ({ ingestId, destination }));
    const ledger = new ProgressLedger(progress, await progress.load(keys));
    for (const one of requests) collector.collect(one, [exporter], ledger);
    const saveProgress = (...args: Parameters<ProgressLedger['save']>) => ledger.save(...args);
    return exporter.flush({ deadlineMs, now: () => NOW, counters, saveProgress });
  }

  const kinds = (outcomes: ReadonlyMap<string, ExportOutcome>) =>
    [...outcomes.values()].map((outcome) => (outcome.kind === 'retry' ? outcome.reason : outcome.kind));

  test('is named as its rows and counters are', () => {
    expect(exporter.destination).toBe(destination);
    expect(exporter.signals.length).toBeGreaterThan(0);
  });

  test('sends what it was given and has an outcome for each request, and for no other', async () => {
    const outcomes = await deliver([request(1), request(2)]);
    expect([...outcomes.keys()].toSorted()).toEqual([request(1).ingestId, request(2).ingestId]);
    expect(kinds(outcomes)).toEqual(['done', 'done']);
    expect(service.calls.length).toBeGreaterThan(0);
    expect(counters.total(destination, 'sent')).toBeGreaterThan(0);
  });

  test('keeps nothing once it has flushed', async () => {
    await deliver([request(1)]);
    service.calls.length = 0;
    expect(await deliver([])).toEqual(new Map());
    expect(service.calls).toEqual([]);
  });

  test('forgets what was begun and aborted', async () => {
    exporter.begin(request(1), undefined);
    exporter.abort();
    const outcomes = await deliver([request(2)]);
    expect([...outcomes.keys()]).toEqual([request(2).ingestId]);
  });

  test.each<[string, () => AwsAnswer | Error, string[]]>([
    [
      'throttled',
      () => ({ status: 429, headers: {}, body: Buffer.from('{"__type":"ThrottlingException"}') }),
      ['throttled'],
    ],
    ['failing', () => ({ status: 500, headers: {}, body: Buffer.from('') }), ['unavailable']],
    ['unreachable', () => new RetryableError('unavailable', 'connection refused'), ['unavailable']],
    ['silent', () => new RetryableError('timeout', 'no answer'), ['timeout', 'unavailable']],
    [
      'refusing us',
      () => ({ status: 403, headers: {}, body: Buffer.from('{"__type":"AccessDeniedException"}') }),
      ['credentials', 'unavailable'],
    ],
  ])(
    'a service that is %s gives the request back, and nothing is lost when it is well again',
    async (_, answer, reasons) => {
      const well = service.answer;
      service.answer = answer;
      const [reason] = kinds(await deliver([request(1)]));
      expect(reasons).toContain(reason);
      service.answer = well;
      expect(kinds(await deliver([request(1)]))).toEqual(['done']);
    },
  );

  test('starts no call that could end after the deadline', async () => {
    const outcomes = await deliver([request(1)], NOW + 10);
    expect(service.calls).toEqual([]);
    expect(kinds(outcomes)).not.toContain('done');
  });

  test('has nothing to do for an empty request', async () => {
    const empty = { ...request(1), otlp: Buffer.alloc(0) };
    if (destination === 'archive') return; // keeps it as it came
    expect(kinds(await deliver([empty]))).toEqual(['done']);
    expect(service.calls).toEqual([]);
  });

  test('does not begin what its progress says is through', async () => {
    if (destination === 'xray' || destination === 'archive') return; // may be told twice, keep no progress
    await deliver([request(1)]);
    const { progress: text } = progress.rows.get(`${request(1).ingestId}/${destination}`)!;
    expect(exporter.begin(request(1), text)).toBe(false);
  });
});
