// The streaming detector: no look-ahead, survives bad input, forgets what it is told to forget.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Detector, type Verdict } from '../../lib/anomaly/detector.ts';
import { alertDeviations } from '../../lib/anomaly/deviation.ts';
import { ALERT_SCORE, type DetectorSettings, deviationSettings } from '../../lib/anomaly/settings.ts';
import { dailyWave, hash, noise } from './series.ts';

const MINUTE = 60_000;
const STEP = 5 * MINUTE;
const DAY = 288;
const START = Date.UTC(2026, 0, 5);

interface Row {
  readonly time: number;
  readonly value: number;
}

function scoreAll(rows: readonly Row[], settings: Partial<DetectorSettings> = {}): Verdict[] {
  const detector = new Detector(settings);
  return rows.map(({ time, value }) => detector.push(time, value));
}

const regular = (values: readonly number[], step = STEP): Row[] =>
  values.map((value, row) => ({ time: START + row * step, value }));

const alerts = (verdicts: readonly Verdict[]): number[] =>
  verdicts.flatMap(({ score }, row) => (score >= ALERT_SCORE ? [row] : []));

const anyValue = fc.oneof(
  fc.double({ noNaN: false }),
  fc.constantFrom(0, 1, -1, 1e308, -1e308, Number.NaN, Number.POSITIVE_INFINITY, 5e-324),
  fc.integer({ min: 0, max: 100 }),
);
const anyRow: fc.Arbitrary<Row> = fc.record({
  time: fc.oneof(
    fc.integer({ min: 0, max: 4000 }).map((slot) => START + slot * STEP),
    fc.constantFrom(Number.NaN, -1, 0, 8.64e15, 1e300, START, START + 7),
  ),
  value: anyValue,
});

describe('laws', () => {
  test('with both heads, what is new but hardly away from usual is no alert', () => {
    let level = 0;
    const rows = regular(Array.from({ length: 3_000 }, (_, row) => (level += hash(row) - 0.48)));
    const [both, novelty] = [scoreAll(rows), scoreAll(rows, { head: 'novelty' })];
    expect(alerts(novelty).length).toBeGreaterThan(0);
    const twoDeviations = 2 / (2 + alertDeviations(DAY, deviationSettings.deviationsPerHalving));
    for (const row of alerts(both)) expect(both[row]?.deviation).toBeGreaterThanOrEqual(twoDeviations);
    expect(alerts(both).length).toBeLessThan(alerts(novelty).length);
  });

  test('truncating or changing the future changes no earlier verdict', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { maxLength: 700 }),
        fc.array(anyRow, { maxLength: 50 }),
        fc.nat(),
        (rows, otherFuture, cutAt) => {
          const cut = rows.length === 0 ? 0 : cutAt % rows.length;
          const whole = scoreAll(rows).slice(0, cut);
          const other = scoreAll([...rows.slice(0, cut), ...otherFuture]).slice(0, cut);
          expect(other).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('any rows at all give scores from 0 to 1, and never spoil what comes after', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 400 }), (rows) => {
        const detector = new Detector();
        for (const { time, value } of rows) {
          const { score, novelty, deviation } = detector.push(time, value);
          for (const one of [score, novelty, deviation]) {
            expect(one).toBeGreaterThanOrEqual(0);
            expect(one).toBeLessThanOrEqual(1);
          }
        }
        const after = START + 100 * DAY * STEP;
        let last: Verdict | undefined;
        for (let row = 0; row < 3000; row++) last = detector.push(after + row * STEP, 50 + noise(row));
        expect(last?.expected).toBeGreaterThan(Number.NEGATIVE_INFINITY);
        expect(last?.score).toBeLessThan(ALERT_SCORE);
      }),
      { numRuns: 25 },
    );
  });

  test('a detector restored from its bytes goes on as if nothing had happened', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 600 }), fc.nat(), (rows, at) => {
        const cut = rows.length === 0 ? 0 : at % rows.length;
        const first = new Detector();
        for (const { time, value } of rows.slice(0, cut)) first.push(time, value);
        const second = Detector.restore(first.save());
        for (const { time, value } of rows.slice(cut)) {
          expect(second.push(time, value)).toEqual(first.push(time, value));
        }
        expect(second.save()).toEqual(first.save());
      }),
      { numRuns: 40 },
    );
  });

  test('scale and offset of a metric do not change its scores', () => {
    const values = Array.from({ length: 1500 }, (_, row) => dailyWave(row, DAY) + noise(row));
    const plain = scoreAll(regular(values));
    const moved = scoreAll(regular(values.map((value) => value * 8 + 1024)));
    moved.forEach(({ score }, row) => {
      expect(score).toBeCloseTo(plain[row]!.score, 3);
    });
  });
});

describe('state', () => {
  test.each([
    ['5 minutes', STEP, 16_384],
    ['1 minute', MINUTE, 65_536],
    ['10 seconds', 10_000, 65_536],
    ['1 hour', 60 * MINUTE, 16_384],
  ])('at a step of %s it stays within its size', (_, step, most) => {
    const detector = new Detector();
    for (let row = 0; row < 12_000; row++) detector.push(START + row * step, noise(row) * (1 + row / 100));
    expect(detector.save().length).toBeLessThanOrEqual(most);
  });

  test('bytes of another version or cut short are refused', () => {
    const bytes = new Detector().save();
    expect(() => Detector.restore(bytes.subarray(0, 100))).toThrow(/cut short|length/);
    const other = Uint8Array.from(bytes);
    new DataView(other.buffer).setFloat64(0, 99, true);
    expect(() => Detector.restore(other)).toThrow('version 99');
  });
});

describe('bad input', () => {
  test('a constant series never alerts, its first change does', () => {
    const values = new Array<number>(2000).fill(7.3);
    const verdicts = scoreAll(regular([...values, 9]));
    expect(alerts(verdicts)).toEqual([2000]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'nothing but %s scores 0',
    (value) => {
      expect(scoreAll(regular(new Array<number>(500).fill(value))).every(({ score }) => score === 0)).toBe(
        true,
      );
    },
  );

  test('ten points are too few for an alert', () => {
    expect(alerts(scoreAll(regular([1, 2, 1, 2, 900, 1, 2, 1, -4e9, 2])))).toEqual([]);
  });

  test('a missing hour and a clock set back an hour are no anomaly', () => {
    const rows = Array.from({ length: 10 * DAY }, (_, row) => {
      const late = row > 5 * DAY ? 12 : 0;
      const back = row > 8 * DAY ? 12 : 0;
      const slot = row + late - back;
      return { time: START + slot * STEP, value: dailyWave(slot, DAY) + noise(row) };
    });
    expect(alerts(scoreAll(rows).slice(4 * DAY))).toEqual([]);
  });

  test('1e308 does not stop later anomalies from being found', () => {
    const values = Array.from({ length: 4 * DAY }, (_, row) => 100 + noise(row));
    values[50] = 1e308;
    const detector = new Detector({ head: 'deviation' });
    regular(values).forEach(({ time, value }) => {
      expect(Number.isFinite(detector.push(time, value).score)).toBe(true);
    });
  });

  test('one row from far away in time leaves the week of history alone', () => {
    const rows = regular(Array.from({ length: 9 * DAY }, (_, row) => dailyWave(row, DAY) + noise(row)));
    const stray = [...rows];
    stray.splice(8 * DAY, 0, { time: Date.UTC(2031, 1, 1), value: 100 });
    const plain = scoreAll(rows).at(-1)!;
    expect(scoreAll(stray).at(-1)!.expected).toBeCloseTo(plain.expected, 1);
  });

  test('a step that changes from 5 minutes to 1 minute keeps the daily baseline', () => {
    const slow = regular(Array.from({ length: 8 * DAY }, (_, row) => dailyWave(row, DAY) + noise(row)));
    const from = START + 8 * DAY * STEP;
    const quick = Array.from({ length: 1000 }, (_, row) => ({
      time: from + row * MINUTE,
      value: dailyWave(row / 5, DAY) + noise(row),
    }));
    const verdicts = scoreAll([...slow, ...quick]);
    const last = verdicts.at(-1)!;
    expect(Math.abs(last.expected - dailyWave(999 / 5, DAY))).toBeLessThan(4);
    expect(alerts(verdicts.slice(4 * DAY))).toEqual([]);
  });

  test('a counter that starts again from zero is found once', () => {
    const values = Array.from({ length: 4000 }, (_, row) => (row < 3000 ? row : row - 3000) * 10);
    expect(alerts(scoreAll(regular(values), { head: 'novelty' }))).toEqual([3000]);
  });
});

describe('what is found', () => {
  const calm = (days: number) =>
    Array.from({ length: days * DAY }, (_, row) => dailyWave(row, DAY) + noise(row));

  test('an outage at noon is one alert of the novelty head, not one a row', () => {
    const values = calm(14);
    const start = 12 * DAY + DAY / 2;
    for (let row = start; row < start + 36; row++) values[row] = 0;
    const found = alerts(scoreAll(regular(values), { head: 'novelty' }));
    expect(found[0]).toBeGreaterThanOrEqual(start);
    expect(found[0]).toBeLessThan(start + 3);
    expect(found.length).toBeLessThanOrEqual(3);
  });

  test('the deviation head finds each of several equal spikes', () => {
    const values = calm(14);
    const spikes = [8.1, 9.3, 10.2, 11.7, 12.4].map((day) => Math.round(day * DAY));
    for (const row of spikes) values[row]! += 150;
    expect(alerts(scoreAll(regular(values), { head: 'deviation' }))).toEqual(spikes);
  });

  test('an incident is not learned as a daily or weekly habit', () => {
    const values = calm(16);
    for (let row = 5 * DAY; row < 5 * DAY + 72; row++) values[row]! += 400;
    const verdicts = scoreAll(regular(values));
    for (const day of [6, 12]) {
      const verdict = verdicts[day * DAY + 36]!;
      expect(Math.abs(verdict.expected - dailyWave(36, DAY))).toBeLessThan(10);
    }
  });

  test('an excluded period is neither judged nor learned', () => {
    const values = calm(14);
    const excluded = { from: START + 6 * DAY * STEP, to: START + 7 * DAY * STEP };
    for (let row = 6 * DAY; row < 7 * DAY; row++) values[row] = 5000;
    const with5000 = scoreAll(regular(values), { excluded: [excluded] });
    const without = scoreAll(
      regular(values.map((value, row) => (row >= 6 * DAY && row < 7 * DAY ? 1 : value))),
      {
        excluded: [excluded],
      },
    );
    expect(with5000).toEqual(without);
    expect(alerts(with5000.slice(4 * DAY))).toEqual([]);
  });

  test('a band of a percentage stays between 0 and 100', () => {
    const values = Array.from({ length: 10 * DAY }, (_, row) =>
      Math.min(100, Math.max(0, 97 + 3 * noise(row))),
    );
    for (const { low, high } of scoreAll(regular(values), { minimum: 0, maximum: 100 }).slice(50)) {
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(100);
    }
  });

  test('the warm-up is shown', () => {
    const verdicts = scoreAll(regular(calm(4)));
    expect(verdicts[0]!.warmUp).toBeLessThan(0.01);
    expect(verdicts[360]!.warmUp).toBeCloseTo(0.5, 1);
    expect(verdicts.at(-1)!.warmUp).toBe(1);
  });

  test('a stricter detector raises no alert that a looser one does not', () => {
    const values = calm(14).map((value, row) => value + (row % 700 === 699 ? 60 : 0));
    const loose = new Set(alerts(scoreAll(regular(values), { strictness: 0.5 })));
    const strict = alerts(scoreAll(regular(values), { strictness: 2 }));
    expect(strict.every((row) => loose.has(row))).toBe(true);
    expect(strict.length).toBeLessThan(loose.size);
  });
});
