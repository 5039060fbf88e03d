// What the alerting bench routes: 10,000 active alerts, 500 silences and 100 inhibition rules, in the words of an
// alertmanager.yml and of its API, so that a real Alertmanager gets the same.

export const ALERTS = 10_000;
export const SILENCES = 500;
export const RULES = 100;
const TEAMS = 20;
/** Every tenth of them is a firing source that mutes others. */
const SOURCES = 200;

export interface LoadAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** @param webhook address of the one receiver @param groupBy labels; none for one group of all alerts */
export function configText(webhook: string, groupBy: readonly string[], groupWait: string): string {
  const routes = Array.from(
    { length: TEAMS },
    (_, i) =>
      `  - {matchers: ['team="team-${i}"'], receiver: hook, continue: false, group_by: [${groupBy.join()}]}`,
  );
  const rules = Array.from(
    { length: RULES },
    (_, i) =>
      `- {source_matchers: ['severity="critical"', 'rule="${i}"'], target_matchers: ['severity=~"warning|info"', 'rule="${i}"'], equal: [cluster]}`,
  );
  return [
    'route:',
    '  receiver: hook',
    `  group_by: [${groupBy.join()}]`,
    `  group_wait: ${groupWait}`,
    '  group_interval: 1h',
    '  repeat_interval: 24h',
    ...(groupBy.length === 0 ? [] : ['  routes:', ...routes]),
    'receivers:',
    `- {name: hook, webhook_configs: [{url: '${webhook}'}]}`,
    'inhibit_rules:',
    ...rules,
    '',
  ].join('\n');
}

export function makeAlerts(): LoadAlert[] {
  return Array.from({ length: ALERTS }, (_, i) => ({
    labels: {
      alertname: `Alert${i % 40}`,
      team: `team-${i % TEAMS}`,
      cluster: `c${i % 7}`,
      instance: `host-${i}:9100`,
      job: `job-${i % 13}`,
      rule: String(i % RULES),
      severity: i % (ALERTS / SOURCES) === 0 ? 'critical' : i % 3 === 0 ? 'warning' : 'page',
      service: `service-${i % 97}`,
    },
    annotations: {
      summary: `Something is wrong with host-${i}`,
      runbook_url: 'https://runbooks.example.com/alert',
    },
  }));
}

export interface LoadMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
}

/** Four of five ask for one instance, the rest for a pattern; together they mute some hundred alerts. */
export function makeSilences(): LoadMatcher[][] {
  return Array.from({ length: SILENCES }, (_, i) =>
    i % 5 === 0
      ? [
          { name: 'service', value: `service-${i % 97}`, isRegex: false },
          { name: 'instance', value: `host-${i}.*`, isRegex: true },
        ]
      : [{ name: 'instance', value: `host-${i * 7}:9100`, isRegex: false }],
  );
}
