// A run over a shard: what is read, written and told, and what becomes of bad input.
import { describe, expect, test } from 'vitest';
import type { MetricRead, MetricSeries } from '../../../lib/slo/ports.ts';
import { SloRun } from '../../../lib/slo/run/evaluate-shard.ts';
import type { RunSummary } from '../../../lib/slo/run/run-summary.ts';
import { readState } from '../../../lib/slo/run/state-text.ts';
import type { SloSettings } from '../../../lib/slo/settings.ts';
import { DAY, HOUR, MINUTE, T0 } from '../support.ts';
import { instance, measured, source, World } from './world.ts';

/** 90 % over an hour, with one pair that pages. */
const demo = (changes: Partial<SloSettings> = {}): SloSettings =>
  measured({
    name: 'demo',
    objective: 0.9,
    period: { kind: 'rolling', lengthMs: HOUR },
    windows: [
      {
        severity: 'page',
        longWindowMs: 5 * MINUTE,
        shortWindowMs: MINUTE,
        budgetShare: 0.1,
        factor: 2,
        holdMs: 0,
      },
    ],
    policy: [{ action: 'freeze', below: 0, until: 0.1 }],
    ...changes,
  });

const counts = (summary: RunSummary): Record<string, number> => ({
  ...Object.fromEntries(summary.counts.map(({ name, reason, count }) => [`${name} ${reason}`, count])),
  ...(summary.evaluated > 0 && { evaluated: summary.evaluated }),
});

const stateOf = (world: World, slo = 'demo') => readState(world.store.rows.get(slo)!.state).state;

describe('a burn', () => {
  test('fires, is told again every five minutes, closes the gate, and all ends with it', async () => {
    const world = new World();
    const run = instance(world, [demo()]);
    world.traffic(T0, T0 + HOUR, 10, 0);
    world.traffic(T0 + 30 * MINUTE, T0 + 50 * MINUTE, 10, 9);
    for (let now = T0 + MINUTE; now <= T0 + 2 * HOUR; now += MINUTE) await run(now);
    const told = world.alertList.map(({ startsAt, endsAt, labels }) => [
      labels.severity,
      (startsAt - T0) / MINUTE,
      (endsAt - T0) / MINUTE,
    ]);
    expect(told).toEqual([
      ['page', 32, 47],
      ['page', 32, 52],
      ['page', 32, 57],
      ['page', 32, 62],
      ['page', 32, 51],
    ]);
    const seen = world.told.map(({ type, detail }) => [type, detail.before, detail.after]);
    expect(seen).toContainEqual(['SLO Budget State Change', 'healthy', 'warning']);
    expect(seen.filter(([type]) => type === 'SLO Gate Change')).toEqual([
      ['SLO Gate Change', 'open', 'closed'],
      ['SLO Gate Change', 'closed', 'open'],
    ]);
    expect(seen).toContainEqual(['SLO Policy Action', 'ended', 'inForce']);
    expect(world.store.rows.get('demo')!.outbox).toBe('');
  });

  test('is published each minute: two values of each SLO, and whether its gate is closed', async () => {
    const world = new World();
    world.traffic(T0, T0 + 10 * MINUTE, 10, 1);
    await instance(world, [demo(), measured({ name: 'plain' })])(T0 + 10 * MINUTE);
    expect(world.published).toHaveLength(1);
    expect(world.published[0]!.at).toBe(T0 + 10 * MINUTE);
    expect(world.published[0]!.datums.map(({ slo, metric, value }) => [slo, metric, value])).toEqual([
      ['demo', 'budget_remaining', 0],
      ['demo', 'burn_rate', 1],
      ['demo', 'gate_closed', 0],
      ['plain', 'budget_remaining', -99],
      ['plain', 'burn_rate', 100],
    ]);
  });
});

describe('published values', () => {
  test('are more for an SLO that asked for them: what is left in events and minutes, and each pair', async () => {
    const world = new World();
    world.traffic(T0, T0 + HOUR, 10, 0.5);
    await instance(world, [demo({ policy: [] })], { detailedMetrics: ['demo'] })(T0 + HOUR);
    expect(world.published[0]!.datums).toEqual([
      { metric: 'budget_remaining', slo: 'demo', value: 0.5 },
      { metric: 'burn_rate', slo: 'demo', value: 0.5 },
      { metric: 'budget_remaining_events', slo: 'demo', value: 30 },
      { metric: 'error_budget_remaining_minutes', slo: 'demo', value: 3 },
      { metric: 'burn_rate', slo: 'demo', value: 0.5, window: '5m' },
    ]);
  });

  test('of hundreds of SLOs are not written to hour rows in the same minute', async () => {
    const world = new World();
    const slos = Array.from({ length: 150 }, (_, at) => demo({ name: `slo-${at}` }));
    world.traffic(T0, T0 + 2 * HOUR, 10, 0);
    const run = instance(world, slos);
    const writes: number[] = [];
    for (let minute = 60; minute < 90; minute++) {
      world.store.hourWrites = 0;
      await run(T0 + minute * MINUTE);
      writes.push(world.store.hourWrites);
    }
    expect(Math.max(...writes.slice(1))).toBeLessThan(60);
    expect(Math.min(...writes.slice(1))).toBeGreaterThan(0);
  });
});

describe('a row', () => {
  test('of a busy SLO with the usual windows stays below 1 KB, and hour rows too', async () => {
    const world = new World();
    const run = instance(world, [measured({ name: 'a-name-of-an-slo-that-is-rather-long-for-a-test' })]);
    world.traffic(T0, T0 + 5 * HOUR, 1_234_567, 12_345);
    for (let now = T0 + MINUTE; now <= T0 + 5 * HOUR; now += MINUTE) {
      await run(now);
      for (const row of world.store.rows.values()) {
        const size = row.state.length + row.recent.length + JSON.stringify(row.status).length;
        expect(size).toBeLessThan(1_000);
      }
    }
    for (const rows of world.store.hourRows.values())
      for (const packed of rows.values()) expect(packed.length).toBeLessThan(700);
  });

  test('is written once a run, hour rows four times an hour, and nothing is written twice', async () => {
    const world = new World();
    const run = instance(world, [demo()]);
    world.traffic(T0, T0 + 3 * HOUR, 10, 0);
    await run(T0 + HOUR);
    const { commits } = world.store;
    await run(T0 + HOUR);
    expect(world.store.commits).toBe(commits);
    await run(T0 + HOUR + MINUTE);
    expect(world.store.commits).toBe(commits + 1);
  });
});

describe('what is read', () => {
  test('is 16 minutes each run, three hours once an hour and two days once a day', async () => {
    const world = new World();
    const run = instance(world, [demo()]);
    const lengths: number[] = [];
    for (let now = T0 + MINUTE; now <= T0 + DAY + HOUR; now += MINUTE) {
      world.reads.length = 0;
      await run(now);
      lengths.push(...world.reads.map(({ from, to }) => (to - from) / MINUTE));
    }
    const times = new Map<number, number>();
    for (const length of lengths.slice(1)) times.set(length, (times.get(length) ?? 0) + 1);
    expect([...times.keys()].sort((a, b) => a - b)).toEqual([16, 180, 2880]);
    expect(times.get(2880)).toBe(1);
    expect(times.get(180)).toBeGreaterThanOrEqual(23);
    expect(times.get(180)).toBeLessThanOrEqual(25);
  });

  test('are at most 500 metrics a call, both terms of an SLO in one, a shared metric once', async () => {
    const world = new World();
    const shared = Array.from({ length: 400 }, (_, at) =>
      measured({
        name: `slo-${at}`,
        indicator: { kind: 'goodTotal', good: source(`good${at}`), total: source(`total${at >> 1}`) },
      }),
    );
    await instance(world, shared)(T0);
    expect(world.reads.map(({ sources }) => sources.length)).toEqual([500, 101]);
    for (const { sources } of world.reads) {
      const names = new Set(sources.map(({ metric }) => metric));
      expect(names.size).toBe(sources.length);
      for (let at = 0; at < 400; at++)
        if (names.has(`good${at}`)) expect(names.has(`total${at >> 1}`)).toBe(true);
    }
  });

  test('of a system that is not read is not asked for', async () => {
    const world = new World();
    const other = { kind: 'other', type: 'prometheus' } as const;
    const run = instance(world, [measured({ indicator: { kind: 'goodTotal', good: other, total: other } })]);
    expect((await run(T0)).counts).toEqual([]);
    expect(world.reads).toEqual([]);
  });

  test('is dealt out to shards, each SLO to one', async () => {
    const slos = Array.from({ length: 50 }, (_, at) => measured({ name: `slo-${at}` }));
    const world = new World();
    const run = instance(world, slos, { shards: 3 });
    for (const shard of [0, 1, 2]) expect((await run(T0, shard)).evaluated).toBeGreaterThan(5);
    expect(world.store.rows.size).toBe(50);
  });
});

describe('bad input', () => {
  const burning = async (world: World, minutes = 10) => {
    const run = instance(world, [demo()]);
    world.traffic(T0, T0 + minutes * MINUTE, 10, 9);
    for (let minute = 1; minute <= minutes; minute++) await run(T0 + minute * MINUTE);
    return run;
  };

  test.each(['throttled', 'partial', 'unavailable', 'forbidden'] as const)(
    'a %s metric leaves its SLO as it is, says so, and the others are evaluated',
    async (reason) => {
      const world = new World();
      world.traffic(T0, T0 + HOUR, 10, 9);
      const run = instance(world, [
        demo(),
        demo({ name: 'other', indicator: { kind: 'badTotal', bad: source('bad'), total: source('total') } }),
      ]);
      await run(T0 + MINUTE);
      world.failing.set('good', reason);
      const summary = await run(T0 + 2 * MINUTE);
      expect(counts(summary)).toMatchObject({ [`notEvaluated ${reason}`]: 1, evaluated: 1 });
      expect(summary.failure?.message).toContain('demo');
      expect(summary.isLost).toBe(false);
      expect([stateOf(world).to, stateOf(world, 'other').to]).toEqual([T0 + MINUTE, T0 + 2 * MINUTE]);
    },
  );

  test('a metric that CloudWatch refuses, and with it the whole call, costs its own SLO only', async () => {
    const world = new World();
    const slos = Array.from({ length: 20 }, (_, at) =>
      demo({
        name: `slo-${at}`,
        indicator: { kind: 'goodTotal', good: source(`good${at}`), total: source('total') },
      }),
    );
    const reading = world.metrics.read;
    const metrics = {
      read: async (read: MetricRead): Promise<MetricSeries[]> => {
        const series = await reading(read);
        const isRefused = read.sources.some(({ metric }) => metric === 'good13');
        return isRefused
          ? series.map(() => ({ kind: 'failed', reason: 'rejected', message: 'good13: no such statistic' }))
          : series;
      },
    };
    const run = instance({ ...world, store: world.store, metrics }, slos);
    const summary = await run(T0);
    expect(counts(summary)).toMatchObject({ evaluated: 19, 'notEvaluated rejected': 1 });
    expect(summary.failure?.message).toContain('slo-13: good13: no such statistic');
    world.reads.length = 0;
    expect(counts(await run(T0 + MINUTE))).toMatchObject({ evaluated: 19, 'notEvaluated rejected': 1 });
    const alone = world.reads.filter(({ sources }) => sources.some(({ metric }) => metric === 'good13'));
    expect(alone.map(({ sources }) => sources.length)).toEqual([2]);
    expect(world.reads.length).toBeLessThan(5);
  });

  test('metrics that cannot be read neither fire nor resolve: what fires is told again', async () => {
    const world = new World();
    const run = await burning(world);
    const before = world.alertList.length;
    world.failing.set('total', 'throttled');
    for (let minute = 11; minute <= 25; minute++) await run(T0 + minute * MINUTE);
    const later = world.alertList.slice(before);
    expect(later.length).toBeGreaterThanOrEqual(3);
    for (const { endsAt } of later) expect(endsAt).toBeGreaterThan(T0 + 25 * MINUTE);
    expect(stateOf(world).to).toBe(T0 + 10 * MINUTE);
  });

  test('good events that are missing beside a total are awaited for ten minutes, then none was good', async () => {
    const world = new World();
    const run = instance(world, [demo()]);
    world.traffic(T0, T0 + 10 * MINUTE, 10, 0);
    for (let minute = 10; minute < 40; minute++) world.put('total', T0 + minute * MINUTE, 10);
    for (let minute = 1; minute <= 20; minute++) await run(T0 + minute * MINUTE);
    expect(world.alertList).toEqual([]);
    for (let minute = 21; minute <= 23; minute++) await run(T0 + minute * MINUTE);
    expect(world.alertList.length).toBeGreaterThan(0);
  });

  test('more good events than events are clamped and counted', async () => {
    const world = new World();
    world.put('good', T0, 12);
    world.put('total', T0, 10);
    world.put('good', T0 + MINUTE, -3);
    world.put('total', T0 + MINUTE, 10);
    const summary = await instance(world, [demo()])(T0 + 2 * MINUTE);
    expect(counts(summary)).toMatchObject({ 'clamped impossibleCounts': 2 });
    expect(stateOf(world).budget).toMatchObject({ bad: 10, total: 20 });
  });

  test('points of the future are left for later, values that are none are no data', async () => {
    const world = new World();
    world.traffic(T0, T0 + 10 * MINUTE, 10, 0);
    world.put('total', T0 + MINUTE, Number.NaN);
    await instance(world, [demo({ settleMs: 2 * MINUTE })])(T0 + 5 * MINUTE);
    expect(stateOf(world)).toMatchObject({ to: T0 + 3 * MINUTE, budget: { bad: 0, total: 20 } });
  });

  test('late points change the budget at the next hourly and daily reading, and fire nothing', async () => {
    const world = new World();
    const run = instance(world, [measured({ name: 'demo' })]);
    world.traffic(T0, T0 + 3 * DAY, 10, 0);
    world.traffic(T0 + HOUR, T0 + 2 * HOUR, 10, 10);
    const hidden = new Map<string, number[]>();
    for (const metric of ['good', 'total'])
      hidden.set(metric, [...world.values.get(metric)!.values()].slice(60, 120));
    for (let at = T0 + HOUR; at < T0 + 2 * HOUR; at += MINUTE)
      for (const metric of ['good', 'total']) world.put(metric, at, undefined);
    for (let now = T0 + MINUTE; now <= T0 + 10 * HOUR; now += MINUTE) await run(now);
    expect(stateOf(world).budget.bad).toBe(0);
    world.traffic(T0 + HOUR, T0 + 2 * HOUR, 10, 10);
    for (let now = T0 + 10 * HOUR; now <= T0 + 35 * HOUR; now += MINUTE) await run(now);
    expect(stateOf(world).budget.bad).toBe(600);
    expect(world.alertList).toEqual([]);
  });

  test('a function that did not run for an hour catches up without an alarm about what is over', async () => {
    const world = new World();
    const run = instance(world, [demo({ period: { kind: 'rolling', lengthMs: DAY } })]);
    world.traffic(T0, T0 + 3 * HOUR, 10, 0);
    world.traffic(T0 + 70 * MINUTE, T0 + 100 * MINUTE, 10, 10);
    for (let minute = 1; minute <= 60; minute++) await run(T0 + minute * MINUTE);
    await run(T0 + 2 * HOUR);
    expect(world.alertList).toEqual([]);
    expect(stateOf(world)).toMatchObject({ to: T0 + 2 * HOUR, budget: { bad: 300, total: 1200 } });
  });

  test('after three days it catches up a day at a time, and says nothing about now until it is there', async () => {
    const world = new World();
    const run = instance(world, [demo({ period: { kind: 'rolling', lengthMs: 7 * DAY } })]);
    world.traffic(T0, T0 + 4 * DAY, 10, 1);
    for (let minute = 1; minute <= 5; minute++) await run(T0 + minute * MINUTE);
    const now = T0 + 3 * DAY + 6 * HOUR;
    const summaries = [];
    for (let minute = 0; minute < 4; minute++) summaries.push(counts(await run(now + minute * MINUTE)));
    expect(summaries.map((summary) => summary['behind catchingUp'] ?? 0)).toEqual([1, 1, 1, 0]);
    expect(stateOf(world)).toMatchObject({ to: now + 3 * MINUTE });
    expect(stateOf(world).budget.total).toBe(((now + 3 * MINUTE - T0) / MINUTE) * 10);
    expect(world.alertList).toEqual([]);
  });

  test('a run for an earlier time than the last one changes nothing', async () => {
    const world = new World();
    const run = await burning(world, 3);
    const row = world.store.rows.get('demo');
    const summary = await run(T0 + MINUTE);
    expect(counts(summary)).toEqual({ 'notEvaluated olderThanState': 1 });
    expect(summary.isLost).toBe(false);
    expect(world.store.rows.get('demo')).toEqual(row);
  });

  test('a definition that changed while metrics cannot be read is summed anew all the same', async () => {
    const world = new World();
    await burning(world, 5);
    world.traffic(T0 + 5 * MINUTE, T0 + 10 * MINUTE, 10, 9);
    world.failing.set('good', 'throttled');
    const [pair] = demo().windows;
    const windows = [pair!, { ...pair!, severity: 'ticket' as const, longWindowMs: 20 * MINUTE }];
    const run = instance(world, [demo({ windows })]);
    const summary = await run(T0 + 6 * MINUTE);
    expect(counts(summary)).toEqual({ 'notEvaluated throttled': 1 });
    expect(stateOf(world)).toMatchObject({
      to: T0 + 5 * MINUTE,
      sums: [{ bad: 9 }, { bad: 45 }, { bad: 45 }],
    });
    world.failing.clear();
    await run(T0 + 7 * MINUTE);
    expect(Object.keys(stateOf(world).firing)).toContain('ticket');
  });

  test('a row of another version is summed anew from the hours, goes on firing, and ends it', async () => {
    const world = new World();
    const run = await burning(world, 90);
    const plain = new World();
    const other = await burning(plain, 90);
    const row = world.store.rows.get('demo')!;
    world.store.rows.set('demo', { ...row, state: '[99]', outbox: 'of another form' });
    const before = world.alertList.length;
    const summary = await run(T0 + 91 * MINUTE);
    await other(T0 + 91 * MINUTE);
    expect(counts(summary)).toEqual({ evaluated: 1, 'restored unknownVersion': 1 });
    expect(stateOf(world)).toMatchObject({
      to: stateOf(plain).to,
      sums: stateOf(plain).sums,
      budget: stateOf(plain).budget,
    });
    expect(world.alertList.slice(before).map(({ labels }) => labels.severity)).toEqual(['page']);
    world.traffic(T0 + 91 * MINUTE, T0 + 200 * MINUTE, 10, 0);
    for (let minute = 92; minute <= 110; minute++) await run(T0 + minute * MINUTE);
    expect(stateOf(world).firing).toEqual({});
    expect(world.alertList.at(-1)!.endsAt).toBeLessThanOrEqual(T0 + 100 * MINUTE);
  });

  test('minutes of another version are read again, as far as two days ago', async () => {
    const world = new World();
    const run = await burning(world, 90);
    const row = world.store.rows.get('demo')!;
    world.store.rows.set('demo', { ...row, recent: Uint8Array.of(99, 1, 2) });
    for (const hours of world.store.hourRows.values())
      for (const hour of hours.keys()) hours.set(hour, Uint8Array.of(99));
    const summary = await run(T0 + 91 * MINUTE);
    expect(counts(summary)).toMatchObject({ evaluated: 1, 'restored unknownVersion': 1 });
    expect(counts(summary)['notCounted unreadableHour']).toBeGreaterThan(0);
    // 59 minutes of 10 events, of which 9 fail, and one without.
    expect(stateOf(world).budget).toMatchObject({ total: 590, bad: 531 });
  });

  test('a refused metric of one Region leaves those of another alone that are read in the same run', async () => {
    const world = new World();
    world.traffic(T0 - HOUR, T0 + HOUR, 10, 0);
    const far = { ...source('good'), region: 'eu-central-1' };
    const slos = [
      demo({ name: 'far', indicator: { kind: 'goodTotal', good: far, total: { ...far, metric: 'total' } } }),
      demo({ name: 'near' }),
      demo({ name: 'wrong', indicator: { kind: 'goodTotal', good: source('no'), total: source('total') } }),
    ];
    const metrics = {
      read: async (read: MetricRead): Promise<MetricSeries[]> => {
        const series = await world.metrics.read(read);
        const isRefused = read.sources.some(({ metric }) => metric === 'no');
        return series.map((one, at) =>
          isRefused && read.sources[at]!.region === undefined
            ? { kind: 'failed', reason: 'rejected', message: 'no such statistic' }
            : one,
        );
      },
    };
    const summary = await instance({ ...world, store: world.store, metrics }, slos)(T0);
    expect(counts(summary)).toEqual({ evaluated: 2, 'notEvaluated rejected': 1 });
  });
});

describe('a change of the definition of all SLOs', () => {
  const slos = (factor: number) =>
    Array.from({ length: 45 }, (_, at) => {
      const [pair] = demo().windows;
      return demo({ name: `slo-${at}`, windows: [{ ...pair!, factor }] });
    });

  test('is summed anew some at a time, and the next run goes on where time ran out', async () => {
    const world = new World();
    world.traffic(T0 - HOUR, T0 + HOUR, 10, 1);
    await instance(world, slos(2))(T0);
    let time = 0;
    let open = 0;
    let most = 0;
    const store = Object.assign(Object.create(world.store), {
      hoursBetween: async (...wanted: Parameters<typeof world.store.hoursBetween>) => {
        most = Math.max(most, ++open);
        const rows = await world.store.hoursBetween(...wanted);
        time++;
        open--;
        return rows;
      },
    });
    const settings = {
      slos: slos(3),
      shards: 1,
      metricsNamespace: 'Tidewatch/SLO',
      detailedMetrics: [],
      events: true,
    };
    const run = new SloRun(settings, { ...world, store }, () => time);
    const first = await run.run({ now: T0 + MINUTE, shard: 0, deadlineMs: 30 });
    expect(counts(first)).toEqual({ evaluated: 40, 'notEvaluated outOfTime': 5 });
    const second = await run.run({ now: T0 + 2 * MINUTE, shard: 0, deadlineMs: 1_000 });
    expect(counts(second)).toEqual({ evaluated: 45 });
    expect(most).toBeLessThanOrEqual(4);
  });
});

describe('what cannot be told', () => {
  test('an alert that fits into no message is counted once and not kept for another try', async () => {
    const world = new World();
    world.traffic(T0, T0 + HOUR, 10, 9);
    const labels = { story: 'x'.repeat(300_000) };
    const run = instance(world, [demo({ labels }), demo({ name: 'other' })]);
    const summary = await run(T0 + 10 * MINUTE);
    expect(counts(summary)).toMatchObject({ evaluated: 2, 'notTold tooLarge': 1 });
    expect(summary.failure?.cause).toMatchObject({ message: expect.stringContaining('demo') });
    expect(world.alertList.map(({ labels: { slo } }) => slo)).toEqual(['other']);
    expect(world.store.rows.get('demo')!.outbox).toBe('');
  });

  test('events wait for an event bus that is down, the newest 50 of them: the row stays small', async () => {
    const world = new World();
    world.isBusDown = true;
    const run = instance(world, [demo({ period: { kind: 'rolling', lengthMs: 5 * MINUTE } })]);
    let lost = 0;
    for (let minute = 0; minute < 600; minute++) {
      const isBad = Math.floor(minute / 10) % 2 === 1;
      world.traffic(T0 + minute * MINUTE, T0 + (minute + 1) * MINUTE, 10, isBad ? 9 : 0);
      const summary = await run(T0 + minute * MINUTE);
      lost += counts(summary)['notTold outboxFull'] ?? 0;
      expect(world.store.rows.get('demo')!.outbox.length).toBeLessThan(30_000);
    }
    expect(lost).toBeGreaterThan(0);
    world.isBusDown = false;
    await run(T0 + 700 * MINUTE);
    expect(world.told.length).toBeGreaterThan(40);
  });
});

describe('two evaluators at once', () => {
  test('count once and tell once: the slower one changes nothing', async () => {
    const world = new World();
    world.traffic(T0, T0 + HOUR, 10, 9);
    const [one, two] = [instance(world, [demo()]), instance(world, [demo()])];
    let conflicts = 0;
    for (let minute = 1; minute <= 30; minute++) {
      const both = await Promise.all([one(T0 + minute * MINUTE), two(T0 + minute * MINUTE)]);
      conflicts += both.filter((summary) => counts(summary)['notEvaluated conflict'] === 1).length;
    }
    expect(conflicts).toBe(30);
    expect(stateOf(world).budget).toMatchObject({ bad: 270, total: 300 });
    const told = world.alertList.map(({ endsAt }) => endsAt);
    expect(new Set(told).size).toBe(told.length);
    expect(world.told.filter(({ type }) => type === 'SLO Gate Change')).toHaveLength(1);
  });
});

describe('an evaluator that dies', () => {
  test('between writing and telling loses neither fire nor event: a later one tells them', async () => {
    const world = new World();
    const run = instance(world, [demo()]);
    world.traffic(T0, T0 + 20 * MINUTE, 10, 9);
    world.isQueueDown = true;
    world.isBusDown = true;
    expect(counts(await run(T0 + 3 * MINUTE))).toMatchObject({ 'notTold alertQueue': 1 });
    world.isQueueDown = false;
    world.isBusDown = false;
    await run(T0 + 4 * MINUTE);
    expect(world.alertList).toEqual([]);
    await run(T0 + 5 * MINUTE);
    expect(world.alertList).toMatchObject([{ startsAt: T0 + 3 * MINUTE, endsAt: T0 + 20 * MINUTE }]);
    expect(world.told.filter(({ type }) => type === 'SLO Gate Change')).toHaveLength(1);
    await run(T0 + 6 * MINUTE);
    expect(world.alertList).toHaveLength(1);
  });

  test('with a resolve in hand loses it no more than that; a fire that is over is told as resolved', async () => {
    const world = new World();
    const run = instance(world, [demo()]);
    world.traffic(T0, T0 + 5 * MINUTE, 10, 9);
    world.traffic(T0 + 5 * MINUTE, T0 + HOUR, 10, 0);
    for (let minute = 1; minute <= 5; minute++) await run(T0 + minute * MINUTE);
    const before = world.alertList.length;
    world.isQueueDown = true;
    await run(T0 + 6 * MINUTE);
    world.isQueueDown = false;
    for (let minute = 7; minute <= 9; minute++) await run(T0 + minute * MINUTE);
    expect(world.alertList.slice(before)).toMatchObject([{ endsAt: T0 + 8 * MINUTE }]);
  });
});

describe('changes that people make', () => {
  const exclusion = {
    kind: 'exclusion',
    id: 'x1',
    slo: 'demo',
    madeAt: T0,
    author: 'ops',
    reason: 'upgrade',
    madeBy: 'cli',
    exclusion: {
      schedule: { start: T0, repeat: undefined, timeZone: 'UTC' },
      durationMs: 30 * MINUTE,
      reason: 'upgrade',
      author: 'ops',
    },
  } as const;

  test('an exclusion leaves the counts when it is added, and gives them back when it is withdrawn', async () => {
    const world = new World();
    const run = instance(world, [demo()]);
    world.traffic(T0, T0 + 30 * MINUTE, 10, 9);
    world.traffic(T0 + 30 * MINUTE, T0 + HOUR, 10, 0);
    for (let minute = 1; minute <= 50; minute++) await run(T0 + minute * MINUTE);
    expect(stateOf(world).budget.bad).toBe(270);
    world.changeList.push(exclusion);
    await run(T0 + 51 * MINUTE);
    expect(stateOf(world).budget).toMatchObject({ bad: 0, total: 210 });
    world.changeList[0] = { ...exclusion, withdrawn: { at: T0, author: 'ops', reason: 'mistake' } };
    await run(T0 + 52 * MINUTE);
    expect(stateOf(world).budget).toMatchObject({ bad: 270, total: 520 });
  });

  test('an override opens the gate, and its end closes it', async () => {
    const world = new World();
    const run = instance(world, [demo()]);
    world.traffic(T0, T0 + HOUR, 10, 9);
    await run(T0 + 3 * MINUTE);
    const { kind: _, exclusion: __, ...made } = exclusion;
    world.changeList.push({ ...made, kind: 'override', until: T0 + 6 * MINUTE });
    for (let minute = 4; minute <= 7; minute++) await run(T0 + minute * MINUTE);
    const gates = world.told.filter(({ type }) => type === 'SLO Gate Change');
    expect(gates.map(({ at, detail }) => [(at - T0) / MINUTE, detail.after, detail.reason])).toEqual([
      [3, 'closed', 'frozen'],
      [4, 'open', 'overridden'],
      [6, 'closed', 'frozen'],
    ]);
  });
});
