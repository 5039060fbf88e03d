// Slack: by incoming webhook, or as an app with a bot token, which changes its message as the group changes.
import type { Channel, ChannelInput, ChannelResult } from '../channel.ts';
import { type AnswerTable, failure, jsonOf, resultOf, textAt } from '../http/answer.ts';
import { jsonRequest } from '../http/json-request.ts';
import type { HttpAnswer } from '../ports.ts';
import { type SlackMessage, slackMessage } from './blocks.ts';
import { type PreviousMessage, previousMessage, referenceOf } from './previous.ts';

const API = 'https://slack.com/api/chat.postMessage';

/** @see docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors */
const WEBHOOK_ANSWERS: AnswerTable = { 403: 'denied', 404: 'denied', 410: 'refused' };

/** Words of `error` by what is to be done. @see docs.slack.dev/reference/methods/chat.postMessage#errors */
const ERRORS: Readonly<Record<string, 'retry' | 'denied' | 'post'>> = {
  ratelimited: 'retry',
  rate_limited: 'retry',
  internal_error: 'retry',
  fatal_error: 'retry',
  service_unavailable: 'retry',
  request_timeout: 'retry',
  team_added_to_org: 'retry',
  invalid_auth: 'denied',
  not_authed: 'denied',
  token_expired: 'denied',
  token_revoked: 'denied',
  account_inactive: 'denied',
  // The message is gone or too old to be changed: say it anew.
  message_not_found: 'post',
  cant_update_message: 'post',
  edit_window_closed: 'post',
};

export const slackChannel: Channel = {
  async deliver(input) {
    const message = slackMessage(input);
    const token = input.fields.text('app_token');
    if (token !== undefined) return deliverAsApp(input, message, token);
    const answer = await input.http(jsonRequest(input.fields.url('api_url'), message));
    return resultOf(answer, input.context.now, { table: WEBHOOK_ANSWERS });
  },
};

async function deliverAsApp(
  input: ChannelInput,
  message: SlackMessage,
  token: string,
): Promise<ChannelResult> {
  const { fields, context, content } = input;
  const post = fields.url('app_url', API);
  const call = async (url: string, body: object) =>
    input.http(jsonRequest(url, body, { authorization: `Bearer ${token}` }));
  const isUpdate = fields.boolean('update_message') ?? true;
  const before = isUpdate ? previousMessage(context) : undefined;
  if (before !== undefined) {
    const { text, attachments } = message;
    const answer = await call(updateUrl(post), { ...before, text, attachments });
    const read = readAnswer(answer, context.now);
    if ('message' in read) {
      if (fields.boolean('post_updates_to_thread') ?? true) {
        // A message that changes calls nobody: what still fires is said in the channel as well.
        const reply_broadcast = content.status === 'firing';
        const reply = { channel: before.channel, thread_ts: before.ts, text, reply_broadcast };
        const said = readAnswer(await call(post, reply), context.now);
        if ('result' in said && said.result !== 'post' && said.result.kind === 'retry') return said.result;
      }
      return { kind: 'delivered', reference: referenceOf(before, content.status) };
    }
    if (read.result !== 'post') return read.result;
  }
  fields.required('channel');
  const answer = await call(post, message);
  const read = readAnswer(answer, context.now);
  if ('message' in read) return { kind: 'delivered', reference: referenceOf(read.message, content.status) };
  return read.result === 'post' ? failure('refused', answer, context.now) : read.result;
}

type Read = { readonly message: PreviousMessage } | { readonly result: ChannelResult | 'post' };

/** Slack answers 200 to nearly everything; what it means stands in the body. */
function readAnswer(answer: HttpAnswer, now: number): Read {
  const result = resultOf(answer, now);
  if (result.kind !== 'delivered') return { result };
  const body = jsonOf(answer);
  const error = textAt(body, 'error');
  if (body?.ok === true) {
    return { message: { channel: textAt(body, 'channel') ?? '', ts: textAt(body, 'ts') ?? '' } };
  }
  if (error === undefined)
    return { result: failure('retry', answer, now, 'an answer that is none of Slack') };
  const verdict = Object.hasOwn(ERRORS, error) ? ERRORS[error]! : 'refused';
  return { result: verdict === 'post' ? 'post' : failure(verdict, answer, now) };
}

/** chat.update lies beside chat.postMessage. */
function updateUrl(post: string): string {
  return post.replace(/chat\.postMessage(?=$|[?#/])/, 'chat.update');
}
