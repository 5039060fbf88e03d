// Grouping anomalies into incidents, correlation with lead and lag, and the backtest of alerts.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backtestAlerts, rebuildDetector } from '../../lib/anomaly/alert-periods.ts';
import { correlation, leadLag, STRONG_CORRELATION } from '../../lib/anomaly/causes/correlation.ts';
import { Detector } from '../../lib/anomaly/detector.ts';
import { groupAnomalies } from '../../lib/anomaly/incidents/group-anomalies.ts';
import { dailyWave, noise } from './series.ts';

const MINUTE = 60_000;
const edges = [
  { caller: 'shop', callee: 'cart' },
  { caller: 'cart', callee: 'stock' },
  { caller: 'stock', callee: 'db' },
  { caller: 'mail', callee: 'smtp' },
];
const anomaly = (component: string, minute: number) => ({
  id: `${component}@${minute}`,
  component,
  startedAt: minute * MINUTE,
  score: 0.7,
});
const grouped = (...anomalies: ReturnType<typeof anomaly>[]) =>
  groupAnomalies(anomalies, edges).map(({ anomalies: members }) => members.map(({ id }) => id));

describe('one incident, not many alerts', () => {
  test('connected services that break together are one incident, others another', () => {
    expect(grouped(anomaly('shop', 3), anomaly('stock', 0), anomaly('mail', 1))).toEqual([
      ['stock@0', 'shop@3'],
      ['mail@1'],
    ]);
  });

  test('anomalies are together when a chain of near ones leads from one to the other, and only then', () => {
    const near: Record<string, string> = {
      shop: 'cart stock',
      cart: 'shop stock db',
      stock: 'shop cart db',
      db: 'cart stock',
    };
    const isNear = (a: string, b: string) => a === b || near[a]?.split(' ').includes(b) === true;
    const one = fc.tuple(
      fc.constantFrom('shop', 'cart', 'stock', 'db', 'mail'),
      fc.integer({ min: 0, max: 90 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(one, { maxLength: 30, selector: String }), (made) => {
        const all = made.map(([component, minute]) => anomaly(component, minute));
        const groups = grouped(...all);
        const groupOf = (id: string) => groups.findIndex((group) => group.includes(id));
        const reached = (from: (typeof all)[number]): Set<string> => {
          const found = new Set([from]);
          for (const a of found) {
            for (const b of all) {
              const together =
                Math.abs(a.startedAt - b.startedAt) <= 15 * MINUTE && isNear(a.component, b.component);
              if (together) found.add(b);
            }
          }
          return new Set([...found].map(({ id }) => id));
        };
        for (const a of all) {
          expect(new Set(all.filter(({ id }) => groupOf(id) === groupOf(a.id)).map(({ id }) => id))).toEqual(
            reached(a),
          );
        }
      }),
    );
  });

  test('the same service an hour later is another incident', () => {
    expect(grouped(anomaly('shop', 0), anomaly('shop', 60))).toHaveLength(2);
  });

  test('a late anomaly between two groups joins them', () => {
    expect(grouped(anomaly('shop', 0), anomaly('db', 1), anomaly('cart', 2))).toHaveLength(1);
  });

  test('every anomaly is in exactly one group', () => {
    const any = fc.record({
      id: fc.uuid(),
      component: fc.constantFrom('shop', 'cart', 'stock', 'db', 'mail', 'else'),
      startedAt: fc.integer({ min: 0, max: 100 }).map((minute) => minute * MINUTE),
      score: fc.constant(0.6),
    });
    fc.assert(
      fc.property(fc.array(any), (anomalies) => {
        const ids = groupAnomalies(anomalies, edges).flatMap((group) => group.anomalies.map(({ id }) => id));
        expect(ids.sort()).toEqual(anomalies.map(({ id }) => id).sort());
      }),
    );
  });
});

describe('correlation', () => {
  const cpu = Array.from({ length: 200 }, (_, at) => dailyWave(at, 40) + noise(at) * 5);

  test('what moves together is strong, what does not is not', () => {
    const memory = cpu.map((value, at) => 3 * value + noise(at + 500) * 5);
    const strong = correlation(cpu, memory);
    expect(strong.r).toBeGreaterThan(STRONG_CORRELATION);
    expect(strong.pValue).toBeLessThan(1e-6);
    const none = correlation(
      Array.from({ length: 200 }, (_, at) => noise(at)),
      Array.from({ length: 200 }, (_, at) => noise(at + 999)),
    );
    expect(Math.abs(none.r)).toBeLessThan(0.2);
    expect(none.pValue).toBeGreaterThan(0.01);
  });

  test('a metric that follows three steps later is found to lag by three', () => {
    const follows = cpu.map((_, at) => cpu[at - 3] ?? 100);
    expect(leadLag(cpu, follows, 6)).toMatchObject({ lag: 3 });
    expect(leadLag(follows, cpu, 6)).toMatchObject({ lag: -3 });
  });

  test('constants, gaps and short series give no correlation instead of NaN', () => {
    expect(correlation([1, 1, 1, 1, 1], [1, 2, 3, 4, 5])).toEqual({ r: 0, pValue: 1, pairs: 5 });
    expect(correlation([1, 2], [2, 4])).toEqual({ r: 0, pValue: 1, pairs: 2 });
    expect(correlation([1, Number.NaN, 2, 3, 4], [1, 9, 2, 3, 4]).r).toBeCloseTo(1, 12);
  });
});

describe('backtest', () => {
  const rows = Array.from({ length: 14 * 288 }, (_, row) => ({
    time: row * 5 * MINUTE,
    value: dailyWave(row, 288) + noise(row) + (row >= 3000 && row < 3012 ? 200 : 0),
  }));

  test('an incident is one period, at its time, and stricter settings give no more', () => {
    const [usual, strict] = backtestAlerts(rows, { head: 'both' }, [1, 4]);
    const hit = usual!.periods.filter(({ from, to }) => from <= 3012 * 5 * MINUTE && to >= 3000 * 5 * MINUTE);
    expect(hit).toHaveLength(1);
    expect(strict!.periods.length).toBeLessThanOrEqual(usual!.periods.length);
  });

  test('a rebuilt detector is the one that saw the rows as they came', () => {
    const seen = new Detector();
    for (const { time, value } of rows) seen.push(time, value);
    expect(rebuildDetector(rows).save()).toEqual(seen.save());
  });
});
