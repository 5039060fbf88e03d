// The adapters of the anomaly detection on the emulated CloudWatch, S3 and DynamoDB.
import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { XRayClient } from '@aws-sdk/client-xray';
import { beforeAll, describe, expect, test } from 'vitest';
import { identity } from '../../lib/anomaly/watch/watched-metrics.ts';
import { DynamoChangeLog } from '../../lib/aws/change-log.ts';
import { DynamoChangeRecorder } from '../../lib/aws/change-recorder.ts';
import { CloudWatchMetricCatalogue } from '../../lib/aws/metric-catalogue.ts';
import { CloudWatchMetricHistory } from '../../lib/aws/metric-history.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { CloudWatchScorePublisher } from '../../lib/aws/score-publisher.ts';
import { XrayServiceGraph } from '../../lib/aws/service-graph.ts';
import type { AwsTransport } from '../../lib/aws/transport.ts';
import { S3VersionedObjects } from '../../lib/aws/versioned-objects.ts';
import { describeChangeLog, describeVersionedObjects } from '../anomaly/run/ports-suite.ts';
import { emulatorForThisFile } from './support/emulator.ts';
import { makeStateTable, signedClientOf } from './support/state-table.ts';

const emulator = emulatorForThisFile('test-anomaly-adapters');
const TABLE = 'anomaly-state';
const BUCKET = 'anomaly-state-objects';
const STEP = 300_000;
const calls = { budget: new RetryBudget() };
let transport: AwsTransport;
let cloudwatch: CloudWatchClient;

beforeAll(async () => {
  const { client } = emulator();
  cloudwatch = new CloudWatchClient(client);
  await new S3Client({ ...client, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: BUCKET }));
  await makeStateTable(emulator(), TABLE);
  transport = signedClientOf(emulator());
});

describe('objects on S3', () => {
  describeVersionedObjects(() => new S3VersionedObjects(BUCKET, transport, calls));
});

describe('a change log on DynamoDB', () => {
  describeChangeLog(() => {
    const log = new DynamoChangeLog(TABLE, transport, calls);
    const recorder = new DynamoChangeRecorder(TABLE, transport, calls);
    return {
      record: (change) => recorder.record(change),
      between: (fromMs, toMs) => log.between(fromMs, toMs),
    };
  });
});

describe('metrics of CloudWatch', () => {
  const end = Math.floor(Date.now() / STEP) * STEP;
  const latency = (service: string) => identity('Shop', 'Latency', { service, region: 'north' });

  beforeAll(async () => {
    for (const [service, base] of [
      ['cart', 100],
      ['search', 10],
    ] as const) {
      const MetricData = Array.from({ length: 288 }, (_, at) => ({
        MetricName: 'Latency',
        Dimensions: [
          { Name: 'service', Value: service },
          { Name: 'region', Value: 'north' },
        ],
        Timestamp: new Date(end - (288 - at) * STEP),
        Value: base + at,
      }));
      await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData }));
    }
  });

  test('are listed with their dimensions in order of names', async () => {
    const listed = await new CloudWatchMetricCatalogue(cloudwatch).list('Shop', 'Latency');
    const names = listed.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    expect(names).toEqual([latency('cart'), latency('search')]);
    expect(await new CloudWatchMetricCatalogue(cloudwatch).list('Shop', 'Nothing')).toEqual([]);
  });

  test('are read series by series in order of time, the end outside, absent ones empty', async () => {
    const history = new CloudWatchMetricHistory(cloudwatch);
    const queries = ['cart', 'nobody', 'search'].map((service) => ({
      metric: latency(service),
      statistic: 'Average',
    }));
    const [cart, nobody, search] = await history.read(queries, STEP, end - 3 * STEP, end);
    expect(cart).toEqual([385, 386, 387].map((value, at) => ({ time: end - (3 - at) * STEP, value })));
    expect(nobody).toEqual([]);
    expect(search?.map(({ value }) => value)).toEqual([295, 296, 297]);
  });

  test('are read 500 a call', async () => {
    const history = new CloudWatchMetricHistory(cloudwatch);
    const queries = Array.from({ length: 1_100 }, () => ({ metric: latency('cart'), statistic: 'Maximum' }));
    const series = await history.read(queries, STEP, end - STEP, end);
    expect(series).toHaveLength(1_100);
    expect(new Set(series.map((points) => JSON.stringify(points))).size).toBe(1);
  });

  test('of scores are what was published', async () => {
    const time = end - STEP;
    await new CloudWatchScorePublisher('Tidewatch/Anomalies', cloudwatch).publish([
      {
        component: 'cart',
        metric: latency('cart'),
        statistic: 'p95',
        time,
        score: 0.75,
        low: Number.NaN,
        high: 120,
      },
    ]);
    const statistics = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Tidewatch/Anomalies',
        MetricName: 'AnomalyScore',
        Dimensions: [
          { Name: 'component', Value: 'cart' },
          { Name: 'metric', Value: 'Latency p95 region=north,service=cart' },
        ],
        StartTime: new Date(time),
        EndTime: new Date(end),
        Period: 300,
        Statistics: ['Maximum'],
      }),
    );
    expect(statistics.Datapoints?.map(({ Maximum }) => Maximum)).toEqual([0.75]);
  });
});

test('the service graph of an X-Ray without traces is empty', async () => {
  const graph = new XrayServiceGraph(new XRayClient(emulator().client));
  expect(await graph.edges(Date.now() - 3_600_000, Date.now())).toEqual([]);
});
