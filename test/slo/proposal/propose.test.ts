// Objectives that a history would have met.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { proposeObjective, USUAL_OBJECTIVES } from '../../../lib/slo/proposal/propose.ts';
import { tidewatch } from '../../cli/run-cli.ts';
import { DAY, MINUTE, T0 } from '../support.ts';

/** One point a day. @param bad failures of 10,000 events, by day */
const history = (days: number, bad: (day: number) => number) =>
  Array.from({ length: days }, (_, day) => ({
    start: T0 + day * DAY,
    good: 10_000 - bad(day),
    total: 10_000,
  }));

describe('a proposal', () => {
  test('is the highest objective that the worst period met, and says what the next one takes', () => {
    // 4 failures in 10,000 a day, and a bad week of 20.
    const proposal = proposeObjective(
      history(60, (day) => (day >= 20 && day < 27 ? 20 : 4)),
      30 * DAY,
    );
    expect(proposal).toMatchObject({ periods: 31, best: 0.9996, proposed: 0.999 });
    expect(proposal!.worst).toBeCloseTo(1 - (7 * 20 + 23 * 4) / 300_000, 12);
    expect(proposal).toMatchObject({
      budgetMinutes: 43.2,
      budgetEvents: 300,
      // The worst period has 232 failures, the next objective allows 0.0005 × 300,000 = 150.
      next: { objective: 0.9995, failuresTooMany: 82 },
    });
    expect(proposal!.next!.met).toBeGreaterThan(0);
  });

  test('of a series shorter than a period is about all of it', () => {
    expect(
      proposeObjective(
        history(3, () => 600),
        30 * DAY,
      ),
    ).toMatchObject({
      periods: 1,
      achieved: 0.94,
      worst: 0.94,
      proposed: 0.9,
      next: { objective: 0.95, met: 0 },
    });
  });

  test('is none when no usual objective was met, and none above the highest', () => {
    expect(
      proposeObjective(
        history(3, () => 5000),
        DAY,
      ),
    ).toMatchObject({ proposed: null, budgetEvents: null });
    expect(
      proposeObjective(
        history(3, () => 0),
        DAY,
      ),
    ).toMatchObject({ proposed: 0.99999, next: null });
  });

  test('without events is none', () => {
    expect(proposeObjective([], DAY)).toBeUndefined();
    expect(proposeObjective([{ start: T0 }, { start: T0 + MINUTE, good: 0, total: 0 }], DAY)).toBeUndefined();
  });

  test('was met in every period', () => {
    const day = fc.record({ good: fc.nat(1000), bad: fc.nat(50) });
    fc.assert(
      fc.property(
        fc.array(day, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (list, length) => {
          const points = list.map(({ good, bad }, at) => ({ start: T0 + at * DAY, good, total: good + bad }));
          const proposal = proposeObjective(points, length * DAY);
          if (proposal === undefined) return;
          expect(proposal.worst).toBeLessThanOrEqual(proposal.best);
          if (proposal.proposed !== null) expect(proposal.proposed).toBeLessThanOrEqual(proposal.worst);
          if (proposal.next !== null) {
            expect(proposal.next.objective).toBeGreaterThan(proposal.worst);
            expect(proposal.next.failuresTooMany).toBeGreaterThan(0);
          }
          expect([...USUAL_OBJECTIVES, null]).toContain(proposal.proposed);
        },
      ),
    );
  });
});

describe('slo propose', () => {
  const folder = mkdtempSync(join(tmpdir(), 'propose-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (text: string) => {
    writeFileSync(join(folder, 'series.csv'), text);
    return join(folder, 'series.csv');
  };
  const csv = history(40, () => 4)
    .map(({ start, good, total }) => `${start / 1000},${good},${total}`)
    .join('\n');

  test('says it in words and in JSON', async () => {
    const series = file(csv);
    expect(await tidewatch('slo', 'propose', '--series', series)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('99.95% would have been met in each of 11 periods of 30d'),
    });
    const { stdout } = await tidewatch('slo', 'propose', '--series', series, '--period', '7d', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      period: '7d',
      periods: 34,
      achieved: 0.9996,
      proposed: 0.9995,
    });
  });

  test('wants a series and a period', async () => {
    expect((await tidewatch('slo', 'propose', '--series', join(folder, 'none.csv'))).code).toBe(2);
    expect((await tidewatch('slo', 'propose', '--series', file(csv), '--period', 'long')).code).toBe(2);
    expect((await tidewatch('slo', 'propose', '--series', file('a,b\n'))).code).toBe(1);
  });
});
