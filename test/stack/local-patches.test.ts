// Gaps of the emulator that the launcher fills, as the AWS SDK sees them.
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListDashboardsCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { beforeAll, describe, expect, test } from 'vitest';
import { emulatorForThisFile } from './support/emulator.ts';

const emulator = emulatorForThisFile('test-patches');
let cloudwatch: CloudWatchClient;
let logs: CloudWatchLogsClient;
beforeAll(async () => {
  cloudwatch = new CloudWatchClient(emulator().client);
  logs = new CloudWatchLogsClient(emulator().client);
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/emf' }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: '/emf', logStreamName: 's' }));
});

const MINUTE_MS = 60_000;
/** Middle of the minute before the last, so that two points land in the minutes they are meant for. */
const base = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 1.5 * MINUTE_MS;

async function read(
  Namespace: string,
  MetricName: string,
  Dimensions: Record<string, string> = {},
  Stat = 'Sum',
) {
  const dimensions = Object.entries(Dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace, MetricName, ...(dimensions.length > 0 && { Dimensions: dimensions }) };
  const answer = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(base - 10 * MINUTE_MS),
      EndTime: new Date(base + 10 * MINUTE_MS),
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat } }],
    }),
  );
  return answer.MetricDataResults?.[0]?.Values;
}

describe('the embedded metric format', () => {
  async function write(
    fields: Record<string, unknown>,
    metrics: unknown[],
    dimensions: string[][] = [['service']],
  ) {
    const CloudWatchMetrics = [{ Namespace: 'Emf', Dimensions: dimensions, Metrics: metrics }];
    const message = JSON.stringify({ _aws: { Timestamp: base, CloudWatchMetrics }, ...fields });
    const logEvents = [{ timestamp: Date.now(), message }];
    await logs.send(new PutLogEventsCommand({ logGroupName: '/emf', logStreamName: 's', logEvents }));
  }

  test('a line becomes points at its own time, of each dimension set', async () => {
    await write(
      { service: 'a', route: '/x', Count: 3 },
      [{ Name: 'Count', Unit: 'Count' }],
      [['service'], ['service', 'route'], []],
    );
    expect(await read('Emf', 'Count', { service: 'a' })).toEqual([3]);
    expect(await read('Emf', 'Count', { service: 'a', route: '/x' })).toEqual([3]);
    expect(await read('Emf', 'Count')).toEqual([3]);
  });

  test('takes lists, and values with counts', async () => {
    await write({ service: 'b', L: [1, 2, 3], V: { Values: [10, 20], Counts: [3, 1] } }, [
      { Name: 'L' },
      { Name: 'V' },
    ]);
    expect(await read('Emf', 'L', { service: 'b' })).toEqual([6]);
    expect(await read('Emf', 'V', { service: 'b' })).toEqual([50]);
    expect(await read('Emf', 'V', { service: 'b' }, 'SampleCount')).toEqual([4]);
  });

  test('a broken line stays a line', async () => {
    await expect(write({}, [{ Name: 'Missing' }])).resolves.toBeUndefined();
    const logEvents = [{ timestamp: Date.now(), message: '"CloudWatchMetrics" {' }];
    const put = logs.send(new PutLogEventsCommand({ logGroupName: '/emf', logStreamName: 's', logEvents }));
    await expect(put).resolves.toBeDefined();
  });
});

describe('metrics', () => {
  const put = (service: string | undefined, Value: number, at = base) =>
    cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: 'Points',
        MetricData: [
          {
            MetricName: 'm',
            Value,
            Timestamp: new Date(at),
            ...(service !== undefined && { Dimensions: [{ Name: 'service', Value: service }] }),
          },
        ],
      }),
    );

  test('a query is about one dimension set, also about the empty one; newest points come first', async () => {
    await put('a', 1);
    await put('b', 10);
    await put(undefined, 100);
    await put(undefined, 200, base + MINUTE_MS);
    expect(await read('Points', 'm', { service: 'a' })).toEqual([1]);
    expect(await read('Points', 'm')).toEqual([200, 100]);
  });

  test("an alarm looks at its own dimensions' points", async () => {
    for (const Value of ['x', 'y']) {
      await cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName: Value,
          Namespace: 'Points',
          MetricName: 'm',
          Dimensions: [{ Name: 'service', Value }],
          Statistic: 'Maximum',
          Period: 300,
          EvaluationPeriods: 1,
          Threshold: 5,
          ComparisonOperator: 'GreaterThanThreshold',
        }),
      );
    }
    await put('x', 50, Date.now());
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['x', 'y'] }));
    expect(MetricAlarms?.map((alarm) => [alarm.AlarmName, alarm.StateValue]).sort()).toEqual([
      ['x', 'ALARM'],
      ['y', 'INSUFFICIENT_DATA'],
    ]);
  });

  test('dashboards are listed with a date', async () => {
    await cloudwatch.send(new PutDashboardCommand({ DashboardName: 'd', DashboardBody: '{"widgets":[]}' }));
    const { DashboardEntries } = await cloudwatch.send(new ListDashboardsCommand({}));
    expect(DashboardEntries).toMatchObject([{ DashboardName: 'd', LastModified: expect.any(Date) }]);
  });
});

describe('the admin endpoint', () => {
  test('counts calls by operation and forgets on request', async () => {
    const { admin } = emulator();
    expect((await admin.calls())['monitoring:GetMetricData']).toBeGreaterThan(0);
    expect(await admin.logEvents('/emf')).not.toEqual([]);
    await admin.clearRecords();
    expect([await admin.logEvents(), await admin.metricData(), await admin.segments()]).toEqual([[], [], []]);
  });

  test('says which path it does not know', async () => {
    const response = await fetch(`${emulator().endpoint}/_tidewatch/nothing`);
    expect([response.status, await response.json()]).toEqual([
      404,
      { message: 'GET /_tidewatch/nothing is not known' },
    ]);
  });
});
