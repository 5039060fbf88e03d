// The router's parts: reasons to notify, silences, and steps that come late, twice or for nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import type { Notification } from '../../lib/alerting/groups/group.ts';
import { type NotificationReason, notificationReason } from '../../lib/alerting/groups/notification-log.ts';
import { type DeliveryOutcome, outcomeOfStatus } from '../../lib/alerting/groups/retry.ts';
import { createRouter, step } from '../../lib/alerting/groups/router.ts';
import type { RouterEvent } from '../../lib/alerting/groups/router-state.ts';
import { createMatcher } from '../../lib/alerting/matchers/matcher.ts';
import { silenceRejection, silenceState } from '../../lib/alerting/muting/silence.ts';
import { withRoute } from './story.ts';

describe('the reason to notify', () => {
  const entry = (firing: string[], resolved: string[] = [], at = 0) => ({
    at,
    firing: new Set(firing),
    resolved: new Set(resolved),
    expiresAt: 1_000,
  });
  const HOUR = { sendResolved: true, repeatIntervalMs: 60 };
  const QUIET = { sendResolved: false, repeatIntervalMs: 60 };

  test.each<
    [
      string,
      ReturnType<typeof entry> | undefined,
      string[],
      string[],
      typeof HOUR,
      number,
      NotificationReason,
    ]
  >([
    ['nothing told before, something fires', undefined, ['a'], [], HOUR, 1, 'firstNotification'],
    ['nothing told before, all resolved', undefined, [], ['a'], HOUR, 1, 'none'],
    ['another alert fires', entry(['a']), ['a', 'b'], [], HOUR, 1, 'newAlerts'],
    ['fires after all had resolved', entry([], ['a']), ['a'], [], HOUR, 1, 'firstNotification'],
    ['fewer fire, the rest is out of sight', entry(['a', 'b']), ['a'], [], HOUR, 1, 'none'],
    ['one resolved', entry(['a', 'b']), ['a'], ['b'], HOUR, 1, 'someResolved'],
    ['one resolved, but resolves are not sent', entry(['a', 'b']), ['a'], ['b'], QUIET, 1, 'none'],
    ['the same resolved again', entry(['a'], ['b']), ['a'], ['b'], HOUR, 1, 'none'],
    ['all resolved', entry(['a']), [], ['a'], HOUR, 1, 'allResolved'],
    ['all resolved, though resolves are not sent', entry(['a']), [], ['a'], QUIET, 1, 'allResolved'],
    ['fired and resolved between two ticks', entry([], ['a']), [], ['b'], HOUR, 1, 'none'],
    ['nothing new, exactly after the interval', entry(['a']), ['a'], [], HOUR, 60, 'none'],
    ['nothing new, later than the interval', entry(['a']), ['a'], [], HOUR, 61, 'repeatDue'],
  ])('%s', (_what, before, firing, resolved, rules, now, reason) => {
    expect(notificationReason(before, new Set(firing), new Set(resolved), rules, now)).toBe(reason);
  });
});

describe('a silence', () => {
  const silence = (startsAt: number, endsAt: number, ...matchers: ReturnType<typeof createMatcher>[]) => ({
    id: 's',
    matcherSets: [matchers],
    startsAt,
    endsAt,
  });
  const web = createMatcher('team', '=', 'web');

  test('is pending, active and expired', () => {
    const times = [9, 10, 20, 21].map((now) => silenceState(silence(10, 20, web), now));
    expect(times).toEqual(['pending', 'active', 'active', 'expired']);
  });

  test.each([
    ['without matchers', silence(0, 20), 'noMatchers'],
    [
      'that matches what has no such label',
      silence(0, 20, createMatcher('a', '=~', '.*')),
      'matchesEverything',
    ],
    ['that ends before it starts', silence(30, 20, web), 'endsBeforeStart'],
    ['that has ended', silence(0, 5, web), 'endsInThePast'],
    ['that is in order', silence(0, 20, web), undefined],
  ])('%s: %s', (_what, subject, reason) => {
    expect(silenceRejection(subject, 10)).toBe(reason);
  });
});

test.each<[number, boolean, DeliveryOutcome]>([
  [200, false, 'delivered'],
  [204, false, 'delivered'],
  [301, false, 'failed'],
  [400, false, 'failed'],
  [429, false, 'failed'],
  [429, true, 'retry'],
  [500, false, 'retry'],
  [503, false, 'retry'],
])('an answer of %i (429 tried again: %s) is %s', (status, retries429, outcome) => {
  expect(outcomeOfStatus(status, retries429)).toBe(outcome);
});

describe('a step', () => {
  const config = parseAlertmanagerConfig(
    withRoute('receiver: team\ngroup_by: [name]\ngroup_wait: 10s\ngroup_interval: 20s\nrepeat_interval: 1h'),
  );

  test('names the posted alerts it refuses, and keeps the others', () => {
    const { state, effects } = step(
      createRouter(config),
      { kind: 'alerts', alerts: [{ labels: {} }, { labels: { name: 'a' } }] },
      0,
    );
    expect(effects).toContainEqual({ kind: 'rejected', index: 0, reason: 'noLabels' });
    expect(state.groups.size).toBe(1);
  });

  test('with a timer that is early, late, double or for a group that is gone does nothing', () => {
    const gone: RouterEvent[] = [
      { kind: 'groupDue', group: 'nobody', at: 5 },
      { kind: 'retryDue', group: 'nobody', flush: 1, integration: 0 },
      { kind: 'deadline', group: 'nobody', flush: 1, integration: 0 },
      { kind: 'answered', group: 'nobody', flush: 1, integration: 0, outcome: 'delivered' },
    ];
    for (const event of gone) expect(step(createRouter(config), event, 5).effects).toEqual([]);
  });

  test('law: timers and answers twice and in disorder never send a firing alert twice for one reason', () => {
    const names = fc.constantFrom('a', 'b');
    const posts = fc.array(fc.record({ name: names, resolved: fc.boolean(), waitMs: fc.nat(9_000) }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(posts, (list) => {
        const once = run(list, 1);
        const twice = run(list, 2);
        expect(twice).toEqual(once);
      }),
    );
  });

  /** Plays posts with every timer and answer delivered `times` times; gives what was sent, with its reason. */
  function run(
    posts: readonly { name: string; resolved: boolean; waitMs: number }[],
    times: number,
  ): unknown[] {
    let state = createRouter(config);
    const sent: unknown[] = [];
    const due: { at: number; event: RouterEvent }[] = [];
    let at = 0;
    for (const { name, resolved, waitMs } of posts) {
      at += waitMs;
      const alert = { labels: { name }, ...(resolved && { endsAt: at }) };
      due.push({ at, event: { kind: 'alerts', alerts: [alert] } });
    }
    const end = at + 60_000;
    for (;;) {
      due.sort((left, right) => left.at - right.at);
      const next = due.shift();
      if (next === undefined || next.at > end) return sent;
      const { effects, state: after } = step(state, next.event, next.at);
      state = after;
      for (const effect of effects) {
        for (let i = 0; i < times; i++) {
          if (effect.kind === 'wake') due.push({ at: effect.at, event: effect.event });
          if (effect.kind === 'send') {
            const { group, flush, integration } = effect;
            due.unshift({
              at: next.at,
              event: { kind: 'answered', group, flush, integration, outcome: 'delivered' },
            });
          }
        }
        if (effect.kind === 'send') sent.push([next.at, shown(effect.notification)]);
      }
    }
  }

  function shown({ reason, status, groupKey, alerts }: Notification): unknown {
    return [reason, status, groupKey, alerts.map(({ alert, status }) => [alert.labels.name, status])];
  }
});
