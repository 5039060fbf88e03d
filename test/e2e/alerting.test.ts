// Alert routing from end to end on the local stack: an alert that is put on the queue reaches a webhook once, goes on
// through failures and lost wake-ups, and its end follows; the heartbeat goes the whole way.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { DisableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AlertQueue } from '../../lib/aws/alert-queue.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { clientSettings } from '../../lib/local/environment.ts';
import { packageRoot } from '../../lib/local/paths.ts';
import { type LocalStack, startStack, stopStack } from '../../lib/local/stack.ts';
import { signedClientOf } from '../stack/support/state-table.ts';

const options = { project: packageRoot(), name: 'test-e2e-alerting', say: console.error };
const CONFIG = join(packageRoot(), 'test', 'e2e', 'alerting.config.ts');
const TIMEOUT_MS = 60_000;

interface Told {
  readonly status: string;
  readonly groupKey: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Record<string, string> }[];
  readonly key: string;
}

let stack: LocalStack;
let queue: AlertQueue;
let server: Server;
let lambda: LambdaClient;
let sweepTimers: string;
const told: Told[] = [];
/** Answers of the webhook to come; 200 when there are none. */
let answers: number[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const status = answers.shift() ?? 200;
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Omit<Told, 'key'>;
      if (status === 200) told.push({ ...body, key: String(request.headers['idempotency-key']) });
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await stopStack(options);
  stack = await startStack({ ...options, context: { config: CONFIG } });
  const settings = clientSettings(stack.endpoint);
  lambda = new LambdaClient(settings);
  const { port } = server.address() as AddressInfo;
  await new SecretsManagerClient(settings).send(
    new CreateSecretCommand({ Name: 'tidewatch/hook', SecretString: `http://127.0.0.1:${port}/` }),
  );
  const events = new EventBridgeClient(settings);
  // The test is the clock of the sweep.
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  for (const { Name, ScheduleExpression } of Rules) {
    if (ScheduleExpression !== undefined) await events.send(new DisableRuleCommand({ Name }));
  }
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  sweepTimers = Functions.find(({ FunctionName }) => FunctionName?.includes('SweepTimers'))!.FunctionName!;
  const transport = signedClientOf(stack);
  queue = new AlertQueue(stack.outputs.AlertQueueUrl!, transport, { budget: new RetryBudget() });
});

afterAll(async () => {
  server.close();
  await stopStack(options);
});

beforeEach(() => {
  told.length = 0;
  answers = [];
});

async function put(alertname: string, state: 'fires' | 'resolves', instance = 'a'): Promise<void> {
  const now = Date.now();
  const endsAt = state === 'fires' ? now + 15 * 60_000 : now;
  const alert = {
    labels: { alertname, instance, severity: 'page' },
    annotations: { summary: `${alertname} on ${instance}` },
    startsAt: now - 30_000,
    endsAt,
    generatorUrl: '',
    source: 'test',
  };
  await queue.send([alert], now);
}

/** Calls sweep-timers as its schedule does. */
async function sweep(now: number): Promise<void> {
  const { FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: sweepTimers,
      Payload: JSON.stringify({ time: new Date(now).toISOString() }),
    }),
  );
  expect(FunctionError).toBeUndefined();
}

async function until(isDone: () => boolean): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!isDone()) {
    if (Date.now() > deadline) throw new Error(`not told in time; told: ${JSON.stringify(told)}`);
    await sleep(200);
  }
}

describe('an alert on the queue', { timeout: 3 * TIMEOUT_MS }, () => {
  test('reaches the webhook once, and its end follows', async () => {
    await put('Down', 'fires');
    await until(() => told.length > 0);
    // The same alert again is no news, nor is a tick without any.
    await put('Down', 'fires');
    await sleep(9_000);
    expect(told).toMatchObject([
      { status: 'firing', groupKey: '{}:{alertname="Down"}', alerts: [{ status: 'firing' }] },
    ]);
    await put('Down', 'resolves');
    await until(() => told.length > 1);
    await sleep(5_000);
    expect(told).toMatchObject([{ status: 'firing' }, { status: 'resolved' }]);
    expect(new Set(told.map(({ key }) => key)).size).toBe(2);
  });

  test('is sent again while the webhook fails, and with what came meanwhile at the next tick', async () => {
    answers = [503, 503];
    await put('Slow', 'fires', 'a');
    await until(() => told.length > 0);
    expect(answers).toEqual([]);
    await put('Slow', 'fires', 'b');
    await until(() => told.length > 1);
    expect(told[1]!.alerts.map(({ labels }) => labels.instance).toSorted()).toEqual(['a', 'b']);
    await put('Slow', 'resolves', 'a');
    await put('Slow', 'resolves', 'b');
    await until(() => told.at(-1)!.status === 'resolved');
  });

  test('is told although its wake-up was lost: the sweep finds the timer', async () => {
    await stack.admin.setFaults([{ service: 'sqs', operation: 'SendMessage', kind: 'error', rate: 1 }]);
    await put('Lost', 'fires');
    await sleep(10_000);
    await stack.admin.clearFaults();
    expect(told).toEqual([]);
    // A message counts as lost half a minute after it was due.
    await sweep(Date.now() + 40_000);
    await until(() => told.length > 0);
    await put('Lost', 'resolves');
    await until(() => told.at(-1)!.status === 'resolved');
  });
});

test('the heartbeat goes the whole way and is counted', { timeout: 3 * TIMEOUT_MS }, async () => {
  const cloudwatch = new CloudWatchClient(clientSettings(stack.endpoint));
  const start = new Date(Date.now() - 5 * 60_000);
  const beats = async (): Promise<number> => {
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Tidewatch',
        MetricName: 'heartbeat',
        Dimensions: [{ Name: 'Receiver', Value: 'notify' }],
        StartTime: start,
        EndTime: new Date(Date.now() + 60_000),
        Period: 60,
        Statistics: ['Sum'],
      }),
    );
    return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
  };
  await sweep(Date.now());
  const deadline = Date.now() + TIMEOUT_MS;
  while ((await beats()) === 0 && Date.now() < deadline) await sleep(500);
  expect(await beats()).toBeGreaterThan(0);
  expect(told).toEqual([]);
});
