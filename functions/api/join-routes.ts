// The routes of the API, each domain's on its stores: what is not configured is not there.
import { healthRoutes } from '../../lib/alerting/api/routes.ts';
import type { ApiRoute } from '../../lib/api/route.ts';
import type { RuntimeConfig } from '../../lib/config/runtime.ts';
import { ofAlerting } from './alerting-routes.ts';
import { ofIncidents } from './incident-routes.ts';
import type { ApiParts } from './parts.ts';
import { ofSlos } from './slo-routes.ts';

export function joinRoutes(
  { alerting, slo, onCall }: Pick<RuntimeConfig, 'alerting' | 'slo' | 'onCall'>,
  parts: ApiParts,
): readonly ApiRoute[] {
  return [
    ...healthRoutes(),
    ...(alerting === undefined ? [] : ofAlerting(alerting, parts)),
    ...(slo === undefined ? [] : ofSlos(slo.slos, parts)),
    ...(onCall === undefined ? [] : ofIncidents(onCall, alerting !== undefined, parts)),
  ];
}
