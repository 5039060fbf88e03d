// `/api/v2/alerts` and `/api/v2/alerts/groups`: Prometheus and Grafana post alerts, people and Karma look at them.
import type { ApiRequest, ApiResponse, ApiRoute } from '../../api/route.ts';
import { matchesAll } from '../matchers/matcher.ts';
import { type StandingAlert, standingAlerts, standingGroups, standingOf } from './alert-status.ts';
import { readJson } from './json-body.ts';
import type { AlertmanagerPorts } from './ports.ts';
import { type RejectedAlert, readPostedAlerts } from './posted-alerts.ts';
import { filtersOf, receiverFilterOf, switchOf } from './query.ts';
import { answerQuery, badRequest, ok } from './responses.ts';
import { alertView, groupView } from './views.ts';

/** Refused alerts that are told one by one. */
const MAX_TOLD = 20;

export function alertRoutes(ports: AlertmanagerPorts): readonly ApiRoute[] {
  const post = async ({ body, now }: ApiRequest): Promise<ApiResponse> => {
    const json = readJson(body);
    if (json.kind === 'bad') return badRequest(json.message);
    if (!Array.isArray(json.value)) return badRequest('expected a JSON array of alerts');
    const { alerts, rejected } = readPostedAlerts(json.value, 'api', now);
    if (alerts.length > 0) await ports.queue.send(alerts, now);
    if (rejected.length === 0) return { status: 200 };
    return { ...badRequest(sentence(rejected, alerts.length)), counts: countsOf(rejected) };
  };

  const standing = async (now: number, { query }: ApiRequest) => {
    const filters = filtersOf(query);
    const asked = receiverFilterOf(query);
    const [stored, silences, sources] = await Promise.all([
      ports.stores.alerts.list(),
      ports.stores.silences.list(),
      ports.stores.sources.list(),
    ]);
    const all = standingOf(ports.rules, silences, sources, now);
    const matching = stored.filter(({ alert }) => matchesAll(filters, alert.labels));
    return { all, asked, alerts: standingAlerts(all, matching).filter(wanted(query)) };
  };

  const list = answerQuery(async (request) => {
    const { asked, alerts } = await standing(request.now, request);
    return ok(
      alerts
        .filter(({ routes }) => routes.some(({ receiver }) => asked(receiver)))
        .map((alert) => alertView(alert)),
    );
  });

  const groups = answerQuery(async (request) => {
    const { all, asked, alerts } = await standing(request.now, request);
    const muted = switchOf(request.query, 'muted');
    return ok(
      standingGroups(all, alerts)
        .filter(({ route, mutedBy }) => asked(route.receiver) && (muted || mutedBy.length === 0))
        .map(groupView),
    );
  });

  return [
    { method: 'POST', path: '/api/v2/alerts', scope: 'alerts:write', handle: post },
    { method: 'GET', path: '/api/v2/alerts', scope: 'alerts:read', handle: list },
    { method: 'GET', path: '/api/v2/alerts/groups', scope: 'alerts:read', handle: groups },
  ];
}

/** Whether the switches of a query let an alert through. None is unprocessed: what is stored is in its groups. */
function wanted(query: URLSearchParams): (alert: StandingAlert) => boolean {
  const active = switchOf(query, 'active');
  const silenced = switchOf(query, 'silenced');
  const inhibited = switchOf(query, 'inhibited');
  return ({ silencedBy, inhibitedBy }) => {
    const isActive = silencedBy.length + inhibitedBy.length === 0;
    return (
      (active || !isActive) &&
      (silenced || silencedBy.length === 0) &&
      (inhibited || inhibitedBy.length === 0)
    );
  };
}

function sentence(rejected: readonly RejectedAlert[], kept: number): string {
  const told = rejected.slice(0, MAX_TOLD).map(({ index, message }) => `alert ${index}: ${message}`);
  const more = rejected.length - told.length;
  return `${rejected.length} alerts refused, ${kept} taken; ${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function countsOf(rejected: readonly RejectedAlert[]): NonNullable<ApiResponse['counts']> {
  const byReason = new Map<string, number>();
  for (const { reason } of rejected) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  return [...byReason].map(([reason, count]) => ({ name: 'rejectedAlerts', count, reason }));
}
