// `/incidents`: what is open, what happened, acknowledging and resolving with a key.
import type { ApiRequest, ApiResponse, ApiRoute } from '../../api/route.ts';
import { type DeskPorts, IncidentDesk } from '../desk.ts';
import type { Incident, IncidentSummary, TimelineEntry } from '../incident/incident.ts';
import { bodyObject, expected, iso, json } from './json.ts';

const MAX_LISTED = 500;
const LISTED = 50;
const MAX_NAME = 200;

export function incidentApiRoutes(ports: DeskPorts): readonly ApiRoute[] {
  return [
    { method: 'GET', path: '/incidents', scope: 'alerts:read', handle: (request) => list(request, ports) },
    {
      method: 'GET',
      path: '/incidents/:id',
      scope: 'alerts:read',
      handle: (request) => show(request, ports),
    },
    {
      method: 'POST',
      path: '/incidents/:id/ack',
      scope: 'ack',
      handle: (request) => change('acknowledge', request, ports),
    },
    {
      method: 'POST',
      path: '/incidents/:id/resolve',
      scope: 'ack',
      handle: (request) => change('resolve', request, ports),
    },
  ];
}

async function list({ query }: ApiRequest, { incidents }: DeskPorts): Promise<ApiResponse> {
  const status = query.get('status') ?? 'open';
  if (!['open', 'resolved', 'all'].includes(status)) {
    return expected('status to be open, resolved or all', status);
  }
  const limit = Number(query.get('limit') ?? LISTED);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LISTED) {
    return expected(`limit to be a whole number from 1 to ${MAX_LISTED}`, query.get('limit'));
  }
  const open = status === 'resolved' ? [] : await incidents.listOpen();
  const resolved = status === 'open' ? [] : await incidents.listResolved(limit);
  return json(200, { incidents: [...open, ...resolved].slice(0, limit).map(summaryView) });
}

async function show({ parameters }: ApiRequest, { incidents }: DeskPorts): Promise<ApiResponse> {
  const id = parameters.id ?? '';
  const incident = await incidents.read(id);
  if (incident === undefined) return notFound(id);
  return json(200, incidentView(incident, await incidents.timeline(id)));
}

async function change(
  kind: 'acknowledge' | 'resolve',
  { parameters, body, caller, now }: ApiRequest,
  ports: DeskPorts,
): Promise<ApiResponse> {
  const wish = bodyObject(body);
  if (wish === undefined) return expected('a JSON object, or no body', body.toString('utf8'));
  const { by } = wish;
  if (by !== undefined && (typeof by !== 'string' || by.trim() === '' || by.length > MAX_NAME)) {
    return expected(`"by" to be a name of 1 to ${MAX_NAME} characters`, by);
  }
  const id = parameters.id ?? '';
  const who = by === undefined ? `key ${caller ?? ''}` : `${by} (key ${caller ?? ''})`;
  const result = await new IncidentDesk(ports).apply(id, { kind, by: who }, now);
  if (result === undefined) return notFound(id);
  if (kind === 'acknowledge' && result.before.status === 'resolved') {
    return json(409, { error: `incident ${id} is resolved: there is nothing to acknowledge` });
  }
  return json(200, incidentView(result.after, await ports.incidents.timeline(id)));
}

function notFound(id: string): ApiResponse {
  return json(404, { error: `there is no incident ${id}; GET /incidents lists them` });
}

function summaryView(summary: IncidentSummary) {
  const {
    id,
    status,
    priority,
    title,
    policy,
    labels,
    openedAt,
    acknowledgedAt,
    acknowledgedBy,
    resolvedAt,
  } = summary;
  return {
    id,
    status,
    priority,
    title,
    policy,
    labels,
    openedAt: iso(openedAt),
    acknowledgedAt: acknowledgedAt === undefined ? null : iso(acknowledgedAt),
    acknowledgedBy: acknowledgedBy ?? null,
    resolvedAt: resolvedAt === undefined ? null : iso(resolvedAt),
  };
}

/** What people may see: contacts and secrets are not in it. */
function incidentView(incident: Incident, timeline: readonly TimelineEntry[]) {
  const { step, round, deadlineAt, groups, content, resolvedBy, firedAt, episode } = incident;
  return {
    ...summaryView({ ...incident, labels: content.commonLabels }),
    resolvedBy: resolvedBy ?? null,
    firedAt: iso(firedAt),
    episode,
    level: step + 1,
    round: round + 1,
    nextLevelAt: deadlineAt === undefined ? null : iso(deadlineAt),
    groups: groups.map(({ key, title, firing }) => ({ key, title, firing })),
    links: content.links,
    timeline: timeline.map(({ at, kind, who, text }) => ({ at: iso(at), kind, who, text })),
  };
}
