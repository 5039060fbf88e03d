// What the evaluator says minute by minute: alerts, missing terms, corrections, catching up, budgets and policies.
import { describe, expect, test } from 'vitest';
import { alertOf } from '../../lib/slo/evaluation/alert-message.ts';
import { SloEvaluator } from '../../lib/slo/evaluation/evaluator.ts';
import type { MinutePoint } from '../../lib/slo/evaluation/read-point.ts';
import { SliceLadder } from '../../lib/slo/evaluation/slice-ladder.ts';
import type { Effect } from '../../lib/slo/evaluation/state.ts';
import { NO_GUARDS, type SloSettings } from '../../lib/slo/settings.ts';
import { HOUR, MINUTE, slo, T0 } from './support.ts';

const PAGE = {
  severity: 'page',
  longWindowMs: HOUR,
  shortWindowMs: 5 * MINUTE,
  budgetShare: 0.02,
  factor: 14.4,
  holdMs: 0,
} as const;

/** An SLO in front of its slices, told minute by minute what happens. */
class Story {
  readonly evaluator: SloEvaluator;
  readonly slices = new SliceLadder();
  state;
  minute = 0;

  constructor(changes: Partial<SloSettings> = {}) {
    this.evaluator = new SloEvaluator(slo({ windows: [PAGE], ...changes }));
    this.state = this.evaluator.begin(T0);
  }

  /** Reads points up to a minute. */
  read(to: number, points: readonly MinutePoint[], nowMinute = to): string[] {
    const result = this.evaluator.step(
      this.state,
      { to: T0 + to * MINUTE, points },
      this.slices,
      T0 + nowMinute * MINUTE,
    );
    for (const slice of result.changed) this.slices.put(slice);
    this.state = result.state;
    this.minute = to;
    return result.effects.map(word);
  }

  /** Lets minutes pass, each with the same terms; what is said is told with its minute. */
  pass(minutes: number, terms: Partial<MinutePoint>): string[] {
    const said: string[] = [];
    for (let count = 0; count < minutes; count++) {
      const point = { ...terms, start: T0 + this.minute * MINUTE };
      said.push(...this.read(this.minute + 1, [point]).map((text) => `${this.minute} ${text}`));
    }
    return said.filter((text) => !text.includes('stillFiring'));
  }
}

function word(effect: Effect): string {
  switch (effect.kind) {
    case 'budgetState':
      return `budget ${effect.after}`;
    case 'policy':
      return `${effect.action} ${effect.isInForce ? 'on' : 'off'}`;
    default:
      return `${effect.alert} ${effect.kind}`;
  }
}

const GOOD = { good: 1000, total: 1000 };
const BAD = { good: 900, total: 1000 };
const alerts = (said: readonly string[]): string[] => said.filter((text) => /page|ticket|noData/.test(text));

describe('a page', () => {
  test('fires when both windows burn, and resolves as soon as the short one recovers', () => {
    const story = new Story();
    story.pass(60, GOOD);
    // 14.4 × 0.001 × 60 min / 0.1 = 8.64 minutes
    expect(alerts(story.pass(20, BAD))).toEqual(['69 page fired']);
    expect(alerts(story.pass(20, GOOD))).toEqual(['85 page resolved']);
  });

  test('is told again every five minutes while it fires', () => {
    const story = new Story();
    const points = Array.from({ length: 100 }, (_, at) => ({ ...BAD, start: T0 + at * MINUTE }));
    expect(story.read(60, points.slice(0, 60))).toContain('page fired');
    expect([61, 62, 63, 64, 65, 66].map((to) => story.read(to, [points[to - 1]!]).join())).toEqual([
      '',
      '',
      '',
      '',
      'page stillFiring',
      '',
    ]);
  });

  test('fires only after both windows burnt for its hold', () => {
    const story = new Story({ windows: [{ ...PAGE, holdMs: 3 * MINUTE }] });
    story.pass(60, GOOD);
    expect(alerts(story.pass(20, BAD))).toEqual(['72 page fired']);
  });

  test('fires at exactly the threshold never', () => {
    const story = new Story();
    expect(alerts(story.pass(200, { good: 9856, total: 10_000 }))).toEqual([]);
  });
});

describe('missing terms', () => {
  test('zero traffic is no data, never a ratio', () => {
    const story = new Story();
    expect(story.pass(100, { good: 0, total: 0 })).toEqual([]);
    expect(story.evaluator.report(story.state)).toMatchObject({ burnRate: 0, budget: { remaining: 1 } });
  });

  test('missing bad events beside a total are none', () => {
    const source = { kind: 'other', type: 'test' } as const;
    const story = new Story({ indicator: { kind: 'badTotal', bad: source, total: source } });
    expect(alerts(story.pass(70, { total: 1000 }))).toEqual([]);
    expect(story.state.budget).toMatchObject({ bad: 0, total: 70_000 });
  });

  test('missing good events beside a total wait for ten minutes, then all have failed', () => {
    const story = new Story();
    story.pass(60, GOOD);
    expect(story.pass(10, { total: 1000 })).toEqual([]);
    expect(story.state.budget).toMatchObject({ bad: 0, total: 60_000 });
    expect(alerts(story.pass(1, { total: 1000 }))).toEqual(['71 page fired']);
    expect(story.state.budget).toMatchObject({ bad: 11_000, total: 71_000 });
  });

  test('good events that come again end it, and the next gap waits anew', () => {
    const story = new Story();
    story.pass(60, GOOD);
    story.pass(15, { total: 1000 });
    story.pass(10, GOOD);
    expect(story.pass(5, { total: 1000 })).toEqual([]);
    expect(story.state.budget).toMatchObject({ bad: 15_000, total: 85_000 });
  });

  test('good events that come late within ten minutes count', () => {
    const story = new Story();
    story.read(1, [{ start: T0, total: 1000 }]);
    expect(story.state.unsettled).toEqual([T0]);
    story.read(2, [{ start: T0, ...GOOD }]);
    expect(story.state).toMatchObject({ unsettled: [], budget: { bad: 0, total: 1000 } });
  });

  test('good above total is clamped and counted, and once only', () => {
    const story = new Story();
    story.read(1, [{ start: T0, good: 1200, total: 1000 }]);
    story.read(2, [{ start: T0, good: 1200, total: 1000 }]);
    expect(story.state).toMatchObject({ clamped: 1, budget: { bad: 0, total: 1000 } });
  });

  test('an alert says when there has been no event for a while, and ends with the first', () => {
    const story = new Story({ noDataAfterMs: 10 * MINUTE });
    story.pass(5, GOOD);
    expect(story.pass(20, {})).toEqual(['15 noData fired']);
    expect(story.pass(1, GOOD)).toEqual(['26 noData resolved']);
  });
});

describe('corrections', () => {
  test('change the budget and never fire an alert about the past', () => {
    const story = new Story();
    story.pass(100, GOOD);
    const worse = Array.from({ length: 60 }, (_, at) => ({ start: T0 + (40 + at) * MINUTE, ...BAD }));
    expect(alerts(story.read(100, worse))).toEqual([]);
    expect(story.state.budget).toMatchObject({ bad: 6000, total: 100_000 });
    expect(alerts(story.pass(60, GOOD))).toEqual([]);
  });

  test('that make a minute look better end what it had fired', () => {
    const story = new Story();
    story.pass(60, GOOD);
    expect(alerts(story.pass(10, BAD))).toEqual(['69 page fired']);
    const better = Array.from({ length: 10 }, (_, at) => ({ start: T0 + (60 + at) * MINUTE, ...GOOD }));
    expect(alerts(story.read(70, better))).toEqual(['page resolved']);
    expect(story.state.budget.bad).toBe(0);
  });

  test('read twice change nothing', () => {
    const story = new Story();
    story.pass(30, BAD);
    const before = story.state;
    const again = Array.from({ length: 15 }, (_, at) => ({ start: T0 + (15 + at) * MINUTE, ...BAD }));
    const result = story.evaluator.step(before, { to: before.to, points: again }, story.slices, before.to);
    expect(result.changed).toEqual([]);
    expect(result.state).toEqual(before);
  });

  test('first data of a minute within 15 minutes still alerts, later data does not', () => {
    const late = (delay: number): string[] => {
      const story = new Story({ windows: [{ ...PAGE, shortWindowMs: 50 * MINUTE }] });
      story.pass(60, GOOD);
      story.pass(delay, {});
      const points = Array.from({ length: 10 }, (_, at) => ({
        start: T0 + (60 + at) * MINUTE,
        good: 0,
        total: 1000,
      }));
      return alerts(story.read(60 + delay, points));
    };
    expect(late(12)).toEqual(['page fired']);
    expect(late(30)).toEqual([]);
  });
});

describe('a function that did not run for an hour', () => {
  const hour = (terms: (minute: number) => Partial<MinutePoint>): MinutePoint[] =>
    Array.from({ length: 60 }, (_, at) => ({ start: T0 + (60 + at) * MINUTE, ...terms(at) }));

  test('catches up without alarms about what is over', () => {
    const story = new Story();
    story.pass(60, GOOD);
    expect(
      alerts(
        story.read(
          120,
          hour((at) => (at < 30 ? BAD : GOOD)),
        ),
      ),
    ).toEqual([]);
    expect(story.state.budget).toMatchObject({ bad: 3000, total: 120_000 });
  });

  test('alerts at once about what still burns', () => {
    const story = new Story();
    story.pass(60, GOOD);
    expect(
      alerts(
        story.read(
          120,
          hour(() => BAD),
        ),
      ),
    ).toEqual(['page fired']);
    expect(story.state.firing.page?.since).toBe(T0 + 120 * MINUTE);
  });

  test('says nothing from a reading that ends long before now', () => {
    const story = new Story();
    story.pass(60, GOOD);
    expect(
      alerts(
        story.read(
          120,
          hour(() => BAD),
          150,
        ),
      ),
    ).toEqual([]);
    expect(alerts(story.read(121, [{ start: T0 + 120 * MINUTE, ...BAD }], 121))).toEqual(['page fired']);
  });
});

describe('low traffic', () => {
  const ONE_OF_FEW = { good: 4, total: 5 };
  const run = (guards: Partial<SloSettings['guards']>): string[] => {
    const story = new Story({ guards: { ...NO_GUARDS, ...guards } });
    story.pass(60, { good: 1, total: 1 });
    return alerts(story.pass(1, ONE_OF_FEW));
  };

  test('pages for one failure without a guard', () => {
    expect(run({})).toEqual(['61 page fired']);
  });

  test('does not with a minimum of events, a minimum of failures, expected events or the share of the budget', () => {
    expect(run({ minimumEvents: 100 })).toEqual([]);
    expect(run({ minimumFailures: 2 })).toEqual([]);
    expect(run({ expectedPerMinute: 10 })).toEqual([]);
    // 2 % of what 30 days at one a minute allow is 0.9 failures.
    expect(run({ budgetShare: true })).toEqual(['61 page fired']);
  });
});

describe('exclusions', () => {
  test('end alerts, and none begins in them', () => {
    const story = new Story({
      exclusions: [
        {
          schedule: { start: T0 + 75 * MINUTE, repeat: undefined, timeZone: 'UTC' },
          durationMs: 30 * MINUTE,
          reason: 'upgrade',
          author: 'ops',
        },
      ],
    });
    story.pass(60, GOOD);
    expect(alerts(story.pass(45, BAD))).toEqual(['69 page fired', '76 page resolved']);
    expect(alerts(story.pass(10, BAD))).toEqual(['106 page fired']);
  });
});

describe('the budget', () => {
  test('passes through its states, and back only with a margin', () => {
    const story = new Story({
      windows: [],
      objective: 0.9,
      period: { kind: 'rolling', lengthMs: HOUR },
      policy: [{ action: 'freeze', below: 0, until: 0.1 }],
    });
    story.pass(60, { good: 100, total: 100 });
    const said = story.pass(60, { good: 80, total: 100 });
    expect(said).toEqual(['83 budget warning', '88 budget critical', '90 budget exhausted', '91 freeze on']);
    const back = story.pass(60, { good: 100, total: 100 });
    expect(back).toEqual([
      '151 budget critical',
      '154 budget warning',
      '154 freeze off',
      '159 budget healthy',
    ]);
  });

  test('alerts while as little is left as the policy wants to be told of, and says what is left', () => {
    const story = new Story({
      windows: [],
      objective: 0.9,
      period: { kind: 'rolling', lengthMs: HOUR },
      policy: [{ action: 'notify', below: 0.5, until: 0.6 }],
    });
    story.pass(60, { good: 100, total: 100 });
    const said = story.pass(30, { good: 80, total: 100 });
    expect(said.slice(0, 2)).toEqual(['76 budget fired', '76 notify on']);
    const report = story.evaluator.report(story.state);
    const effect = { kind: 'fired', alert: 'budget', since: T0, pairs: [] } as const;
    expect(alertOf(story.evaluator.slo, effect, report, T0)).toMatchObject({
      labels: { alertname: 'SloBudgetLow', severity: 'ticket', slo: 'checkout' },
      annotations: { summary: 'checkout (objective 90%) has spent its error budget', budget_remaining: '0%' },
    });
    const back = story.pass(60, { good: 100, total: 100 });
    expect(back.filter((text) => /notify|budget (fired|resolved)/.test(text))).toEqual([
      '139 budget resolved',
      '139 notify off',
    ]);
  });

  test('takes adjustments when it is read, and gives them back when they go', () => {
    const adjustment = {
      schedule: { start: T0 + MINUTE, repeat: undefined, timeZone: 'UTC' },
      bad: -50,
      total: 0,
      reason: 'load test',
      author: 'ops',
    };
    const story = new Story();
    story.pass(10, { good: 990, total: 1000 });
    const adjusted = new SloEvaluator(slo({ windows: [PAGE], adjustments: [adjustment] }));
    expect(story.evaluator.report(story.state).budget.badEvents).toBe(100);
    expect(adjusted.report(story.state).budget.badEvents).toBe(50);
    expect(adjusted.needsRebuild(story.state)).toBe(false);
  });

  test('has minutes and events: 99.9 % of 30 days are 43.2 minutes', () => {
    const story = new Story();
    story.pass(10, GOOD);
    expect(story.evaluator.report(story.state).budget).toEqual({
      remaining: 1,
      badEvents: 0,
      allowedEvents: 10,
      remainingEvents: 10,
      remainingMinutes: 43.2,
    });
  });

  test('lasts as long as the burn rate says: 5 % in an hour is a burn rate of 36 and 20 hours', () => {
    const story = new Story();
    story.pass(60, { good: 964, total: 1000 });
    const { burnRate, timeToExhaustionMs, budget } = story.evaluator.report(story.state);
    expect(burnRate).toBeCloseTo(36, 9);
    expect(timeToExhaustionMs).toBe(0);
    expect(budget.remaining).toBe(-35);
  });
});

describe('the hot row', () => {
  test('stays below 1 KB', () => {
    const story = new Story({ windows: slo().windows, noDataAfterMs: MINUTE });
    story.pass(300, { good: 912_345_678, total: 1_012_345_678 });
    story.pass(9, { total: 1_012_345_678 });
    expect(JSON.stringify(story.state).length).toBeLessThan(1024);
  });

  test('survives being stored', () => {
    const story = new Story();
    story.pass(70, BAD);
    const stored = JSON.parse(JSON.stringify(story.state)) as typeof story.state;
    expect(stored).toEqual(story.state);
  });

  test('says which stretches of slices the next step reads', () => {
    const story = new Story({ period: { kind: 'rolling', lengthMs: 2 * HOUR } });
    story.pass(150, BAD);
    const at = (minute: number): number => T0 + minute * MINUTE;
    expect(story.evaluator.reads(story.state, at(151))).toEqual([
      { from: at(145), to: at(146) },
      { from: at(90), to: at(91) },
      { from: at(30), to: at(31) },
    ]);
  });
});

describe('the alert', () => {
  test('has the same labels from beginning to end, and says the rest in annotations', () => {
    const settings = slo({
      service: 'shop',
      labels: { team: 'web', 'a.b/c': 'x', slo: 'not this' },
      runbookUrl: 'https://runbooks.example/checkout',
      windows: [PAGE],
    });
    const story = new Story({ ...settings });
    story.pass(60, BAD);
    const report = story.evaluator.report(story.state);
    const fired = alertOf(
      settings,
      { kind: 'fired', alert: 'page', since: T0, pairs: [0] },
      report,
      T0 + MINUTE,
    );
    expect(fired).toEqual({
      labels: {
        alertname: 'SloBudgetBurn',
        slo: 'checkout',
        severity: 'page',
        service: 'shop',
        burn_tier: 'fast',
        team: 'web',
        a_b_c: 'x',
      },
      annotations: {
        summary: 'checkout (objective 99.9%) spends its error budget 100 times as fast as allowed',
        burn_windows: '1h/5m above 14.4',
        budget_remaining: '-9900%',
        budget_remaining_events: '-5940',
        budget_remaining_minutes: '-4280',
        time_to_exhaustion: '0s',
        runbook_url: 'https://runbooks.example/checkout',
      },
      startsAt: T0,
      endsAt: T0 + 16 * MINUTE,
      generatorUrl: '',
      source: 'slo',
    });
    const resolved = alertOf(
      settings,
      { kind: 'resolved', alert: 'page', since: T0, pairs: [] },
      report,
      T0 + HOUR,
    );
    expect(resolved.labels).toEqual(fired.labels);
    expect(resolved.endsAt).toBe(T0 + HOUR);
  });
});
