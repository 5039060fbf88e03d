// Discord by an incoming webhook: one embed. Source: discord.com/developers/docs/resources/webhook#execute-webhook
import type { Channel, Message } from '../channel.ts';
import { cutText, oneLine } from '../cut.ts';
import { failure, jsonOf, resultOf, textAt } from '../http/answer.ts';
import { jsonRequest, type Request } from '../http/json-request.ts';
import { DISCORD } from '../limits.ts';
import { DEFAULT_TEXT, DEFAULT_TITLE } from '../message/default-templates.ts';

const RED = 0xe01e5a;
const GREEN = 0x2eb67d;

export const discordChannel: Channel = {
  async deliver(input) {
    const answer = await input.http(discordRequest(input));
    const { now } = input.context;
    // Seconds to wait stand in the body, in fractions.
    const seconds = Number(textAt(jsonOf(answer), 'retry_after'));
    if (answer.status === 429 && seconds > 0) {
      const result = failure('retry', answer, now);
      return result.kind === 'retry' ? { ...result, afterMs: Math.ceil(seconds * 1_000) } : result;
    }
    return resultOf(answer, now);
  },
};

/** @throws PermanentError `invalidConfig` */
export function discordRequest({ fields, content }: Message): Request {
  const title = fields.write('title', { fallback: DEFAULT_TITLE, format: 'markdown' });
  const text = fields.write('message', { fallback: DEFAULT_TEXT, format: 'markdown' });
  const above = fields.template('content', 'markdown');
  const username = fields.text('username');
  const avatar = fields.text('avatar_url');
  return jsonRequest(fields.url('webhook_url'), {
    ...(above !== undefined && { content: cutText(above, 1_000) }),
    ...(username !== undefined && { username: cutText(username, DISCORD.username) }),
    ...(avatar !== undefined && { avatar_url: avatar }),
    // Labels call nobody.
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: cutText(oneLine(title), DISCORD.title),
        description: cutText(text, DISCORD.description),
        color: content.status === 'firing' ? RED : GREEN,
      },
    ],
  });
}
