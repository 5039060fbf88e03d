// Splunk On-Call (VictorOps) by its REST endpoint: one incident for a group, known by its entity_id.
// Source: help.victorops.com/knowledge-base/rest-endpoint-integration-guide
import type { Channel, Message } from './channel.ts';
import { cutBytes, cutText, oneLine } from './cut.ts';
import { groupDigest } from './digest.ts';
import { failure, jsonOf, resultOf, textAt } from './http/answer.ts';
import { jsonRequest, type Request } from './http/json-request.ts';
import { VICTOROPS } from './limits.ts';
import { DEFAULT_TEXT, DEFAULT_TITLE } from './message/default-templates.ts';

const API = 'https://alert.victorops.com/integrations/generic/20131114/alert';
const TYPES: ReadonlySet<string> = new Set(['CRITICAL', 'WARNING', 'INFO']);

export const victorOpsChannel: Channel = {
  deliver: (input) => send(input, victorOpsRequest(input)),
  acknowledge: (input) => send(input, victorOpsRequest(input, 'ACKNOWLEDGEMENT')),
};

async function send(input: Parameters<Channel['deliver']>[0], request: Request) {
  const answer = await input.http(request);
  // A wrong routing key is told in an answer of 200.
  if (answer.status < 300 && textAt(jsonOf(answer), 'result') === 'failure') {
    return failure('refused', answer, input.context.now);
  }
  return resultOf(answer, input.context.now);
}

/** @throws PermanentError `invalidConfig` */
export function victorOpsRequest({ fields, content, words }: Message, act?: 'ACKNOWLEDGEMENT'): Request {
  const base = fields.url('api_url', API).replace(/\/+$/, '');
  const key = encodeURIComponent(fields.required('api_key'));
  const routing = encodeURIComponent(fields.template('routing_key') ?? fields.required('routing_key'));
  const title = fields.write('entity_display_name', { fallback: DEFAULT_TITLE, format: 'plain' });
  const text = fields.write('state_message', { fallback: DEFAULT_TEXT, format: 'plain' });
  const custom = Object.fromEntries(
    Object.entries(fields.map('custom_fields')).map(([name, value]) => [
      name,
      words.render({
        field: `custom_fields.${name}`,
        template: String(value),
        fallback: '',
        format: 'plain',
      }),
    ]),
  );
  return jsonRequest(`${base}/${key}/${routing}`, {
    ...custom,
    message_type: act ?? typeOf(fields.template('message_type'), content),
    entity_id: groupDigest(content.groupKey),
    entity_display_name: cutText(oneLine(title), 300),
    state_message: cutBytes(text, VICTOROPS.stateMessage),
    state_start_time: Math.floor(words.facts.since / 1_000),
    monitoring_tool: fields.template('monitoring_tool') ?? 'Tidewatch',
  });
}

function typeOf(written: string | undefined, { status, priority }: Message['content']): string {
  if (status === 'resolved') return 'RECOVERY';
  const word = written?.trim().toUpperCase() ?? '';
  if (TYPES.has(word)) return word;
  return priority < 'P3' ? 'CRITICAL' : priority === 'P3' ? 'WARNING' : 'INFO';
}
