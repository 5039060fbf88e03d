// The section `alerting`: TypeScript and alertmanager.yml say the same; what cannot be deployed is named with its path.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesAll } from '../../lib/alerting/matchers/matcher.ts';
import { buildRoutes, matchRoutes } from '../../lib/alerting/routing/route.ts';
import { alertingRules } from '../../lib/config/alerting-rules.ts';
import { checkConfig } from '../../lib/config/compile.ts';
import type { AlertingConfig, AlertReceiverConfig } from '../../lib/config/define/alerting.ts';
import { slo } from '../../lib/config/define.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SECRET = { secret: 'tidewatch/hook' };

function check(alerting: unknown, more: object = {}) {
  const result = checkConfig({ ...more, alerting });
  const problems = result.problems.map(({ level, path, message }) => `${level} ${path}: ${message}`);
  return { problems, settings: result.ok ? result.compiled.runtime.alerting : undefined };
}

function rulesOf(alerting: AlertingConfig, more: object = {}) {
  const { problems, settings } = check(alerting, more);
  expect(problems.filter((line) => line.startsWith('error'))).toEqual([]);
  return alertingRules(JSON.parse(JSON.stringify(settings)));
}

test('recurring silences are read beside either form, and what is wrong with them has its path', () => {
  const route = { receiver: 'all' };
  const timeIntervals = [
    { name: 'nights', timeIntervals: [{ times: [{ startTime: '00:00', endTime: '06:00' }] }] },
  ];
  const silence = { name: 'test', matchers: [{ name: 'env', value: 'test' }], timeInterval: 'nights' };
  const typed = { route, receivers: [{ name: 'all' }], timeIntervals };
  expect(rulesOf({ ...typed, recurringSilences: [silence] }).recurringSilences).toMatchObject([
    { silence: { id: 'recurring-test', interval: { name: 'nights' } } },
  ]);
  const file = inFile('route: {receiver: all}\nreceivers: [{name: all}]\n');
  const weekends = {
    ...silence,
    timeInterval: { weekdays: ['saturday', 'sunday'], location: 'Europe/Berlin' },
  };
  expect(rulesOf({ ...file, recurringSilences: [weekends] }).recurringSilences).toHaveLength(1);
  expect(check({ ...file, recurringSilences: [silence] }).problems).toEqual([
    'error alerting.recurringSilences[0].timeInterval: undefined time interval "nights"',
  ]);
});

test('each thing beyond Alertmanager has a switch', () => {
  const routes = { route: { receiver: 'all' }, receivers: [{ name: 'all' }] };
  expect(check(routes).settings?.beyond).toMatchObject({
    priorityScore: true,
    flapping: { times: 4, withinMs: 1_800_000 },
  });
  const off = { resolveWhenMuted: false, silenceReminder: false, priorityScore: false, flapping: false };
  const { beyond } = check({ ...routes, ...off }).settings!;
  expect(beyond).toMatchObject({ resolveWhenMuted: false, silenceReminderMs: 0, priorityScore: false });
  expect(beyond).not.toHaveProperty('flapping');
  expect(check({ ...routes, flapping: { times: 3, within: '10m' } }).settings?.beyond.flapping).toEqual({
    times: 3,
    withinMs: 600_000,
  });
  expect(check({ ...routes, flapping: { times: 1, within: '3h' } }).problems).not.toEqual([]);
});

function inFile(text: string): AlertingConfig {
  const alertmanagerFile = join(temporaryFolder(), 'alertmanager.yml');
  writeFileSync(alertmanagerFile, text);
  return { alertmanagerFile };
}

const TYPED: AlertingConfig = {
  global: { resolveTimeout: '10m', slackAppToken: { parameter: '/tidewatch/slack' } },
  route: {
    receiver: 'tickets',
    groupBy: ['alertname'],
    groupWait: '5s',
    routes: [
      {
        matchers: ['severity=~"page|critical"', { name: 'team', value: 'a "b"' }],
        receiver: 'pager',
        continue: true,
        muteTimeIntervals: ['nights'],
        labels: { tier_name: 'one' },
      },
      { matchers: [{ name: 'service.name', operator: '!=', value: '' }], groupBy: ['...'] },
    ],
  },
  receivers: [
    { name: 'tickets', slack: [{ channel: '#alerts' }] },
    {
      name: 'pager',
      webhook: [{ url: SECRET, maxAlerts: 5, sendResolved: false }],
      pagerduty: [{ routingKey: { secret: 'tidewatch/pd', key: 'routing' }, details: { camelCase: 'x' } }],
    },
  ],
  inhibitRules: [{ sourceMatchers: ['a="1"'], targetMatchers: [{ name: 'b', value: '2' }], equal: ['c'] }],
  timeIntervals: [
    {
      name: 'nights',
      timeIntervals: [{ times: [{ startTime: '00:00', endTime: '06:00' }], location: 'Europe/Berlin' }],
    },
  ],
};

const SAME_IN_YAML = `
global: { resolve_timeout: 10m, slack_app_token: { parameter: /tidewatch/slack } }
route:
  receiver: tickets
  group_by: [alertname]
  group_wait: 5s
  routes:
    - matchers: ['severity=~"page|critical"', 'team="a \\"b\\""']
      receiver: pager
      continue: true
      mute_time_intervals: [nights]
      labels: { tier_name: one }
    - matchers: ['"service.name"!=""']
      group_by: ['...']
receivers:
  - name: tickets
    slack_configs: [{ channel: '#alerts' }]
  - name: pager
    webhook_configs: [{ url: { secret: tidewatch/hook }, max_alerts: 5, send_resolved: false }]
    pagerduty_configs: [{ routing_key: { secret: tidewatch/pd, key: routing }, details: { camelCase: x } }]
inhibit_rules: [{ source_matchers: [a="1"], target_matchers: [b="2"], equal: [c] }]
time_intervals:
  - name: nights
    time_intervals: [{ times: [{ start_time: '00:00', end_time: '06:00' }], location: Europe/Berlin }]
`;

describe('TypeScript', () => {
  test('says the same as an alertmanager.yml', () => {
    const settings = check(TYPED).settings;
    expect(settings).toBeDefined();
    expect(settings).toEqual(check(inFile(SAME_IN_YAML)).settings);
  });

  test('becomes routes, receivers with what `global` gives them, rules and intervals', () => {
    const rules = rulesOf(TYPED);
    expect(rules.resolveTimeoutMs).toBe(600_000);
    expect(rules.receivers[0]!.integrations[0]).toMatchObject({
      kind: 'slack',
      // As in Alertmanager.
      sendResolved: false,
      fields: { channel: '#alerts', app_token: { parameter: '/tidewatch/slack' } },
    });
    expect(rules.receivers[1]!.integrations.map(({ kind }) => kind)).toEqual(['webhook', 'pagerduty']);
    expect(rules.receivers[1]!.integrations[0]).toMatchObject({
      sendResolved: false,
      fields: { url: SECRET },
    });
    const root = buildRoutes(rules.route);
    const receivers = matchRoutes(root, { severity: 'page', team: 'a "b"', 'service.name': 'x' });
    expect(receivers.map(({ receiver }) => receiver)).toEqual(['pager', 'tickets']);
  });

  test('lists every mistake with its path', () => {
    const { problems } = check({
      route: {
        receiver: 'a',
        group_by: ['x'],
        routes: [{ matchers: ['a=~"("', { name: 'x', operator: '==', value: 'y' }] }],
      },
      receivers: [
        { name: 'a', slack: [{ appToken: 'xoxb-1-secret', chanel: '#a' }], carrierPigeon: [{}] },
        { name: 'a', webhook: [{ url: { secret: '' } }] },
      ],
      timeIntervals: [{ name: 'n', timeIntervals: [{ weekdays: ['someday'] }] }],
      routes: [],
    });
    expect(problems.map((line) => line.split(': ')[0]).sort()).toEqual([
      'error alerting.receivers[0].carrierPigeon',
      'error alerting.receivers[0].slack[0].appToken',
      'error alerting.receivers[0].slack[0].chanel',
      'error alerting.receivers[1].name',
      'error alerting.receivers[1].webhook[0].url',
      'error alerting.route.group_by',
      'error alerting.route.routes[0].matchers[0]',
      'error alerting.route.routes[0].matchers[1].operator',
      'error alerting.routes',
      'error alerting.timeIntervals[0].timeIntervals[0].weekdays[0]',
    ]);
    expect(problems.join()).toContain("{ secret: 'tidewatch/app_token' }");
    expect(problems.join()).not.toContain('xoxb');
  });

  test('takes Liquid in messages, and refuses Go', () => {
    const withTitle = (title: string) =>
      check({
        ...TYPED,
        receivers: [...TYPED.receivers!.slice(1), { name: 'tickets', slack: [{ channel: '#a', title }] }],
      });
    expect(withTitle('{{ groupLabels.alertname }}').problems).toEqual([]);
    expect(withTitle('{{ .GroupLabels.alertname }}').problems).toEqual([
      expect.stringMatching(/^error alerting\.receivers\[1\]\.slack\[0\]\.title: .*Go/),
    ]);
    expect(withTitle('{% if %}').problems).toHaveLength(1);
  });

  test('does not throw, whatever is written', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true });
    const section = fc.dictionary(
      fc.constantFrom(
        'route',
        'receivers',
        'global',
        'inhibitRules',
        'timeIntervals',
        'alertmanagerFile',
        'x',
      ),
      fc.oneof(
        anything,
        fc.array(fc.dictionary(fc.constantFrom('name', 'slack', 'webhook', 'matchers'), anything)),
      ),
    );
    fc.assert(
      fc.property(fc.oneof(anything, section), (alerting) => {
        for (const { path, message } of checkConfig({ alerting }).problems) {
          expect(path).toBeTypeOf('string');
          expect(message).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('an alertmanager.yml', () => {
  test('with secrets, files, Go templates and kinds without a channel lists each with the way out', () => {
    const { problems } = check(
      inFile(`
global: { slack_api_url_file: /run/slack, smtp_smarthost: 'mail:25' }
templates: [a.tmpl]
route: { receiver: r }
receivers:
- name: r
  slack_configs: [{ channel: '#a', title: '{{ .GroupLabels.alertname }}' }]
  pagerduty_configs: [{ routing_key: abc123, http_config: { basic_auth: { username: u, password: hunter2 } } }]
  webhook_configs: [{ url: 'http://hook/' }, { url_file: /run/hook }]
  wechat_configs: [{ api_secret: s, corp_id: c }]
`),
    );
    expect(
      problems.map((line) => line.replace(/^error .*alertmanager\.yml: /, '').split(': ')[0]).sort(),
    ).toEqual([
      'global.slack_api_url_file',
      'global.smtp_smarthost',
      'receivers[0].pagerduty_configs[0].http_config.basic_auth.password',
      'receivers[0].pagerduty_configs[0].routing_key',
      'receivers[0].slack_configs[0].title',
      'receivers[0].webhook_configs[0].url',
      'receivers[0].webhook_configs[1].url_file',
      'receivers[0].wechat_configs',
      'templates[0]',
    ]);
    expect(problems.join()).not.toMatch(/abc123|hunter2/);
  });

  test('that is not there, is no YAML, or stands beside routes of its own is an error', () => {
    expect(check({ alertmanagerFile: '/nowhere.yml' }).problems).toEqual([
      'error alerting.alertmanagerFile: expected a file that can be read, got "/nowhere.yml" (ENOENT)',
    ]);
    expect(check(inFile('a: [')).problems[0]).toContain('no valid YAML');
    const both = check({ ...inFile(SAME_IN_YAML), route: { receiver: 'x' } });
    expect(both.problems[0]).toContain('error alerting.route: expected nothing beside alertmanagerFile');
  });
});

describe('SLOs', () => {
  const slos = [slo.lambda('orders').availability(0.999)];

  test('add the inhibition of tickets by the page of the same SLO', () => {
    const [, added] = rulesOf(TYPED, { slos }).inhibitRules;
    expect(added!.equal).toEqual(['slo']);
    expect(matchesAll(added!.source, { slo: 'x', severity: 'page' })).toBe(true);
    expect(matchesAll(added!.target, { slo: 'x', severity: 'ticket' })).toBe(true);
    expect(matchesAll(added!.target, { severity: 'ticket' })).toBe(false);
  });

  test('that name receivers are told to these first, and warn where there is none of the name', () => {
    const told = [
      slo.lambda('orders').availability(0.999, { name: 'orders', notify: ['pager', 'tickets', 'nobody'] }),
    ];
    const root = buildRoutes(rulesOf(TYPED, { slos: told }).route);
    const receivers = (labels: object) => matchRoutes(root, { ...labels }).map(({ receiver }) => receiver);
    expect(receivers({ slo: 'orders', severity: 'ticket' })).toEqual(['pager', 'tickets']);
    expect(receivers({ slo: 'others', severity: 'info' })).toEqual(['tickets']);
    expect(check(TYPED, { slos: told }).problems.join()).toContain('asks for the receiver "nobody"');
  });

  test('without receivers are listed only, which is a warning', () => {
    const { problems, settings } = check(undefined, { slos });
    expect(problems.filter((line) => line.includes('alerting'))).toEqual([
      expect.stringContaining('warning alerting: nothing is written'),
    ]);
    expect(alertingRules(settings!).receivers).toEqual([{ name: 'nobody', integrations: [] }]);
  });
});

test('nothing that makes alerts needs nothing', () => {
  expect(check(undefined)).toEqual({ problems: [], settings: undefined });
});

describe('CloudWatch alarms', () => {
  const alerting = { route: { receiver: 'a' }, receivers: [{ name: 'a' } satisfies AlertReceiverConfig] };

  test('are not taken unless asked for', () => {
    expect(check(alerting).settings?.alarms).toBeUndefined();
    expect(check({ ...alerting, cloudwatchAlarms: true }).settings?.alarms).toEqual({
      namePrefixes: [],
      insufficientData: 'resolve',
      severity: 'ticket',
    });
    expect(
      check({ ...alerting, cloudwatchAlarms: { namePrefixes: ['prod-'], severity: 'page' } }).settings
        ?.alarms,
    ).toEqual({ namePrefixes: ['prod-'], insufficientData: 'resolve', severity: 'page' });
  });
});
