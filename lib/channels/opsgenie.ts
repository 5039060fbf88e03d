// Alerts of Jira Service Management and of Opsgenie, which speak the same: one alert for a group, known by its alias.
// Source: developer.atlassian.com/cloud/jira/service-desk-ops/rest (integration events), docs.opsgenie.com/docs/alert-api
import type { Priority } from '../model/notification.ts';
import type { Channel, ChannelInput, ChannelResult, Message } from './channel.ts';
import { cutText, oneLine } from './cut.ts';
import { groupDigest } from './digest.ts';
import { type AnswerTable, resultOf } from './http/answer.ts';
import { jsonRequest, type Request } from './http/json-request.ts';
import { OPSGENIE } from './limits.ts';
import { DEFAULT_TEXT, DEFAULT_TITLE } from './message/default-templates.ts';
import { pairs } from './message/facts.ts';

const JSM = 'https://api.atlassian.com/jsm/ops/integration';
const OPSGENIE_API = 'https://api.opsgenie.com';

/** 422: a field is wrong. Closing what is not there is no fault. @see docs.opsgenie.com/docs/response */
const ANSWERS: AnswerTable = { 422: 'refused', 429: 'retry' };
const CLOSE_ANSWERS: AnswerTable = { ...ANSWERS, 404: 'delivered' };

const PRIORITIES = /^P[1-5]$/;

export const jsmChannel: Channel = channelAt(JSM);
export const opsgenieChannel: Channel = channelAt(OPSGENIE_API);

function channelAt(base: string): Channel {
  const send = async (input: ChannelInput, request: Request, table: AnswerTable): Promise<ChannelResult> => {
    const reference = { alias: groupDigest(input.content.groupKey) };
    return resultOf(await input.http(request), input.context.now, { table, reference });
  };
  return {
    deliver: async (input) =>
      input.content.status === 'firing'
        ? send(input, createRequest(input, base), ANSWERS)
        : send(input, actionRequest(input, base, 'close'), CLOSE_ANSWERS),
    acknowledge: (input) => send(input, actionRequest(input, base, 'acknowledge'), CLOSE_ANSWERS),
  };
}

/** @throws PermanentError `invalidConfig` */
export function createRequest(message: Message, base: string): Request {
  const { fields, content, words } = message;
  const title = fields.write('message', { fallback: DEFAULT_TITLE, format: 'plain' });
  const description = fields.write('description', { fallback: DEFAULT_TEXT, format: 'plain' });
  const note = fields.template('note');
  return jsonRequest(
    alertsUrl(message, base),
    {
      message: cutText(oneLine(title), OPSGENIE.message),
      alias: groupDigest(content.groupKey),
      description: cutText(description, OPSGENIE.description),
      source: cutText(fields.template('source') ?? 'Tidewatch', OPSGENIE.source),
      entity: cutText(fields.template('entity') ?? words.facts.where, OPSGENIE.entity),
      priority: priorityOf(fields.template('priority'), content.priority),
      tags: listOf(fields.template('tags'), OPSGENIE.tags, OPSGENIE.tag),
      actions: listOf(fields.template('actions'), OPSGENIE.actions, OPSGENIE.action),
      details: detailsOf(message),
      responders: fields.list('responders'),
      ...(note !== undefined && { note: cutText(note, OPSGENIE.note) }),
    },
    authorization(message),
  );
}

/** @throws PermanentError `invalidConfig` */
export function actionRequest(message: Message, base: string, action: 'close' | 'acknowledge'): Request {
  const alias = groupDigest(message.content.groupKey);
  return jsonRequest(
    `${alertsUrl(message, base)}/${alias}/${action}?identifierType=alias`,
    { source: 'Tidewatch', note: cutText(message.content.remarks.join('\n'), OPSGENIE.note) },
    authorization(message),
  );
}

function alertsUrl({ fields }: Message, base: string): string {
  return `${fields.url('api_url', base).replace(/\/+$/, '')}/v2/alerts`;
}

function authorization({ fields }: Message): Record<string, string> {
  return { authorization: `GenieKey ${fields.required('api_key')}` };
}

function priorityOf(written: string | undefined, ours: Priority): string {
  const word = written?.trim();
  return word !== undefined && PRIORITIES.test(word) ? word : ours;
}

function listOf(text: string | undefined, count: number, length: number): string[] {
  const words = (text ?? '').split(',').map((word) => cutText(word.trim(), length));
  return words.filter((word) => word !== '').slice(0, count);
}

/** Labels and links, as many as fit: names and values count. */
function detailsOf({ fields, content, words }: Message): Record<string, string> {
  const written = Object.entries(fields.map('details')).map(([name, value]): [string, string] => [
    name,
    words.render({ field: `details.${name}`, template: String(value), fallback: '', format: 'plain' }),
  ]);
  const all = [
    ...written,
    ...words.facts.links.map(({ name, url }): [string, string] => [name, url]),
    ['group', pairs(content.groupLabels)] as [string, string],
    ...Object.entries(content.commonLabels),
  ];
  const details: Record<string, string> = {};
  let left: number = OPSGENIE.detailsTotal;
  for (const [name, text] of all) {
    const size = name.length + text.length;
    if (size > left || Object.hasOwn(details, name)) continue;
    left -= size;
    details[name] = text;
  }
  return details;
}
