// What a stretch of time cost a budget.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { impactOf } from '../../../lib/slo/impact/impact.ts';
import { seriesSlices } from '../../../lib/slo/impact/series-slices.ts';
import { storedSlices } from '../../../lib/slo/impact/stored-slices.ts';
import { tidewatch } from '../../cli/run-cli.ts';
import { instance, measured, World } from '../run/world.ts';
import { DAY, HOUR, MINUTE, slo, T0, traffic } from '../support.ts';

/** 30 days of 10 events a minute; one of 10 fails for an hour, 10 days before the end. */
const START = T0 - 30 * DAY;
const INCIDENT = T0 - 10 * DAY;
const inIncident = (minute: number) => {
  const at = START + minute * MINUTE;
  return at >= INCIDENT && at < INCIDENT + HOUR ? 1 : 0;
};
const month = () => seriesSlices(traffic(30 * 24 * 60, 10, inIncident, START));

describe('the impact of an incident', () => {
  test('is its failures, its minutes, and the share of the budget of a whole period', () => {
    expect(impactOf(slo({ objective: 0.999 }), month(), INCIDENT, INCIDENT + HOUR)).toMatchObject({
      from: INCIDENT,
      to: INCIDENT + HOUR,
      totalEvents: 600,
      badEvents: 60,
      minutesBelowObjective: 60,
      // 60 of 432 failures that 432,000 events allow: 20 days are drawn out to 30.
      budgetShare: expect.closeTo(60 / 432, 3),
      budgetMinutes: expect.closeTo((60 / 432) * 43.2, 2),
    });
  });

  test('of parts is that of the whole, and nothing where nothing failed', () => {
    const service = slo({ objective: 0.999 });
    const part = (from: number, to: number) => impactOf(service, month(), from, to);
    const [first, second] = [
      part(INCIDENT, INCIDENT + 20 * MINUTE),
      part(INCIDENT + 20 * MINUTE, INCIDENT + HOUR),
    ];
    expect(first.badEvents + second.badEvents).toBe(60);
    expect(part(INCIDENT + HOUR, INCIDENT + 2 * HOUR)).toMatchObject({ badEvents: 0, budgetShare: 0 });
    expect(part(T0 + DAY, T0 + DAY + HOUR).totalEvents).toBe(0);
  });

  test('of time without any event has no share', () => {
    const none = impactOf(slo(), seriesSlices([]), T0, T0 + HOUR);
    expect(none).toMatchObject({ totalEvents: 0, budgetShare: null, budgetMinutes: null });
  });

  test('leaves excluded time out, and counts slices of time where the budget does', () => {
    const schedule = { start: INCIDENT, repeat: undefined, timeZone: 'UTC' };
    const exclusions = [{ schedule, durationMs: 30 * MINUTE, reason: 'r', author: 'a' }];
    const half = impactOf(slo({ exclusions } as never), month(), INCIDENT, INCIDENT + HOUR);
    expect(half).toMatchObject({ badEvents: 30, totalEvents: 300 });
    const budgeting = { kind: 'timeSlices', sliceMs: 5 * MINUTE, sliceTarget: 0.95 } as const;
    expect(impactOf(slo({ budgeting }), month(), INCIDENT, INCIDENT + HOUR)).toMatchObject({
      badEvents: 12,
      totalEvents: 12,
      minutesBelowObjective: 60,
    });
  });

  test('is the same from the minutes that the evaluation stored', async () => {
    const world = new World();
    const service = measured({ name: 'demo', period: { kind: 'rolling', lengthMs: 6 * HOUR } });
    world.traffic(T0, T0 + 5 * HOUR, 10, 0);
    world.traffic(T0 + HOUR, T0 + 2 * HOUR, 10, 1);
    const run = instance(world, [service]);
    for (let now = T0 + MINUTE; now <= T0 + 5 * HOUR; now += MINUTE) await run(now);
    const slices = await storedSlices(world.store, service, T0 + HOUR, T0 + 5 * HOUR);
    expect(impactOf(service, slices!, T0 + HOUR, T0 + 5 * HOUR)).toMatchObject({
      badEvents: 60,
      totalEvents: 2_400,
      minutesBelowObjective: 60,
    });
    expect(await storedSlices(world.store, measured({ name: 'other' }), T0, T0 + 1)).toBeUndefined();
  });
});

describe('slo impact', () => {
  const folder = mkdtempSync(`${tmpdir()}/slo-impact-`);
  writeFileSync(
    `${folder}/slos.yaml`,
    `slos: [{ name: checkout, objective: 0.9, period: 1h, runbookUrl: 'https://r', owner: o,
      windows: [{ severity: page, longWindow: 5m, shortWindow: 1m, factor: 2 }],
      indicator: { good: { namespace: S, metric: g }, total: { namespace: S, metric: t } } }]`,
  );
  const rows = Array.from({ length: 60 }, (_, at) => `${T0 / 1_000 + at * 60},${at < 10 ? 7 : 10},10`);
  writeFileSync(`${folder}/series.csv`, `timestamp,good,total\n${rows.join('\n')}\n`);
  const run = (name: string, from: string, to: string, ...args: string[]) => {
    const files = ['--config', `${folder}/slos.yaml`, '--series', `${folder}/series.csv`];
    return tidewatch('slo', 'impact', name, '--from', from, '--to', to, ...files, ...args);
  };

  test('says what a stretch of a file cost', async () => {
    const { code, stdout } = await run('checkout', '2026-01-05T00:00:00Z', '2026-01-05T01:00:00Z');
    expect([code, stdout]).toEqual([
      0,
      'checkout: 30 of 600 events failed\n10 minutes below the objective\n50% of the error budget spent (3 minutes)\n',
    ]);
    const json = await run('checkout', '2026-01-05T00:00:00Z', '2026-01-05T01:00:00Z', '--json');
    expect(JSON.parse(json.stdout)).toEqual({
      slo: 'checkout',
      from: T0 / 1_000,
      to: T0 / 1_000 + 3_600,
      totalEvents: 600,
      badEvents: 30,
      minutesBelowObjective: 10,
      budgetShare: 0.5,
      budgetMinutes: 3,
    });
  });

  test.each([
    [
      'an SLO that is not there',
      ['nosuch', '2026-01-05T00:00:00Z', '2026-01-05T01:00:00Z'],
      'has no SLO nosuch',
    ],
    ['a time that is none', ['checkout', 'then', '2026-01-05T01:00:00Z'], '--from: expected a time such as'],
    [
      'an end before its begin',
      ['checkout', '2026-01-05T01:00:00Z', '2026-01-05T00:00:00Z'],
      '--to after --from',
    ],
  ] as const)('refuses %s', async (_what, [name, from, to], message) => {
    const { code, stderr } = await run(name, from, to);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
