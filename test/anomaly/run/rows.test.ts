// Rows that are ready, anomalies that last, states that are kept: the small rules under a run.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Detector, type Verdict } from '../../../lib/anomaly/detector.ts';
import { canGoOn, excludedKey, judgeMetric } from '../../../lib/anomaly/run/judge-metric.ts';
import { nextStatus, type OpenAnomaly } from '../../../lib/anomaly/run/metric-status.ts';
import { LATE_MS, readyRows, SETTLE_MS } from '../../../lib/anomaly/run/new-rows.ts';
import { anomalyEvent } from '../../../lib/anomaly/run/schedule-event.ts';
import { decodeShard, encodeShard } from '../../../lib/anomaly/run/shard-state.ts';
import { DAY, daily, START, STEP, watchOf } from './story.ts';

describe('ready rows', () => {
  const points = (...places: number[]) =>
    places.map((place) => ({ time: START + place * STEP, value: place }));
  const places = (rows: readonly { time: number }[]) => rows.map(({ time }) => (time - START) / STEP);

  test('are whole periods after the last one, in order and once, whatever order points come in', () => {
    const shuffled = [...points(3, 1, 2, 0), ...points(2)];
    expect(places(readyRows(shuffled, START, START + 3 * STEP + SETTLE_MS, STEP, 'skip'))).toEqual([1, 2]);
  });

  test('stop at a point that may still come', () => {
    const now = START + 3 * STEP + SETTLE_MS;
    expect(places(readyRows(points(0, 2), undefined, now, STEP, 'skip'))).toEqual([0]);
  });

  test('pass over a point that did not come, as nothing or as zero', () => {
    const now = START + 2 * STEP + LATE_MS;
    const skipped = readyRows(points(0, 2), undefined, now, STEP, 'skip');
    expect(places(skipped)).toEqual([0, 1, 2]);
    expect(skipped[1]?.value).toBeNaN();
    expect(readyRows(points(0, 2), undefined, now, STEP, 'zero')[1]?.value).toBe(0);
  });

  test('are none without a point, and none of a time that is no number', () => {
    expect(readyRows([], undefined, START, STEP, 'zero')).toEqual([]);
    expect(readyRows([{ time: Number.NaN, value: 1 }], undefined, START, STEP, 'zero')).toEqual([]);
  });

  test('advance by one step each, for any points at all', () => {
    const point = fc.record({ time: fc.integer({ min: START, max: START + DAY }), value: fc.double() });
    fc.assert(
      fc.property(fc.array(point), fc.integer({ min: 0, max: 2 * DAY }), (some, later) => {
        const rows = readyRows(some, undefined, START + later, STEP, 'skip');
        rows.forEach(({ time }, at) => {
          expect(time).toBe(rows[0]!.time + at * STEP);
          expect(time + STEP + SETTLE_MS).toBeLessThanOrEqual(START + later);
        });
      }),
    );
  });
});

describe('an anomaly', () => {
  const verdict = (score: number, more: Partial<Verdict> = {}): Verdict => ({
    score,
    novelty: score,
    deviation: 0,
    warmUp: 1,
    expected: 100,
    low: 80,
    high: 120,
    reach: 20,
    leading: undefined,
    ...more,
  });
  const statusAfter = (...rows: [value: number, score: number, more?: Partial<Verdict>][]) =>
    rows.reduce<OpenAnomaly | undefined>(
      (open, [value, score, more], at) =>
        nextStatus(open, { time: START + at * STEP, value }, verdict(score, more)),
      undefined,
    );

  test('begins with a score of one half', () => {
    expect(statusAfter([500, 0.49])).toBeUndefined();
    expect(statusAfter([500, 0.5])).toMatchObject({ startedAt: START, score: 0.5, certain: false });
  });

  test('lasts while the value is outside the band that was usual when it began, though the band widens', () => {
    const wide = { low: -1000, high: 1000, reach: 1000 };
    expect(statusAfter([500, 0.9], [490, 0, wide], [480, 0, wide], [470, 0, wide])?.calmRows).toBe(0);
  });

  test('ends after two rows in turn inside the band', () => {
    expect(statusAfter([500, 0.9], [100, 0])?.calmRows).toBe(1);
    expect(statusAfter([500, 0.9], [100, 0], [101, 0])).toBeUndefined();
    expect(statusAfter([500, 0.9], [100, 0], [300, 0], [100, 0])?.calmRows).toBe(1);
  });

  test('is certain when both heads have spoken, and its score never falls', () => {
    const both = statusAfter([500, 0.6], [600, 0.9, { deviation: 0.7 }], [500, 0]);
    expect(both).toMatchObject({ certain: true, score: 0.9 });
  });

  test('that lasts a day is the new normal', () => {
    const rows = Array.from({ length: 289 }, (_, at): [number, number] => [500, at === 0 ? 0.9 : 0]);
    expect(statusAfter(...rows.slice(0, 288))).toBeDefined();
    expect(statusAfter(...rows)).toBeUndefined();
  });

  test('of a metric that falls silent ends after an hour', () => {
    const silent = Array.from({ length: 12 }, (): [number, number] => [Number.NaN, 0]);
    expect(statusAfter([500, 0.9], ...silent.slice(1))).toBeDefined();
    expect(statusAfter([500, 0.9], ...silent)).toBeUndefined();
  });
});

describe('a shard of states', () => {
  const pushed = (rows: number): Uint8Array => {
    const detector = new Detector();
    for (let row = 0; row < rows; row++)
      detector.push(START + row * STEP, daily(100, 1)(START + row * STEP)!);
    return detector.save();
  };

  test('comes back as it was', () => {
    const states = new Map([
      ['a', { lastTime: START, excludedKey: '', open: undefined, detector: pushed(10) }],
      ['b {"x"}', { lastTime: START + 1, excludedKey: '1-2', open: undefined, detector: pushed(900) }],
    ]);
    expect(decodeShard(encodeShard(states))).toEqual(states);
  });

  test('cut short or of another version is refused by name', () => {
    const bytes = encodeShard(
      new Map([['a', { lastTime: 1, excludedKey: '', open: undefined, detector: pushed(9) }]]),
    );
    for (let length = 0; length < bytes.byteLength; length += 97) {
      expect(() => decodeShard(bytes.slice(0, length))).toThrow(
        expect.objectContaining({ reason: 'malformed' }),
      );
    }
    const other = Buffer.from(bytes);
    other.write('9', other.indexOf('"version":') + 10);
    expect(() => decodeShard(other)).toThrow(/has version 9, expected 1/);
  });
});

describe('excluded periods', () => {
  const excluded = [{ from: START, to: START + DAY }];

  test('that history can hold are part of what a state was learned without', () => {
    const watch = watchOf({ excluded });
    expect(excludedKey(watch, START - 1)).toBe('');
    expect(excludedKey(watch, START + 2 * DAY)).toBe(`${START}-${START + DAY}`);
    expect(excludedKey(watch, START + 20 * DAY)).toBe('');
  });

  test('that go on do not make a state useless as time passes', () => {
    const watch = watchOf({ excluded });
    const state = {
      lastTime: START,
      excludedKey: excludedKey(watch, START + 1),
      open: undefined,
      detector: new Uint8Array(),
    };
    expect(canGoOn(state, watch, START + DAY / 2)).toBe(true);
    expect(canGoOn(state, watchOf(), START + DAY / 2)).toBe(false);
    // A run that comes late goes on; what a wrong clock made days ahead would stand still until then.
    const plain = { ...state, excludedKey: '' };
    expect(canGoOn(plain, watchOf(), plain.lastTime - DAY / 2)).toBe(true);
    expect(canGoOn(plain, watchOf(), plain.lastTime - 2 * DAY)).toBe(false);
  });
});

describe('a metric that is judged', () => {
  test.each([
    ['constant', () => 5],
    ['NaN', () => Number.NaN],
    ['infinite', () => Number.POSITIVE_INFINITY],
    ['1e308', (at: number) => (at % 2 === 0 ? 1e308 : -1e308)],
    ['a counter that resets', (at: number) => at % 100],
  ])('%s gives no score that is no number, and a state that can be gone on with', (_name, value) => {
    const points = Array.from({ length: 1200 }, (_, at) => ({ time: START + at * STEP, value: value(at) }));
    const now = START + 1200 * STEP;
    const first = judgeMetric(undefined, points.slice(0, 600), watchOf(), now)!;
    const second = judgeMetric(first.state, points.slice(600), watchOf(), now)!;
    expect(second.newest.score).toBeGreaterThanOrEqual(0);
    expect(second.newest.score).toBeLessThanOrEqual(1);
    expect(JSON.parse(JSON.stringify(second.state.open ?? null))).toEqual(second.state.open ?? null);
  });
});

describe('the scheduled event', () => {
  test('says when now is and which metrics are meant', () => {
    expect(anomalyEvent({ time: '2026-11-24T10:00:00Z', every: '5m' }, 7)).toEqual({
      nowMs: Date.UTC(2026, 10, 24, 10),
      every: '5m',
      deadlineMs: 7,
    });
  });

  test.each([
    [{}, /event\.time: expected ISO 8601, got undefined/],
    [{ time: 'now', every: '5m' }, /event\.time: expected ISO 8601, got "now"/],
    [{ time: '2026-11-24T10:00:00Z' }, /event\.every: expected one of 5m, 1m, got undefined/],
    [{ time: '2026-11-24T10:00:00Z', every: 'toString' }, /event\.every: .* got "toString"/],
    [null, /event\.time/],
  ])('%j is refused with what was expected', (event, message) => {
    expect(() => anomalyEvent(event, 0)).toThrow(message);
  });
});
