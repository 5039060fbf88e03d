// PagerDuty by Events API v2: one alert for a group, known by its dedup_key; by v1 where only a service key is given.
// Source: developer.pagerduty.com/docs/events-api-v2-overview
import type { NotificationContent, Priority } from '../model/notification.ts';
import type { Channel, ChannelInput, ChannelResult, Message } from './channel.ts';
import { byteLength, cutText, oneLine } from './cut.ts';
import { groupDigest } from './digest.ts';
import { type AnswerTable, resultOf } from './http/answer.ts';
import { jsonRequest, type Request } from './http/json-request.ts';
import { PAGERDUTY } from './limits.ts';
import { DEFAULT_BODY, DEFAULT_TITLE } from './message/default-templates.ts';
import { isAddress } from './message/facts.ts';

export type PagerDutyAction = 'trigger' | 'acknowledge' | 'resolve';

const V2 = 'https://events.pagerduty.com/v2/enqueue';
const V1 = 'https://events.pagerduty.com/generic/2010-04-15/create_event.json';

/** 400: the event is wrong; 403 is a rate limit of v1. @see developer.pagerduty.com/docs/send-alert-event */
const ANSWERS: AnswerTable = { 400: 'refused', 403: 'retry', 429: 'retry' };

const SEVERITY: Readonly<Record<Priority, string>> = {
  P1: 'critical',
  P2: 'error',
  P3: 'warning',
  P4: 'info',
};
const SEVERITIES: ReadonlySet<string> = new Set(Object.values(SEVERITY));

export const pagerDutyChannel: Channel = {
  deliver: (input) => deliver(input, input.content.status === 'firing' ? 'trigger' : 'resolve'),
  acknowledge: (input) => deliver(input, 'acknowledge'),
};

async function deliver(input: ChannelInput, action: PagerDutyAction): Promise<ChannelResult> {
  const answer = await input.http(pagerDutyRequest(input, action));
  const reference = { dedupKey: groupDigest(input.content.groupKey) };
  return resultOf(answer, input.context.now, { table: ANSWERS, reference });
}

/** @throws PermanentError `invalidConfig` */
export function pagerDutyRequest(message: Message, action: PagerDutyAction): Request {
  const routingKey = message.fields.text('routing_key');
  const build = routingKey === undefined ? v1Event : v2Event;
  const url = message.fields.url('url', routingKey === undefined ? V1 : V2);
  const full = jsonRequest(url, build(message, action, true));
  if (byteLength(full.body!) <= PAGERDUTY.eventBytes) return full;
  return jsonRequest(url, build(message, action, false));
}

/** @param detailed whether details and links are in it; without them an event is always small enough */
function v2Event(message: Message, action: PagerDutyAction, detailed: boolean): object {
  const { fields, content, words } = message;
  const event = {
    routing_key: fields.required('routing_key'),
    event_action: action,
    dedup_key: groupDigest(content.groupKey),
  };
  if (action !== 'trigger') return event;
  const client = cutText(fields.template('client') ?? 'Tidewatch', 255);
  const optional = {
    class: fields.template('class') ?? words.facts.name,
    component: fields.template('component') ?? content.commonLabels.service,
    group: fields.template('group'),
  };
  return {
    ...event,
    client,
    client_url: cutText(
      fields.template('client_url') ?? content.links.incident ?? content.externalUrl,
      2_000,
    ),
    payload: {
      summary: summaryOf(message),
      source: cutText(fields.template('source') ?? (words.facts.where || client), 255),
      severity: severityOf(message),
      timestamp: new Date(words.facts.since).toISOString(),
      ...Object.fromEntries(
        Object.entries(optional).flatMap(([name, text]) =>
          text === undefined || text === '' ? [] : [[name, cutText(text, 255)]],
        ),
      ),
      ...(detailed && { custom_details: detailsOf(message) }),
    },
    ...(detailed && { links: linksOf(message), images: imagesOf(message) }),
  };
}

function v1Event(message: Message, action: PagerDutyAction, detailed: boolean): object {
  const { fields, content } = message;
  return {
    service_key: fields.required('service_key'),
    event_type: action,
    incident_key: groupDigest(content.groupKey),
    description: summaryOf(message),
    ...(action === 'trigger' && {
      client: cutText(fields.template('client') ?? 'Tidewatch', 255),
      client_url: cutText(fields.template('client_url') ?? content.externalUrl, 2_000),
      ...(detailed && { details: detailsOf(message) }),
    }),
  };
}

function summaryOf({ fields }: Message): string {
  const text = fields.write('description', { fallback: DEFAULT_TITLE, format: 'plain' });
  return cutText(oneLine(text), PAGERDUTY.summary) || 'Alert';
}

function severityOf({ fields, content }: Message): string {
  const written = fields.template('severity')?.trim().toLowerCase();
  return written !== undefined && SEVERITIES.has(written) ? written : SEVERITY[content.priority];
}

function detailsOf({ fields, content, words }: Message): Record<string, unknown> {
  const { facts } = words;
  const own = Object.fromEntries(
    Object.entries(fields.map('details')).map(([name, value]) => [
      name,
      typeof value === 'string'
        ? words.render({ field: `details.${name}`, template: value, fallback: '', format: 'plain' })
        : value,
    ]),
  );
  return {
    priority: content.priority,
    where: facts.where,
    how_bad: facts.howBad.join(', '),
    num_firing: String(facts.firing.length),
    num_resolved: String(facts.resolved.length),
    alerts: words.render({ field: '', template: undefined, fallback: DEFAULT_BODY, format: 'plain' }),
    ...runbookOf(content),
    ...own,
  };
}

function runbookOf({ links }: NotificationContent): Record<string, string> {
  return links.runbook === undefined ? {} : { runbook: links.runbook };
}

function linksOf({ words, fields }: Message): object[] {
  const written = fields.list('links').map((link) => hrefOf(link));
  const ours = words.facts.links.map(({ name, url }) => ({ href: url, text: name }));
  return [...written, ...ours].filter(({ href }) => isAddress(href)).slice(0, PAGERDUTY.links);
}

function imagesOf({ fields }: Message): object[] {
  // Only https is shown.
  return fields.list('images').filter((image) => hasText(image, 'src', /^https:/));
}

function hrefOf(link: unknown): { href: string; text: string } {
  const { href, text } = (typeof link === 'object' && link !== null ? link : {}) as Record<string, unknown>;
  return { href: String(href ?? ''), text: String(text ?? href ?? '') };
}

function hasText(value: unknown, name: string, pattern: RegExp): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    pattern.test(String((value as Record<string, unknown>)[name] ?? ''))
  );
}
