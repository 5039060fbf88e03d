// What the evaluation of SLOs keeps, reads and publishes, on the emulator.
import { CloudWatchClient, GetMetricDataCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test } from 'vitest';
import { EventBridgeBus } from '../../lib/aws/event-bus.ts';
import { CloudWatchMetricReader } from '../../lib/aws/metric-data-reader.ts';
import { CloudWatchMetricPublisher } from '../../lib/aws/metric-publisher.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { DynamoSloStore } from '../../lib/aws/slo-store.ts';
import type { AwsTransport } from '../../lib/aws/transport.ts';
import { describeMetricReader } from '../slo/run/metric-reader-suite.ts';
import { describeSloStore } from '../slo/run/slo-store-suite.ts';
import { instance, measured, source, World } from '../slo/run/world.ts';
import { DAY, HOUR, MINUTE } from '../slo/support.ts';
import { emulatorForThisFile } from './support/emulator.ts';
import { makeStateTable, signedClientOf } from './support/state-table.ts';

const emulator = emulatorForThisFile('test-slo-adapters');
const TABLE = 'slo-state';
const calls = { budget: new RetryBudget() };
let transport: AwsTransport;
let cloudwatch: CloudWatchClient;

beforeAll(async () => {
  const { client } = emulator();
  await makeStateTable(emulator(), TABLE);
  transport = signedClientOf(emulator());
  cloudwatch = new CloudWatchClient(client);
});

describeSloStore('DynamoDB', () => new DynamoSloStore(TABLE, transport, calls));

describeMetricReader('CloudWatch', () => ({
  reader: new CloudWatchMetricReader(() => cloudwatch),
  put: async (metric, at, Value) => {
    const MetricData = [{ MetricName: metric, Timestamp: new Date(at), Value }];
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData }));
  },
}));

test('two evaluations at once through the table count once and tell once, and end where memory ends', async () => {
  const slo = measured({
    name: 'rivals',
    objective: 0.9,
    period: { kind: 'rolling', lengthMs: HOUR },
    windows: [
      {
        severity: 'page',
        longWindowMs: 5 * MINUTE,
        shortWindowMs: MINUTE,
        budgetShare: 0.1,
        factor: 2,
        holdMs: 0,
      },
    ],
  });
  // Rows of long ago would have expired.
  const begin = Math.floor(Date.now() / HOUR) * HOUR - 2 * HOUR;
  const [world, plain] = [new World(), new World()];
  for (const one of [world, plain]) {
    one.traffic(begin, begin + 90 * MINUTE, 10, 0);
    one.traffic(begin + 40 * MINUTE, begin + 50 * MINUTE, 10, 8);
  }
  const store = () => new DynamoSloStore(TABLE, transport, calls);
  const rivals = [0, 1].map(() => instance({ ...world, store: store() }, [slo]));
  const alone = instance(plain, [slo]);
  for (let now = begin + MINUTE; now <= begin + 90 * MINUTE; now += MINUTE) {
    await Promise.all(rivals.map((run) => run(now)));
    await alone(now);
  }
  const row = (await store().load([slo.name])).get(slo.name)!;
  const expected = plain.store.rows.get(slo.name)!;
  expect({ ...row, recent: [...row.recent] }).toEqual({ ...expected, recent: [...expected.recent] });
  expect(await store().hoursBetween(slo.name, begin, begin + DAY)).toEqual(
    new Map([...plain.store.hourRows.get(slo.name)!].map(([hour, packed]) => [hour, Buffer.from(packed)])),
  );
  expect(world.alertList).toEqual(plain.alertList);
  expect(world.alertList.length).toBeGreaterThan(2);
});

describe('a reader of CloudWatch', () => {
  const from = Math.floor(Date.now() / MINUTE) * MINUTE - 300 * MINUTE;
  const read = { sources: [source('any')], from: 0, to: 60_000, periodMs: 60_000 };

  test('follows the pages of an answer of more than 100,800 points', async () => {
    const MetricData = Array.from({ length: 202 }, (_, minute) => ({
      MetricName: 'paged',
      Timestamp: new Date(from + minute * MINUTE),
      Value: minute,
    }));
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData }));
    const before = (await emulator().admin.calls())['monitoring:GetMetricData'] ?? 0;
    const series = await new CloudWatchMetricReader(() => cloudwatch).read(
      {
        sources: Array.from({ length: 500 }, () => source('paged')),
        from,
        to: from + 300 * MINUTE,
        periodMs: MINUTE,
      },
      Number.POSITIVE_INFINITY,
    );
    const expected = {
      kind: 'complete',
      values: new Map(MetricData.map((_, minute) => [from + minute * MINUTE, minute])),
    };
    for (const one of series) expect(one).toEqual(expected);
    expect((await emulator().admin.calls())['monitoring:GetMetricData']).toBe(before + 2);
  });

  test('that gets the first page only says that the rest is missing', async () => {
    let page = 0;
    const cut = {
      send: (...args: Parameters<CloudWatchClient['send']>) =>
        ++page === 1
          ? cloudwatch.send(...args)
          : Promise.reject(Object.assign(new Error('slow down'), { name: 'Throttling' })),
    } as unknown as CloudWatchClient;
    const series = await new CloudWatchMetricReader(() => cut).read(
      {
        sources: Array.from({ length: 500 }, () => source('paged')),
        from,
        to: from + 300 * MINUTE,
        periodMs: MINUTE,
      },
      Number.POSITIVE_INFINITY,
    );
    expect(series.filter(({ kind }) => kind === 'complete')).toHaveLength(499);
    expect(series.at(-1)).toMatchObject({ kind: 'failed', reason: 'throttled' });
  });

  test('that is throttled says so', async () => {
    const { admin } = emulator();
    await admin.setFaults([{ service: 'monitoring', operation: 'GetMetricData', kind: 'throttle' }]);
    try {
      const [series] = await new CloudWatchMetricReader(() => cloudwatch).read(
        read,
        Number.POSITIVE_INFINITY,
      );
      expect(series).toMatchObject({ kind: 'failed', reason: 'throttled' });
    } finally {
      await admin.clearFaults();
    }
  });

  test('that has no time left does not ask', async () => {
    const reader = new CloudWatchMetricReader(
      () => cloudwatch,
      () => 10,
    );
    expect(await reader.read(read, 10)).toMatchObject([{ kind: 'failed', reason: 'outOfTime' }]);
  });
});

test('values of SLOs arrive under their names, 1,000 a call', async () => {
  const publisher = new CloudWatchMetricPublisher('Tidewatch/SLO', 'Slo', cloudwatch);
  const at = Math.floor(Date.now() / 60_000) * 60_000;
  const datums = Array.from({ length: 1_500 }, (_, n) => ({
    metric: 'budget_remaining',
    slo: `s${n}`,
    value: n / 10,
  }));
  await publisher.publish([...datums, { metric: 'burn_rate', slo: 's0', value: Number.NaN }], at);
  const { MetricDataResults } = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(at),
      EndTime: new Date(at + 60_000),
      MetricDataQueries: [0, 1_499].map((n) => ({
        Id: `m${n}`,
        MetricStat: {
          Metric: {
            Namespace: 'Tidewatch/SLO',
            MetricName: 'budget_remaining',
            Dimensions: [{ Name: 'Slo', Value: `s${n}` }],
          },
          Period: 60,
          Stat: 'Maximum',
        },
      })),
    }),
  );
  expect(MetricDataResults!.map(({ Values }) => Values)).toEqual([[0], [149.9]]);
});

test('events arrive at a rule that asks for their source', async () => {
  const { client } = emulator();
  const events = new EventBridgeClient(client);
  const sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'events' }));
  await events.send(
    new PutRuleCommand({ Name: 'slo', EventPattern: JSON.stringify({ source: ['tidewatch.slo'] }) }),
  );
  const Arn = 'arn:aws:sqs:us-east-1:000000000000:events';
  await events.send(new PutTargetsCommand({ Rule: 'slo', Targets: [{ Id: 'queue', Arn }] }));
  const many = Array.from({ length: 12 }, (_, n) => ({
    type: 'SLO Gate Change',
    at: Date.now(),
    detail: { slo: `s${n}` },
  }));
  await new EventBridgeBus('tidewatch.slo', events).put(many);
  const seen: unknown[] = [];
  for (let turn = 0; turn < 5 && seen.length < 12; turn++) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 60,
        WaitTimeSeconds: 1,
      }),
    );
    for (const { Body } of Messages) {
      const event = JSON.parse(Body!) as Record<string, unknown>;
      expect(event).toMatchObject({ source: 'tidewatch.slo', 'detail-type': 'SLO Gate Change' });
      seen.push((event.detail as { slo: string }).slo);
    }
  }
  expect(seen.toSorted()).toEqual(many.map(({ detail }) => detail.slo).toSorted());
});
