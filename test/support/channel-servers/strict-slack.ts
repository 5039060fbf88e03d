// Slack as its documentation describes it: blocks within limits, 200 with an error in it, messages that can be changed.
import type { HttpRequest } from '../../../lib/channels/ports.ts';
import { answerOf, check, checkText, type Json, jsonBody, type StrictServer, strict } from './strict.ts';

export interface SlackState {
  /** By `ts`. */
  readonly messages: Map<string, Json>;
  readonly threads: Json[];
  serve: StrictServer;
}

const URL_LIMIT = 3_000;

/** @param token bot token that counts @param webhook path of the webhook that counts */
export function strictSlack(token: string, webhook: string): SlackState {
  const messages = new Map<string, Json>();
  const threads: Json[] = [];
  const serve = strict((request) => {
    const url = new URL(request.url);
    const body = jsonBody(request);
    if (url.pathname === webhook) {
      checkMessage(body);
      messages.set(String(messages.size), body);
      return answerOf(200, 'ok');
    }
    if (url.host === 'hooks.slack.com') return answerOf(404, 'no_service');
    return answerOf(200, callApi(request, url.pathname, body));
  });

  function callApi(request: HttpRequest, path: string, body: Json): Json {
    if (request.headers.authorization !== `Bearer ${token}`) return { ok: false, error: 'invalid_auth' };
    if (typeof body.channel !== 'string') return { ok: false, error: 'channel_not_found' };
    try {
      checkMessage(body);
    } catch (error) {
      return { ok: false, error: 'invalid_blocks', response_metadata: { messages: [String(error)] } };
    }
    if (path === '/api/chat.update') {
      if (!messages.has(String(body.ts))) return { ok: false, error: 'message_not_found' };
      if (!/^[CDG]/.test(body.channel)) return { ok: false, error: 'channel_not_found' };
      messages.set(String(body.ts), body);
      return { ok: true, channel: body.channel, ts: body.ts };
    }
    if (path !== '/api/chat.postMessage') return { ok: false, error: 'unknown_method' };
    if (body.thread_ts !== undefined) threads.push(body);
    const ts = `17000000${messages.size + threads.length}.000100`;
    if (body.thread_ts === undefined) messages.set(ts, body);
    return { ok: true, channel: 'C0123456789', ts };
  }
  return { messages, threads, serve };
}

function checkMessage(body: Json): void {
  checkText(body.text, 'text', 40_000);
  const attachments = (body.attachments ?? []) as Json[];
  check(attachments.length <= 100, 'too many attachments');
  let total = 0;
  for (const { blocks, fallback } of attachments) {
    checkText(fallback, 'fallback', 40_000);
    const list = blocks as Json[];
    check(list.length > 0 && list.length <= 50, 'blocks');
    for (const block of list) total += checkBlock(block);
  }
  check(total <= 13_200, 'msg_blocks_too_long');
}

function checkBlock(block: Json): number {
  const words = (value: unknown, max: number) =>
    checkText((value as Json | undefined)?.text, 'text', max).length;
  switch (block.type) {
    case 'section': {
      check(block.text !== undefined || block.fields !== undefined, 'section without text');
      const own = block.text === undefined ? 0 : words(block.text, 3_000);
      const fields = (block.fields ?? []) as Json[];
      check(block.fields === undefined || (fields.length > 0 && fields.length <= 10), 'fields');
      return fields.reduce((sum, field) => sum + words(field, 2_000), own);
    }
    case 'actions': {
      const elements = block.elements as Json[];
      check(elements.length > 0 && elements.length <= 25, 'elements');
      const ids = new Set(elements.map(({ action_id }) => checkText(action_id, 'action_id', 255)));
      check(ids.size === elements.length, 'action_id twice');
      for (const { value, url } of elements) {
        if (value !== undefined) checkText(value, 'value', 2_000);
        if (url !== undefined) check(URL.canParse(checkText(url, 'url', URL_LIMIT)), 'url');
      }
      return elements.reduce((sum, element) => sum + words(element.text, 75), 0);
    }
    case 'context': {
      const elements = block.elements as Json[];
      check(elements.length > 0 && elements.length <= 10, 'elements');
      return elements.reduce((sum, element) => sum + words(element, 3_000), 0);
    }
    default:
      check(false, `unknown block ${String(block.type)}`);
      return 0;
  }
}
