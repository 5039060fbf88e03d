// The promise to the sender under the worst weather: nothing is lost, what can be exactly once is, and what cannot
// repeats no more than the calls whose progress could not be noted.
import { describe, expect, test } from 'vitest';
import type { LogRecord } from '../../bench/payloads/otlp-json.ts';
import { Seeded } from '../../bench/payloads/seeded.ts';
import { readDistinct } from '../../lib/archive/read-distinct.ts';
import { allOf } from '../support/all-of.ts';
import { encodeProtobuf } from '../support/otlp.ts';
import { CALM, idOf, type Weather, World } from './world.ts';

const STORM: Weather = {
  fail: 0.08,
  loseAnswer: 0.04,
  killBefore: 0.01,
  killAfter: 0.01,
  deliverTwice: 0.15,
};
const SEEDS = Array.from({ length: Number(process.env.CRASH_SEEDS ?? 12) }, (_, i) => i + 1);

interface Sent {
  readonly requests: Map<string, Buffer>;
  readonly spans: Set<string>;
  readonly points: Set<string>;
  readonly records: Set<string>;
}

/** 24 requests of all signals, some of them sent twice by their client. */
function send(world: World, seed: number, sentTwice = 0.2): Sent {
  const random = new Seeded(seed);
  const sent: Sent = { requests: new Map(), spans: new Set(), points: new Set(), records: new Set() };
  for (let number = 1; number <= 24; number++) {
    const ingestId = idOf(number);
    const count = 1 + random.below(14);
    const signal = (['logs', 'traces', 'metrics'] as const)[number % 3]!;
    let otlp: Buffer;
    if (signal === 'logs') {
      otlp = encodeProtobuf('logs', {
        resourceLogs: ['a', 'b', 'c'].slice(random.below(3)).map((service) => ({
          resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
          scopeLogs: [{ logRecords: Array.from({ length: count }, () => line(world, random)) }],
        })),
      });
      const records = otlpRecords(otlp);
      for (let i = 0; i < records; i++) sent.records.add(`${ingestId}-${i}`);
    } else if (signal === 'traces') {
      const spans = Array.from({ length: count }, () => ({
        traceId: random.hex(16),
        spanId: random.hex(8),
        name: 's',
      }));
      for (const { spanId } of spans) sent.spans.add(spanId);
      otlp = encodeProtobuf('traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
    } else {
      const timeUnixNano = `${world.nowMs}000000`;
      const dataPoints = Array.from({ length: count }, (_, i) => ({ timeUnixNano, asInt: String(i + 1) }));
      for (let i = 1; i <= count; i++) sent.points.add(`m${number}/${i}`);
      otlp = encodeProtobuf('metrics', {
        resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: `m${number}`, gauge: { dataPoints } }] }] }],
      });
    }
    sent.requests.set(ingestId, otlp);
    world.accept(number, signal, otlp);
    if (random.fraction() < sentTwice) world.enqueue(`again ${number}`, world.queue.get(`m${number}`)!.body);
  }
  return sent;
}

function line(world: World, random: Seeded): LogRecord {
  const timeMs = world.nowMs - random.below(3_600_000);
  return { timeUnixNano: `${timeMs}000000`, body: { stringValue: `line ${random.hex(20)}` } };
}

function otlpRecords(otlp: Buffer): number {
  return otlp.toString('latin1').split('line ').length - 1;
}

describe.each(SEEDS)(
  'in a storm of failures, lost answers, kills and double deliveries (seed %i)',
  (seed) => {
    test('nothing is lost and only calls that could not be noted repeat', { timeout: 60_000 }, async () => {
      const world = new World(seed);
      const sent = send(world, seed);
      world.weather = STORM;
      await world.run(1_500);
      world.weather = CALM;
      expect(await world.run(30_000)).toBe(true);

      expect(world.kills).toBeGreaterThan(0);
      expect(world.deadLetters).toEqual([]);
      expect(new Set(world.xray.segments.keys())).toEqual(sent.spans);

      const read = await allOf(readDistinct(rawObjects(world)));
      expect(new Map(read.map(({ ingestId, otlp }) => [ingestId, otlp.toString('hex')]))).toEqual(
        new Map([...sent.requests].map(([ingestId, otlp]) => [ingestId, otlp.toString('hex')])),
      );
      expect(read).toHaveLength(sent.requests.size);

      const stored = world.logs.stored.map(({ message }) => JSON.parse(message).recordId as string);
      expect(new Set(stored)).toEqual(sent.records);
      expect(new Set(world.points)).toEqual(sent.points);
      const repeats = stored.length - sent.records.size + world.points.length - sent.points.size;
      expect(repeats).toBeLessThanOrEqual(world.allowedRepeats);
      expect(world.secondCallsInFlight).toBe(0);
    });
  },
);

test('the simulation notices when progress is not kept', async () => {
  const world = new World(1);
  const sent = send(world, 1);
  world.progress.write = () => 'saved';
  world.weather = STORM;
  await world.run(1_500);
  world.weather = CALM;
  await world.run(30_000);
  expect(world.logs.stored.length - sent.records.size).toBeGreaterThan(world.allowedRepeats);
});

test('in calm weather everything arrives exactly once, with one delivery of each message', async () => {
  const world = new World(7);
  const sent = send(world, 7, 0);
  expect(await world.run(30_000)).toBe(true);
  expect(world.logs.stored).toHaveLength(sent.records.size);
  expect(world.points).toHaveLength(sent.points.size);
  expect(new Set(world.xray.segments.keys())).toEqual(sent.spans);
  expect(await allOf(readDistinct(rawObjects(world)))).toHaveLength(sent.requests.size);
});

test('a destination that is down for an hour costs the others nothing, and gets everything in the end', async () => {
  const world = new World(3);
  const sent = send(world, 3, 0);
  const backAtMs = world.nowMs + 3_600_000;
  world.logs.fault = () => (world.nowMs < backAtMs ? 'throttle' : undefined);
  expect(await world.run(60_000)).toBe(true);
  expect(world.nowMs).toBeGreaterThan(backAtMs);
  expect(world.deadLetters).toEqual([]);
  expect(world.logs.stored).toHaveLength(sent.records.size);
  expect(world.points).toHaveLength(sent.points.size);
  // One object for each batch of the first deliveries: no request was archived again while the logs waited.
  const entries = (await allOf(readDistinct(rawObjects(world)))).length;
  expect(entries).toBe(sent.requests.size);
});

function rawObjects(world: World): Buffer[] {
  return [...world.s3.objects].filter(([key]) => key.startsWith('raw/')).map(([, bytes]) => bytes);
}
