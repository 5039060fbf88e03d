// Teams, Discord, Telegram, Pushover, Webex, Mattermost and any webhook of Alertmanager's version 4.
import {
  answerOf,
  bytesOf,
  check,
  checkText,
  type Json,
  jsonBody,
  Refused,
  type StrictServer,
  strict,
} from './strict.ts';

export interface ChatState {
  /** Messages that were taken. */
  readonly taken: Json[];
  serve: StrictServer;
}

function chat(
  serve: (request: Parameters<StrictServer>[0]) => { body: Json; answer: Json | string },
): ChatState {
  const taken: Json[] = [];
  return {
    taken,
    serve: strict((request) => {
      const { body, answer } = serve(request);
      taken.push(body);
      return answerOf(200, answer);
    }),
  };
}

const pathIs = (url: string, path: string) => check(new URL(url).pathname === path, 'not found', 404);

/** @param maxBytes what the receiver takes */
export function strictWebhook(path: string, maxBytes = Number.POSITIVE_INFINITY): ChatState {
  return chat((request) => {
    pathIs(request.url, path);
    check(bytesOf(request) <= maxBytes, 'Payload Too Large', 413);
    const body = jsonBody(request);
    check(body.version === '4' && Array.isArray(body.alerts), 'version');
    checkText(request.headers['idempotency-key'], 'idempotency-key', 255);
    return { body, answer: '' };
  });
}

export function strictTeams(path: string): ChatState {
  return chat((request) => {
    pathIs(request.url, path);
    check(bytesOf(request) <= 28 * 1024, 'message size exceeded', 413);
    const body = jsonBody(request);
    const [attachment] = body.attachments as Json[];
    check(attachment?.contentType === 'application/vnd.microsoft.card.adaptive', 'contentType');
    const card = attachment!.content as Json;
    check(card.type === 'AdaptiveCard' && /^1\.[0-5]$/.test(String(card.version)), 'card');
    for (const element of card.body as Json[]) {
      if (element.type === 'TextBlock') checkText(element.text, 'text', 28_000);
      else check(element.type === 'FactSet' && (element.facts as Json[]).length > 0, 'facts');
    }
    for (const action of card.actions as Json[]) {
      check(action.type === 'Action.OpenUrl' && URL.canParse(String(action.url)), 'action');
    }
    return { body, answer: '' };
  });
}

export function strictDiscord(path: string): ChatState {
  return chat((request) => {
    pathIs(request.url, path);
    const body = jsonBody(request);
    if (body.content !== undefined) checkText(body.content, 'content', 2_000);
    const embeds = body.embeds as Json[];
    check(embeds.length <= 10, 'embeds');
    let total = 0;
    for (const embed of embeds) {
      total += checkText(embed.title, 'title', 256).length;
      total += checkText(embed.description, 'description', 4_096).length;
    }
    check(total <= 6_000, 'embeds');
    check(JSON.stringify(body.allowed_mentions) === '{"parse":[]}', 'mentions');
    return { body, answer: {} };
  });
}

/** What is left of HTML of the kind that Telegram takes. */
function plainOf(html: string): string {
  let open = 0;
  const text = html.replace(/<(\/?)(b|a)(\s[^<>]*)?>/g, (_, close) => {
    open += close === '/' ? -1 : 1;
    return '';
  });
  check(open === 0 && !/[<>]/.test(text) && !/&(?!(amp|lt|gt|quot|#39);)/.test(text), "can't parse entities");
  return text.replace(/&[a-z0-9#]+;/g, '.');
}

export function strictTelegram(token: string): ChatState {
  return chat((request) => {
    check(new URL(request.url).pathname === `/bot${token}/sendMessage`, 'Not Found', 404);
    const body = jsonBody(request);
    check(body.parse_mode === 'HTML', 'parse_mode');
    checkText(plainOf(String(body.text)), 'text', 4_096);
    check(body.chat_id !== undefined, 'chat not found');
    return { body, answer: { ok: true, result: { message_id: 7 } } };
  });
}

export function strictPushover(token: string, user: string): ChatState {
  return chat((request) => {
    const form = new URLSearchParams(request.body);
    const body = Object.fromEntries(form);
    if (body.token !== token || body.user !== user) {
      throw new Refused(400, { token: 'invalid', errors: ['application token is invalid'], status: 0 });
    }
    checkText(body.message, 'message', 1_024);
    checkText(body.title, 'title', 250);
    if (body.url !== undefined) checkText(body.url, 'url', 512);
    if (body.url_title !== undefined) checkText(body.url_title, 'url_title', 100);
    check(/^(-2|-1|0|1|2)$/.test(body.priority ?? '0'), 'priority');
    if (body.priority === '2') check(Number(body.retry) >= 30 && Number(body.expire) <= 10_800, 'retry');
    return { body, answer: { status: 1 } };
  });
}

export function strictWebex(token: string): ChatState {
  return chat((request) => {
    if (request.headers.authorization !== `Bearer ${token}`)
      throw new Refused(401, { message: 'credentials' });
    const body = jsonBody(request);
    check(Buffer.byteLength(checkText(body.markdown, 'markdown', 7_439)) <= 7_439, 'markdown');
    checkText(body.roomId, 'roomId', 200);
    return { body, answer: { id: 'm' } };
  });
}

export function strictRocketChat(token: string, user: string): ChatState {
  return chat((request) => {
    pathIs(request.url, '/api/v1/chat.postMessage');
    if (request.headers['x-auth-token'] !== token || request.headers['x-user-id'] !== user) {
      throw new Refused(401, { status: 'error', message: 'You must be logged in to do this.' });
    }
    const body = jsonBody(request);
    checkText(body.channel, 'channel', 200);
    for (const attachment of body.attachments as Json[]) checkText(attachment.text, 'text', 5_000);
    return { body, answer: { success: true, channel: body.channel } };
  });
}

export function strictMattermost(path: string): ChatState {
  return chat((request) => {
    pathIs(request.url, path);
    const body = jsonBody(request);
    checkText(body.text, 'text', 16_383);
    for (const attachment of body.attachments as Json[]) checkText(attachment.text, 'text', 16_383);
    return { body, answer: 'ok' };
  });
}
