// The pure rules of the pipeline: verdicts, back-off, waves, counters, and what may be noted.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExportRequest } from '../../lib/exporters/exporter.ts';
import type { TelemetryMessage } from '../../lib/model/telemetry-message.ts';
import {
  backoffSeconds,
  MAX_BACKOFF_SECONDS,
  MAX_HIDDEN_SECONDS,
  type RetryReason,
} from '../../lib/pipeline/backoff.ts';
import { BatchCounters } from '../../lib/pipeline/batch-counters.ts';
import { type DestinationOutcome, decide } from '../../lib/pipeline/decide.ts';
import { wavesOf } from '../../lib/pipeline/export-wave.ts';
import { DONE, ProgressLedger } from '../../lib/pipeline/progress-ledger.ts';
import { MemoryProgress } from '../support/memory-progress.ts';

const done = { destination: 'archive', kind: 'done' } as const;
const throttled = { destination: 'xray', kind: 'retry', reason: 'throttled', message: 'slow down' } as const;
const refused = { destination: 'span-metrics', kind: 'poison', reason: 'rejected', message: 'no' } as const;

describe('a verdict', () => {
  test.each<[string, DestinationOutcome[], object]>([
    ['all destinations done: success', [done, { ...done, destination: 'xray' }], { kind: 'success' }],
    ['no destination: success', [], { kind: 'success' }],
    [
      'one has to wait: the message waits, the others are noted',
      [done, throttled],
      { kind: 'retry', done: ['archive'], reasons: [{ reason: 'throttled' }], detail: 'xray: slow down' },
    ],
    [
      'one refuses it: poison, the others are noted',
      [done, refused],
      { kind: 'poison', reason: 'rejected', done: ['archive'], detail: 'span-metrics: no' },
    ],
    [
      'one refuses and one waits: it waits first',
      [refused, throttled, done],
      { kind: 'retry', done: ['archive'] },
    ],
  ])('%s', (_, outcomes, verdict) => {
    expect(decide(outcomes)).toMatchObject(verdict);
  });
});

describe('back-off', () => {
  const reasons: RetryReason[] = [
    'throttled',
    'unavailable',
    'timeout',
    'conflict',
    'credentials',
    'outOfTime',
    'bodyMissing',
  ];

  test('doubles with each delivery up to its cap, and is never 0', () => {
    expect([1, 2, 3, 4].map((count) => backoffSeconds('throttled', count, undefined, 1))).toEqual([
      15, 30, 60, 120,
    ]);
    fc.assert(
      fc.property(
        fc.constantFrom(...reasons),
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (reason, count, random) => {
          const seconds = backoffSeconds(reason, count, undefined, random);
          expect(seconds).toBeGreaterThanOrEqual(1);
          expect(seconds).toBeLessThanOrEqual(MAX_BACKOFF_SECONDS);
          expect(Number.isInteger(seconds)).toBe(true);
        },
      ),
    );
  });

  test('lets a throttled message outlive its 14 days before 1,000 deliveries', () => {
    const fourteenDays = 14 * 86_400;
    let spent = 0;
    let deliveries = 0;
    while (spent < fourteenDays) spent += backoffSeconds('throttled', ++deliveries, undefined, 0.5);
    expect(deliveries).toBeLessThan(1_000);
  });

  test('obeys what the destination asks, as far as the queue can hide', () => {
    expect(backoffSeconds('throttled', 1, 90_000, 0)).toBe(90);
    expect(backoffSeconds('throttled', 1, 1e12, 0)).toBe(MAX_HIDDEN_SECONDS);
    expect(MAX_HIDDEN_SECONDS).toBeLessThan(12 * 3_600);
  });
});

test('waves hold as much as fits into memory, in order; one larger request is alone', () => {
  const items = [5, 5, 30, 1, 8, 2].map((decompressedBytes) => ({
    message: { decompressedBytes } as TelemetryMessage,
  }));
  const sizes = wavesOf(items, 10).map((wave) => wave.map(({ message }) => message.decompressedBytes));
  expect(sizes).toEqual([[5, 5], [30], [1, 8], [2]]);
});

describe('counters', () => {
  test('make one embedded-metric line for each destination and reason', () => {
    const counters = new BatchCounters();
    counters.add('xray', 'sent', 40);
    counters.add('xray', 'sent', 2);
    counters.add('xray', 'dropped', 3, 'tooLarge');
    counters.add('archive', 'sent', 0);
    const lines = counters
      .toEmf(1_795_000_000_000)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      {
        _aws: {
          Timestamp: 1_795_000_000_000,
          CloudWatchMetrics: [
            {
              Namespace: 'Tidewatch',
              Dimensions: [['Destination']],
              Metrics: [{ Name: 'sent', Unit: 'Count' }],
            },
          ],
        },
        Destination: 'xray',
        sent: 42,
      },
      {
        _aws: {
          Timestamp: 1_795_000_000_000,
          CloudWatchMetrics: [
            {
              Namespace: 'Tidewatch',
              Dimensions: [['Destination'], ['Destination', 'Reason']],
              Metrics: [{ Name: 'dropped', Unit: 'Count' }],
            },
          ],
        },
        Destination: 'xray',
        Reason: 'tooLarge',
        dropped: 3,
      },
    ]);
    expect(counters.total('xray', 'dropped')).toBe(3);
  });

  test('write nothing when nothing happened', () => {
    expect(new BatchCounters().toEmf(0)).toBe('');
  });
});

describe('the ledger', () => {
  const id = (n: number): ExportRequest['ingestId'] => n.toString(16).padStart(32, '0');

  test('counts versions up from what was loaded', async () => {
    const store = new MemoryProgress();
    store.write({ ingestId: id(1), destination: 'xray', progress: '5', version: 1 });
    const ledger = new ProgressLedger(store, [...store.rows.values()]);
    expect(ledger.progress(id(1), 'xray')).toBe('5');
    expect(await ledger.save('xray', [{ ingestId: id(1), progress: '6' }])).toBeUndefined();
    expect(await ledger.save('xray', [{ ingestId: id(1), progress: DONE }])).toBeUndefined();
    expect(store.rows.get(`${id(1)}/xray`)).toMatchObject({ progress: DONE, version: 3 });
    expect(ledger.isDone(id(1), 'xray')).toBe(true);
    expect(ledger.isDone(id(1), 'archive')).toBe(false);
  });

  test('gives a request up for this delivery once another instance wrote its row', async () => {
    const store = new MemoryProgress();
    const ledger = new ProgressLedger(store, []);
    store.write({ ingestId: id(1), destination: 'xray', progress: '9', version: 1 });
    const both = [1, 2].map((n) => ({ ingestId: id(n), progress: '1' }));
    expect(await ledger.save('xray', both)).toEqual(new Set([id(1)]));
    expect(await ledger.save('xray', both)).toEqual(new Set([id(1)]));
    expect(store.rows.get(`${id(1)}/xray`)?.progress).toBe('9');
    expect(store.rows.get(`${id(2)}/xray`)?.version).toBe(2);
    expect([ledger.isLost(id(1), 'xray'), ledger.isLost(id(2), 'xray')]).toEqual([true, false]);
  });

  test('rejects when a row was not written, and then writes it no more', async () => {
    const store = new MemoryProgress();
    store.save = async (rows) => rows.map(() => 'failed' as const);
    const ledger = new ProgressLedger(store, []);
    await expect(ledger.save('xray', [{ ingestId: id(1), progress: '1' }])).rejects.toMatchObject({
      reason: 'unavailable',
    });
    expect(await ledger.save('xray', [{ ingestId: id(1), progress: '2' }])).toEqual(new Set([id(1)]));
  });
});
