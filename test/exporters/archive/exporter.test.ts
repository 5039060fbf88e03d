// The archive against an S3 that throttles, fails and loses answers.
import { beforeEach, describe, expect, test } from 'vitest';
import { readRawObject } from '../../../lib/archive/raw-object.ts';
import { readDistinct } from '../../../lib/archive/read-distinct.ts';
import { RetryBudget } from '../../../lib/aws/retry.ts';
import { ArchiveExporter } from '../../../lib/exporters/archive/exporter.ts';
import type { ExportRequest } from '../../../lib/exporters/exporter.ts';
import type { Signal } from '../../../lib/model/signal.ts';
import { BatchCounters } from '../../../lib/pipeline/batch-counters.ts';
import { allOf } from '../../support/all-of.ts';
import { FakeS3, type S3Fault } from '../../support/fake-s3.ts';

const NOW = Date.UTC(2026, 10, 22, 5, 7, 30);

let s3: FakeS3;
let counters: BatchCounters;

beforeEach(() => {
  s3 = new FakeS3();
  counters = new BatchCounters();
});

function request(n: number, signal: Signal = 'logs', tenant = 'default', acceptedAtMs = NOW): ExportRequest {
  const ingestId = n.toString(16).padStart(32, '0');
  return { ingestId, tenant, signal, acceptedAtMs, otlp: Buffer.from(`request ${n}`) };
}

async function deliver(...requests: ExportRequest[]) {
  const exporter = new ArchiveExporter({
    bucket: 'archive',
    transport: s3,
    calls: { budget: new RetryBudget(), random: () => 0, sleep: async () => undefined },
  });
  for (const item of requests) {
    exporter.begin(item);
    exporter.end();
  }
  const outcomes = await exporter.flush({
    deadlineMs: NOW + 60_000,
    now: () => NOW,
    counters,
    saveProgress: async () => undefined,
  });
  return requests.map(({ ingestId }) => outcomes.get(ingestId));
}

test('requests are kept together by signal, tenant and minute', async () => {
  const outcomes = await deliver(
    request(1),
    request(2),
    request(3, 'traces'),
    request(4, 'logs', 'other/tenant'),
    request(5, 'logs', 'default', NOW + 60_000),
  );
  expect(outcomes).toEqual(Array.from({ length: 5 }, () => ({ kind: 'done' })));
  expect(s3.keys.map((key) => key.replace(/[0-9a-f]{32}/, '…')).toSorted()).toEqual([
    'raw/logs/tenant=default/dt=2026-11-22/hh=05/mm=07/….otlp.zst',
    'raw/logs/tenant=default/dt=2026-11-22/hh=05/mm=08/….otlp.zst',
    'raw/logs/tenant=other~2Ftenant/dt=2026-11-22/hh=05/mm=07/….otlp.zst',
    'raw/traces/tenant=default/dt=2026-11-22/hh=05/mm=07/….otlp.zst',
  ]);
  const objects = [...s3.objects.values()].map((bytes) => readRawObject(bytes));
  expect(objects.map(({ entries }) => entries.length).toSorted()).toEqual([1, 1, 1, 2]);
  expect(counters.total('archive', 'sent')).toBe(5);
});

test('sending again writes nothing new', async () => {
  await deliver(request(1), request(2));
  expect(await deliver(request(2), request(1))).toEqual([{ kind: 'done' }, { kind: 'done' }]);
  expect(s3.puts).toBe(1);
});

test('a request that comes again in another batch is read once', async () => {
  await deliver(request(1), request(2));
  await deliver(request(2), request(3));
  const read = await allOf(readDistinct(s3.objects.values()));
  expect(read.map(({ ingestId }) => Number.parseInt(ingestId, 16))).toEqual([1, 2, 3]);
});

test('what begin started and abort ended is not kept', async () => {
  const exporter = new ArchiveExporter({ bucket: 'archive', transport: s3 });
  exporter.begin(request(1));
  exporter.abort();
  const context = { deadlineMs: NOW, now: () => NOW, counters, saveProgress: async () => undefined };
  expect(await exporter.flush(context)).toEqual(new Map());
  expect(s3.calls).toEqual([]);
});

describe('faults', () => {
  test.each<S3Fault>(['slow down', 'error', 'conflict', 'unreached', 'lost'])(
    'one "%s" is outlasted',
    async (fault) => {
      let calls = 0;
      s3.fault = () => (calls++ === 0 ? fault : undefined);
      expect(await deliver(request(1))).toEqual([{ kind: 'done' }]);
      expect(s3.puts).toBe(1);
    },
  );

  test.each<[S3Fault, string]>([
    ['slow down', 'throttled'],
    ['error', 'unavailable'],
    ['unreached', 'timeout'],
    ['denied', 'credentials'],
  ])('lasting "%s" gives the requests of that object back as %s', async (fault, reason) => {
    s3.fault = ({ path }) => (path.includes('/traces/') ? fault : undefined);
    const [logs, traces] = await deliver(request(1), request(2, 'traces'));
    expect(logs).toEqual({ kind: 'done' });
    expect(traces).toMatchObject({ kind: 'retry', reason });
  });
});
