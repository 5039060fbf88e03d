// ServiceNow: one incident for a group, known by its correlation_id and looked up before anything is made.
// Source: docs.servicenow.com, Table API (/api/now/v1/table/{table})
import type { Priority } from '../model/notification.ts';
import type { Channel, ChannelInput, ChannelResult, Message } from './channel.ts';
import { cutText, oneLine } from './cut.ts';
import { groupDigest } from './digest.ts';
import { failure, jsonOf, resultOf, textAt } from './http/answer.ts';
import { basicAuthorization } from './http/headers.ts';
import { jsonRequest, type Request } from './http/json-request.ts';
import { SERVICENOW } from './limits.ts';
import { DEFAULT_TEXT, DEFAULT_TITLE } from './message/default-templates.ts';

/** Impact and urgency, 1 to 3, whose default matrix gives that priority. */
const MATRIX: Readonly<Record<Priority, readonly [string, string]>> = {
  P1: ['1', '1'],
  P2: ['2', '1'],
  P3: ['2', '2'],
  P4: ['3', '2'],
};
/** "Resolved" of the table as it is shipped. */
const RESOLVED_STATE = '6';
const CLOSE_CODE = 'Solved (Permanently)';

export const serviceNowChannel: Channel = {
  async deliver(input) {
    const { context, content } = input;
    const answer = await input.http(lookUpRequest(input));
    const looked = resultOf(answer, context.now);
    if (looked.kind !== 'delivered') return looked;
    const result = jsonOf(answer)?.result;
    if (!Array.isArray(result)) {
      return failure('retry', answer, context.now, 'an answer that is none of ServiceNow');
    }
    const id = textAt(result, 0, 'sys_id');
    if (content.status === 'resolved') {
      return id === undefined ? { kind: 'delivered' } : write(input, resolveRequest(input, id));
    }
    return write(input, id === undefined ? createRequest(input) : updateRequest(input, id));
  },
};

async function write(input: ChannelInput, request: Request): Promise<ChannelResult> {
  const answer = await input.http(request);
  const body = jsonOf(answer);
  const id = textAt(body, 'result', 'sys_id');
  const number = textAt(body, 'result', 'number');
  const reference = { ...(id !== undefined && { sysId: id }), ...(number !== undefined && { number }) };
  return resultOf(answer, input.context.now, { reference });
}

/** @throws PermanentError `invalidConfig` */
export function lookUpRequest(message: Message): Request {
  const query = `correlation_id=${groupDigest(message.content.groupKey)}^active=true^state!=${resolvedState(message)}`;
  const search = new URLSearchParams({
    sysparm_query: query,
    sysparm_fields: 'sys_id,number',
    sysparm_limit: '1',
  });
  const { body: _, ...request } = jsonRequest(
    `${tableUrl(message)}?${search}`,
    {},
    authorization(message),
    'GET',
  );
  return request;
}

/** @throws PermanentError `invalidConfig` */
export function createRequest(message: Message): Request {
  const { fields, content } = message;
  const [impact, urgency] = MATRIX[content.priority];
  const optional = {
    assignment_group: fields.template('assignment_group'),
    cmdb_ci: fields.template('cmdb_ci'),
  };
  const body = {
    ...fields.map('fields'),
    ...texts(message),
    impact: fields.template('impact')?.trim() ?? impact,
    urgency: fields.template('urgency')?.trim() ?? urgency,
    correlation_id: groupDigest(content.groupKey),
    correlation_display: 'Tidewatch',
    ...Object.fromEntries(Object.entries(optional).filter(([, text]) => text !== undefined)),
  };
  return jsonRequest(tableUrl(message), body, authorization(message));
}

function updateRequest(message: Message, id: string): Request {
  const { description } = texts(message);
  const body = { work_notes: description };
  return jsonRequest(rowUrl(message, id), body, authorization(message), 'PATCH');
}

function resolveRequest(message: Message, id: string): Request {
  const body = {
    state: resolvedState(message),
    close_code: message.fields.text('close_code') ?? CLOSE_CODE,
    close_notes: cutText(texts(message).description, SERVICENOW.description),
  };
  return jsonRequest(rowUrl(message, id), body, authorization(message), 'PATCH');
}

function texts({ fields }: Message): { short_description: string; description: string } {
  const title = fields.write('short_description', { fallback: DEFAULT_TITLE, format: 'plain' });
  const text = fields.write('description', { fallback: DEFAULT_TEXT, format: 'plain' });
  return {
    short_description: cutText(oneLine(title), SERVICENOW.shortDescription) || 'Alert',
    description: cutText(text, SERVICENOW.description),
  };
}

function resolvedState({ fields }: Message): string {
  return fields.text('resolved_state') ?? RESOLVED_STATE;
}

function tableUrl({ fields }: Message): string {
  const table = encodeURIComponent(fields.text('table') ?? 'incident');
  return `${fields.url('api_url').replace(/\/+$/, '')}/api/now/v1/table/${table}`;
}

function rowUrl(message: Message, id: string): string {
  return `${tableUrl(message)}/${encodeURIComponent(id)}`;
}

function authorization({ fields }: Message): Record<string, string> {
  const token = fields.text('token');
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  const password = fields.text('password');
  if (password === undefined) return {};
  return { authorization: basicAuthorization(fields.required('user'), password) };
}
