// Rocket.Chat by its REST API. Source: developer.rocket.chat/apidocs (Post Message), fields as Alertmanager's.
import type { Channel, Message } from '../channel.ts';
import { cutText, oneLine } from '../cut.ts';
import { failure, jsonOf, resultOf } from '../http/answer.ts';
import { jsonRequest, type Request } from '../http/json-request.ts';
import { ROCKETCHAT } from '../limits.ts';
import { DEFAULT_TEXT, DEFAULT_TITLE } from '../message/default-templates.ts';
import { isAddress } from '../message/facts.ts';

const API = 'https://open.rocket.chat';

export const rocketChatChannel: Channel = {
  async deliver(input) {
    const answer = await input.http(rocketChatRequest(input));
    const { now } = input.context;
    if (answer.status < 300 && jsonOf(answer)?.success === false) return failure('refused', answer, now);
    return resultOf(answer, now);
  },
};

/** @throws PermanentError `invalidConfig` */
export function rocketChatRequest({ fields, content }: Message): Request {
  const title = fields.write('title', { fallback: DEFAULT_TITLE, format: 'markdown' });
  const text = fields.write('text', { fallback: DEFAULT_TEXT, format: 'markdown' });
  const link = fields.template('title_link') ?? '';
  const [channel, emoji, avatar] = ['channel', 'emoji', 'icon_url'].map((name) => fields.template(name));
  return jsonRequest(
    `${fields.url('api_url', API).replace(/\/+$/, '')}/api/v1/chat.postMessage`,
    {
      channel: channel ?? fields.required('channel'),
      ...(emoji !== undefined && { emoji }),
      ...(avatar !== undefined && { avatar }),
      attachments: [
        {
          title: cutText(oneLine(title), 500),
          ...(isAddress(link) && { title_link: link }),
          text: cutText(text, ROCKETCHAT.text - 1_000),
          color: fields.template('color') ?? (content.status === 'firing' ? '#e01e5a' : '#2eb67d'),
        },
      ],
    },
    { 'x-auth-token': fields.required('token'), 'x-user-id': fields.required('token_id') },
  );
}
