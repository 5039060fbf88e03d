// What incidents and on-call answer of the `api` function.
import type { ApiRoute } from '../api/route.ts';
import { acknowledgeRoutes } from './acknowledge/routes.ts';
import { incidentApiRoutes } from './api/incident-routes.ts';
import { type OnCallPorts, onCallRoutes } from './api/on-call-routes.ts';
import { type PagerDutyPorts, pagerDutyRoutes } from './callbacks/pagerduty.ts';
import { type SlackPorts, slackRoutes } from './callbacks/slack.ts';

export type IncidentRoutePorts = OnCallPorts & SlackPorts & PagerDutyPorts;

export function incidentRoutes(ports: IncidentRoutePorts): readonly ApiRoute[] {
  return [
    ...incidentApiRoutes(ports),
    ...onCallRoutes(ports),
    ...acknowledgeRoutes(ports),
    ...slackRoutes(ports),
    ...pagerDutyRoutes(ports),
  ];
}
