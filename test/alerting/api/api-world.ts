// The API on stores in memory: what is posted lands on a queue that a test looks at or lets the router take.
import { alertmanagerRoutes, healthRoutes } from '../../../lib/alerting/api/routes.ts';
import { parseAlertmanagerConfig } from '../../../lib/alerting/config/parse-config.ts';
import type { RecurringSilence } from '../../../lib/alerting/config/recurring-silences.ts';
import { takeAlerts } from '../../../lib/alerting/durable/alert-intake.ts';
import { createRouter } from '../../../lib/alerting/groups/router.ts';
import { matchRoute, routeTable } from '../../../lib/api/match-route.ts';
import type { ApiResponse } from '../../../lib/api/route.ts';
import type { SentAlert } from '../../../lib/model/alert.ts';
import { MemoryAlerting } from '../../support/memory-alerting.ts';

export const NOW = Date.UTC(2026, 10, 24, 10);

export const CONFIG = `
route:
  receiver: tickets
  group_by: [alertname]
  routes:
    - matchers: [severity="page"]
      receiver: pager
      continue: true
    - matchers: [team="night"]
      mute_time_intervals: [always]
receivers: [{name: tickets}, {name: pager}]
inhibit_rules: [{source_matchers: [down="yes"], target_matchers: [down=""], equal: [zone]}]
time_intervals: [{name: always, time_intervals: [{}]}]
`;

export function apiWorld(config = CONFIG, recurringSilences: readonly RecurringSilence[] = []) {
  const rules = { ...parseAlertmanagerConfig(config), recurringSilences };
  const stores = new MemoryAlerting();
  const queued: SentAlert[] = [];
  let ids = 0;
  const table = routeTable([
    ...healthRoutes(),
    ...alertmanagerRoutes({
      stores,
      rules,
      queue: { send: async (alerts) => void queued.push(...alerts) },
      newId: () => `silence-${++ids}`,
      startedAt: NOW,
    }),
  ]);
  const router = createRouter(rules);

  async function ask(method: string, path: string, body?: unknown, now = NOW) {
    const url = new URL(path, 'http://api');
    const match = matchRoute(table, method, url.pathname);
    if (match.kind !== 'route') throw new Error(`no route for ${method} ${path}`);
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const response: ApiResponse = await match.route.handle({
      method,
      path: match.path,
      parameters: match.parameters,
      query: url.searchParams,
      headers: {},
      body: bytes,
      caller: 'me',
      baseUrl: 'http://api',
      now,
    });
    const text = String(response.body ?? '');
    return {
      ...response,
      json: text.startsWith('{') || text.startsWith('[') || text.startsWith('"') ? JSON.parse(text) : text,
    };
  }

  return {
    ask,
    queued,
    stores,
    /** Posts alerts, and lets the router take what lies on the queue. */
    async fire(...alerts: readonly object[]) {
      await ask('POST', '/api/v2/alerts', alerts);
      await takeAlerts({ stores, rules: router, rewriteBelow: 1 }, queued.splice(0), NOW);
    },
  };
}
