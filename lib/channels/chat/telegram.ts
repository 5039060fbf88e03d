// Telegram by its bot API. Source: core.telegram.org/bots/api#sendmessage
import type { Channel, Message } from '../channel.ts';
import { type AnswerTable, failure, jsonOf, resultOf, textAt } from '../http/answer.ts';
import { jsonRequest, type Request } from '../http/json-request.ts';
import { TELEGRAM } from '../limits.ts';
import { DEFAULT_TEXT, DEFAULT_TITLE } from '../message/default-templates.ts';
import { cutEscaped } from '../message/escape.ts';

/** 403: the bot was put out of the chat; 404: there is no such bot, so the token is wrong. */
const ANSWERS: AnswerTable = { 403: 'refused', 404: 'denied' };

export const telegramChannel: Channel = {
  async deliver(input) {
    const answer = await input.http(telegramRequest(input));
    const { now } = input.context;
    const body = jsonOf(answer);
    const seconds = Number(textAt(body, 'parameters', 'retry_after'));
    if (answer.status === 429 && seconds > 0) {
      const result = failure('retry', answer, now);
      return result.kind === 'retry' ? { ...result, afterMs: seconds * 1_000 } : result;
    }
    const id = textAt(body, 'result', 'message_id');
    const reference = id === undefined ? undefined : { messageId: id };
    return resultOf(answer, now, { table: ANSWERS, ...(reference !== undefined && { reference }) });
  },
};

/** @throws PermanentError `invalidConfig` */
export function telegramRequest({ fields, words }: Message): Request {
  const base = fields.url('api_url', 'https://api.telegram.org').replace(/\/+$/, '');
  const thread = fields.integer('message_thread_id');
  const title = words.render({ field: '', template: undefined, fallback: DEFAULT_TITLE, format: 'html' });
  const text = fields.template('message', 'html') ?? ownText(title, words);
  return jsonRequest(`${base}/bot${fields.required('bot_token')}/sendMessage`, {
    chat_id: fields.required('chat_id'),
    ...(thread !== undefined && { message_thread_id: thread }),
    text: cutHtml(text, TELEGRAM.text),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
    disable_notification: fields.boolean('disable_notifications') ?? false,
  });
}

function ownText(title: string, words: Message['words']): string {
  const text = words.render({ field: '', template: undefined, fallback: DEFAULT_TEXT, format: 'html' });
  return `<b>${cutEscaped(title, 500)}</b>\n${text}`;
}

/** A tag or an escape that is not closed would make Telegram refuse the whole: what does not fit is sent without any. */
function cutHtml(text: string, max: number): string {
  if (text.length <= max) return text.toWellFormed();
  return cutEscaped(text.replace(/<[^>]*>/g, ''), max);
}
