// The router's behaviour as stories: grouping, repeating, muting, resolving and failing, on a virtual clock.
import { describe, test } from 'vitest';
import { play, withRoute } from './story.ts';

const A = { alertname: 'A' };
const B = { alertname: 'B' };
const CONFIG = withRoute('receiver: team\ngroup_wait: 30s\ngroup_interval: 5m\nrepeat_interval: 4h');

describe('a group', () => {
  test('collects for group_wait, then tells of what is new at each group_interval', () => {
    play(CONFIG, ({ at, expectNotified, expectQuietUntil }) => {
      at('0s').fire(A);
      at('20s').fire(B);
      at('1m').fire({ alertname: 'C' });
      expectNotified('30s', ['A', 'B']);
      expectNotified('5m30s', ['A resolved', 'B resolved', 'C']);
      // Nothing is posted again, so the resolve time-out of 5 minutes ends C as well.
      expectNotified('10m30s', ['C resolved']);
      expectQuietUntil('6h');
    });
  });

  test('repeats after repeat_interval, at the tick that is later than it', () => {
    play(CONFIG, ({ at, expectNotified, expectQuietUntil }) => {
      at('0s').fire(A, { endsAt: '9h' });
      expectNotified('30s', ['A']);
      expectNotified('4h5m30s', ['A']);
      expectNotified('8h10m30s', ['A']);
      expectNotified('9h30s', ['A resolved']);
      expectQuietUntil('12h');
    });
  });

  test('says nothing of an alert that resolves before the first notification', () => {
    play(CONFIG, ({ at, expectQuietUntil }) => {
      at('0s').fire(A);
      at('10s').resolve(A);
      expectQuietUntil('1h');
    });
  });

  test('starts anew with group_wait when all has resolved', () => {
    play(CONFIG, ({ at, expectNotified, expectQuietUntil }) => {
      at('0s').fire(A);
      at('1m').resolve(A);
      at('5m40s').fire(A);
      expectNotified('30s', ['A']);
      expectNotified('5m30s', ['A resolved']);
      expectNotified('6m10s', ['A']);
      expectQuietUntil('7m');
    });
  });

  test('does not wait for an alert that is old already', () => {
    play(CONFIG, ({ at, expectNotified, expectQuietUntil }) => {
      at('10m').fire(A, { startsAt: '1m' });
      expectNotified('10m', ['A']);
      expectQuietUntil('11m');
    });
  });

  test('of each label set is made by group_by "..."', () => {
    const config = withRoute("receiver: team\ngroup_by: ['...']");
    play(config, ({ at, expectNotified, expectQuietUntil }) => {
      at('0s')
        .fire({ ...A, host: '1' })
        .fire({ ...A, host: '2' });
      expectNotified('30s', ['A']);
      expectNotified('30s', ['A']);
      expectQuietUntil('1m');
    });
  });
});

describe('a silence', () => {
  test('mutes from its start to its end, and the alert is told of at the next tick', () => {
    play(CONFIG, ({ at, expectNotified, expectQuietUntil }) => {
      at('0s').silence({ alertname: 'A' }, '3m');
      at('1s').fire(A, { endsAt: '1h' });
      expectNotified('5m31s', ['A']);
      expectQuietUntil('10m');
    });
  });

  test('that is expired mutes no more', () => {
    play(CONFIG, ({ at, expectNotified, expectQuietUntil }) => {
      at('0s').silence({ alertname: 'A' }, '3h').fire(A, { endsAt: '1h' });
      at('20s').expireSilence(0);
      expectNotified('30s', ['A']);
      expectQuietUntil('10m');
    });
  });
});

describe('inhibition', () => {
  const rules = [
    'inhibit_rules:',
    "- source_matchers: ['severity=page']",
    "  target_matchers: ['severity=~page|ticket']",
    '  equal: [slo]',
  ].join('\n');
  const config = withRoute('receiver: team\ngroup_by: [alertname]', rules);

  test('keeps the ticket of an SLO quiet while its page fires, and no other', () => {
    play(config, ({ at, expectNotified, expectQuietUntil }) => {
      at('0s').fire({ alertname: 'Page', slo: 'cart', severity: 'page' }, { endsAt: '10m' });
      at('1s').fire({ alertname: 'Ticket', slo: 'cart', severity: 'ticket' }, { endsAt: '1h' });
      at('2s').fire({ alertname: 'Other', slo: 'login', severity: 'ticket' }, { endsAt: '1h' });
      expectNotified('30s', ['Page']);
      expectNotified('32s', ['Other']);
      expectNotified('10m30s', ['Page resolved']);
      expectNotified('10m31s', ['Ticket']);
      expectQuietUntil('20m');
    });
  });

  test('does not let two alerts that match both sides keep each other quiet', () => {
    play(config, ({ at, expectNotified, expectQuietUntil }) => {
      at('0s').fire({ alertname: 'P1', slo: 'cart', severity: 'page' });
      at('1s').fire({ alertname: 'P2', slo: 'cart', severity: 'page' });
      expectNotified('30s', ['P1']);
      expectNotified('31s', ['P2']);
      expectQuietUntil('1m');
    });
  });
});

describe('a time interval', () => {
  const intervals = [
    'time_intervals:',
    '- name: office',
    '  time_intervals:',
    "  - {weekdays: ['monday:friday'], times: [{start_time: '09:00', end_time: '17:00'}], location: Europe/Berlin}",
  ].join('\n');
  /** A Monday, 08:58 in Berlin. */
  const MONDAY = Date.parse('2026-03-30T06:58:00Z');

  test('keeps a route quiet until the office opens, and the match is used up', () => {
    const config = withRoute(
      'receiver: other\nroutes:\n- {receiver: team, matchers: [alertname=A], active_time_intervals: [office]}',
      intervals,
    );
    play(
      config,
      ({ at, expectNotified, expectQuietUntil }) => {
        at('0s').fire(A, { endsAt: '1h' });
        expectNotified('5m30s', ['A']);
        expectQuietUntil('10m');
      },
      MONDAY,
    );
  });

  test('mutes a route while it holds', () => {
    const config = withRoute(
      'receiver: other\nroutes:\n- {receiver: team, matchers: [alertname=A], mute_time_intervals: [office]}',
      intervals,
    );
    play(
      config,
      ({ at, expectNotified, expectQuietUntil }) => {
        at('0s').fire(A, { endsAt: '12h' });
        expectNotified('30s', ['A']);
        expectNotified('8h5m30s', ['A']);
        expectQuietUntil('9h');
      },
      MONDAY,
    );
  });
});

describe('a receiver that fails', () => {
  test('with 503 is tried again within the flush, with longer and longer waits', () => {
    play(CONFIG, ({ at, expectNotified, expectQuietUntil }) => {
      at('0s').fail('team', '32s', 503).fire(A, { endsAt: '1h' });
      // 30 s, 30.5, 31.25, 32.375
      expectNotified('32.375s', ['A']);
      expectQuietUntil('10m');
    });
  });

  test('with 429 is tried again at the next tick', () => {
    play(CONFIG, ({ at, expectNotified, expectQuietUntil }) => {
      at('0s').fail('team', '1m', 429).fire(A, { endsAt: '1h' });
      expectNotified('5m30s', ['A']);
      expectQuietUntil('10m');
    });
  });

  test('beyond the tick makes the next flush follow at once, and ticks count from there', () => {
    const config = withRoute('receiver: team\ngroup_wait: 1s\ngroup_interval: 2s');
    play(config, ({ at, expectNotified, expectQuietUntil }) => {
      at('0s').fail('team', '11.2s', 500).fire(A, { endsAt: '1h' });
      // Gives up at 11 s, flushes again, 0.5 s later it works; the next tick is due at 13 s.
      at('5s').fire(B, { endsAt: '1h' });
      at('12s').fire({ alertname: 'C' }, { endsAt: '1h' });
      expectNotified('11.5s', ['A', 'B']);
      expectNotified('13s', ['A', 'B', 'C']);
      expectQuietUntil('20s');
    });
  });

  test('does not hold up another', () => {
    const config = withRoute(
      'receiver: team\nroutes:\n- {receiver: team, continue: true}\n- {receiver: other}',
    );
    play(config, ({ at, expectNotified, expectQuietUntil }) => {
      at('0s').fail('team', '2m', 500).fire(A, { endsAt: '1h' });
      expectNotified('30s', ['A'], 'other');
      // Attempt n is 1.5^n - 1 seconds after the tick at 30 s; the first one after two minutes is the twelfth.
      expectNotified('2m38.746s', ['A'], 'team');
      expectQuietUntil('5m');
    });
  });
});
