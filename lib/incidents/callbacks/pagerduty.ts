// PagerDuty's webhooks (version 3): what somebody acknowledges or resolves there counts here too.
import { createHash } from 'node:crypto';
import type { ApiRequest, ApiResponse, ApiRoute } from '../../api/route.ts';
import { json } from '../api/json.ts';
import { type DeskPorts, IncidentDesk } from '../desk.ts';
import { incidentGroupKey } from '../incident/content.ts';
import type { Incident } from '../incident/incident.ts';

export interface PagerDutyPorts extends DeskPorts {
  /** Whether PagerDuty signed this request; undefined when no secret is configured. */
  readonly isFromPagerDuty?: (request: ApiRequest) => Promise<boolean>;
}

interface Webhook {
  readonly event?: {
    readonly event_type?: string;
    readonly agent?: { readonly summary?: string };
    readonly data?: { readonly incident_key?: string };
  };
}

const EVENTS: Readonly<Record<string, 'acknowledge' | 'resolve'>> = {
  'incident.acknowledged': 'acknowledge',
  'incident.resolved': 'resolve',
};

export function pagerDutyRoutes(ports: PagerDutyPorts): readonly ApiRoute[] {
  return [
    {
      method: 'POST',
      path: '/pagerduty/webhook',
      scope: 'public',
      handle: (request) => receive(request, ports),
    },
  ];
}

async function receive(request: ApiRequest, ports: PagerDutyPorts): Promise<ApiResponse> {
  const { isFromPagerDuty } = ports;
  if (isFromPagerDuty === undefined) {
    return json(404, {
      error: 'no secret of a PagerDuty webhook is configured: onCall.pagerDuty.webhookSecret',
    });
  }
  if (!(await isFromPagerDuty(request))) return json(403, { error: 'the signature is missing or wrong' });
  const webhook = webhookOf(request.body);
  if (webhook === undefined) return json(400, { error: 'the body is no webhook of version 3' });
  const kind = EVENTS[webhook.event?.event_type ?? ''];
  // PagerDuty sends again what is not answered with 2xx, and gives a webhook up that answers otherwise for long.
  if (kind === undefined) return json(200, { ignored: 'nothing follows from this kind of event' });
  const incident = await find(webhook.event?.data?.incident_key ?? '', ports);
  if (incident === undefined) return json(200, { ignored: 'no open incident has this key' });
  const by = `${webhook.event?.agent?.summary ?? 'somebody'} by PagerDuty`;
  await new IncidentDesk(ports).apply(incident.id, { kind, by }, request.now);
  return json(200, { incident: incident.id });
}

/** Few incidents are open at a time, so they are compared one by one with what PagerDuty was told. */
async function find(key: string, { incidents }: PagerDutyPorts): Promise<Incident | undefined> {
  if (key === '') return undefined;
  for (const { id } of await incidents.listOpen()) {
    const incident = await incidents.read(id);
    if (incident !== undefined && keysOf(incident).includes(key)) return incident;
  }
  return undefined;
}

function keysOf(incident: Incident): string[] {
  const groupKey = incidentGroupKey(incident);
  const digest = createHash('sha256').update(groupKey).digest('hex');
  return [groupKey, digest, ...incident.pages.map((page) => page.key)];
}

function webhookOf(body: Buffer): Webhook | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Webhook) : undefined;
  } catch {
    return undefined;
  }
}
