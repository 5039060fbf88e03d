// `tidewatch slo`: the forms of its answers are a contract. And the files it reads: any text is a series or none.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backtest } from '../../lib/slo/backtest/backtest.ts';
import { parseSeries } from '../../lib/slo/backtest/series-csv.ts';
import { type CliRun, tidewatch } from '../cli/run-cli.ts';
import { OPENSLO } from './openslo-text.ts';
import { HOUR, MINUTE, slo, T0, traffic } from './support.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slo-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const METRIC = '{ namespace: Shop, metric: Requests }';
const TIDEWATCH = `slos:
  - { name: checkout, objective: 99.9%, period: 30d, indicator: { good: ${METRIC}, total: ${METRIC} } }
  - { name: search, objective: 99%, period: 7d, indicator: { bad: ${METRIC}, total: ${METRIC} } }
`;

/** A day with 5 % failures for an hour from 10:00. */
const day = traffic(1440, 1000, (minute) => (minute >= 600 && minute < 660 ? 50 : 0));
const csv = (points: typeof day): string =>
  [
    'timestamp,good,total',
    ...points.map(({ start, good, total }) => `${start / 1000},${good},${total}`),
  ].join('\n');

const json = ({ stdout }: CliRun): unknown => JSON.parse(stdout);

describe('slo windows', () => {
  test('prints the contract for an OpenSLO file', async () => {
    const run = await tidewatch('slo', 'windows', file('open.yaml', OPENSLO), '--json');
    expect(run.code).toBe(0);
    expect(json(run)).toEqual([
      {
        slo: 'checkout',
        windows: [
          { severity: 'page', longWindow: '1h', shortWindow: '5m', budgetShare: 0.02, factor: 14.4 },
          { severity: 'page', longWindow: '6h', shortWindow: '30m', budgetShare: 0.05, factor: 6 },
          { severity: 'ticket', longWindow: '1d', shortWindow: '2h', budgetShare: 0.1, factor: 3 },
          { severity: 'ticket', longWindow: '3d', shortWindow: '6h', budgetShare: 0.1, factor: 1 },
        ],
      },
    ]);
  });

  test('prints a table for a person', async () => {
    const { code, stdout } = await tidewatch('slo', 'windows', file('own.yaml', TIDEWATCH));
    expect(code).toBe(0);
    expect(stdout.split('\n')[5]).toBe('search    page      14m     1m     2%      14.4');
  });

  test('reads SLOs of a configuration', async () => {
    const config = `export default { slos: [{ name: 'a', objective: 0.99, period: '30d',
      indicator: { good: { namespace: 'A', metric: 'B' }, total: { namespace: 'A', metric: 'B' } } }] };`;
    const run = await tidewatch('slo', 'windows', file('tidewatch.config.mjs', config), '--json');
    expect(json(run)).toMatchObject([{ slo: 'a' }]);
  });

  test('lists every problem and exits 1', async () => {
    const broken = OPENSLO.replace('0.999', '1').replace('30d', '30x');
    const { code, stdout, stderr } = await tidewatch('slo', 'windows', file('broken.yaml', broken), '--json');
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('spec.timeWindow[0].duration');
    expect(stderr).toContain('spec.objectives[0].target');
  });

  test.each([
    ['no YAML', 'a: ['],
    ['no SLO', 'a: 1'],
    ['an unknown key', `${TIDEWATCH}more: 1`],
    ['nothing', ''],
  ])('refuses a file with %s', async (_, text) => {
    expect((await tidewatch('slo', 'windows', file('no.yaml', text))).code).toBe(1);
  });

  test('asks for a file that is there', async () => {
    expect((await tidewatch('slo', 'windows', join(folder, 'absent.yaml'))).code).toBe(2);
  });
});

describe('slo backtest', () => {
  test('prints the contract: when each alert fired and resolved, and the budget each hour', async () => {
    const series = file('day.csv', csv(day));
    const run = await tidewatch('slo', 'backtest', file('open.yaml', OPENSLO), '--series', series, '--json');
    expect(run.code).toBe(0);
    const answer = json(run) as ReturnType<typeof backtest>;
    const at = (minute: number): number => T0 / 1000 + minute * 60;
    expect(answer.alerts).toEqual([
      // 14.4 × 0.001 × 60 / 0.05 = 17.28 minutes; full recovery clears the short window after 5 × (1 - 0.288) minutes.
      { slo: 'checkout', severity: 'page', firedAt: at(618), resolvedAt: expect.any(Number) },
      // 3 × 0.001 × 1440 / 0.05 = 86.4 minutes, so the day's pair never does; 1 × 0.001 × 4320 / 0.05 neither.
    ]);
    expect(answer.budget).toHaveLength(24);
    expect(answer.budget[9]).toEqual({ slo: 'checkout', timestamp: at(600), remaining: 1 });
    // 3,000 of 660,000 events failed where 660 may.
    expect(answer.budget[10]!.remaining).toBeCloseTo(1 - 3000 / 660, 9);
  });

  test('lists a ticket also while a page inhibits it', async () => {
    const points = traffic(600, 1000, (minute) => (minute >= 60 ? 500 : 0));
    const { alerts } = backtest(slo(), points);
    expect(alerts.map(({ severity, resolvedAt }) => [severity, resolvedAt])).toEqual([
      ['page', null],
      ['ticket', null],
    ]);
  });

  test('wants the name where a file has several', async () => {
    const [own, series] = [file('own.yaml', TIDEWATCH), file('day.csv', csv(day))];
    expect(await tidewatch('slo', 'backtest', own, '--series', series)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('checkout, search'),
    });
    expect((await tidewatch('slo', 'backtest', own, '--series', series, '--slo', 'nope')).code).toBe(2);
    expect((await tidewatch('slo', 'backtest', own, '--series', series, '--slo', 'search')).code).toBe(0);
    expect((await tidewatch('slo', 'backtest', own)).code).toBe(2);
    expect((await tidewatch('slo', 'backtest', own, '--series', join(folder, 'absent.csv'))).code).toBe(2);
  });

  test('says what it left out, and refuses a file without a row', async () => {
    const rows = `${csv(day.slice(0, 3))}\nnot a row\n${T0 / 1000},5,1000\n${T0 / 1000 + 60},2000,1000`;
    const own = file('open.yaml', OPENSLO);
    const { code, stderr } = await tidewatch(
      'slo',
      'backtest',
      own,
      '--series',
      file('bad.csv', rows),
      '--json',
    );
    expect(code).toBe(0);
    expect(stderr).toContain('1 lines left out, the first is line 5');
    expect(stderr).toContain('2 rows replaced');
    expect(stderr).toContain('1 minutes with good outside of 0 to total');
    expect((await tidewatch('slo', 'backtest', own, '--series', file('none.csv', 'x,y\n'))).code).toBe(1);
  });

  test('takes minutes that begin a few seconds past the full one', () => {
    const shifted = day.map((point) => ({ ...point, start: point.start + 20_000 }));
    const [plain, late] = [backtest(slo(), day), backtest(slo(), shifted)];
    expect(late.alerts).toEqual(
      plain.alerts.map((alert) => ({
        ...alert,
        firedAt: alert.firedAt + 20,
        resolvedAt: alert.resolvedAt === null ? null : alert.resolvedAt + 20,
      })),
    );
  });

  test('of a demo with an objective of 90 % over an hour pages within minutes', () => {
    const demo = slo({
      objective: 0.9,
      period: { kind: 'rolling', lengthMs: HOUR },
      windows: [
        {
          severity: 'page',
          longWindowMs: 5 * MINUTE,
          shortWindowMs: MINUTE,
          budgetShare: 0.5,
          factor: 6,
          holdMs: 0,
        },
      ],
    });
    const points = traffic(30, 100, (minute) => (minute >= 10 && minute < 20 ? 100 : 0));
    // 6 × 0.1 × 5 / 1 = 3 minutes, at which the ratio equals the threshold: above it one minute later.
    expect(backtest(demo, points).alerts).toMatchObject([
      { firedAt: T0 / 1000 + 14 * 60, resolvedAt: T0 / 1000 + 21 * 60 },
    ]);
  });
});

describe('slo import', () => {
  test("writes OpenSLO in Tidewatch's own form, which reads the same", async () => {
    const { code, stdout } = await tidewatch('slo', 'import', file('open.yaml', OPENSLO));
    expect(code).toBe(0);
    const windows = async (path: string) => json(await tidewatch('slo', 'windows', path, '--json'));
    expect(await windows(file('imported.yaml', stdout))).toEqual(await windows(file('open.yaml', OPENSLO)));
  });
});

describe('a series file', () => {
  test('finds its columns by their names, in any order and case', () => {
    expect(parseSeries('total, GOOD,timestamp\n10,9,60\n').points).toEqual([
      { start: 60_000, good: 9, total: 10 },
    ]);
    expect(parseSeries('timestamp,bad,total\n60,1,10').points).toEqual([
      { start: 60_000, good: 9, total: 10 },
    ]);
  });

  test('may lack a header, have blanks, quotes and carriage returns', () => {
    expect(parseSeries('\uFEFF60, "9" ,10\r\n\r\n120,,10\r\n180,nan,\r\n').points).toEqual([
      { start: 60_000, good: 9, total: 10 },
      { start: 120_000, good: undefined, total: 10 },
      { start: 180_000, good: undefined, total: undefined },
    ]);
  });

  test('is put in order; of two rows of a minute the later one counts', () => {
    const { points, repeated } = parseSeries('120,1,1\n60,1,1\n120,0,1');
    expect(points.map(({ start, good }) => [start, good])).toEqual([
      [60_000, 1],
      [120_000, 0],
    ]);
    expect(repeated).toBe(1);
  });

  test('is a series or none, whatever the text', () => {
    const cell = fc.oneof(fc.string({ maxLength: 8 }), fc.double().map(String), fc.integer().map(String));
    const row = fc.array(cell, { maxLength: 5 }).map((cells) => cells.join(','));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(row, { maxLength: 8 }).map((rows) => rows.join('\n')),
        ),
        (text) => {
          for (const { start, good, total } of parseSeries(text).points) {
            expect(Number.isInteger(start)).toBe(true);
            for (const value of [good, total])
              if (value !== undefined) expect(Number.isFinite(value)).toBe(true);
          }
        },
      ),
    );
  });

  test('with any numbers gives budgets and times that are numbers', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.constant(undefined),
    );
    const point = fc.record({ start: fc.nat(300).map((at) => T0 + at * MINUTE), good: value, total: value });
    fc.assert(
      fc.property(
        fc.uniqueArray(point, { selector: ({ start }) => start, minLength: 1, maxLength: 20 }),
        (points) => {
          const result = backtest(
            slo(),
            points.sort((a, b) => a.start - b.start),
          );
          for (const { remaining } of result.budget) expect(Number.isFinite(remaining)).toBe(true);
          for (const { firedAt } of result.alerts) expect(Number.isFinite(firedAt)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});
