// History of CloudWatch → an SLO's rows: the same budget as if it had been evaluated all the time.
import { describe, expect, test } from 'vitest';
import type { MetricRead } from '../../../lib/slo/ports.ts';
import { backfillSlo } from '../../../lib/slo/run/backfill.ts';
import { readState } from '../../../lib/slo/run/state-text.ts';
import type { SloSettings } from '../../../lib/slo/settings.ts';
import { DAY, HOUR, MINUTE, T0 } from '../support.ts';
import { goodTotal, instance, measured, source, World } from './world.ts';

const NOW = T0 + 100 * DAY + 7 * MINUTE;

/** A failure in a hundred over the last days, more in one hour of each day. */
function history(world: World, days: number): void {
  for (let at = Math.floor(NOW / MINUTE) * MINUTE - days * DAY; at < NOW; at += MINUTE) {
    const bad = new Date(at).getUTCHours() === 3 ? 5 : 1;
    world.put('good', at, 100 - bad);
    world.put('total', at, 100);
  }
}

const state = (world: World, name = 'checkout') => readState(world.store.rows.get(name)!.state).state;

describe('a backfill', () => {
  test('of an SLO that was never evaluated ends where one ends that was evaluated all the time', async () => {
    const slo = measured({ objective: 0.99, period: { kind: 'rolling', lengthMs: 7 * DAY } });
    const [lived, filled] = [new World(), new World()];
    for (const world of [lived, filled]) history(world, 9);
    const live = instance(lived, [slo]);
    for (let now = NOW - 9 * DAY + MINUTE; now <= NOW; now += 6 * HOUR) await live(now);
    await live(NOW);
    const result = await backfillSlo(filled, { slo, from: NOW - 9 * DAY, now: NOW });
    expect(result.minutes).toBeGreaterThan(9 * 1_440 - 60);
    await instance(filled, [slo])(NOW);
    expect(state(filled).budget).toEqual(state(lived).budget);
    expect(state(filled).sums).toEqual(state(lived).sums);
    expect(filled.alertList.map(({ labels }) => labels.severity)).toEqual(Object.keys(state(lived).firing));
  });

  test('reads minutes of 15 days, blocks of five of 63 and hours of what is older', async () => {
    const slo = measured({ objective: 0.99, period: { kind: 'rolling', lengthMs: 90 * DAY } });
    const world = new World();
    history(world, 95);
    const progress: number[] = [];
    await backfillSlo(world, { slo, from: NOW - 90 * DAY, now: NOW, onProgress: (to) => progress.push(to) });
    const age = (read: MetricRead) => [
      read.periodMs / MINUTE,
      Math.ceil((NOW - read.from) / DAY),
      Math.floor((NOW - read.to) / DAY),
    ];
    const ages = world.reads.map(age);
    expect(new Set(ages.map(([period]) => period))).toEqual(new Set([1, 5, 60]));
    for (const [period, oldest, newest] of ages) {
      if (period === 1) expect(oldest).toBeLessThanOrEqual(15);
      if (period === 5) expect(oldest).toBeLessThanOrEqual(63);
      if (period === 5) expect(newest).toBeGreaterThanOrEqual(14);
      if (period === 60) expect(newest).toBeGreaterThanOrEqual(62);
    }
    expect(progress.at(-1)).toBeGreaterThan(NOW - 2 * HOUR);
    await instance(world, [slo])(NOW);
    const { bad, total, from } = state(world).budget;
    expect(total).toBe(((Math.floor(NOW / MINUTE) * MINUTE - from) / MINUTE) * 100);
    expect(bad / total).toBeCloseTo((23 + 5) / 2400, 4);
  });

  test('leaves what is stored as it is, and adds nothing when it is run again', async () => {
    const slo = measured({ objective: 0.99 });
    const world = new World();
    history(world, 3);
    const run = instance(world, [slo]);
    for (let now = NOW - 4 * HOUR; now <= NOW; now += MINUTE) await run(now);
    const before = state(world).budget;
    expect(before.total).toBe(7 * 60 * 100);
    world.put('total', Math.floor(NOW / MINUTE) * MINUTE - 5 * HOUR, 1_000_000);
    const first = await backfillSlo(world, { slo, from: NOW - 3 * DAY, now: NOW });
    expect(state(world).budget.total).toBe(3 * 1_440 * 100);
    expect(first.remaining).toBeLessThan(1);
    const again = await backfillSlo(world, { slo, from: NOW - 3 * DAY, now: NOW });
    expect(again.minutes).toBe(0);
    await run(NOW + MINUTE);
    expect(state(world).budget.total).toBe(3 * 1_440 * 100);
  });

  test('repeats values of a long period in each of its minutes, and spreads events where minutes count', async () => {
    const indicators: Partial<SloSettings>[] = [
      { indicator: { kind: 'threshold', metric: source('total'), operator: 'lt', limit: 5 * 100 * 60 } },
      { indicator: goodTotal(), budgeting: { kind: 'timeSlices', sliceMs: MINUTE, sliceTarget: 0.9 } },
    ];
    for (const changes of indicators) {
      const slo = measured({ ...changes, objective: 0.99, period: { kind: 'rolling', lengthMs: 70 * DAY } });
      const world = new World();
      history(world, 71);
      await backfillSlo(world, { slo, from: NOW - 71 * DAY, now: NOW });
      const { total, bad, from } = state(world).budget;
      expect(total).toBe((state(world).to - from) / MINUTE);
      expect(bad).toBe(0);
    }
  });

  test('is refused for a time out of reach and for metrics that are not read', async () => {
    const world = new World();
    const early = backfillSlo(world, { slo: measured(), from: NOW - 456 * DAY, now: NOW });
    await expect(early).rejects.toMatchObject({
      reason: 'wrongUsage',
      message: expect.stringContaining('455'),
    });
    const other = { kind: 'other', type: 'prometheus' } as const;
    const slo = measured({ indicator: { kind: 'goodTotal', good: other, total: other } });
    await expect(backfillSlo(world, { slo, from: NOW - DAY, now: NOW })).rejects.toMatchObject({
      reason: 'wrongUsage',
    });
  });

  test('that CloudWatch throttles says so, keeps what was filled and goes on when it is run again', async () => {
    const slo = measured({ objective: 0.99 });
    const world = new World();
    history(world, 10);
    const reading = world.metrics.read;
    let calls = 0;
    const metrics = {
      read: async (read: MetricRead) => {
        if (++calls === 3) world.failing.set('good', 'throttled');
        return reading(read);
      },
    };
    const first = backfillSlo(
      { ...world, store: world.store, metrics },
      { slo, from: NOW - 10 * DAY, now: NOW },
    );
    await expect(first).rejects.toMatchObject({ name: 'RetryableError', reason: 'throttled' });
    expect(state(world).budget.total).toBeGreaterThan(7 * 1_440 * 100);
    world.failing.clear();
    await backfillSlo(world, { slo, from: NOW - 10 * DAY, now: NOW });
    await instance(world, [slo])(NOW);
    expect(state(world).budget.total).toBe(10 * 1_440 * 100);
  });
});
