// The generic webhook: Alertmanager's JSON of version 4, signed if a secret is given.
// Source of the shape: Alertmanager 0.34, notify/webhook and template.Data.
import { createHmac } from 'node:crypto';
import type { NotificationContent } from '../model/notification.ts';
import type { Channel, Message } from './channel.ts';
import { resultOf } from './http/answer.ts';
import { jsonRequest, type Request } from './http/json-request.ts';

/** What Go writes for a time that is not set: an alert that fires has no end. */
const NO_TIME = '0001-01-01T00:00:00Z';
/** "Content too large": the same with fewer alerts may be taken. */
const TOO_LARGE = 413;

export const webhookChannel: Channel = {
  async deliver(input) {
    const { content, context } = input;
    const limit = input.fields.integer('max_alerts') ?? 0;
    let listed = limit > 0 ? Math.min(limit, content.alerts.length) : content.alerts.length;
    for (;;) {
      const answer = await input.http(webhookRequest(input, listed));
      if (answer.status !== TOO_LARGE || listed <= 1) return resultOf(answer, context.now);
      listed = Math.ceil(listed / 8);
    }
  },
};

/** @param listed alerts that are in the body; the others are counted */
export function webhookRequest({ fields, content, context }: Message, listed: number): Request {
  const request = jsonRequest(fields.url('url'), webhookBody(content, listed), {
    'idempotency-key': context.idempotencyKey,
  });
  const secret = fields.text('signing_secret');
  if (secret === undefined) return request;
  const signature = signBody(request.body!, secret, context.now);
  return { ...request, headers: { ...request.headers, 'x-tidewatch-signature': signature } };
}

/** Seconds and the HMAC-SHA256 of "<seconds>.<body>". @param now epoch milliseconds @example 't=1700000000,v1=5257a8…' */
export function signBody(body: string, secret: string, now: number): string {
  const seconds = Math.floor(now / 1_000);
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}

export function webhookBody(content: NotificationContent, listed: number): object {
  return {
    receiver: content.receiver,
    status: content.status,
    alerts: content.alerts.slice(0, listed).map((alert) => ({
      status: alert.status,
      labels: sorted(alert.labels),
      annotations: sorted(alert.annotations),
      startsAt: goTime(alert.startsAt),
      endsAt: alert.status === 'firing' ? NO_TIME : goTime(alert.endsAt),
      generatorURL: alert.generatorUrl,
      fingerprint: alert.fingerprint,
    })),
    groupLabels: sorted(content.groupLabels),
    commonLabels: sorted(content.commonLabels),
    commonAnnotations: sorted(content.commonAnnotations),
    externalURL: content.externalUrl,
    version: '4',
    groupKey: content.groupKey,
    truncatedAlerts: content.alerts.length - listed,
  };
}

/** As Go writes a time: no more digits of a second than there are. */
function goTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0+Z$/, 'Z');
}

/** As Go writes a map: by name. */
function sorted(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
