// Reading alertmanager.yml: everything wrong is listed with its path, what cannot be deployed apart.
import { describe, expect, test } from 'vitest';
import { parsePrometheusDuration } from '../../lib/alerting/config/duration.ts';
import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import { AlertmanagerConfigError } from '../../lib/alerting/config/problem.ts';

const RECEIVERS = 'receivers: [{name: r}]\n';

function problemsOf(text: string): string[] {
  try {
    parseAlertmanagerConfig(text);
    return [];
  } catch (error) {
    if (!(error instanceof AlertmanagerConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('a configuration', () => {
  test('lists all its problems at once', () => {
    const text = `
global: {resolve_timeout: soon, colour: red}
route:
  receiver: nobody
  group_wait: 30
  group_interval: 0s
  routes:
  - matchers: ['a=~"("', 'b']
    group_by: ['...', a, a]
    mute_time_intervals: [never]
  - {continue: maybe, match_re: {a: ')'}}
receivers:
- {name: r, webhook_configs: [{}], sms_configs: []}
- {name: r, slack_configs: [{channel: '#a', api_url: ftp://x}]}
`;
    expect(problemsOf(text)).toEqual([
      'global.colour: unknown field',
      'global.resolve_timeout: expected a duration such as "30s", got "soon"',
      expect.stringMatching(/^receivers\[0\]\.sms_configs: unknown field/),
      'receivers[0].webhook_configs[0]: expected one of url, url_file, got none',
      'receivers[1].slack_configs[0].api_url: expected a URL with http or https',
      'route.group_wait: expected a duration such as "30s", got "30"',
      'route.group_interval: expected more than zero, got 0',
      'route.routes[0].group_by[2]: label "a" is listed twice',
      "route.routes[0].group_by: cannot have '...' and other labels, got ..., a, a",
      expect.stringMatching(/^route\.routes\[0\]\.matchers\[0\]: bad regular expression "\("/),
      'route.routes[0].matchers[1]: bad matcher format: b',
      expect.stringMatching(/^route\.routes\[1\]\.match_re\.a: bad regular expression "\)"/),
      'route.routes[1].continue: expected true or false, got "maybe"',
      'receivers[1].name: "r" is not unique',
      'route.receiver: undefined receiver "nobody"',
      'route.routes[0].mute_time_intervals: undefined time interval "never"',
    ]);
  });

  test.each([
    ['without a route', RECEIVERS, 'route: expected a route, got none'],
    ['that is no YAML', 'route: [', ': no valid YAML'],
    ['with a key twice', `route: {receiver: r, receiver: r}\n${RECEIVERS}`, ': no valid YAML'],
    ['with matchers at the root', `route: {receiver: r, matchers: [a=b]}\n${RECEIVERS}`, 'route.matchers: '],
    ['without a receiver at the root', `route: {group_by: [a]}\n${RECEIVERS}`, 'route.receiver: '],
    ['with an unknown section', `route: {receiver: r}\nrules: []\n${RECEIVERS}`, 'rules: unknown field'],
    [
      'with a day range that goes backwards',
      `route: {receiver: r}\n${RECEIVERS}time_intervals: [{name: a, time_intervals: [{weekdays: ['friday:monday']}]}]`,
      'time_intervals[0].time_intervals[0].weekdays[0]: expected the start not to come after the end',
    ],
    [
      'with a time zone that is none',
      `route: {receiver: r}\n${RECEIVERS}time_intervals: [{name: a, time_intervals: [{location: Mars/North}]}]`,
      'time_intervals[0].time_intervals[0].location: expected a time zone',
    ],
  ])('%s is refused', (_what, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });

  test('takes numbers and words of YAML as the texts they are', () => {
    const { route } = parseAlertmanagerConfig(
      `---\nroute: {receiver: r, routes: [{match: {code: 503, flag: yes, none: ''}, continue: yes}]}\n${RECEIVERS}`,
    );
    expect(route.routes[0]).toMatchObject({
      continue: true,
      matchers: [
        { name: 'code', value: '503' },
        { name: 'flag', value: 'yes' },
        { name: 'none', value: '' },
      ],
    });
  });

  test('with secrets and Go templates is valid, but each is named for the deployment', () => {
    const { deploymentProblems } = parseAlertmanagerConfig(`
global: {slack_api_url_file: /run/slack}
templates: [a.tmpl]
route: {receiver: r}
receivers:
- name: r
  slack_configs: [{channel: '#a', title: '{{ .GroupLabels.alertname }}', fields: [{title: x, value: '{{ .Status }}'}]}]
  pagerduty_configs: [{routing_key: abc, http_config: {basic_auth: {username: u, password: p}}}]
  webhook_configs: [{url: 'http://a/'}]
`);
    expect(deploymentProblems.map(({ path }) => path).sort()).toEqual([
      'global.slack_api_url_file',
      'receivers[0].pagerduty_configs[0].http_config.basic_auth.password',
      'receivers[0].pagerduty_configs[0].routing_key',
      'receivers[0].slack_configs[0].fields[0].value',
      'receivers[0].slack_configs[0].title',
      'receivers[0].webhook_configs[0].url',
      'templates[0]',
    ]);
    // The way out is named, the secret is not.
    expect(JSON.stringify(deploymentProblems)).toContain("{ secret: 'tidewatch/routing_key' }");
    expect(JSON.stringify(deploymentProblems)).not.toContain('abc');
  });
});

test.each([
  ['0', 0],
  ['1h30m', 5_400_000],
  ['1y', 31_536_000_000],
  ['1y1w', 32_140_800_000],
  ['1s500ms', 1_500],
  ['', undefined],
  ['30', undefined],
  ['-5m', undefined],
  ['1m1h', undefined],
])('the duration "%s" is %s ms', (text, ms) => {
  expect(parsePrometheusDuration(text)).toBe(ms);
});
