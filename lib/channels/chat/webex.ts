// Webex by a bot. Source: developer.webex.com/docs/api/v1/messages/create-a-message
import type { Channel, Message } from '../channel.ts';
import { cutBytes } from '../cut.ts';
import { resultOf } from '../http/answer.ts';
import { jsonRequest, type Request } from '../http/json-request.ts';
import { WEBEX } from '../limits.ts';
import { DEFAULT_TEXT, DEFAULT_TITLE } from '../message/default-templates.ts';

const API = 'https://webexapis.com/v1/messages';

export const webexChannel: Channel = {
  async deliver(input) {
    return resultOf(await input.http(webexRequest(input)), input.context.now);
  },
};

/** @throws PermanentError `invalidConfig` */
export function webexRequest({ fields, words }: Message): Request {
  const token = fields.text('token');
  const own = () => {
    const part = (fallback: string) =>
      words.render({ field: '', template: undefined, fallback, format: 'markdown' });
    // A line end of Markdown needs two blanks before it.
    return `**${part(DEFAULT_TITLE)}**  \n${part(DEFAULT_TEXT).replaceAll('\n', '  \n')}`;
  };
  return jsonRequest(
    fields.url('api_url', API),
    {
      roomId: fields.template('room_id') ?? fields.required('room_id'),
      markdown: cutBytes(fields.template('message', 'markdown') ?? own(), WEBEX.markdownBytes),
    },
    token === undefined ? {} : { authorization: `Bearer ${token}` },
  );
}
