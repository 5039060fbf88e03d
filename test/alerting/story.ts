// Acceptance stories on the virtual clock: what happens when, and everything that is to be notified.
import { expect } from 'vitest';
import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import { replay } from '../../lib/alerting/replay/replay.ts';
import { parseReplayEvents, parseReplayTime } from '../../lib/alerting/replay/replay-events.ts';

type Labels = Record<string, string>;

interface Moment {
  fire(labels: Labels, more?: { endsAt?: string; startsAt?: string }): Moment;
  resolve(labels: Labels): Moment;
  /** Matchers as `{ name: value }`. */
  silence(matchers: Labels, until: string): Moment;
  expireSilence(index: number): Moment;
  fail(receiver: string, until: string, status: number): Moment;
}

export interface Story {
  readonly at: (time: string) => Moment;
  /** @param alerts names, with " resolved" after those that are */
  readonly expectNotified: (time: string, alerts: readonly string[], receiver?: string) => void;
  /** Nothing more comes up to here. */
  readonly expectQuietUntil: (time: string) => void;
}

/** Plays a story and holds it to all that it expects, no more and no less. */
export function play(config: string, tell: (story: Story) => void, startMs = 0): void {
  const events: object[] = [];
  const expected: { at: number; receiver: string; alerts: readonly string[] }[] = [];
  let quietUntilMs = 0;
  tell({
    at: (at) => {
      const moment: Moment = {
        fire: (labels, more) => add({ at, labels, ...more }),
        resolve: (labels) => add({ at, labels, endsAt: at }),
        silence: (matchers, endsAt) =>
          add({
            at,
            silence: { matchers: Object.entries(matchers).map(([name, value]) => ({ name, value })), endsAt },
          }),
        expireSilence: (index) => add({ at, expireSilence: index }),
        fail: (receiver, until, status) => add({ at, receiverFails: { receiver, until, status } }),
      };
      const add = (event: object): Moment => {
        events.push(event);
        return moment;
      };
      return moment;
    },
    expectNotified: (time, alerts, receiver = 'team') => {
      expected.push({ at: parseReplayTime(time)! / 1_000, receiver, alerts });
    },
    expectQuietUntil: (time) => {
      quietUntilMs = parseReplayTime(time)!;
    },
  });
  const lines = parseReplayEvents(events.map((event) => JSON.stringify(event)).join('\n'));
  const got = replay(parseAlertmanagerConfig(config), lines, { untilMs: quietUntilMs, startMs });
  const shown = got.map(({ at, receiver, alerts }) => ({
    at,
    receiver,
    alerts: alerts.map(({ labels, status }) => labels.alertname + (status === 'resolved' ? ' resolved' : '')),
  }));
  expect(shown).toEqual(expected);
}

/** A configuration with one webhook receiver per name, and what the route says. */
export function withRoute(
  route: string,
  more = '',
  receivers: readonly string[] = ['team', 'other'],
): string {
  const list = receivers.map(
    (name) => `- {name: ${name}, webhook_configs: [{url: 'http://${name}.invalid/'}]}`,
  );
  return `route:\n${route.replace(/^/gm, '  ')}\nreceivers:\n${list.join('\n')}\n${more}`;
}
