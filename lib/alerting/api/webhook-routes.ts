// `POST /api/v1/webhook`: another Alertmanager, or whatever speaks its webhook (version 4), hands its alerts on.
// Source: Alertmanager's documentation, "Webhook config", read 2026-11
import type { ApiRequest, ApiResponse, ApiRoute } from '../../api/route.ts';
import { isObject, readJson } from './json-body.ts';
import type { AlertmanagerPorts } from './ports.ts';
import { readPostedAlerts } from './posted-alerts.ts';
import { badRequest, ok } from './responses.ts';

export function webhookRoutes({ queue }: Pick<AlertmanagerPorts, 'queue'>): readonly ApiRoute[] {
  const take = async ({ body, now }: ApiRequest): Promise<ApiResponse> => {
    const json = readJson(body);
    if (json.kind === 'bad') return badRequest(json.message);
    const posted = alertsOfWebhook(json.value, now);
    if (typeof posted === 'string') return badRequest(posted);
    const { alerts, rejected } = readPostedAlerts(posted, 'webhook', now);
    if (alerts.length > 0) await queue.send(alerts, now);
    // A webhook is sent again and again while it is answered with an error, so what is bad is told and counted only.
    const counts = rejected.map(({ reason }) => ({ name: 'rejectedAlerts', count: 1, reason }));
    return { ...ok({ taken: alerts.length, rejected }), counts };
  };
  return [{ method: 'POST', path: '/api/v1/webhook', scope: 'alerts:write', handle: take }];
}

/**
 * The alerts of a webhook as they would be posted. A resolved one has ended, whatever the clocks say; a firing one has
 * no end there, so it is given up after the resolve timeout unless it comes again.
 * @returns a sentence if it is no webhook of version 4
 */
export function alertsOfWebhook(value: unknown, now: number): readonly unknown[] | string {
  if (!isObject(value) || !Array.isArray(value.alerts)) {
    return 'expected a webhook of Alertmanager (version 4) with a list of alerts';
  }
  if (value.version !== undefined && value.version !== '4') {
    return `expected version "4", got ${JSON.stringify(value.version)?.slice(0, 60)}`;
  }
  return value.alerts.map((alert: unknown) => {
    if (!isObject(alert) || alert.status !== 'resolved') return alert;
    const { endsAt } = alert;
    const ended = typeof endsAt === 'string' && Date.parse(endsAt) <= now;
    return ended ? alert : { ...alert, endsAt: new Date(now).toISOString() };
  });
}
