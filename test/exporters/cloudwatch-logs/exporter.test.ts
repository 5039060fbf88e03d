// The exporter against a CloudWatch Logs that is strict, throttles, fails, loses answers and forgets nothing.
import { beforeEach, describe, expect, test } from 'vitest';
import type { LogRecord } from '../../../bench/payloads/otlp-json.ts';
import { RetryBudget } from '../../../lib/aws/retry.ts';
import { CloudWatchLogsExporter } from '../../../lib/exporters/cloudwatch-logs/exporter.ts';
import { LOGS_DEFAULTS, type LogsSettings } from '../../../lib/exporters/cloudwatch-logs/settings.ts';
import type { ExportRequest } from '../../../lib/exporters/exporter.ts';
import { BatchCounters } from '../../../lib/pipeline/batch-counters.ts';
import { Collector } from '../../../lib/pipeline/collect.ts';
import { exportWave } from '../../../lib/pipeline/export-wave.ts';
import { ProgressLedger } from '../../../lib/pipeline/progress-ledger.ts';
import { FakeCloudWatchLogs } from '../../support/fake-cloudwatch-logs.ts';
import { MemoryLogGroups } from '../../support/memory-log-groups.ts';
import { MemoryProgress } from '../../support/memory-progress.ts';
import { encodeProtobuf } from '../../support/otlp.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const HOUR_MS = 3_600_000;

let service: FakeCloudWatchLogs;
let groups: MemoryLogGroups;
let progress: MemoryProgress;
let counters: BatchCounters;

beforeEach(() => {
  service = new FakeCloudWatchLogs(() => NOW);
  groups = new MemoryLogGroups();
  progress = new MemoryProgress();
  counters = new BatchCounters();
});

let ids = 0;

/** A request with these lines of each service, a second apart. */
function request(lines: Record<string, (string | LogRecord)[]>): ExportRequest {
  const resourceLogs = Object.entries(lines).map(([service, records]) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeLogs: [
      {
        logRecords: records.map((record, i) => (typeof record === 'string' ? at(i * 1000, record) : record)),
      },
    ],
  }));
  return {
    ingestId: (++ids).toString(16).padStart(32, '0'),
    tenant: 'default',
    signal: 'logs',
    acceptedAtMs: NOW,
    otlp: encodeProtobuf('logs', { resourceLogs }),
  };
}

function at(offsetMs: number, body: string): LogRecord {
  return { timeUnixNano: `${NOW - HOUR_MS + offsetMs}000000`, body: { stringValue: body } };
}

function exporterWith(settings: Partial<LogsSettings> = {}, passBytes?: number): CloudWatchLogsExporter {
  return new CloudWatchLogsExporter({
    settings: { ...LOGS_DEFAULTS, ...settings },
    transport: service,
    groups,
    calls: { budget: new RetryBudget(), random: () => 0, sleep: async () => undefined },
    ...(passBytes !== undefined && { passBytes }),
  });
}

/** One delivery of the requests, as the pipeline does it. @returns what became of each */
async function deliver(requests: ExportRequest[], exporter = exporterWith(), deadlineMs = NOW + 60_000) {
  const keys = requests.map(({ ingestId }) => ({ ingestId, destination: 'cloudwatch-logs' as const }));
  const ledger = new ProgressLedger(progress, await progress.load(keys));
  const outcomes = await exportWave(requests, [exporter], new Collector(), ledger, {
    deadlineMs,
    now: () => NOW,
    counters,
    saveProgress: (destination, entries) => ledger.save(destination, entries),
  });
  return requests.map(({ ingestId }) => outcomes.get(ingestId)![0]!);
}

const bodies = () => service.stored.map(({ message }) => JSON.parse(message).body as string);
const calls = (operation: string) => service.calls.filter((call) => call.operation === operation);
const dropped = (reason?: string) => counters.total('cloudwatch-logs', 'dropped', reason);
const repeated = (reason?: string) => counters.total('cloudwatch-logs', 'repeated', reason);

describe('first use', () => {
  test('makes group and stream, sets the retention, looks whether it holds, then sends', async () => {
    expect(await deliver([request({ shop: ['a', 'b'] })])).toMatchObject([{ kind: 'done' }]);
    expect(service.calls.map(({ operation }) => operation)).toEqual([
      'PutLogEvents',
      'CreateLogStream',
      'CreateLogGroup',
      'PutRetentionPolicy',
      'DescribeLogGroups',
      'CreateLogStream',
      'PutLogEvents',
    ]);
    expect(service.groups.get('/tidewatch/shop')?.retentionInDays).toBe(7);
    expect(groups.open.size).toBe(0);
    expect(bodies()).toEqual(['a', 'b']);
    expect(counters.total('cloudwatch-logs', 'sent')).toBe(2);
  });

  test('costs one call more for a new stream of a known group, none for a known stream', async () => {
    await deliver([request({ shop: ['a'] })]);
    service.calls.length = 0;
    await deliver([request({ shop: ['b'] })]);
    expect(service.calls.map(({ operation }) => operation)).toEqual(['PutLogEvents']);
  });

  test('counts a retention that does not hold, and tries it again in the next life of the function', async () => {
    service.fault = (operation) => {
      const group = service.groups.get('/tidewatch/shop');
      if (operation === 'DescribeLogGroups' && group !== undefined) delete group.retentionInDays;
      return undefined;
    };
    await deliver([request({ shop: ['a'] })]);
    expect(counters.total('cloudwatch-logs', 'errors', 'retentionNotSet')).toBe(1);
    expect([...groups.open]).toEqual(['/tidewatch/shop']);
    service.fault = () => undefined;
    await deliver([request({ shop: ['b'] })]);
    expect(service.groups.get('/tidewatch/shop')?.retentionInDays).toBe(7);
    expect(groups.open.size).toBe(0);
  });

  test('a retention that may not be read is taken as set', async () => {
    service.fault = (operation) => (operation === 'DescribeLogGroups' ? 'denied' : undefined);
    expect(await deliver([request({ shop: ['a'] })])).toMatchObject([{ kind: 'done' }]);
    expect(counters.total('cloudwatch-logs', 'errors', 'retentionNotRead')).toBe(1);
    expect(groups.open.size).toBe(0);
  });

  test('services above the cap of groups share _other, each with a stream of its own', async () => {
    const exporter = exporterWith({ maxGroups: 2 });
    await deliver([request({ a: ['1'], b: ['2'], c: ['3'], d: ['4'] })], exporter);
    await deliver([request({ c: ['5'], a: ['6'] })], exporter);
    const places = service.stored.map(({ group, stream }) => `${group} ${stream}`);
    expect(places.toSorted()).toEqual([
      '/tidewatch/_other c/unknown_instance',
      '/tidewatch/_other c/unknown_instance',
      '/tidewatch/_other d/unknown_instance',
      '/tidewatch/a unknown_instance',
      '/tidewatch/a unknown_instance',
      '/tidewatch/b unknown_instance',
    ]);
    expect(counters.total('cloudwatch-logs', 'redirected', 'tooManyGroups')).toBe(2);
  });

  test('a full account sends new services to _other as soon as there is one', async () => {
    await deliver([request({ a: ['1'] })], exporterWith({ groupTemplate: '/tidewatch/_other' }));
    service.maxGroups = 1;
    expect(await deliver([request({ b: ['2'] })])).toMatchObject([{ kind: 'done' }]);
    expect(service.stored.map(({ group }) => group)).toEqual(['/tidewatch/_other', '/tidewatch/_other']);
  });
});

describe('calls', () => {
  test('requests of one stream share one, sorted by time', async () => {
    await deliver([request({ shop: ['a', 'c'] }), request({ shop: [at(500, 'b'), at(1500, 'd')] })]);
    expect(bodies()).toEqual(['a', 'b', 'c', 'd']);
    expect(calls('PutLogEvents')).toHaveLength(2); // the first one found no stream
  });

  test('do not span more than 24 hours', async () => {
    const outcome = await deliver([request({ shop: [at(-30 * HOUR_MS, 'old'), at(0, 'new')] })]);
    expect(outcome).toMatchObject([{ kind: 'done' }]);
    expect(bodies()).toEqual(['old', 'new']);
  });

  test('leave out what CloudWatch would refuse for its time, and count it', async () => {
    const records = [
      at(-8 * 24 * HOUR_MS, 'older than the retention'),
      at(0, 'ok'),
      at(4 * HOUR_MS, 'future'),
    ];
    const year2200 = { timeUnixNano: '7258118400000000000', body: { stringValue: '2200' } };
    expect(await deliver([request({ shop: [...records, year2200] })])).toMatchObject([{ kind: 'done' }]);
    expect(bodies()).toEqual(['ok']);
    expect([dropped('tooOld'), dropped('tooNew')]).toEqual([1, 2]);
  });

  test('count what CloudWatch rejects from an accepted call', async () => {
    await deliver([request({ shop: ['x'] })]);
    service.groups.get('/tidewatch/shop')!.retentionInDays = 1;
    await deliver([
      request({ shop: [at(-40 * HOUR_MS, 'expired'), at(-30 * HOUR_MS, 'expired'), at(0, 'kept')] }),
    ]);
    expect(dropped('expired')).toBe(2);
    expect(bodies()).toEqual(['x', 'kept']);
  });

  test('that are refused for one event are cut in halves until only that one is dropped', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => (i === 23 ? 'bad' : `line ${i}`));
    service.fault = (operation, { logEvents }) =>
      operation === 'PutLogEvents' && logEvents.some(({ message }) => message.includes('"bad"'))
        ? 'refused'
        : undefined;
    expect(await deliver([request({ shop: lines })])).toMatchObject([{ kind: 'done' }]);
    expect(bodies()).toEqual(lines.filter((line) => line !== 'bad'));
    expect(dropped('rejected')).toBe(1);
  });

  test('that are all refused end after a bounded search', async () => {
    service.fault = (operation) =>
      operation === 'PutLogEvents' && service.stored.length === 0 ? 'refused' : undefined;
    const lines = Array.from({ length: 5_000 }, (_, i) => `line ${i}`);
    expect(await deliver([request({ shop: lines })])).toMatchObject([{ kind: 'done' }]);
    expect(dropped('rejected')).toBe(5_000);
    expect(calls('PutLogEvents').length).toBeLessThan(60);
  });
});

describe('faults', () => {
  test('throttling and errors are outlasted in place', async () => {
    let call = 0;
    service.fault = () => (['throttle', 'error', undefined] as const)[call++ % 3];
    expect(await deliver([request({ shop: ['a'], cart: ['b'] })])).toMatchObject([{ kind: 'done' }]);
    expect(bodies().toSorted()).toEqual(['a', 'b']);
  });

  test('lasting throttling gives the request back, and the next delivery sends what is missing', async () => {
    const sent = request({ a: ['1'], b: ['2'], c: ['3'] });
    service.fault = (operation) =>
      operation === 'PutLogEvents' && service.stored.length > 0 ? 'throttle' : undefined;
    expect(await deliver([sent])).toMatchObject([{ kind: 'retry', reason: 'throttled' }]);
    expect(bodies()).toEqual(['1']);
    service.fault = () => undefined;
    expect(await deliver([sent])).toMatchObject([{ kind: 'done' }]);
    expect(bodies()).toEqual(['1', '2', '3']);
    expect(repeated()).toBe(0);
  });

  test('a call that lost its answer is not sent again in place; its events repeat once and are counted', async () => {
    const sent = request({ a: ['1', '2'], b: ['3'] });
    await deliver([request({ a: ['warm'], b: ['warm'] })]);
    service.fault = (operation, { logGroupName }) =>
      operation === 'PutLogEvents' && logGroupName.endsWith('/a') ? 'lost' : undefined;
    expect(await deliver([sent])).toMatchObject([{ kind: 'retry', reason: 'timeout' }]);
    expect(repeated('timeout')).toBe(2);
    service.fault = () => undefined;
    expect(await deliver([sent])).toMatchObject([{ kind: 'done' }]);
    expect(bodies().toSorted()).toEqual(['1', '1', '2', '2', '3', 'warm', 'warm']);
  });

  test('a record tells its repeat by its id', async () => {
    const sent = request({ a: ['1'] });
    await deliver([sent]);
    progress.rows.clear();
    await deliver([sent]);
    const ids = service.stored.map(({ message }) => JSON.parse(message).recordId as string);
    expect(ids).toEqual([`${sent.ingestId}-0`, `${sent.ingestId}-0`]);
  });

  test('a group that refuses us does not keep the others waiting', async () => {
    const sent = request({ a: ['1'], b: ['2'], c: ['3'] });
    service.fault = (_, { logGroupName }) => (logGroupName === '/tidewatch/b' ? 'denied' : undefined);
    expect(await deliver([sent])).toMatchObject([{ kind: 'retry', reason: 'credentials' }]);
    expect(bodies()).toEqual(['1', '3']);
    service.fault = () => undefined;
    expect(await deliver([sent])).toMatchObject([{ kind: 'done' }]);
    expect(bodies()).toEqual(['1', '3', '2']);
  });

  test('progress that could not be noted stops the request at once', async () => {
    const sent = request({ a: ['1'], b: ['2'] });
    const save = progress.save.bind(progress);
    progress.save = async (rows) => rows.map(() => 'failed');
    expect(await deliver([sent])).toMatchObject([{ kind: 'retry', reason: 'unavailable' }]);
    expect(bodies()).toEqual(['1']);
    expect(repeated('progressNotSaved')).toBe(1);
    progress.save = save;
    expect(await deliver([sent])).toMatchObject([{ kind: 'done' }]);
    expect(bodies()).toEqual(['1', '1', '2']);
  });

  test('another instance that is ahead ends this one after one call', async () => {
    const sent = request({ a: ['1'], b: ['2'], c: ['3'] });
    const save = progress.save.bind(progress);
    progress.save = async (rows) => {
      progress.save = save;
      progress.write({ ...rows[0]!, progress: '0:3:3:2:' });
      return save(rows);
    };
    expect(await deliver([sent])).toMatchObject([{ kind: 'retry', reason: 'conflict' }]);
    expect(bodies()).toEqual(['1']);
    expect(repeated('conflict')).toBe(1);
    expect(await deliver([sent])).toMatchObject([{ kind: 'done' }]);
    expect(bodies()).toEqual(['1', '3']);
  });

  test('when no time is left the rest waits for the next delivery', async () => {
    expect(await deliver([request({ a: ['1'] })], exporterWith(), NOW + 500)).toMatchObject([
      { kind: 'retry', reason: 'outOfTime' },
    ]);
    expect(service.calls).toEqual([]);
  });
});

describe('large requests', () => {
  test('are taken in parts that fit into memory, each record once', async () => {
    const lines = Array.from({ length: 500 }, (_, i) => `line ${i}`);
    const outcomes = await deliver([request({ a: lines }), request({ b: lines })], exporterWith({}, 20_000));
    expect(outcomes).toMatchObject([{ kind: 'done' }, { kind: 'done' }]);
    expect(bodies()).toEqual([...lines, ...lines]);
    expect(calls('PutLogEvents').length).toBeGreaterThan(5);
  });

  test('go on in the same parts after a failure', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `line ${i}`);
    const sent = request({ a: lines, b: lines });
    service.fault = (operation) =>
      operation === 'PutLogEvents' && service.stored.length > 200 ? 'throttle' : undefined;
    expect(await deliver([sent], exporterWith({}, 20_000))).toMatchObject([{ kind: 'retry' }]);
    service.fault = () => undefined;
    expect(await deliver([request({ z: lines }), sent], exporterWith({}, 20_000))).toMatchObject([
      { kind: 'done' },
      { kind: 'done' },
    ]);
    const ofSent = service.stored.filter(({ group }) => group !== '/tidewatch/z');
    expect(ofSent).toHaveLength(600);
    expect(new Set(ofSent.map(({ message }) => message)).size).toBe(600);
  });

  test('whose plan changed between deliveries are sent again from the window they were in, counted', async () => {
    const sent = request({ a: ['1'], b: ['2'] });
    progress.write({
      ingestId: sent.ingestId,
      destination: 'cloudwatch-logs',
      progress: '0:2:9:1:',
      version: 1,
    });
    expect(await deliver([sent])).toMatchObject([{ kind: 'done' }]);
    expect(bodies()).toEqual(['1', '2']);
    expect(repeated('plannedAnew')).toBe(2);
  });

  test('with parts that are all too old still come to an end', async () => {
    const records = Array.from({ length: 300 }, (_, i) => at(-20 * 24 * HOUR_MS + i, `line ${i}`));
    expect(await deliver([request({ a: records })], exporterWith({}, 10_000))).toMatchObject([
      { kind: 'done' },
    ]);
    expect(dropped('tooOld')).toBe(300);
    expect(service.calls).toEqual([]);
  });
});
