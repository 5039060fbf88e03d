// The exporter against a CloudWatch that is strict, throttles, fails, loses answers and forgets nothing.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Metric, MetricsRequest, NumberDataPoint } from '../../../bench/payloads/otlp-json.ts';
import { RetryBudget } from '../../../lib/aws/retry.ts';
import { CloudWatchMetricsExporter } from '../../../lib/exporters/cloudwatch-metrics/exporter.ts';
import {
  METRICS_DEFAULTS,
  type MetricsSettings,
} from '../../../lib/exporters/cloudwatch-metrics/settings.ts';
import type { ExportRequest } from '../../../lib/exporters/exporter.ts';
import { RetryableError } from '../../../lib/model/errors.ts';
import { BatchCounters } from '../../../lib/pipeline/batch-counters.ts';
import { Collector } from '../../../lib/pipeline/collect.ts';
import { exportWave } from '../../../lib/pipeline/export-wave.ts';
import { ProgressLedger } from '../../../lib/pipeline/progress-ledger.ts';
import { FakeCloudWatch } from '../../support/fake-cloudwatch-metrics.ts';
import { MemoryProgress } from '../../support/memory-progress.ts';
import { MemorySeries } from '../../support/memory-series.ts';
import { encodeProtobuf } from '../../support/otlp.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let service: FakeCloudWatch;
let series: MemorySeries;
let progress: MemoryProgress;
let counters: BatchCounters;
let now: number;

beforeEach(() => {
  now = NOW;
  service = new FakeCloudWatch(() => now);
  series = new MemorySeries();
  progress = new MemoryProgress();
  counters = new BatchCounters();
});

let ids = 0;

function request(metrics: Metric[], service = 'shop'): ExportRequest {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  const body: MetricsRequest = { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] };
  return {
    ingestId: (++ids).toString(16).padStart(32, '0'),
    tenant: 'default',
    signal: 'metrics',
    acceptedAtMs: now,
    otlp: encodeProtobuf('metrics', body),
  };
}

function point(value: number, atMs = now - MINUTE_MS, startMs = now - 5 * MINUTE_MS): NumberDataPoint {
  return { timeUnixNano: `${atMs}000000`, startTimeUnixNano: `${startMs}000000`, asDouble: value };
}

const gauge = (name: string, value = 1, atMs?: number): Metric => ({
  name,
  gauge: { dataPoints: [point(value, atMs)] },
});

const counter = (value: number, atMs?: number): Metric => ({
  name: 'orders',
  sum: { dataPoints: [point(value, atMs)], aggregationTemporality: 2, isMonotonic: true },
});

/** Gauges g0, g1, …, each its own datum. */
const gauges = (count: number) => Array.from({ length: count }, (_, i) => gauge(`g${i}`, i));

function exporterWith(settings: Partial<MetricsSettings> = {}) {
  return new CloudWatchMetricsExporter({
    settings: { ...METRICS_DEFAULTS, ...settings },
    transport: service,
    series,
    calls: { budget: new RetryBudget(), random: () => 0, sleep: async () => undefined },
  });
}

/** One delivery of the requests, as the pipeline does it. @returns what became of each */
async function deliver(requests: ExportRequest[], exporter = exporterWith(), deadlineMs = now + 60_000) {
  const keys = requests.map(({ ingestId }) => ({ ingestId, destination: 'cloudwatch-metrics' as const }));
  const ledger = new ProgressLedger(progress, await progress.load(keys));
  const outcomes = await exportWave(requests, [exporter], new Collector(), ledger, {
    deadlineMs,
    now: () => now,
    counters,
    saveProgress: (destination, entries) => ledger.save(destination, entries),
  });
  return requests.map(({ ingestId }) => outcomes.get(ingestId)![0]!);
}

const count = (name: string, reason?: string) => counters.total('cloudwatch-metrics', name, reason);
const names = () => service.stored.map(({ datum }) => datum.MetricName);
const done = { destination: 'cloudwatch-metrics', kind: 'done' };

test('requests of a batch share calls, up to 1000 datums each', async () => {
  const outcomes = await deliver([request(gauges(700)), request(gauges(700)), request(gauges(5))]);
  expect(outcomes).toEqual([done, done, done]);
  expect(service.calls.map(({ datums }) => datums.length)).toEqual([1000, 405]);
  expect(count('sent')).toBe(1405);
});

test('a call has at most 1 MB, however many datums that are', async () => {
  const buckets = Array.from({ length: 140 }, (_, i) => i + 1);
  const wide: Metric = {
    name: 'wide',
    histogram: {
      aggregationTemporality: 1,
      dataPoints: Array.from({ length: 900 }, (_, i) => ({
        timeUnixNano: `${now - i}000000`,
        bucketCounts: [...buckets.map((n) => String(1e12 + n)), '1'],
        explicitBounds: buckets.map((n) => n * 1.0001),
      })),
    },
  };
  expect(await deliver([request([wide])])).toEqual([done]);
  expect(service.calls.length).toBeGreaterThan(1);
  expect(service.stored).toHaveLength(900);
});

test('each namespace has calls of its own', async () => {
  const exporter = exporterWith({ namespaceTemplate: 'Shop/{service.name}' });
  await deliver([request(gauges(2), 'b'), request(gauges(2), 'a'), request(gauges(1), 'b')], exporter);
  expect(service.calls.map(({ namespace, datums }) => [namespace, datums.length])).toEqual([
    ['Shop/a', 2],
    ['Shop/b', 3],
  ]);
});

test('one refused datum is found and dropped, and the rest is kept', async () => {
  service.refuses = ({ MetricName }) => MetricName === 'g37';
  expect(await deliver([request(gauges(100))])).toEqual([done]);
  expect(names().sort()).toEqual(
    gauges(100)
      .map(({ name }) => name!)
      .filter((name) => name !== 'g37')
      .sort(),
  );
  expect([count('sent'), count('dropped', 'rejected')]).toEqual([99, 1]);
  // By halves: not a call for each datum.
  expect(service.calls.length).toBeLessThan(20);
});

test('points too old or too new for CloudWatch are dropped with a count, and keep no other from its place', async () => {
  const old = gauge('old', 1, now - 15 * DAY_MS);
  const future = gauge('future', 1, now + 3 * 60 * MINUTE_MS);
  expect(await deliver([request([old, gauge('fresh'), future])])).toEqual([done]);
  expect(names()).toEqual(['fresh']);
  expect([count('dropped', 'tooOld'), count('dropped', 'tooNew')]).toEqual([1, 1]);
});

test('what cannot be a datum is counted by its reason', async () => {
  const odd: Metric[] = [
    { name: 'nan', gauge: { dataPoints: [{ ...point(1), asDouble: 'NaN' }] } },
    { name: '', gauge: { dataPoints: [point(1)] } },
  ];
  await deliver([request([...odd, gauge('fine')])]);
  expect([count('sent'), count('dropped', 'notFinite'), count('dropped', 'noName')]).toEqual([1, 1, 1]);
});

describe('a service in trouble', () => {
  test('throttling sends everything back, and the next delivery goes on where this one stopped', async () => {
    const big = request(gauges(2500));
    service.fault = (_, number) => (number >= 2 ? 'throttle' : undefined);
    expect(await deliver([big])).toMatchObject([{ kind: 'retry', reason: 'throttled' }]);
    expect(service.stored).toHaveLength(1000);
    service.fault = () => undefined;
    expect(await deliver([big])).toEqual([done]);
    expect(new Set(names()).size).toBe(2500);
    expect(service.stored).toHaveLength(2500);
    expect(count('repeated')).toBe(0);
  });

  test('a failing call is tried again before the message goes back', async () => {
    service.fault = (_, number) => (number <= 2 ? 'error' : undefined);
    expect(await deliver([request(gauges(3))])).toEqual([done]);
    expect(service.stored).toHaveLength(3);
  });

  test('a time-out after success repeats that one call, once, and counts it', async () => {
    const one = request(gauges(1200));
    service.fault = (_, number) => (number === 1 ? 'lost' : undefined);
    expect(await deliver([one])).toMatchObject([{ kind: 'retry', reason: 'timeout' }]);
    expect(await deliver([one])).toEqual([done]);
    expect(count('repeated', 'timeout')).toBe(1000);
    expect(service.stored).toHaveLength(2200);
  });

  test('being denied is no reason to drop anything', async () => {
    service.fault = () => 'denied';
    const outcomes = await deliver([request(gauges(3)), request(gauges(1))]);
    expect(outcomes).toMatchObject([{ kind: 'retry', reason: 'credentials' }, { kind: 'retry' }]);
    expect([service.calls.length, count('dropped')]).toEqual([1, 0]);
  });

  test('a call that could end after the deadline is not started', async () => {
    expect(await deliver([request(gauges(3))], exporterWith(), now + 500)).toMatchObject([
      { kind: 'retry', reason: 'outOfTime' },
    ]);
    expect(service.calls).toHaveLength(0);
  });

  test('without progress nothing more of the request is sent', async () => {
    progress.save = async (rows) => rows.map(() => 'failed' as const);
    const outcomes = await deliver([request(gauges(1500))]);
    expect(outcomes).toMatchObject([{ kind: 'retry', reason: 'unavailable' }]);
    expect(service.calls).toHaveLength(1);
    expect(count('repeated', 'progressNotSaved')).toBe(1000);
  });

  test('a request that another delivery works on is left to it', async () => {
    const shared = request(gauges(1500));
    const own = request(gauges(10));
    const save = progress.save.bind(progress);
    progress.save = async (rows) =>
      rows[0]!.version === 1
        ? rows.map((row) => (row.ingestId === shared.ingestId ? 'conflict' : 'saved'))
        : save(rows);
    const [first, second] = await deliver([shared, own]);
    expect(first).toMatchObject({ kind: 'retry', reason: 'conflict' });
    expect(second).toEqual(done);
    expect(count('repeated', 'conflict')).toBe(1000);
  });
});

describe('a delivery killed at any moment', () => {
  test('repeats at most the call that was in flight', async () => {
    const CALLS = 4;
    for (let kill = 1; kill <= CALLS; kill++) {
      service = new FakeCloudWatch(() => now);
      progress = new MemoryProgress();
      const big = request(gauges(3500));
      // Killed after CloudWatch took the call and before its progress was noted.
      service.fault = (_, number) => (number === kill ? 'killed' : undefined);
      await deliver([big]);
      service.fault = () => undefined;
      expect(await deliver([big])).toEqual([done]);
      const repeated = service.stored.length - 3500;
      expect(repeated).toBeLessThanOrEqual(1000);
      expect(repeated).toBe(kill < CALLS ? 1000 : 500);
      expect(new Set(names()).size).toBe(3500);
    }
  });

  test('between the progress row and the next call repeats nothing', async () => {
    const big = request(gauges(2500));
    const write = progress.write.bind(progress);
    let writes = 0;
    progress.write = (row) => {
      const result = write(row);
      if (++writes === 2) throw new Error('killed');
      return result;
    };
    await deliver([big]);
    progress.write = write;
    expect(await deliver([big])).toEqual([done]);
    expect(service.stored).toHaveLength(2500);
  });

  test('after the baselines moved and before anything was sent loses no delta', async () => {
    const first = request([counter(5)]);
    service.fault = () => 'killed';
    await deliver([first]);
    service = new FakeCloudWatch(() => now);
    // Others of the same series go on meanwhile.
    await deliver([request([counter(12, now)])]);
    await deliver([first]);
    expect(service.stored.map(({ datum }) => datum.Value).sort()).toEqual([5, 7]);
  });
});

describe('cumulative series', () => {
  test('become deltas, across requests and instances', async () => {
    await deliver([request([counter(5, now - 3000)])]);
    await deliver([request([counter(9, now - 2000)]), request([counter(10, now - 1000)])]);
    expect(service.stored.map(({ datum }) => datum.Value)).toEqual([5, 4, 1]);
  });

  test('that started over ten minutes before their first point are counted as baselines only', async () => {
    const late: Metric = {
      name: 'orders',
      sum: {
        dataPoints: [point(500, now - MINUTE_MS, now - DAY_MS)],
        aggregationTemporality: 2,
        isMonotonic: true,
      },
    };
    expect(await deliver([request([late])])).toEqual([done]);
    expect(service.stored).toHaveLength(0);
    expect(count('dropped', 'firstSeenLate')).toBe(1);
  });

  test('give their deltas before dimensions are dropped', async () => {
    const routes = (a: number, b: number, atMs: number): Metric => ({
      name: 'orders',
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: [
          { ...point(a, atMs), attributes: [{ key: 'route', value: { stringValue: '/a' } }] },
          { ...point(b, atMs), attributes: [{ key: 'route', value: { stringValue: '/b' } }] },
        ],
      },
    });
    await deliver([request([routes(5, 100, now - 2000)])]);
    await deliver([request([routes(6, 110, now - 1000)])]);
    expect(service.stored.map(({ datum }) => datum.Value)).toEqual([105, 11]);
  });

  test('wait when their baselines cannot be read, and the other requests do not', async () => {
    series.pause = async () => {
      throw new RetryableError('throttled', 'no capacity');
    };
    const outcomes = await deliver([request([counter(5)]), request([gauge('g')])]);
    expect(outcomes).toMatchObject([{ kind: 'retry', reason: 'throttled' }, { kind: 'done' }]);
    expect(names()).toEqual(['g']);
  });

  test('that fell back have started anew, which is counted', async () => {
    await deliver([request([counter(50, now - 2000)])]);
    await deliver([request([counter(3, now - 1000)])]);
    expect(service.stored.map(({ datum }) => datum.Value)).toEqual([50, 3]);
    expect(count('resets')).toBe(1);
  });
});

test('a request that was sent by other settings is sent again by these, and counted', async () => {
  const big = request(gauges(1500));
  service.fault = (_, number) => (number >= 2 ? 'throttle' : undefined);
  await deliver([big]);
  service.fault = () => undefined;
  expect(await deliver([big], exporterWith({ storageResolution: 1 }))).toEqual([done]);
  expect(service.stored).toHaveLength(2500);
  expect(count('repeated', 'plannedAnew')).toBe(1000);
});

test('malformed bytes cost their own request only, and leave nothing behind', async () => {
  const broken = { ...request(gauges(3)), ingestId: 'f'.repeat(32) };
  const exporter = exporterWith();
  const cut = { ...broken, otlp: broken.otlp.subarray(0, broken.otlp.length - 3) };
  const outcomes = await deliver([request([gauge('a')]), cut, request([gauge('b')])], exporter);
  expect(outcomes).toMatchObject([
    { kind: 'done' },
    { kind: 'poison', reason: 'malformed' },
    { kind: 'done' },
  ]);
  expect(names()).toEqual(['a', 'b']);
});
