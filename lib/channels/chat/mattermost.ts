// Mattermost by an incoming webhook. Source: developers.mattermost.com/integrate/webhooks/incoming
import type { Channel, Message } from '../channel.ts';
import { cutText, oneLine } from '../cut.ts';
import { resultOf } from '../http/answer.ts';
import { jsonRequest, type Request } from '../http/json-request.ts';
import { MATTERMOST } from '../limits.ts';
import { DEFAULT_TEXT, DEFAULT_TITLE } from '../message/default-templates.ts';

export const mattermostChannel: Channel = {
  async deliver(input) {
    return resultOf(await input.http(mattermostRequest(input)), input.context.now);
  },
};

/** @throws PermanentError `invalidConfig` */
export function mattermostRequest({ fields, content }: Message): Request {
  const title = fields.write('title', { fallback: DEFAULT_TITLE, format: 'markdown' });
  const text = fields.write('text', { fallback: DEFAULT_TEXT, format: 'markdown' });
  const optional = Object.fromEntries(
    ['channel', 'username', 'icon_url', 'icon_emoji'].flatMap((name) => {
      const value = fields.template(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const color = fields.template('color') ?? (content.status === 'firing' ? '#e01e5a' : '#2eb67d');
  const heading = cutText(oneLine(title), 500);
  return jsonRequest(fields.url('webhook_url'), {
    ...optional,
    text: `**${heading}**`,
    attachments: [{ fallback: heading, color, text: cutText(text, MATTERMOST.text - 1_000) }],
  });
}
