// Microsoft Teams by a workflow "when a webhook request is received": an adaptive card.
// Source: learn.microsoft.com/power-automate (Teams webhook trigger), adaptivecards.io/explorer
import type { Channel, Message } from './channel.ts';
import { byteLength, cutText, oneLine } from './cut.ts';
import { failure, resultOf } from './http/answer.ts';
import { jsonRequest, type Request } from './http/json-request.ts';
import { TEAMS } from './limits.ts';
import { DEFAULT_BODY, DEFAULT_TITLE } from './message/default-templates.ts';
import { escapeFor } from './message/escape.ts';
import { humanizeDuration, isoTime } from './message/filters.ts';

/** Characters of the body, by turns, until the card is small enough; the last always is. */
const BODY_CHARS = [12_000, 6_000, 2_000, 500, 0];
/** Buttons a card shows without a menu. */
const MAX_ACTIONS = 6;
const MAX_ACTION_URL = 1_500;

export const teamsChannel: Channel = {
  async deliver(input) {
    const answer = await input.http(teamsRequest(input));
    // A workflow takes the call first; what Teams said to it comes back as text.
    const inner = /HTTP error (\d{3})/i.exec(answer.body)?.[1];
    if (inner !== undefined && answer.status < 300) {
      const verdict = inner === '429' || inner.startsWith('5') ? 'retry' : 'refused';
      return failure(verdict, answer, input.context.now);
    }
    return resultOf(answer, input.context.now);
  },
};

/** @throws PermanentError `invalidConfig` */
export function teamsRequest(message: Message): Request {
  const url = message.fields.url('webhook_url');
  const title = message.fields.write('title', { fallback: DEFAULT_TITLE, format: 'markdown' });
  const body = message.fields.write('text', { fallback: DEFAULT_BODY, format: 'markdown' });
  let request = jsonRequest(url, cardOf(message, title, body, BODY_CHARS[0]!));
  for (const chars of BODY_CHARS.slice(1)) {
    if (byteLength(request.body!) <= TEAMS.cardBytes) break;
    request = jsonRequest(url, cardOf(message, title, body, chars));
  }
  return request;
}

function cardOf({ words, content }: Message, title: string, body: string, bodyChars: number): object {
  const { where, since, until, durationMs, howBad, links } = words.facts;
  const isOver = content.status === 'resolved';
  const ended = until === undefined ? '' : `, until ${isoTime(until)}`;
  const facts = [
    { title: 'Where', value: escapeFor('markdown', cutText(where, 600)) },
    { title: 'Since', value: `${isoTime(since)} (${humanizeDuration(durationMs)})${ended}` },
    {
      title: 'How bad',
      value: escapeFor('markdown', cutText([content.priority, ...howBad].join(', '), 600)),
    },
  ].filter(({ value }) => value !== '');
  // A line end of Markdown needs two.
  const text = cutText(body, bodyChars).replaceAll('\n', '\n\n');
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            {
              type: 'TextBlock',
              text: cutText(oneLine(title), 500),
              weight: 'Bolder',
              size: 'Medium',
              wrap: true,
              color: isOver ? 'Good' : content.priority < 'P3' ? 'Attention' : 'Warning',
            },
            { type: 'FactSet', facts },
            ...(text.trim() === '' ? [] : [{ type: 'TextBlock', text, wrap: true }]),
          ],
          actions: links
            .filter(({ url }) => url.length <= MAX_ACTION_URL)
            .slice(0, MAX_ACTIONS)
            .map(({ name, url }) => ({ type: 'Action.OpenUrl', title: name, url })),
        },
      },
    ],
  };
}
