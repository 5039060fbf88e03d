// Baselines shared between instances: whatever is delivered in whatever order, twice, by two at once or cut short,
// the deltas of a series add up to what it counted.
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Seeded } from '../../../bench/payloads/seeded.ts';
import type { CumulativePoint } from '../../../lib/exporters/cloudwatch-metrics/cumulative-point.ts';
import type { Totals } from '../../../lib/exporters/cloudwatch-metrics/readings.ts';
import {
  type CumulativeRequest,
  DeltaResolver,
} from '../../../lib/exporters/cloudwatch-metrics/resolve-deltas.ts';
import { RetryableError } from '../../../lib/model/errors.ts';
import { MemorySeries } from '../../support/memory-series.ts';

const START = 1.767e18;
const NOW = START / 1e6;
const SECOND = 1e9;

let store: MemorySeries;
beforeEach(() => {
  store = new MemorySeries();
});

function point(series: number, second: number, totals: Totals | number, resource = 'r'): CumulativePoint {
  return {
    resource,
    keyLo: series,
    // Spread over the bits by which shards are cut.
    keyHi: Math.imul(series, 0x9e3779b1),
    reading: {
      startNanos: START,
      timeNanos: START + second * SECOND,
      totals: typeof totals === 'number' ? { kind: 'sum', value: totals } : totals,
    },
    target: undefined as never,
  };
}

function request(ingestId: string, points: CumulativePoint[], acceptedAtMs = NOW): CumulativeRequest {
  return { ingestId, points, acceptedAtMs };
}

/** Deltas (or reasons) of one request in one delivery. */
async function deliver(one: CumulativeRequest, resolver = new DeltaResolver(store)) {
  const resolution = (await resolver.resolve([one])).get(one.ingestId)!;
  if (resolution.results === undefined) throw resolution.error;
  return resolution.results.map((result) =>
    result.delta === undefined
      ? result.reason
      : result.delta.kind === 'sum'
        ? result.delta.value
        : result.delta,
  );
}

test('a redelivery gets the same deltas, however far others have gone since', async () => {
  const first = request('a', [point(1, 10, 5)]);
  expect(await deliver(first)).toEqual([5]);
  expect(await deliver(request('b', [point(1, 20, 7)]))).toEqual([2]);
  expect(await deliver(request('c', [point(1, 30, 12)]))).toEqual([5]);
  expect(await deliver(first)).toEqual([5]);
});

test('a late request whose points others have counted adds nothing, then and later', async () => {
  await deliver(request('b', [point(1, 20, 7)]));
  const late = request('a', [point(1, 10, 5)]);
  expect(await deliver(late)).toEqual(['outOfOrder']);
  expect(await deliver(late)).toEqual(['outOfOrder']);
});

test('requests of one batch are taken in the order in which they were accepted', async () => {
  const later = request('a', [point(1, 20, 7)], NOW + 20);
  const earlier = request('b', [point(1, 10, 5)], NOW + 10);
  const resolutions = await new DeltaResolver(store).resolve([later, earlier]);
  expect(resolutions.get('a')!.results).toMatchObject([{ delta: { value: 2 } }]);
  expect(resolutions.get('b')!.results).toMatchObject([{ delta: { value: 5 } }]);
});

test('two instances at once: one looks again, and nothing is counted twice', async () => {
  // Both have read the same baseline before either may write.
  const bothRead = Promise.withResolvers<void>();
  let commits = 0;
  store.pause = async (step) => {
    if (step === 'load') return;
    if (++commits === 2) bothRead.resolve();
    await bothRead.promise;
  };
  const [a, b] = await Promise.all([
    deliver(request('a', [point(1, 10, 5)])),
    deliver(request('b', [point(1, 20, 7)])),
  ]);
  expect(store.conflicts).toBe(1);
  const added = [...a, ...b].filter((delta) => typeof delta === 'number') as number[];
  expect(added.reduce((sum, delta) => sum + delta, 0)).toBe(7);
});

test('the same request in two instances at once gets the same deltas in both', async () => {
  const twice = request('a', [point(1, 10, 5), point(2, 10, 8)]);
  const [left, right] = await Promise.all([deliver(twice), deliver(twice)]);
  expect(left).toEqual([5, 8]);
  expect(right).toEqual(left);
});

test('an instance that dies before its write has moved nothing; after it, its deltas are kept', async () => {
  const one = request('a', [point(1, 10, 5)]);
  store.pause = async (step) => {
    if (step === 'commit') throw new RetryableError('unavailable', 'gone');
  };
  await expect(deliver(one)).rejects.toThrow('gone');
  store.pause = async () => undefined;
  expect(await deliver(one)).toEqual([5]);
});

test('a store that fails takes down only the requests that need it there', async () => {
  store.pause = async () => {
    throw new RetryableError('throttled', 'slow down');
  };
  const [resolution] = [
    ...(await new DeltaResolver(store).resolve([request('a', [point(1, 1, 1)])])).values(),
  ];
  expect(resolution).toMatchObject({ results: undefined, error: { reason: 'throttled' } });
});

test('others that are faster all the time end it as a conflict', async () => {
  const losing: MemorySeries = Object.assign(new MemorySeries(), { commit: async () => 'conflict' as const });
  const resolutions = await new DeltaResolver(losing).resolve([request('a', [point(1, 1, 1)])]);
  expect(resolutions.get('a')).toMatchObject({ error: { reason: 'conflict' } });
});

describe('many series', () => {
  const SERIES = 20_000;
  const all = (second: number, value: number) =>
    Array.from({ length: SERIES }, (_, series) => point(series, second, value + series));

  test('are cut into shards of at most 100 KB, and found again', async () => {
    const first = await deliver(request('a', all(10, 1)));
    // The bytes that one request may move in one shard are limited, as an item is.
    const taken = first.map((delta) => delta !== 'stateTooLarge');
    expect(taken.filter(Boolean).length).toBeGreaterThan(10_000);
    for (const { content } of store.shards.values()) {
      if (content.kind === 'leaf') expect(content.data.length).toBeLessThanOrEqual(100_000);
    }
    expect(store.shards.get('r')!.content.kind).toBe('split');
    const second = await deliver(request('b', all(20, 4)));
    for (const [series, delta] of second.entries()) {
      expect(delta).toBe(taken[series] ? 3 : 4 + series);
    }
  });

  test('get the same deltas in a redelivery although their shard was cut meanwhile', async () => {
    const small = request('a', all(10, 1).slice(0, 2000));
    const before = await deliver(small);
    await deliver(request('b', all(20, 4)));
    expect(store.shards.get('r')!.content.kind).toBe('split');
    expect(await deliver(small)).toEqual(before);
  });
});

test('a series that was silent for a day is forgotten, so that restarts do not pile up', async () => {
  const DAY = 86_400_000;
  await deliver(request('a', [point(1, 10, 5)], NOW));
  await deliver(request('b', [point(2, 10, 6)], NOW + DAY + 120_000));
  expect(await deliver(request('c', [point(2, 20, 9)], NOW + DAY + 130_000))).toEqual([3]);
  // As if it were new: it started over ten minutes ago.
  expect(await deliver(request('d', [point(1, DAY / 1000, 50)], NOW + DAY + 140_000))).toEqual([
    'firstSeenLate',
  ]);
});

/** What happens to a request in one delivery: it may die before its deltas are sent, or be delivered once more. */
interface Delivery {
  readonly request: number;
  readonly instance: number;
}

test('in any order, twice, and by two instances in turns, a counter and a histogram add up', async () => {
  const scenario = fc.record({
    steps: fc.array(fc.tuple(fc.nat(50), fc.nat(5), fc.nat(5)), { minLength: 1, maxLength: 8 }),
    seed: fc.integer(),
    repeats: fc.array(fc.nat(7), { maxLength: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ steps, seed, repeats }) => {
      store = new MemorySeries();
      const random = new Seeded(seed);
      // Every step of either instance waits a random number of turns, so that they overlap in every way.
      store.pause = async () => {
        for (let turns = random.below(6); turns > 0; turns--) await Promise.resolve();
      };
      let total = 0;
      const counts = [0, 0];
      const requests = steps.map(([added, low, high], i) => {
        total += added;
        counts[0]! += low;
        counts[1]! += high;
        const histogram: Totals = {
          kind: 'histogram',
          boundsHash: 1,
          counts: Float64Array.from(counts),
          sum: counts[1]! * 2,
        };
        return request(`${i}`, [point(1, i, total), point(2, i, histogram)]);
      });
      const deliveries: Delivery[] = [...requests.keys(), ...repeats.filter((i) => i < requests.length)].map(
        (number) => ({ request: number, instance: random.below(2) }),
      );
      for (let i = deliveries.length - 1; i > 0; i--) {
        const j = random.below(i + 1);
        [deliveries[i], deliveries[j]] = [deliveries[j]!, deliveries[i]!];
      }
      const resolvers = [new DeltaResolver(store), new DeltaResolver(store)];
      const seen = new Map<number, unknown>();
      await Promise.all(
        resolvers.map(async (resolver, instance) => {
          for (const delivery of deliveries.filter((one) => one.instance === instance)) {
            const deltas = await deliver(requests[delivery.request]!, resolver);
            // Whoever asks gets the same.
            if (seen.has(delivery.request)) expect(deltas).toEqual(seen.get(delivery.request));
            seen.set(delivery.request, deltas);
          }
        }),
      );
      let sum = 0;
      const added = [0, 0];
      for (const deltas of seen.values()) {
        const [counter, histogram] = deltas as [number | string, Totals | string];
        if (typeof counter === 'number') sum += counter;
        if (typeof histogram === 'string' || histogram.kind !== 'histogram') continue;
        for (const i of [0, 1]) added[i]! += histogram.counts[i]!;
      }
      expect(sum).toBe(total);
      expect(added).toEqual(counts);
    }),
    { numRuns: 150 },
  );
});
