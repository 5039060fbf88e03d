// Pushover: a push message to a phone. Source: pushover.net/api
import { PermanentError } from '../../model/errors.ts';
import type { Channel, Message } from '../channel.ts';
import { cutText, oneLine } from '../cut.ts';
import { type AnswerTable, resultOf } from '../http/answer.ts';
import type { Request } from '../http/json-request.ts';
import { PUSHOVER } from '../limits.ts';
import { DEFAULT_TEXT, DEFAULT_TITLE } from '../message/default-templates.ts';
import { cutEscaped } from '../message/escape.ts';

const API = 'https://api.pushover.net/1/messages.json';
/** 429: the month's messages are used up; another try does not help. @see pushover.net/api#friendly */
const ANSWERS: AnswerTable = { 429: 'refused' };
/** The phone rings until somebody acknowledges. */
const EMERGENCY = 2;
const DEFAULT_RETRY_S = 60;
const DEFAULT_EXPIRE_S = 3_600;

export const pushoverChannel: Channel = {
  async deliver(input) {
    return resultOf(await input.http(pushoverRequest(input)), input.context.now, { table: ANSWERS });
  },
};

/** @throws PermanentError `invalidConfig` */
export function pushoverRequest({ fields, content, words, context }: Message): Request {
  const title = fields.write('title', { fallback: DEFAULT_TITLE, format: 'plain' });
  const text = fields.write('message', { fallback: DEFAULT_TEXT, format: 'html' });
  const priority = priorityOf(fields.template('priority'), content.status === 'firing' ? 1 : 0);
  const first = words.facts.links[0];
  const link = fields.template('url') ?? first?.url;
  const seconds = (name: string, fallback: number) =>
    Math.round((fields.durationMs(name) ?? fallback * 1_000) / 1_000);
  const ttl = fields.durationMs('ttl');
  const form = new URLSearchParams({
    token: fields.required('token'),
    user: fields.required('user_key'),
    title: cutText(oneLine(title), PUSHOVER.title),
    message: cutPlain(text, PUSHOVER.message) || 'Alert',
    html: '1',
    priority: String(priority),
    timestamp: String(Math.floor(context.now / 1_000)),
  });
  if (link !== undefined && link.length <= PUSHOVER.url) {
    form.set('url', link);
    form.set('url_title', cutText(fields.template('url_title') ?? first?.name ?? 'Open', PUSHOVER.urlTitle));
  }
  if (priority === EMERGENCY) {
    form.set('retry', String(Math.max(PUSHOVER.minRetrySeconds, seconds('retry', DEFAULT_RETRY_S))));
    form.set('expire', String(Math.min(PUSHOVER.maxExpireSeconds, seconds('expire', DEFAULT_EXPIRE_S))));
  }
  if (ttl !== undefined && priority !== EMERGENCY)
    form.set('ttl', String(Math.max(1, Math.round(ttl / 1_000))));
  for (const name of ['device', 'sound']) {
    const value = fields.template(name);
    if (value !== undefined) form.set(name, value);
  }
  return {
    method: 'POST',
    url: API,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  };
}

function priorityOf(written: string | undefined, fallback: number): number {
  if (written === undefined) return fallback;
  if (/^\s*(-[12]|[012])\s*$/.test(written)) return Number(written);
  throw new PermanentError('invalidConfig', 'pushover.priority: expected -2 to 2, got something else');
}

/** Without tags, if it does not fit with them. */
function cutPlain(text: string, max: number): string {
  if (text.length <= max) return text.toWellFormed();
  return cutEscaped(text.replace(/<[^>]*>/g, ''), max);
}
