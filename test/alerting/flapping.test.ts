// What flaps is told once, held, and told as it is once it is steady.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FlapState, flapAfter, flapsUntil } from '../../lib/alerting/alerts/flapping.ts';
import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import { createRouter, step } from '../../lib/alerting/groups/router.ts';
import type { RouterEvent } from '../../lib/alerting/groups/router-state.ts';
import { Timeline } from '../../lib/alerting/replay/timeline.ts';
import { BEYOND_DEFAULTS, BEYOND_NOTHING, FLAP_DEFAULTS } from '../../lib/alerting/settings.ts';
import { withRoute } from './story.ts';

const MINUTE = 60_000;
const CONFIG = withRoute('receiver: team\ngroup_wait: 30s\ngroup_interval: 1m\nrepeat_interval: 100h');

interface Change {
  /** Minutes from the start. */
  readonly at: number;
  readonly fires: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a receiver that takes everything is told: `<minute> <reason> <status>`. */
function play(changes: readonly Change[], untilMinutes: number, beyond = BEYOND_DEFAULTS) {
  const timeline = new Timeline<RouterEvent>();
  let since = 0;
  for (const { at, fires, labels = {} } of changes) {
    if (fires) since = at;
    const alert = {
      labels: { alertname: 'Down', ...labels },
      startsAt: since * MINUTE,
      endsAt: fires ? 1_000 * 3_600_000 : at * MINUTE,
    };
    timeline.add(at * MINUTE, { kind: 'alerts', alerts: [alert] });
  }
  const told: string[] = [];
  const state = createRouter(parseAlertmanagerConfig(CONFIG), beyond);
  const run = (event: RouterEvent, now: number): void => {
    for (const effect of step(state, event, now).effects) {
      if (effect.kind === 'wake') timeline.add(effect.at, effect.event);
      if (effect.kind !== 'send') continue;
      const { group, flush, integration, notification } = effect;
      told.push(`${now / MINUTE} ${notification.reason} ${notification.status}`);
      run({ kind: 'answered', group, flush, integration, outcome: 'delivered' }, now);
    }
  };
  for (let next = timeline.next(untilMinutes * MINUTE); next; next = timeline.next(untilMinutes * MINUTE)) {
    run(next.value, next.at);
  }
  return { told, state };
}

/** Fires at 0, 6, 12, …; ends three minutes after each. */
const flaps = (times: number, labels: Change['labels'] = {}): Change[] =>
  Array.from({ length: times }, (_, i) => [
    { at: 6 * i, fires: true, labels },
    { at: 6 * i + 3, fires: false, labels },
  ]).flat();

describe('the state of an alert', () => {
  const changes = fc.array(
    fc.record({ change: fc.constantFrom('fires' as const, 'ends' as const), after: fc.nat(20 * MINUTE) }),
    { maxLength: 60 },
  );

  test('holds no more times than decide, and flaps only after so many ends within the time', () => {
    fc.assert(
      fc.property(changes, (list) => {
        let state: FlapState | undefined;
        let now = 0;
        const ends: number[] = [];
        for (const { change, after } of list) {
          now += after;
          const before = state?.since;
          state = flapAfter(state, change, now, FLAP_DEFAULTS);
          if (change === 'ends') ends.push(now);
          expect(state.ends.length).toBeLessThanOrEqual(FLAP_DEFAULTS.times);
          const recent = ends.filter((end) => end > now - FLAP_DEFAULTS.withinMs).length;
          if (state.since !== undefined && before === undefined) expect(recent).toBeGreaterThanOrEqual(4);
          if (recent >= FLAP_DEFAULTS.times) expect(state.since).toBeDefined();
        }
      }),
    );
  });

  test('is steady after half of the time without a change', () => {
    fc.assert(
      fc.property(changes, fc.nat(60 * MINUTE), (list, later) => {
        let flap: FlapState | undefined;
        let now = 0;
        for (const { change, after } of list) {
          now += after;
          flap = flapAfter(flap, change, now, FLAP_DEFAULTS);
        }
        if (flap === undefined) return;
        const until = flapsUntil({ flap, endsAt: Number.MAX_SAFE_INTEGER }, now + later, FLAP_DEFAULTS);
        if (later >= FLAP_DEFAULTS.withinMs / 2) expect(until).toBeUndefined();
        else expect(until !== undefined).toBe(flap.since !== undefined);
      }),
    );
  });
});

describe('an alert that flaps', () => {
  test('is told once, then nothing until it is steady, then its end', () => {
    const { told, state } = play(flaps(10), 200);
    expect(told).toEqual([
      '0.5 firstNotification firing',
      '3.5 allResolved resolved',
      '6.5 firstNotification firing',
      '9.5 allResolved resolved',
      '12.5 firstNotification firing',
      '15.5 allResolved resolved',
      '18.5 firstNotification firing',
      // The fourth end, at 21.
      '21.5 flapping firing',
      // The last end is at 57, and 15 minutes later it is steady.
      '72.5 allResolved resolved',
    ]);
    expect(state.groups.size).toBe(0);
  });

  test('is told to fire still, if that is what it does once it is steady', () => {
    const { told } = play([...flaps(5), { at: 30, fires: true }], 100);
    expect(told.slice(-2)).toEqual(['21.5 flapping firing', '45.5 steady firing']);
  });

  test('is told like any other where the switch is off, or if it is of the highest priority', () => {
    const all = 2 * 10;
    expect(play(flaps(10), 200, BEYOND_NOTHING).told).toHaveLength(all);
    expect(play(flaps(10, { severity: 'critical' }), 200).told).toHaveLength(all);
  });

  test('that stays firing is never hidden, and the last thing told is what it is', () => {
    const history = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 24 });
    fc.assert(
      fc.property(history, (gaps) => {
        let at = 0;
        const changes = gaps.map((gap, i): Change => {
          at += gap;
          return { at, fires: i % 2 === 0 };
        });
        const { told } = play(changes, at + 60);
        const plain = play(changes, at + 60, { ...BEYOND_NOTHING }).told;
        const fires = changes.at(-1)!.fires;
        const last = told.at(-1)?.split(' ').at(-1);
        expect(last ?? 'resolved').toBe(fires ? 'firing' : 'resolved');
        // It never says more often than without that something changed, but for the beginning and end of flapping.
        const extra = told.filter((line) => /flapping|steady/.test(line)).length;
        expect(told.length - extra).toBeLessThanOrEqual(plain.length + extra);
      }),
      { numRuns: 200 },
    );
  });
});
