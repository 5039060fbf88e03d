// `routes` and `alerts replay` on the command line.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tidewatch } from './run-cli.ts';

const CONFIG = `
route:
  receiver: everyone
  group_by: [alertname]
  routes:
  - {receiver: web, matchers: [team="web"], continue: true}
  - {receiver: pager, matchers: [severity=~"page|critical"]}
receivers:
- {name: everyone, webhook_configs: [{url: 'http://a.invalid/'}]}
- {name: web, webhook_configs: [{url: 'http://b.invalid/'}]}
- {name: pager, webhook_configs: [{url: 'http://c.invalid/'}]}
`;

function file(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe('tidewatch routes', () => {
  const config = file('alertmanager.yml', CONFIG);

  test.each([
    [['team=web', 'severity=page'], 'web,pager\n'],
    [['team="web"'], 'web\n'],
    [[], 'everyone\n'],
  ])('test %j prints the receivers', async (labels, stdout) => {
    const run = await tidewatch('routes', 'test', '--config', config, ...labels);
    expect(run).toEqual({ code: 0, stdout, stderr: '' });
  });

  test('test, show and replay take the configuration in TypeScript', async () => {
    const options = ['--config', 'examples/alerting.config.ts'];
    const run = await tidewatch('routes', 'test', ...options, 'severity=page', 'team=data');
    expect(run).toEqual({ code: 0, stdout: 'pager\n', stderr: '' });
    expect((await tidewatch('routes', 'show', ...options)).stdout).toContain('receiver: data');
    const events = file('events.jsonl', '{"at":"0s","labels":{"alertname":"A"}}\n');
    const replayed = await tidewatch(
      'alerts',
      'replay',
      ...options,
      '--events',
      events,
      '--until',
      '1m',
      '--json',
    );
    expect(JSON.parse(replayed.stdout)).toMatchObject({ at: 30, receiver: 'tickets' });
  });

  test('a configuration without alerting is wrong usage', async () => {
    const run = await tidewatch('routes', 'test', '--config', 'examples/minimal.config.ts', 'a=b');
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('has no alerting') });
  });

  test('test and show take a file as it is deployed, with references and kinds of ours', async () => {
    const deployed = file(
      'deployed.yml',
      `
route: {receiver: everyone, routes: [{receiver: people, matchers: [severity="page"]}]}
receivers:
- {name: everyone, webhook_configs: [{url: {secret: tidewatch/hook}}]}
- {name: people, escalation_configs: [{policy: shop}], jsm_configs: [{api_key: {parameter: /tidewatch/jsm}}]}
`,
    );
    const run = await tidewatch('routes', 'test', '--config', deployed, 'severity=page');
    expect(run).toEqual({ code: 0, stdout: 'people\n', stderr: '' });
    expect((await tidewatch('routes', 'show', '--config', deployed)).code).toBe(0);
  });

  test('test refuses what is no label, with exit code 2', async () => {
    const run = await tidewatch('routes', 'test', '--config', config, 'team!=web');
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('expected labels as label=value, got "team!=web"');
  });

  test('show draws the tree', async () => {
    const { code, stdout } = await tidewatch('routes', 'show', '--config', config);
    expect(code).toBe(0);
    expect(stdout).toContain('    ├── {team="web"}  continue: true  receiver: web  grouping: [alertname]\n');
  });

  test('lists every problem of the file and exits with 1', async () => {
    const bad = file('bad.yml', 'route: {receiver: x, group_wait: 5}\nreceivers: []\n');
    const run = await tidewatch('routes', 'show', '--config', bad);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain('route.group_wait: expected a duration');
    expect(run.stderr).toContain('route.receiver: undefined receiver "x"');
  });
});

describe('tidewatch alerts replay', () => {
  const config = file('alertmanager.yml', CONFIG);
  const lines = [
    { at: '1s', labels: { alertname: 'Down', team: 'web' } },
    { at: '2s', labels: {} },
    { at: '1m', receiverFails: { receiver: 'web', until: '1m', status: 500 } },
  ];
  const events = file('events.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));

  test('prints one line for each notification, and says what was refused', async () => {
    const run = await tidewatch('alerts', 'replay', '--config', config, '--events', events, '--json');
    expect(run.code).toBe(0);
    expect(
      run.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        at: 31,
        receiver: 'web',
        groupKey: '{}/{team="web"}:{alertname="Down"}',
        status: 'firing',
        alerts: [{ labels: { alertname: 'Down', team: 'web' }, status: 'firing' }],
      },
    ]);
    expect(run.stderr).toContain('at 2s: refused (noLabels)');
  });

  test('goes on to --until', async () => {
    const run = await tidewatch(
      'alerts',
      'replay',
      '--config',
      config,
      '--events',
      events,
      '--until',
      '6m',
      '--json',
    );
    const statuses = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).status);
    expect(statuses).toEqual(['firing', 'resolved']);
  });

  test('lists every bad line', async () => {
    const bad = file(
      'bad.jsonl',
      '{"at":"soon","labels":{}}\nnothing\n{"at":"1s","silence":{"endsAt":"5s"}}\n{"at":"1s"}',
    );
    const run = await tidewatch('alerts', 'replay', '--config', config, '--events', bad);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    for (const line of [1, 2, 3, 4]) expect(run.stderr).toContain(`line ${line}: `);
  });
});
