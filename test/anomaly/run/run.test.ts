// Runs of the anomaly detection on a virtual clock, with CloudWatch, S3 and the alert queue in memory.
import { describe, expect, test } from 'vitest';
import { SETTLE_MS } from '../../../lib/anomaly/run/new-rows.ts';
import { inTurn } from '../../../lib/anomaly/run/run.ts';
import { RetryableError } from '../../../lib/model/errors.ts';
import { DAY, daily, during, START, STEP, Story, settingsOf, watchOf } from './story.ts';

const HOUR = 3_600_000;
const FAULT = START + 3 * HOUR;
const MENDED = FAULT + HOUR;

/** checkout calls payments calls ledger; payments breaks, checkout waits for it. */
function brokenPayments(settings = settingsOf(watchOf())): Story {
  const slow = (usual: (time: number) => number | undefined) => (time: number) => 6 * usual(time)!;
  return new Story(settings)
    .service('checkout', during(daily(100, 1), slow(daily(100, 1)), FAULT, MENDED))
    .service('payments', during(daily(40, 3), slow(daily(60, 3)), FAULT, MENDED))
    .service('ledger', daily(10, 5))
    .service('search', daily(30, 7))
    .calls('checkout', 'payments')
    .calls('payments', 'ledger');
}

describe('a fault', () => {
  test('is one alert within two evaluations, names the faulty service first, and is resolved after it', async () => {
    const story = brokenPayments();
    await story.evaluateUntil(FAULT);
    expect(story.world.sent).toEqual([]);
    await story.evaluateUntil(FAULT + 2 * STEP + 1);
    const first = story.alertsSince(FAULT);
    expect(first.map(({ at }) => at)).toContain(FAULT + STEP + SETTLE_MS);
    const [alert] = first;
    expect(alert?.labels).toMatchObject({ alertname: 'Anomaly', service: 'payments', severity: 'ticket' });
    expect(alert?.startsAt).toBe(FAULT);
    expect(alert?.endsAt).toBe(alert!.at + 15 * 60_000);
    expect(alert?.annotations.summary).toMatch(
      /^payments: Latency p95 is \d+(\.\d+)?, usually .* also affected: checkout$/,
    );
    expect(alert?.annotations.causes).toMatch(
      /^1\. payments \(0\.\d+\): .*Latency p95 is .* above normal.*nothing it calls is anomalous/,
    );
    expect(alert?.annotations.since).toBe(new Date(FAULT).toISOString());
    expect(Number(alert?.annotations.score)).toBeGreaterThanOrEqual(0.5);
    expect(alert?.annotations.expected).toMatch(/^\d+(\.\d+)? to \d+(\.\d+)?$/);
    await story.evaluateUntil(MENDED + 6 * STEP);
    const alerts = story.alertsSince(FAULT);
    expect(new Set(alerts.map(({ labels }) => labels.anomaly)).size).toBe(1);
    const last = alerts.at(-1)!;
    expect(last.endsAt).toBe(last.at);
    expect(last.labels).toEqual(alert?.labels);
    expect(alerts.filter(({ at, endsAt }) => endsAt === at)).toHaveLength(1);
    expect(last.at).toBeGreaterThan(MENDED);
    expect(last.at).toBeLessThanOrEqual(MENDED + 3 * STEP + SETTLE_MS);
  });

  test('is sent every five minutes while it lasts', async () => {
    const story = brokenPayments();
    await story.evaluateUntil(MENDED);
    const firing = story.alertsSince(FAULT + 2 * STEP).filter(({ at, endsAt }) => endsAt > at);
    const times = [...new Set(firing.map(({ at }) => at))];
    expect(times.slice(1).map((at, index) => at - times[index]!)).toEqual(
      Array.from({ length: times.length - 1 }, () => STEP),
    );
    expect(times.length).toBeGreaterThanOrEqual(9);
  });

  test('on services that have nothing to do with each other is two incidents', async () => {
    const story = new Story()
      .service(
        'checkout',
        during(daily(100, 1), () => 900, FAULT),
      )
      .service(
        'search',
        during(daily(30, 7), () => 300, FAULT),
      );
    await story.evaluateUntil(FAULT + 3 * STEP);
    const labels = story.alertsSince(FAULT).map(({ labels }) => labels.service);
    expect(new Set(labels)).toEqual(new Set(['checkout', 'search']));
  });

  test('names a deployment shortly before it, that of the faulty service first', async () => {
    const story = brokenPayments();
    const change = { kind: 'codedeploy', what: 'deployment d-1 started' } as const;
    await story.world.changes.record({
      ...change,
      id: '1',
      time: FAULT - 4 * 60_000,
      component: 'search-api',
    });
    await story.world.changes.record({
      ...change,
      id: '2',
      time: FAULT - 9 * 60_000,
      component: 'payments-api',
    });
    await story.world.changes.record({
      ...change,
      id: '3',
      time: FAULT - 5 * HOUR,
      component: 'payments-api',
    });
    await story.evaluateUntil(FAULT + 2 * STEP);
    const changes = story.alertsSince(FAULT)[0]?.annotations.changes?.split('\n');
    expect(changes).toHaveLength(2);
    expect(changes?.[0]).toMatch(/\(9 min before\) payments-api: deployment d-1 started$/);
  });

  test('of calls that only traces know is one incident too', async () => {
    const story = new Story()
      .service(
        'checkout',
        during(daily(100, 1), () => 900, FAULT),
      )
      .service(
        'stock',
        during(daily(30, 7), () => 300, FAULT),
      );
    story.world.calls = [{ caller: 'checkout', callee: 'stock' }];
    await story.evaluateUntil(FAULT + 2 * STEP);
    expect(new Set(story.alertsSince(FAULT).map(({ labels }) => labels.service))).toEqual(new Set(['stock']));
  });
});

describe('history', () => {
  test('is read once; after that only what is new', async () => {
    const story = brokenPayments();
    await story.evaluate();
    await story.evaluate();
    const [first, second] = story.world.metrics.reads;
    expect(first!.to - first!.from).toBe(14 * DAY);
    expect(second!.to - second!.from).toBe(STEP);
    expect(second!.queries).toBe(4);
  });

  test('that was excluded after it was learned is learned anew without it', async () => {
    const story = brokenPayments();
    await story.evaluateUntil(MENDED);
    const excluded = [{ from: FAULT - STEP, to: MENDED }];
    story.world.metrics.reads.length = 0;
    await story.evaluate(settingsOf(watchOf({ excluded })));
    const [read] = story.world.metrics.reads;
    expect(read!.to - read!.from).toBe(14 * DAY);
    const last = story.alertsSince(MENDED).at(-1)!;
    expect(last.endsAt).toBe(last.at);
  });

  test('is judged without alerts about what is long over', async () => {
    const story = brokenPayments();
    story.now = MENDED + DAY + SETTLE_MS;
    await story.evaluate();
    expect(story.world.sent).toEqual([]);
  });
});

describe('a point', () => {
  test('that is late is waited for', async () => {
    let arrived = false;
    const late = during(daily(40, 3), () => (arrived ? 600 : undefined), FAULT, FAULT + STEP);
    const story = new Story().service('payments', late);
    await story.evaluateUntil(FAULT + STEP + SETTLE_MS + 1);
    expect(story.alertsSince(FAULT)).toEqual([]);
    arrived = true;
    await story.evaluate();
    expect(story.alertsSince(FAULT)[0]?.startsAt).toBe(FAULT);
  });

  test('that never comes is passed over, or is zero where nothing published means nothing happened', async () => {
    const sparse = (time: number) => (time >= FAULT ? undefined : daily(500, 3)(time));
    const watch = watchOf({ metric: 'Requests', statistic: 'Sum', missing: 'zero' });
    const story = new Story(settingsOf(watchOf(), watch))
      .service('payments', sparse)
      .service('orders', sparse, 'Requests', 'Sum');
    await story.evaluateUntil(FAULT + 6 * STEP);
    expect(new Set(story.alertsSince(FAULT).map(({ labels }) => labels.service))).toEqual(
      new Set(['orders']),
    );
  });
});

describe('two runs at once', () => {
  test('judge each row once: the one that writes second reads again', async () => {
    const story = brokenPayments();
    await story.evaluate();
    const other = { entered: false };
    story.world.objects.beforeSave = async (key) => {
      if (other.entered || !key.includes('shards')) return;
      other.entered = true;
      await story.evaluate();
      story.now -= STEP;
    };
    const outcome = await story.evaluate();
    expect(outcome.failure).toBeUndefined();
    expect(outcome.facts.rows).toBe(0);
  });
});

describe('a write whose answer is lost', () => {
  test('is found to be done, and what it says is told in the same run', async () => {
    const story = brokenPayments();
    await story.evaluateUntil(FAULT);
    const { objects } = story.world;
    const save = objects.save.bind(objects);
    objects.save = async (key, bytes, version) => {
      const saved = await save(key, bytes, version);
      return key === 'anomaly/state' ? 'conflict' : saved;
    };
    await story.evaluate();
    await story.evaluate();
    expect(story.alertsSince(FAULT)[0]?.at).toBe(FAULT + STEP + SETTLE_MS);
  });
});

describe('shards', () => {
  test('are begun at another one in each run, however many there are', () => {
    for (const [every, step] of [
      ['5m', STEP],
      ['1m', 60_000],
    ] as const) {
      const firsts = Array.from(
        { length: 5 },
        (_, run) => inTurn([0, 1, 2, 3, 4], START + run * step, every)[0],
      );
      expect(firsts.toSorted()).toEqual([0, 1, 2, 3, 4]);
      expect(inTurn([0, 1, 2], START + step, every).toSorted()).toEqual([0, 1, 2]);
    }
    expect(inTurn([], START, '5m')).toEqual([]);
  });
});

describe('a failure', () => {
  const throttled = new RetryableError('throttled', 'GetMetricData throttled');

  test('of CloudWatch fails the run, and the next one catches up', async () => {
    const story = brokenPayments();
    await story.evaluateUntil(FAULT);
    story.world.metrics.failure = throttled;
    await expect(story.evaluate()).rejects.toBe(throttled);
    story.world.metrics.failure = undefined;
    story.now += STEP;
    await story.evaluate();
    expect(story.alertsSince(FAULT)[0]?.startsAt).toBe(FAULT);
  });

  test('of the service graph is counted and leaves the alert as it is', async () => {
    const story = brokenPayments();
    await story.evaluateUntil(FAULT);
    const ports = story.world.ports;
    const graph = { edges: async () => Promise.reject(throttled) };
    Object.defineProperty(story.world, 'ports', { value: { ...ports, graph } });
    const outcome = await story.evaluate();
    await story.evaluate();
    expect([outcome.failure, (await story.evaluate()).failure]).toContain(throttled);
    expect(story.alertsSince(FAULT)[0]?.labels.service).toBe('payments');
  });

  test('of a state that is damaged means that it is learned anew', async () => {
    const story = brokenPayments();
    await story.evaluate();
    for (const key of ['anomaly/shards/5m-0000', 'anomaly/state', 'anomaly/catalogue']) {
      const stored = await story.world.objects.load(key);
      if (stored !== undefined) await story.world.objects.save(key, Buffer.from('garbage'), stored.version);
    }
    const outcome = await story.evaluate();
    expect(outcome.facts.rebuilt).toBe(4);
    expect(outcome.counts).toContainEqual({ name: 'statesLearnedAnew', count: 2, reason: 'damaged' });
  });
});

describe('a run', () => {
  test('leaves metrics for the next one when its time is up, and says so', async () => {
    const story = new Story();
    for (let service = 0; service < 120; service++) story.service(`s${service}`, daily(100, service));
    const clock = { now: 0 };
    const ports = { ...story.world.ports, clock: () => clock.now++ };
    Object.defineProperty(story.world, 'ports', { value: ports });
    const { runAnomalyDetection } = await import('../../../lib/anomaly/run/run.ts');
    const event = { every: '5m', nowMs: START, deadlineMs: 2 } as const;
    const outcome = await runAnomalyDetection(ports, story.settings, event);
    expect(outcome.facts.rebuilt).toBe(50);
    expect(outcome.counts).toContainEqual({ name: 'metricsNotJudged', count: 70, reason: 'postponed' });
  });

  test('publishes score and band of chosen metrics', async () => {
    const story = brokenPayments(settingsOf(watchOf({ publishScore: true })));
    await story.evaluateUntil(FAULT + 2 * STEP);
    const scores = story.world.published.filter(
      ({ component, time }) => component === 'payments' && time === FAULT,
    );
    expect(scores).toHaveLength(1);
    expect(scores[0]!.score).toBeGreaterThanOrEqual(0.5);
    expect(scores[0]!.low).toBeLessThan(scores[0]!.high);
  });

  test('says quietly what got slowly worse, and not what only goes up and down', async () => {
    const watch = watchOf({ trend: { worse: 'up', by: 0.25 } });
    const creeping = (time: number) =>
      daily(100, 1)(time)! * (1 + (0.4 * (time - START + 14 * DAY)) / (14 * DAY));
    const story = new Story(settingsOf(watch)).service('cart', creeping).service('search', daily(30, 2));
    await story.evaluate();
    await story.evaluate();
    const told = story.alertsSince(START).filter(({ labels }) => labels.alertname === 'GradualDegradation');
    expect(new Set(told.map(({ labels }) => labels.service))).toEqual(new Set(['cart']));
    expect(told[0]?.labels.severity).toBe('info');
    expect(told[0]?.annotations.summary).toMatch(
      /^cart: Latency p95 went up by (3[5-9]|4[0-5]) % in 14 days$/,
    );
  });

  test('warns of a limit that will be reached, and stops when it will not', async () => {
    const disk = watchOf({
      metric: 'DiskUsed',
      statistic: 'Maximum',
      prediction: { limit: 90, side: 'above', horizonMs: 3 * DAY, probability: 0.8 },
    });
    const cleaned = START + 2 * HOUR;
    const filling = (time: number) => 80 + ((time - START) / DAY) * 5 + noiseOf(time);
    const story = new Story(settingsOf(disk)).service(
      'db',
      during(filling, (time) => 30 + noiseOf(time), cleaned),
      'DiskUsed',
      'Maximum',
    );
    await story.evaluateUntil(cleaned);
    const warned = story.alertsSince(START).filter(({ labels }) => labels.alertname === 'PredictedViolation');
    expect(warned[0]?.labels).toMatchObject({ service: 'db', severity: 'ticket', limit: 'above 90' });
    expect(warned[0]?.annotations.summary).toMatch(
      /will be above 90 within 72 h with probability (0\.[89]|1)/,
    );
    expect(warned[0]?.annotations.when).toMatch(/by its trend 2026-11-0[345]/);
    expect(warned.length).toBeGreaterThan(20);
  });
});

function noiseOf(time: number): number {
  return Math.sin(time / 7e6) * 0.2;
}
