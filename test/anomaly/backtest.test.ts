// What a team sees before it trusts the detector: alerts and periods on its own history, for each strictness.
import { describe, expect, test } from 'vitest';
import { backtestMetrics } from '../../lib/anomaly/backtest/backtest-metrics.ts';
import { SETTLE_MS } from '../../lib/anomaly/run/new-rows.ts';
import { watchedMetrics } from '../../lib/anomaly/watch/watched-metrics.ts';
import { DAY, daily, during, START, Story, watchOf } from './run/story.ts';

const FAULT = START + 10 * DAY;
const range = { fromMs: START, toMs: START + 14 * DAY + SETTLE_MS };

describe('a backtest', () => {
  const story = new Story()
    .service(
      'checkout',
      during(daily(100, 1), () => 900, FAULT, FAULT + 1_800_000),
    )
    .service('calm', daily(50, 2));

  test('gives the period of a fault at each strictness, and next to none for a calm metric', async () => {
    const watched = await watchedMetrics([watchOf()], story.world.metrics);
    const results = await backtestMetrics(story.world.metrics, watched, [0.5, 1, 2], range);
    const [checkout, calm] = results;
    expect(checkout?.rows).toBe(14 * 288);
    expect(checkout?.backtests.map(({ strictness }) => strictness)).toEqual([0.5, 1, 2]);
    for (const { periods } of checkout!.backtests) {
      expect(periods.filter(({ from, to }) => from <= FAULT && to >= FAULT)).toHaveLength(1);
    }
    const alerts = [checkout!, calm!].map(({ backtests }) => backtests.map(({ periods }) => periods.length));
    for (const [loose, usual, strict] of alerts) {
      expect(loose).toBeGreaterThanOrEqual(usual!);
      expect(usual).toBeGreaterThanOrEqual(strict!);
    }
    expect(alerts[1]?.[2]).toBeLessThanOrEqual(1);
  });

  test('says how far it is', async () => {
    const watched = await watchedMetrics([watchOf()], story.world.metrics);
    const done: number[] = [];
    await backtestMetrics(story.world.metrics, watched, [1], range, (count) => done.push(count));
    expect(done).toEqual([2]);
  });
});
