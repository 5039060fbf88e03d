// Alertmanager's API v2, so that Prometheus, Grafana, amtool and Karma work against Tidewatch unchanged.
import type { ApiRoute } from '../../api/route.ts';
import type { AlertmanagerConfig } from '../config/parse-tree.ts';
import type { RouteConfig } from '../config/route-fields.ts';
import { matcherText } from '../matchers/matcher-text.ts';
import { alertRoutes } from './alert-routes.ts';
import type { AlertmanagerPorts } from './ports.ts';
import { ok } from './responses.ts';
import { silenceRoutes } from './silence-routes.ts';
import { timestampText } from './timestamp.ts';
import { webhookRoutes } from './webhook-routes.ts';

/** The version whose API and semantics these are; clients choose their features by it. */
const VERSION_INFO = {
  branch: 'tidewatch',
  buildDate: '',
  buildUser: '',
  goVersion: '',
  revision: '',
  version: '0.34.2',
};

export function alertmanagerRoutes(ports: AlertmanagerPorts): readonly ApiRoute[] {
  const { rules, startedAt } = ports;
  const status = {
    cluster: { peers: [], status: 'disabled' },
    config: { original: publicConfig(rules) },
    uptime: timestampText(startedAt),
    versionInfo: VERSION_INFO,
  };
  const receivers = rules.receivers.map(({ name }) => ({ name }));
  return [
    ...alertRoutes(ports),
    ...silenceRoutes(ports),
    ...webhookRoutes(ports),
    { method: 'GET', path: '/api/v2/status', scope: 'alerts:read', handle: async () => ok(status) },
    { method: 'GET', path: '/api/v2/receivers', scope: 'alerts:read', handle: async () => ok(receivers) },
  ];
}

/** `/-/healthy` and `/-/ready` for whoever watches the API; they say nothing about it. */
export function healthRoutes(): readonly ApiRoute[] {
  const fine = async () => ({
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: 'OK',
  });
  return [
    { method: 'GET', path: '/-/healthy', scope: 'public', handle: fine },
    { method: 'GET', path: '/-/ready', scope: 'public', handle: fine },
  ];
}

/** Routes and names of receivers as JSON, which is YAML too: `amtool config routes` reads it. How they are told is not in it. */
function publicConfig({ route, receivers }: AlertmanagerConfig): string {
  return JSON.stringify({ route: publicRoute(route), receivers: receivers.map(({ name }) => ({ name })) });
}

function publicRoute(route: RouteConfig): object {
  const { receiver, groupBy, groupByAll, matchers, routes } = route;
  return {
    ...(receiver !== undefined && { receiver }),
    ...(groupByAll ? { group_by: ['...'] } : groupBy !== undefined && { group_by: groupBy }),
    ...(matchers.length > 0 && { matchers: matchers.map(matcherText) }),
    ...(route.continue && { continue: true }),
    ...duration('group_wait', route.groupWaitMs),
    ...duration('group_interval', route.groupIntervalMs),
    ...duration('repeat_interval', route.repeatIntervalMs),
    ...(routes.length > 0 && { routes: routes.map(publicRoute) }),
  };
}

function duration(name: string, ms: number | undefined): object {
  return ms === undefined ? {} : { [name]: `${ms}ms` };
}
