// SLOs from end to end on the local stack: spans of a shop arrive over OTLP and are counted, a failing route burns its
// budget, the alert lies on the queue, the gate closes, people open it, and the recovery reopens it. The deployed
// function is called as its schedule calls it, at times of the test's choosing.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DisableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  DeleteEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DynamoKeyStore } from '../../lib/aws/key-store.ts';
import { newKey } from '../../lib/keys/new-key.ts';
import { awsEnvironment, clientSettings, withoutAws } from '../../lib/local/environment.ts';
import { packageRoot } from '../../lib/local/paths.ts';
import { plainAddress } from '../../lib/local/plain-address.ts';
import { type LocalStack, startStack, stopStack } from '../../lib/local/stack.ts';
import type { Alert } from '../../lib/model/alert.ts';
import { SdkService } from './sdk-service.ts';

const options = { project: packageRoot(), name: 'test-e2e-slo', say: console.error };
const CONFIG = join(packageRoot(), 'test', 'e2e', 'slo.config.ts');
const MINUTE = 60_000;
/** Ten good minutes and ten bad ones end when the stack is up: a gate does not answer from what is five minutes old. */
const begin = Math.floor(Date.now() / MINUTE) * MINUTE - 18 * MINUTE;
const at = (minute: number): number => begin + minute * MINUTE;
const PER_MINUTE = 20;

let stack: LocalStack;
let cloudwatch: CloudWatchClient;
let lambda: LambdaClient;
let sqs: SQSClient;
let evaluateSlos: string;
let eventsUrl: string;
let shop: SdkService;
let apiUrl: string;
let apiKey: string;

beforeAll(async () => {
  await stopStack(options);
  stack = await startStack({ ...options, context: { config: CONFIG } });
  const settings = clientSettings(stack.endpoint);
  cloudwatch = new CloudWatchClient(settings);
  lambda = new LambdaClient(settings);
  sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  const events = new EventBridgeClient(settings);
  // The test is the clock.
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  for (const { Name, ScheduleExpression } of Rules)
    if (ScheduleExpression !== undefined) await events.send(new DisableRuleCommand({ Name }));
  // It reads the alert queue itself.
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  for (const { UUID, EventSourceArn } of EventSourceMappings)
    if (EventSourceArn?.endsWith(stack.outputs.AlertQueueUrl!.split('/').at(-1)!))
      await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  evaluateSlos = Functions.find(({ FunctionName }) => FunctionName?.includes('EvaluateSlos'))!.FunctionName!;
  eventsUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'slo-events' }))).QueueUrl!;
  await events.send(
    new PutRuleCommand({ Name: 'slo', EventPattern: JSON.stringify({ source: ['tidewatch.slo'] }) }),
  );
  const Arn = 'arn:aws:sqs:us-east-1:000000000000:slo-events';
  await events.send(new PutTargetsCommand({ Rule: 'slo', Targets: [{ Id: 'queue', Arn }] }));
  apiUrl = (await plainAddress(stack.admin, stack.outputs.ApiUrl!)).replace(/\/$/, '');
  const { text, record } = newKey(
    { name: 'pipeline', tenant: 'default', scopes: ['slo:read'] },
    randomBytes,
    Date.now(),
  );
  await new DynamoKeyStore(stack.outputs.StateTableName!, new DynamoDBClient(settings)).create(record);
  apiKey = `Bearer ${text}`;
  const { ingestUrl, ingestKey } = stack.endpoints;
  shop = new SdkService({
    name: 'storefront',
    encoding: 'protobuf',
    temporality: 'delta',
    ingestUrl: ingestUrl!,
    key: ingestKey!,
  });
});
afterAll(async () => {
  await shop?.shutdown();
  await stopStack(options);
});

/** Checkouts of the minutes [from, to), as a service reports them. @param failing of each minute */
function checkouts(from: number, to: number, failing: number): void {
  for (let minute = from; minute < to; minute++) {
    for (let request = 0; request < PER_MINUTE; request++) {
      const startTime = at(minute) + request * 2_000;
      const isFailing = request < failing;
      const span = shop.tracer.startSpan('POST /checkout', {
        root: true,
        kind: SpanKind.SERVER,
        startTime,
        attributes: {
          'http.request.method': 'POST',
          'http.route': '/checkout',
          'http.response.status_code': isFailing ? 500 : 200,
        },
      });
      if (isFailing) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(startTime + 50);
    }
  }
}

/** Waits until CloudWatch has counted so many checkouts. */
async function counted(expected: number): Promise<void> {
  for (const until = Date.now() + 90_000; ; ) {
    await stack.admin.releaseMessages();
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Tidewatch/Spans',
        MetricName: 'Requests',
        Dimensions: [
          { Name: 'service', Value: 'storefront' },
          { Name: 'operation', Value: 'POST /checkout' },
        ],
        StartTime: new Date(at(0)),
        EndTime: new Date(at(120)),
        Period: 60,
        Statistics: ['Sum'],
      }),
    );
    const sum = Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
    if (sum === expected) return;
    if (Date.now() > until) throw new Error(`CloudWatch counted ${sum} checkouts of ${expected}`);
    await sleep(500);
  }
}

/** Calls the function as its schedule does, for the end of each of these minutes. */
async function evaluate(...minutes: readonly number[]): Promise<void> {
  for (const minute of minutes) {
    const event = { time: new Date(at(minute)).toISOString(), shard: 0 };
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: evaluateSlos, Payload: JSON.stringify(event) }),
    );
    const text = Buffer.from(answer.Payload ?? []).toString();
    expect(answer.FunctionError, text).toBeUndefined();
    expect(JSON.parse(text)).toMatchObject({ facts: { evaluatedSlos: 1 } });
  }
}

/** What is on a queue, taken off it. */
async function drain<T>(QueueUrl: string): Promise<T[]> {
  const bodies: T[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    if (Messages.length === 0) return bodies;
    for (const { Body = '{}', ReceiptHandle } of Messages) {
      bodies.push(JSON.parse(Body) as T);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

const alerts = async (): Promise<Alert[]> =>
  (await drain<{ alerts: Alert[] }>(stack.outputs.AlertQueueUrl!)).flatMap((message) => message.alerts);

interface SloEventBody {
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

const events = async (): Promise<unknown[][]> =>
  (await drain<SloEventBody>(eventsUrl)).map(({ 'detail-type': type, detail }) => [
    type,
    detail.slo,
    detail.before,
    detail.after,
  ]);

/** The command line, as a pipeline calls it. */
function tidewatch(...args: readonly string[]): { code: number | null; answer: Record<string, unknown> } {
  const line = ['lib/cli/main.ts', 'slo', ...args, '--stack', 'TidewatchSlo', '--config', CONFIG, '--json'];
  const env = { ...withoutAws(process.env), ...awsEnvironment(stack.endpoint) };
  const { status, stdout, stderr } = spawnSync(process.execPath, line, {
    cwd: packageRoot(),
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (stdout === '') throw new Error(stderr);
  return { code: status, answer: JSON.parse(stdout) as Record<string, unknown> };
}

/** What the API answers, as a step of a pipeline asks it. */
async function gate(authorization?: string): Promise<{ status: number; gate: unknown }> {
  const answer = await fetch(`${apiUrl}/slo/checkout/gate`, {
    headers: authorization === undefined ? {} : { authorization },
    signal: AbortSignal.timeout(20_000),
  });
  return { status: answer.status, gate: ((await answer.json()) as { gate?: unknown }).gate };
}

describe('a route that begins to fail', () => {
  test('has a budget and an open gate before', async () => {
    checkouts(0, 10, 0);
    await shop.flush();
    await counted(10 * PER_MINUTE);
    await evaluate(9, 10);
    expect(await alerts()).toEqual([]);
    const { answer } = tidewatch('status', 'checkout');
    expect(answer).toMatchObject({ slo: 'checkout', remaining: 1, budgetState: 'healthy', firing: [] });
  });

  test('burns its budget: one page is on the queue within two minutes', async () => {
    checkouts(10, 20, 18);
    await shop.flush();
    await counted(20 * PER_MINUTE);
    await evaluate(11, 12);
    const [fired, ...more] = await alerts();
    expect(more).toEqual([]);
    expect(fired).toMatchObject({
      labels: {
        alertname: 'SloBudgetBurn',
        slo: 'checkout',
        service: 'storefront',
        severity: 'page',
        burn_tier: 'fast',
      },
      annotations: { runbook_url: 'https://runbooks.example.com/checkout', burn_windows: '5m/1m above 2' },
      startsAt: at(12),
      endsAt: at(12 + 15),
      source: 'slo',
    });
  });

  test('closes the gate of deployments, for the command line, the alarm and the event bus', async () => {
    await evaluate(13, 14, 15, 16, 17, 18, 19, 20);
    expect((await alerts()).map(({ startsAt, endsAt }) => [startsAt, endsAt])).toEqual([
      [at(12), at(17 + 15)],
    ]);
    const { code, answer } = tidewatch('gate', 'checkout');
    expect([code, answer.gate, answer.reason]).toEqual([1, 'closed', 'frozen']);
    expect(await gate(apiKey)).toEqual({ status: 409, gate: 'closed' });
    expect((await gate()).status).toBe(401);
    const seen = await events();
    expect(seen).toContainEqual(['SLO Gate Change', 'checkout', 'open', 'closed']);
    expect(seen).toContainEqual(['SLO Policy Action', 'checkout', 'ended', 'inForce']);
    expect(seen.at(0)).toEqual(['SLO Budget State Change', 'checkout', 'healthy', expect.any(String)]);
    const closed = (await stack.admin.metricData('Tidewatch/SLO')).filter(
      ({ MetricName }) => MetricName === 'gate_closed',
    );
    expect(closed.map(({ Value }) => Value).at(0)).toBe(0);
    expect(closed.map(({ Value }) => Value).at(-1)).toBe(1);
    const { MetricAlarms = [] } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: 'TidewatchSlo-slo-gate-checkout' }),
    );
    expect(MetricAlarms).toHaveLength(1);
  });

  test('resolves when it works again; the gate stays closed as long as the budget is spent', async () => {
    checkouts(20, 85, 0);
    await shop.flush();
    await counted(85 * PER_MINUTE);
    await evaluate(21, 22);
    expect((await alerts()).map(({ startsAt, endsAt }) => [startsAt, endsAt])).toEqual([[at(12), at(21)]]);
    expect(tidewatch('gate', 'checkout')).toMatchObject({ code: 1, answer: { gate: 'closed' } });
  });

  test('can be deployed all the same when somebody says why, until it is taken back', async () => {
    const reason = 'the fix of the checkout';
    const { answer: made } = tidewatch('override', 'checkout', '--for', '2h', '--reason', reason);
    expect(tidewatch('gate', 'checkout')).toMatchObject({
      code: 0,
      answer: { gate: 'open', reason: 'overridden' },
    });
    await evaluate(40);
    expect(await events()).toContainEqual(['SLO Gate Change', 'checkout', 'closed', 'open']);
    tidewatch('withdraw', 'checkout', String(made.id), '--reason', 'not needed');
    expect(tidewatch('gate', 'checkout')).toMatchObject({ code: 1, answer: { gate: 'closed' } });
    await evaluate(41);
    expect(await events()).toContainEqual(['SLO Gate Change', 'checkout', 'open', 'closed']);
  });

  test('opens the gate when the failures have left the period', async () => {
    await evaluate(60, 85);
    expect(await gate(apiKey)).toEqual({ status: 200, gate: 'open' });
    expect(tidewatch('gate', 'checkout')).toMatchObject({
      code: 0,
      answer: { gate: 'open', reason: 'budgetLeft' },
    });
    expect(await events()).toContainEqual(['SLO Gate Change', 'checkout', 'closed', 'open']);
    expect(tidewatch('status', 'checkout').answer).toMatchObject({ remaining: 1, budgetState: 'healthy' });
    expect(await alerts()).toEqual([]);
  });

  test('has what happened before it was defined filled in from the history of CloudWatch', async () => {
    const dimensions = { service: 'storefront', operation: 'POST /checkout' };
    const MetricData = Array.from({ length: 30 }, (_, minute) => ({
      MetricName: 'Requests',
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Timestamp: new Date(at(minute) - 26 * 60 * MINUTE),
      Value: 5,
    }));
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Tidewatch/Spans', MetricData }));
    const fill = () => tidewatch('backfill', 'checkout', '--for', '2d').answer as unknown as object[];
    expect(fill()).toMatchObject([{ slo: 'checkout', minutes: 30, remaining: 1 }]);
    expect(fill()).toMatchObject([{ slo: 'checkout', minutes: 0, remaining: 1 }]);
    await evaluate(86);
  });
});
