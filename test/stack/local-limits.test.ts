// The limits that AWS has and the emulator would not: each refused in the service's own words, through the AWS SDK.
import { gzipSync } from 'node:zlib';
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
  GetLogEventsCommand,
  type InputLogEvent,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test } from 'vitest';
import { emulatorForThisFile } from './support/emulator.ts';

const emulator = emulatorForThisFile('test-limits');
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

describe('PutMetricData', () => {
  let cloudwatch: CloudWatchClient;
  beforeAll(() => {
    cloudwatch = new CloudWatchClient(emulator().client);
  });
  const put = (MetricData: MetricDatum[], Namespace = 'Limits') =>
    cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
  const datum = (fields: MetricDatum = { MetricName: 'm' }): MetricDatum => ({
    Value: 1,
    ...fields,
    MetricName: 'm',
  });
  const values = (count: number) => ({
    Value: undefined,
    Values: Array.from({ length: count }, (_, n) => n),
  });
  const dimensions = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ Name: `d${n}`, Value: 'v' }));
  const repeated = (count: number) => Array.from({ length: count }, () => datum());

  const accepted: readonly [string, MetricDatum[]][] = [
    ['1,000 datums', repeated(1000)],
    ['150 values', [datum({ MetricName: 'm', ...values(150) })]],
    ['30 dimensions', [datum({ MetricName: 'm', Dimensions: dimensions(30) })]],
    ['a point 13 days old', [datum({ MetricName: 'm', Timestamp: new Date(Date.now() - 13 * DAY_MS) })]],
    ['a point an hour ahead', [datum({ MetricName: 'm', Timestamp: new Date(Date.now() + HOUR_MS) })]],
    [
      'a statistic set',
      [{ MetricName: 'm', StatisticValues: { SampleCount: 2, Sum: 3, Minimum: 1, Maximum: 2 } }],
    ],
  ];
  test.each(accepted)('takes %s', async (_, data) => {
    await expect(put(data)).resolves.toBeDefined();
  });

  const refused: readonly [string, MetricDatum[]][] = [
    ['1,001 datums', repeated(1001)],
    ['151 values', [datum({ MetricName: 'm', ...values(151) })]],
    ['31 dimensions', [datum({ MetricName: 'm', Dimensions: dimensions(31) })]],
    ['a point 15 days old', [datum({ MetricName: 'm', Timestamp: new Date(Date.now() - 15 * DAY_MS) })]],
    [
      'a point three hours ahead',
      [datum({ MetricName: 'm', Timestamp: new Date(Date.now() + 3 * HOUR_MS) })],
    ],
    ['a value above 2^360', [datum({ MetricName: 'm', Value: 2 ** 361 })]],
    ['an unknown unit', [datum({ MetricName: 'm', Unit: 'ms' as never })]],
    [
      'a dimension value outside ASCII',
      [datum({ MetricName: 'm', Dimensions: [{ Name: 'd', Value: 'ü' }] })],
    ],
    ['an empty dimension value', [datum({ MetricName: 'm', Dimensions: [{ Name: 'd', Value: '' }] })]],
    ['counts that do not go with the values', [datum({ MetricName: 'm', ...values(2), Counts: [1] })]],
    ['neither value nor values', [{ MetricName: 'm' }]],
  ];
  test.each(refused)('refuses %s, and with it the whole call', async (_, data) => {
    const before = (await emulator().admin.metricData('Limits')).length;
    await expect(put([datum(), ...data])).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    expect(await emulator().admin.metricData('Limits')).toHaveLength(before);
  });

  test("refuses a namespace of AWS's own and a body above 1 MB", async () => {
    await expect(put([datum()], 'AWS/Mine')).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    const long = { Dimensions: dimensions(30).map(({ Name }) => ({ Name, Value: 'x'.repeat(1000) })) };
    const big = Array.from({ length: 40 }, () => datum({ MetricName: 'm', ...long }));
    await expect(put(big)).rejects.toMatchObject({ $metadata: { httpStatusCode: 413 } });
  });

  test('takes the JSON protocol with a gzip body, keeps every datum, and NaN is refused', async () => {
    const send = (body: string) =>
      fetch(emulator().endpoint, {
        method: 'POST',
        headers: {
          'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData',
          'content-type': 'application/x-amz-json-1.0',
          'content-encoding': 'gzip',
          authorization:
            'AWS4-HMAC-SHA256 Credential=test/20261124/us-east-1/monitoring/aws4_request, Signature=0',
        },
        body: gzipSync(body),
      });
    const point = {
      MetricName: 'm',
      Values: [1, 2.5],
      Counts: [3, 4],
      Timestamp: Math.floor(Date.now() / 1000),
      Unit: 'Seconds',
    };
    expect((await send(JSON.stringify({ Namespace: 'Gzip', MetricData: [point] }))).status).toBe(200);
    expect(await emulator().admin.metricData('Gzip')).toMatchObject([{ namespace: 'Gzip', ...point }]);
    const bad = await send('{"Namespace":"Gzip","MetricData":[{"MetricName":"m","Value":NaN}]}');
    expect([bad.status, ((await bad.json()) as { __type: string }).__type]).toEqual([
      400,
      'InvalidParameterValue',
    ]);
  });

  test('GetMetricData takes 500 queries and refuses 501', async () => {
    const query = (n: number) => ({
      Id: `q${n}`,
      MetricStat: { Metric: { Namespace: 'Limits', MetricName: 'm' }, Period: 60, Stat: 'Sum' },
    });
    const ask = (count: number) =>
      cloudwatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(Date.now() - HOUR_MS),
          EndTime: new Date(),
          MetricDataQueries: Array.from({ length: count }, (_, n) => query(n)),
        }),
      );
    expect((await ask(500)).MetricDataResults).toHaveLength(500);
    await expect(ask(501)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });
});

describe('CloudWatch Logs', () => {
  const group = '/limits/group';
  let logs: CloudWatchLogsClient;
  beforeAll(async () => {
    logs = new CloudWatchLogsClient(emulator().client);
    await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
    await logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: 's' }));
  });
  const put = (logEvents: InputLogEvent[]) =>
    logs.send(new PutLogEventsCommand({ logGroupName: group, logStreamName: 's', logEvents }));
  const now = () => Date.now();
  const event = (timestamp: number, message = 'm') => ({ timestamp, message });

  const refused: readonly [string, () => InputLogEvent[]][] = [
    ['10,001 events', () => Array.from({ length: 10_001 }, () => event(now()))],
    ['events out of order', () => [event(now()), event(now() - 1000)]],
    ['events 25 hours apart', () => [event(now() - 25 * HOUR_MS), event(now())]],
    ['an event above 1 MB with its 26 bytes', () => [event(now(), 'x'.repeat(1_048_576 - 25))]],
    ['a batch above 1 MB', () => [event(now(), 'x'.repeat(600_000)), event(now(), 'x'.repeat(600_000))]],
    ['an empty message', () => [event(now(), '')]],
    ['no event at all', () => []],
  ];
  test.each(refused)('refuses %s', async (_, events) => {
    await expect(put(events())).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('takes 10,000 events, and one event of exactly 1 MB', async () => {
    await expect(put(Array.from({ length: 10_000 }, () => event(now())))).resolves.toBeDefined();
    await expect(put([event(now(), 'x'.repeat(1_048_576 - 26))])).resolves.toBeDefined();
  });

  test('rejects single events by age and stores the others', async () => {
    await logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: 'ages' }));
    const answer = await logs.send(
      new PutLogEventsCommand({
        logGroupName: group,
        logStreamName: 'ages',
        logEvents: [
          event(now() - 16 * DAY_MS, 'old'),
          event(now() - 15 * DAY_MS, 'old'),
          event(now() - 1000, 'kept'),
          event(now() + 3 * HOUR_MS, 'ahead'),
        ],
      }),
    );
    expect(answer.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 2, tooNewLogEventStartIndex: 3 });
    const stored = await logs.send(new GetLogEventsCommand({ logGroupName: group, logStreamName: 'ages' }));
    expect(stored.events?.map((item) => item.message)).toEqual(['kept']);
    const recorded = (await emulator().admin.logEvents(group)).filter((item) => item.logStream === 'ages');
    expect(recorded.map((item) => item.message)).toEqual(['kept']);
  });

  test("rejects events older than the group's retention as expired", async () => {
    const logGroupName = '/limits/short';
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 's' }));
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
    const logEvents = [event(now() - 30 * HOUR_MS, 'expired'), event(now(), 'kept')];
    const answer = await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 's', logEvents }));
    expect(answer.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
  });

  test.each(['with space', 'ümlaut', 'a:b', 'x'.repeat(513)])(
    'refuses the group name %s',
    async (logGroupName) => {
      await expect(logs.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
    },
  );

  test.each(['a:b', 'a*b'])('refuses the stream name %s', async (logStreamName) => {
    await expect(
      logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('SQS', () => {
  let sqs: SQSClient;
  let QueueUrl: string;
  beforeAll(async () => {
    sqs = new SQSClient(emulator().client);
    QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'limits' }))).QueueUrl ?? '';
  });
  const send = (fields: { MessageBody?: string; DelaySeconds?: number; attribute?: string }) => {
    const { attribute, MessageBody = 'm', ...rest } = fields;
    const MessageAttributes = attribute && { a: { DataType: 'String', StringValue: attribute } };
    return sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody,
        ...rest,
        ...(MessageAttributes && { MessageAttributes }),
      }),
    );
  };

  test('takes 1 MiB and 900 seconds of delay', async () => {
    await expect(send({ MessageBody: 'x'.repeat(1_048_576) })).resolves.toBeDefined();
    await expect(send({ DelaySeconds: 900 })).resolves.toBeDefined();
  });

  test.each([
    ['a message above 1 MiB', { MessageBody: 'x'.repeat(1_048_577) }],
    [
      'a message above 1 MiB with its attributes',
      { MessageBody: 'x'.repeat(1_048_570), attribute: 'x'.repeat(10) },
    ],
    ['a delay of 901 seconds', { DelaySeconds: 901 }],
  ])('refuses %s', async (_, fields) => {
    await expect(send(fields)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });

  test('refuses a batch above 1 MiB in all', async () => {
    const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(600_000) }));
    await expect(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toMatchObject({
      name: 'BatchRequestTooLong',
    });
  });
});

describe('EventBridge Scheduler', () => {
  async function create(inputBytes: number): Promise<number> {
    const response = await fetch(`${emulator().endpoint}/schedules/s${inputBytes}`, {
      method: 'POST',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20261124/us-east-1/scheduler/aws4_request, Signature=0',
      },
      body: JSON.stringify({
        ScheduleExpression: 'rate(1 hour)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
          RoleArn: 'r',
          Input: 'x'.repeat(inputBytes),
        },
      }),
    });
    return response.status;
  }

  test('takes an input of 256 KB and refuses one byte more', async () => {
    expect([await create(256 * 1024), await create(256 * 1024 + 1)]).toEqual([200, 400]);
  });
});
