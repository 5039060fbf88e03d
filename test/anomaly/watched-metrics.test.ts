// Which metrics a configuration watches, of those that CloudWatch lists.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignShards, type CatalogueEntry } from '../../lib/anomaly/run/catalogue.ts';
import { callEdges } from '../../lib/anomaly/watch/service-calls.ts';
import { identity, matchesText, watchedMetrics } from '../../lib/anomaly/watch/watched-metrics.ts';
import { MemoryMetrics } from './run/memory-ports.ts';
import { watchOf } from './run/story.ts';

function listed(...metrics: ReturnType<typeof identity>[]): MemoryMetrics {
  const world = new MemoryMetrics();
  for (const metric of metrics) world.add(metric, 'p95', () => 1);
  return world;
}

describe('a watch', () => {
  test('takes metrics with exactly its dimensions, * in a value standing for any text', async () => {
    const world = listed(
      identity('Shop', 'Latency', { service: 'cart' }),
      identity('Shop', 'Latency', { service: 'cart', region: 'north' }),
      identity('Shop', 'Latency', {}),
      identity('Shop', 'Requests', { service: 'cart' }),
      identity('Other', 'Latency', { service: 'cart' }),
    );
    const found = await watchedMetrics([watchOf()], world);
    expect(found.map(({ id }) => id)).toEqual(['Shop Latency{service="cart"} p95']);
    expect(found[0]?.component).toBe('cart');
  });

  test('of a name and values without * needs no list', async () => {
    const world = listed();
    const [found] = await watchedMetrics([watchOf({ dimensions: { service: 'new' } })], world);
    expect(found?.component).toBe('new');
  });

  test('that comes first decides about a metric that several match', async () => {
    const world = listed(identity('Shop', 'Latency', { service: 'cart' }));
    const watches = [watchOf({ dimensions: { service: 'ca*' }, severity: 'page' }), watchOf()];
    const found = await watchedMetrics(watches, world);
    expect(found.map(({ watch }) => watch.severity)).toEqual(['page']);
  });

  test('of a metric without dimensions is of what it is called', async () => {
    const found = await watchedMetrics([watchOf({ dimensions: {}, component: '{service}' })], listed());
    expect(found[0]?.component).toBe('Shop Latency');
  });
});

test.each([
  ['shop-*', 'shop-cart', true],
  ['shop-*', 'shop', false],
  ['*', '', true],
  ['a*b', 'ab', true],
  ['a*b', 'aba', false],
  ['aa*aa', 'aaa', false],
  ['*db*', 'my-db-1', true],
  ['plain', 'plain', true],
  ['plain', 'plain2', false],
  ['a.c', 'abc', false],
])('the pattern %j and the text %j: %j', (pattern, text, expected) => {
  expect(matchesText(pattern, text)).toBe(expected);
});

describe('calls', () => {
  test('are read from the metric Calls, remotes being known by name or by host', () => {
    const call = (service: string, remote: string) =>
      identity('Tidewatch/Spans', 'Calls', { service, remote });
    const edges = callEdges([
      call('checkout', 'payments'),
      call('payments', 'http://ledger.internal:8080/x'),
      call('payments', 'orders-db'),
      call('checkout', '_other'),
      identity('Tidewatch/Spans', 'Requests', { service: 'ledger', operation: 'GET /' }),
    ]);
    expect(edges).toEqual([
      { caller: 'checkout', callee: 'payments' },
      { caller: 'payments', callee: 'ledger' },
      { caller: 'payments', callee: 'orders-db' },
    ]);
  });
});

describe('shards', () => {
  const entry = (id: string): CatalogueEntry => ({
    id,
    metric: identity('Shop', id, {}),
    component: id,
    watch: 0,
  });

  test('keep every metric once, where it was, and none above the size', () => {
    const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 40 });
    fc.assert(
      fc.property(ids, ids, fc.integer({ min: 1, max: 5 }), (first, second, size) => {
        const before = assignShards([], first.map(entry), size);
        const after = assignShards(before, second.map(entry), size);
        expect(
          after
            .flat()
            .map(({ id }) => id)
            .toSorted(),
        ).toEqual(second.toSorted());
        for (const shard of after) expect(shard.length).toBeLessThanOrEqual(size);
        before.forEach((shard, at) => {
          for (const { id } of shard) {
            if (second.includes(id)) expect(after[at]?.map((one) => one.id)).toContain(id);
          }
        });
      }),
    );
  });
});
