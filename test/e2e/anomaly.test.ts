// Anomalies from end to end on the local stack: two weeks of a shop's span metrics lie in CloudWatch, a service gets
// slow, and the deployed function, called as its schedule calls it, puts one alert on the queue and takes it back.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import {
  CloudWatchClient,
  GetMetricDataCommand,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsEnvironment, clientSettings, withoutAws } from '../../lib/local/environment.ts';
import { packageRoot } from '../../lib/local/paths.ts';
import { type LocalStack, startStack, stopStack } from '../../lib/local/stack.ts';
import type { Alert } from '../../lib/model/alert.ts';

const options = { project: packageRoot(), name: 'test-e2e-anomaly', say: console.error };
const STEP = 300_000;
/** CloudWatch takes points of the last two weeks; a little less, so that none grows too old while the test runs. */
const HISTORY = 14 * 86_400_000 - 12 * STEP;
/** A period is judged this long after its end. */
const SETTLE = 120_000;
/** Now, as the function is told; what comes after lies in the two hours ahead for which CloudWatch takes points. */
const begin = Math.floor(Date.now() / STEP) * STEP;

/** Milliseconds a request takes on each service of the chain. */
const SERVICES = { checkout: 120, payments: 45, ledger: 12, search: 30 } as const;
type Service = keyof typeof SERVICES;
const CALLS = [
  ['checkout', 'payments'],
  ['payments', 'ledger'],
  ['checkout', 'search'],
] as const;

let stack: LocalStack;
let cloudwatch: CloudWatchClient;
let lambda: LambdaClient;
let sqs: SQSClient;
let detect: string;
let record: string;
let watchLogs: string;
let logs: CloudWatchLogsClient;
/** Of the next evaluation. */
let now = begin;

beforeAll(async () => {
  await stopStack(options);
  const app = `node ${join(packageRoot(), 'test', 'e2e', 'anomaly-app.ts')}`;
  stack = await startStack({ ...options, app });
  const settings = clientSettings(stack.endpoint);
  cloudwatch = new CloudWatchClient(settings);
  lambda = new LambdaClient(settings);
  sqs = new SQSClient(settings);
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const named = (part: string): string =>
    Functions.find(({ FunctionName }) => FunctionName?.includes(part))!.FunctionName!;
  detect = named('DetectAnomalies');
  record = named('RecordChanges');
  watchLogs = named('WatchLogs');
  logs = new CloudWatchLogsClient(settings);
  for (const service of Object.keys(SERVICES) as Service[]) {
    const points: MetricDatum[] = [];
    for (let time = begin - HISTORY; time < begin; time += STEP) points.push(duration(service, time, 1));
    await put(points);
  }
  await put(
    CALLS.map(([service, remote]) => ({
      MetricName: 'Calls',
      Dimensions: [
        { Name: 'service', Value: service },
        { Name: 'remote', Value: remote },
      ],
      Timestamp: new Date(begin - STEP),
      Value: 100,
    })),
  );
});
afterAll(() => stopStack(options));

/** A day's curve with noise that is the same at the same time. @param factor 1 is usual */
function duration(service: Service, time: number, factor: number): MetricDatum {
  const noise = Math.sin(time / 7_919 + service.length) + Math.sin(time / 104_729);
  const curve = 1 + 0.25 * Math.sin((2 * Math.PI * time) / 86_400_000) + 0.03 * noise;
  return {
    MetricName: 'Duration',
    Dimensions: [
      { Name: 'service', Value: service },
      { Name: 'operation', Value: `POST /${service}` },
    ],
    Unit: 'Milliseconds',
    Timestamp: new Date(time),
    Value: SERVICES[service] * curve * factor,
  };
}

async function put(points: readonly MetricDatum[]): Promise<void> {
  for (let at = 0; at < points.length; at += 1000) {
    const MetricData = points.slice(at, at + 1000);
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Tidewatch/Spans', MetricData }));
  }
}

/** Calls the function as its schedule does; the emulator answers when it is through. */
async function invoke(FunctionName: string, event: object): Promise<unknown> {
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  const text = Buffer.from(answer.Payload ?? []).toString();
  expect(answer.FunctionError, text).toBeUndefined();
  return text === '' ? undefined : JSON.parse(text);
}

/** The next five minutes: their points arrive, then the function is called. @param slow how many times slower */
async function fiveMinutes(slow: Partial<Record<Service, number>> = {}): Promise<readonly Alert[]> {
  const services = Object.keys(SERVICES) as Service[];
  await put(services.map((service) => duration(service, now, slow[service] ?? 1)));
  now += STEP;
  await invoke(detect, { time: new Date(now + SETTLE).toISOString(), every: '5m' });
  return receive();
}

/** What the command line answers with --json, pointed at the emulator. */
function tidewatch(...args: string[]): unknown {
  const cli = join(packageRoot(), 'lib', 'cli', 'main.ts');
  const env = { ...withoutAws(), ...awsEnvironment(stack.endpoint) };
  const run = spawnSync(process.execPath, [cli, ...args, '--json'], { env, encoding: 'utf8' });
  expect(run.status, run.stderr).toBe(0);
  return JSON.parse(run.stdout);
}

/** What is on the alert queue, taken off it. */
async function receive(): Promise<Alert[]> {
  const QueueUrl = stack.outputs.AlertQueueUrl!;
  const alerts: Alert[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    if (Messages.length === 0) return alerts;
    for (const { Body = '{}', ReceiptHandle } of Messages) {
      alerts.push(...(JSON.parse(Body) as { alerts: Alert[] }).alerts);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

describe('a fault in a service with two weeks of history', () => {
  let fired: Alert | undefined;
  let brokenAt = 0;

  test('comes after evaluations that find nothing', async () => {
    await invoke(detect, { time: new Date(now + SETTLE).toISOString(), every: '5m' });
    expect(await receive()).toEqual([]);
    expect(await fiveMinutes()).toEqual([]);
  });

  test('is one alert within two evaluations, names the faulty service first, and the deployment before it', async () => {
    await invoke(record, {
      id: 'event-1',
      time: new Date(now - STEP).toISOString(),
      source: 'aws.codedeploy',
      detail: { application: 'payments', deploymentId: 'd-42', deploymentGroup: 'all', state: 'SUCCESS' },
    });
    brokenAt = now;
    const slow = { payments: 9, checkout: 4 };
    let alerts = await fiveMinutes(slow);
    if (alerts.length === 0) alerts = await fiveMinutes(slow);
    fired = alerts[0];
    expect(alerts).toHaveLength(1);
    expect(fired?.labels).toMatchObject({ alertname: 'Anomaly', service: 'payments' });
    expect(['page', 'ticket', 'info']).toContain(fired?.labels.severity);
    expect(fired?.startsAt).toBe(brokenAt);
    expect(fired?.endsAt).toBe(now + SETTLE + 15 * 60_000);
    expect(fired?.annotations.summary).toMatch(
      /^payments: Duration p95 of POST \/payments is \d.*, usually \d.* to \d.*; also affected: checkout$/,
    );
    expect(fired?.annotations.causes).toMatch(
      /^1\. payments \((0\.\d+|1\.00)\): Duration p95 is .* above normal/,
    );
    expect(fired?.annotations.changes).toMatch(/payments: deployment d-42 to all: SUCCESS$/);
  });

  test('is sent again while it lasts', async () => {
    const again = await fiveMinutes({ payments: 9, checkout: 4 });
    expect(again.map(({ labels }) => labels)).toEqual([fired?.labels]);
    expect(again[0]?.endsAt).toBe(now + SETTLE + 15 * 60_000);
    expect(again[0]?.startsAt).toBe(brokenAt);
  });

  test('is listed by the command line', () => {
    const { incidents, predictions } = tidewatch('anomalies', 'list', '--stack', 'TidewatchAnomaly') as {
      incidents: { service: string; causes: { component: string }[] }[];
      predictions: unknown[];
    };
    expect(incidents).toMatchObject([{ service: 'payments' }]);
    expect(incidents[0]?.causes[0]?.component).toBe('payments');
    expect(predictions).toEqual([]);
  });

  test('is resolved when it is over', async () => {
    const resolved: Alert[] = [];
    for (let evaluation = 0; evaluation < 4 && resolved.length === 0; evaluation++) {
      resolved.push(...(await fiveMinutes()).filter(({ endsAt }) => endsAt <= now + SETTLE));
    }
    expect(resolved.map(({ labels }) => labels)).toEqual([fired?.labels]);
    expect(await fiveMinutes()).toEqual([]);
  });

  test('is a published score that anyone can look at', async () => {
    const { MetricDataResults } = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(brokenAt),
        EndTime: new Date(brokenAt + STEP),
        MetricDataQueries: [
          {
            Id: 'score',
            MetricStat: {
              Metric: {
                Namespace: 'Tidewatch/Anomalies',
                MetricName: 'AnomalyScore',
                Dimensions: [
                  { Name: 'component', Value: 'payments' },
                  { Name: 'metric', Value: 'Duration p95 operation=POST /payments,service=payments' },
                ],
              },
              Period: 300,
              Stat: 'Maximum',
            },
          },
        ],
      }),
    );
    expect(MetricDataResults?.[0]?.Values?.[0]).toBeGreaterThanOrEqual(0.5);
  });

  test('is what a backtest on the same metrics shows', () => {
    const backtest = ['anomalies', 'backtest', '--preset', 'spans', '--name', 'payments'];
    const { metrics, totals } = tidewatch(...backtest, '--strictness', '1') as {
      metrics: { rows: number }[];
      totals: unknown;
    };
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({ statistic: 'p95', component: 'payments' });
    expect(metrics[0]?.rows).toBeGreaterThan(3_900);
    expect(totals).toEqual([{ strictness: 1, alerts: expect.any(Number), alertsPerDay: expect.any(Number) }]);
  });
});

describe('a log group that is watched', () => {
  const logGroupName = '/shop/payments';
  const logStreamName = 'one';
  const windows = 9;
  const start = begin - (windows + 1) * STEP;

  test('tells of a line that was never there before', async () => {
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    const logEvents = Array.from({ length: windows * 10 }, (_, at) => ({
      timestamp: start + at * (STEP / 10),
      message: `order ${1_000 + at} was paid in ${at % 7} ms`,
    }));
    const broken = {
      timestamp: start + (windows - 0.5) * STEP,
      message: 'connection to ledger refused: error 111',
    };
    const sorted = [...logEvents, broken].toSorted((a, b) => a.timestamp - b.timestamp);
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: sorted }));
    const alerts: Alert[] = [];
    for (let window = 1; window <= windows; window++) {
      const time = new Date(start + window * STEP + SETTLE).toISOString();
      await invoke(watchLogs, { time, every: '5m' });
      const told = await receive();
      if (window < windows) expect(told).toEqual([]);
      alerts.push(...told);
    }
    expect(alerts.map(({ labels }) => labels)).toMatchObject([
      {
        alertname: 'LogPattern',
        kind: 'new',
        service: 'payments',
        log_group: logGroupName,
        severity: 'ticket',
      },
    ]);
    expect(alerts[0]?.annotations.summary).toMatch(
      /^payments: new log pattern: connection to ledger refused/,
    );
  });
});
