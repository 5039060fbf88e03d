// Alertmanager's API on the local stack, driven by its own clients: a real Prometheus posts what fires, a real amtool
// looks at it and silences it. Both are skipped where they are not on the machine (Debian packages `prometheus` and
// `prometheus-alertmanager`; TIDEWATCH_PROMETHEUS and TIDEWATCH_AMTOOL name others).
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientSettings } from '../../lib/local/environment.ts';
import { packageRoot } from '../../lib/local/paths.ts';
import { type LocalStack, startStack, stopStack } from '../../lib/local/stack.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const options = { project: packageRoot(), name: 'test-e2e-alertmanager-api', say: console.error };
const CONFIG = join(packageRoot(), 'test', 'e2e', 'alertmanager-api.config.ts');
const PROMETHEUS = process.env.TIDEWATCH_PROMETHEUS ?? 'prometheus';
const AMTOOL = process.env.TIDEWATCH_AMTOOL ?? 'amtool';
const prometheusIsHere = spawnSync(PROMETHEUS, ['--version']).status === 0;
const amtoolIsHere = spawnSync(AMTOOL, ['--version']).status === 0;

type Alert = {
  labels: Record<string, string>;
  status: { state: string; silencedBy: string[] };
  receivers: object[];
};

let stack: LocalStack;
let prometheus: ChildProcess | undefined;

beforeAll(async () => {
  await stopStack(options);
  stack = await startStack({ ...options, context: { config: CONFIG } });
}, 240_000);

afterAll(async () => {
  prometheus?.kill();
  await stopStack(options);
});

async function api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const { alertsUrl, alertsKey } = stack.endpoints;
  const answer = await fetch(`${alertsUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${alertsKey}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    json: text.startsWith('OK') || text === '' ? text : JSON.parse(text),
  };
}

/** Alerts of that name, as soon as there are some. */
async function alertsNamed(name: string): Promise<Alert[]> {
  for (let attempt = 0; ; attempt++) {
    const { json } = await api('GET', `/api/v2/alerts?filter=alertname="${name}"`);
    if (json.length > 0 || attempt >= 120) return json;
    await sleep(500);
  }
}

describe('the deployed API', () => {
  test('says that it is well to anybody, and the rest to holders of a key', async () => {
    expect(await api('GET', '/-/healthy', undefined, { authorization: '' })).toMatchObject({ status: 200 });
    expect((await api('GET', '/api/v2/status')).json.cluster.status).toBe('disabled');
    const { status, json } = await api('GET', '/api/v2/alerts', undefined, { authorization: 'Bearer no' });
    expect([status, json.reason]).toEqual([401, 'keyInvalid']);
    const ingest = { authorization: `Bearer ${stack.endpoints.ingestKey}` };
    expect((await api('GET', '/api/v2/alerts', undefined, ingest)).status).toBe(403);
    expect((await api('GET', '/nowhere')).status).toBe(404);
  });

  test('takes the good alerts of a post and says what is wrong with the others', async () => {
    const { status, json } = await api('POST', '/api/v2/alerts', [
      { labels: { alertname: 'Mixed', severity: 'page' } },
      { labels: {} },
      { labels: { alertname: 'Huge', text: 'x'.repeat(400_000) } },
    ]);
    expect(status).toBe(400);
    expect(json).toContain('2 alerts refused, 1 taken; alert 1: at least one label pair required');
    expect(await alertsNamed('Mixed')).toMatchObject([
      { receivers: [{ name: 'pager' }], status: { state: 'active' } },
    ]);
  }, 70_000);

  test('lists 10,000 alerts in one answer', async () => {
    for (let from = 0; from < 10_000; from += 5_000) {
      const alerts = Array.from({ length: 5_000 }, (_, i) => ({
        labels: {
          alertname: 'Many',
          instance: `host-${from + i}.example.com:9100`,
          job: 'node',
          severity: 'ticket',
        },
        annotations: {
          summary: 'the disk of this host is nearly full',
          runbook_url: 'https://runbooks.example.com/disk',
        },
      }));
      expect((await api('POST', '/api/v2/alerts', alerts)).status).toBe(200);
    }
    let count = 0;
    for (let attempt = 0; attempt < 90 && count < 10_000; attempt++) {
      await sleep(1_000);
      const { status, json } = await api('GET', '/api/v2/alerts?filter=alertname="Many"');
      expect(status).toBe(200);
      count = json.length;
    }
    expect(count).toBe(10_000);
    const groups = await api('GET', '/api/v2/alerts/groups?receiver=tickets');
    expect(groups.headers.get('content-encoding')).toBe('gzip');
    expect(groups.json[0].alerts).toHaveLength(10_000);
  }, 180_000);
});

describe('CloudWatch alarms', () => {
  test('are listed with their tags while they last, and end', async () => {
    const settings = clientSettings(stack.endpoint);
    const cloudwatch = new CloudWatchClient(settings);
    const lambda = new LambdaClient(settings);
    const { physicalId: FunctionName } = stack.endpoints.resources.find(
      ({ type, logicalId }) => type === 'AWS::Lambda::Function' && /ReceiveEvents/.test(logicalId),
    )!;
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'orders-errors',
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        Tags: [{ Key: 'severity', Value: 'page' }],
      }),
    );
    const { MetricAlarms = [] } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: ['orders-errors'] }),
    );
    const arn = MetricAlarms[0]!.AlarmArn!;
    const change = async (value: string) => {
      const time = new Date().toISOString();
      const event = {
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm State Change',
        account: arn.split(':')[4],
        region: arn.split(':')[3],
        time,
        resources: [arn],
        detail: { alarmName: 'orders-errors', state: { value, reason: 'a test', timestamp: time } },
      };
      const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
      expect(answer.FunctionError).toBeUndefined();
    };
    await change('ALARM');
    expect(await alertsNamed('orders-errors')).toMatchObject([
      { labels: { severity: 'page', source: 'cloudwatch' }, receivers: [{ name: 'pager' }] },
    ]);
    await change('OK');
    for (let attempt = 0; attempt < 60; attempt++) {
      if ((await api('GET', '/api/v2/alerts?filter=alertname="orders-errors"')).json.length === 0) break;
      await sleep(500);
    }
    expect((await api('GET', '/api/v2/alerts?filter=alertname="orders-errors"')).json).toEqual([]);

    await cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: 'orders-errors', StateValue: 'ALARM', StateReason: 'it lasts' }),
    );
    // What the schedule calls with.
    const Payload = JSON.stringify({ time: new Date().toISOString() });
    expect((await lambda.send(new InvokeCommand({ FunctionName, Payload }))).FunctionError).toBeUndefined();
    expect(await alertsNamed('orders-errors')).toMatchObject([{ annotations: { reason: 'it lasts' } }]);
  }, 90_000);
});

describe.skipIf(!prometheusIsHere)(
  `Prometheus${prometheusIsHere ? '' : ' (skipped: it is not on the machine; Debian package prometheus)'}`,
  () => {
    test('posts an alert that always fires, and keeps it firing', async () => {
      const folder = temporaryFolder();
      const { host, protocol } = new URL(stack.endpoints.alertsUrl!);
      const rule =
        '{ alert: AlwaysFires, expr: vector(1), labels: { severity: ticket }, annotations: { summary: "it always does" } }';
      writeFileSync(join(folder, 'rules.yml'), `groups: [{ name: test, interval: 1s, rules: [${rule}] }]\n`);
      writeFileSync(
        join(folder, 'prometheus.yml'),
        `
global: { evaluation_interval: 1s }
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - scheme: ${protocol.slice(0, -1)}
      basic_auth: { username: prometheus, password: ${stack.endpoints.alertsKey} }
      static_configs: [{ targets: ['${host}'] }]
`,
      );
      const port = await freePort();
      prometheus = spawn(
        PROMETHEUS,
        [
          `--config.file=${join(folder, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(folder, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--rules.alert.resend-delay=5s',
        ],
        { stdio: 'ignore' },
      );
      const [alert] = await alertsNamed('AlwaysFires');
      expect(alert).toMatchObject({
        labels: { alertname: 'AlwaysFires', severity: 'ticket' },
        annotations: { summary: 'it always does' },
        receivers: [{ name: 'tickets' }],
        status: { state: 'active' },
      });
      const errors = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      expect(errors).toMatch(/^prometheus_notifications_errors_total\{[^}]*\} 0$/m);
      expect(errors).toMatch(/^prometheus_notifications_sent_total\{[^}]*\} [1-9]/m);
    }, 90_000);
  },
);

describe.skipIf(!amtoolIsHere)(
  `amtool${amtoolIsHere ? '' : ' (skipped: it is not on the machine; Debian package prometheus-alertmanager)'}`,
  () => {
    const amtool = (...args: string[]): string => {
      const url = new URL(stack.endpoints.alertsUrl!);
      url.username = 'amtool';
      url.password = stack.endpoints.alertsKey!;
      return execFileSync(AMTOOL, [`--alertmanager.url=${url}`, ...args], {
        encoding: 'utf8',
        timeout: 30_000,
      });
    };

    test('adds an alert, lists it, silences it and ends the silence', async () => {
      amtool('alert', 'add', 'alertname=ByHand', 'severity=page', '--annotation=summary=by hand');
      const [added] = await alertsNamed('ByHand');
      expect(added).toMatchObject({
        labels: { alertname: 'ByHand', severity: 'page' },
        receivers: [{ name: 'pager' }],
      });
      const query = (...more: string[]): Alert[] =>
        JSON.parse(amtool('alert', 'query', '-o', 'json', 'alertname=ByHand', ...more));
      expect(query()).toHaveLength(1);

      const id = amtool(
        'silence',
        'add',
        'alertname=ByHand',
        '--author=test',
        '--comment=on purpose',
        '--duration=1h',
      ).trim();
      expect(query()).toHaveLength(0);
      expect(query('--silenced')).toMatchObject([{ status: { state: 'suppressed', silencedBy: [id] } }]);
      expect(JSON.parse(amtool('silence', 'query', '-o', 'json'))).toMatchObject([
        { id, createdBy: 'test', comment: 'on purpose', status: { state: 'active' } },
      ]);

      amtool('silence', 'update', id, '--duration=2h', '--comment=longer');
      expect(JSON.parse(amtool('silence', 'query', '-o', 'json'))).toMatchObject([{ id, comment: 'longer' }]);

      amtool('silence', 'expire', id);
      expect(JSON.parse(amtool('silence', 'query', '-o', 'json'))).toEqual([]);
      expect(query()).toMatchObject([{ status: { state: 'active', silencedBy: [] } }]);
    }, 90_000);

    test('reads the routing tree', () => {
      expect(amtool('config', 'routes', 'test', 'severity=page').trim()).toBe('pager');
      expect(amtool('config', 'routes', 'test', 'severity=ticket').trim()).toBe('tickets');
    });
  },
);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}
