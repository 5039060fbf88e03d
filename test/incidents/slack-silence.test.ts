// The button in Slack that silences: over what the message was about and nothing more, for an hour, by who pressed it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BUTTON_SILENCE_MS, labelSilence } from '../../lib/alerting/muting/label-silence.ts';
import { addSilence, noSilences, silencedBy } from '../../lib/alerting/muting/silence.ts';
import { silenceOf } from '../../lib/alerting/muting/silence-record.ts';
import type { ApiRequest } from '../../lib/api/route.ts';
import { type SlackPorts, slackRoutes } from '../../lib/incidents/callbacks/slack.ts';

const NOW = 1_700_000_000_000;

/** Presses the button. @returns the status, what was silenced, and the answers in Slack */
async function press(value: string, change: Partial<SlackPorts> = {}) {
  const silenced: unknown[] = [];
  const replies: string[] = [];
  const ports = {
    isFromSlack: async () => true,
    replyInSlack: async (_: string, text: string) => void replies.push(text),
    silence: async (labels: unknown, by: string, now: number) => {
      silenced.push([labels, by, now]);
      return labelSilence(labels, { id: 'a', by, comment: 'button' }, now) !== undefined;
    },
    ...change,
  };
  const [route] = slackRoutes(ports as unknown as SlackPorts);
  const payload = JSON.stringify({
    user: { id: 'U1', username: 'ada.l' },
    actions: [{ action_id: 'tidewatch_silence', value }],
    response_url: 'https://hooks.slack.com/actions/1',
  });
  const body = Buffer.from(new URLSearchParams({ payload }).toString());
  const { status } = await route!.handle({ body, headers: {}, now: NOW } as unknown as ApiRequest);
  return { status, silenced, replies };
}

describe('the button', () => {
  test('silences the labels of the group', async () => {
    expect(await press('{"alertname":"CheckoutFails","service":"checkout"}')).toEqual({
      status: 200,
      silenced: [[{ alertname: 'CheckoutFails', service: 'checkout' }, 'ada.l by Slack', NOW]],
      replies: ['Silenced for an hour.'],
    });
  });

  test.each(['nonsense', '{}', '[]', 'null', '{"a":1}', '{"a":""}'])(
    'silences nothing by %s',
    async (value) => {
      const { status, replies } = await press(value);
      expect([status, replies]).toEqual([200, ['This button names no labels to silence.']]);
    },
  );

  test('says so where alerts are not routed', async () => {
    const { replies } = await press('{"a":"b"}', { silence: undefined as never });
    expect(replies).toEqual(['Alerts are not routed here: there is nothing to silence.']);
  });

  test('that Slack did not sign does nothing', async () => {
    const { status, silenced } = await press('{"a":"b"}', { isFromSlack: async () => false });
    expect([status, silenced]).toEqual([403, []]);
  });
});

test('a silence by labels is over alerts that have them all, and over no other', () => {
  const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('', 'x', 'y.*'), {
    minKeys: 1,
  });
  fc.assert(
    fc.property(labels, labels, (group, alert) => {
      const silence = labelSilence(group, { id: 'a', by: 'ada', comment: '' }, NOW);
      const isAll = Object.values(group).every((value) => value === '');
      expect(silence === undefined).toBe(isAll);
      if (isAll) return;
      const hasAll = Object.entries(group).every(([name, value]) => (alert[name] ?? '') === value);
      const book = noSilences();
      addSilence(book, silenceOf(silence!));
      expect(silencedBy(book, alert, NOW) !== undefined).toBe(hasAll);
      expect(silencedBy(book, alert, NOW + BUTTON_SILENCE_MS + 1)).toBeUndefined();
    }),
  );
});
