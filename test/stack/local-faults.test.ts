// Fault injection of the local stack: each service refuses in its own words, by rate and seed, and everything is counted.
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { PutTraceSegmentsCommand, XRayClient } from '@aws-sdk/client-xray';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FaultRule } from '../../lib/local/admin-client.ts';
import { emulatorForThisFile } from './support/emulator.ts';
import { segment } from './support/segments.ts';

const emulator = emulatorForThisFile('test-faults');
const calls: Record<string, () => Promise<unknown>> = {};

beforeAll(async () => {
  const { client } = emulator();
  const xray = new XRayClient(client);
  calls.xray = () =>
    xray.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: [JSON.stringify(segment())] }));
  const cloudwatch = new CloudWatchClient(client);
  const MetricData = [{ MetricName: 'm', Value: 1 }];
  calls.monitoring = () => cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Faults', MetricData }));
  const logs = new CloudWatchLogsClient(client);
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/faults' }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: '/faults', logStreamName: 's' }));
  calls.logs = () =>
    logs.send(
      new PutLogEventsCommand({
        logGroupName: '/faults',
        logStreamName: 's',
        logEvents: [{ timestamp: Date.now(), message: 'm' }],
      }),
    );
  const dynamodb = new DynamoDBClient(client);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'faults',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  calls.dynamodb = () => dynamodb.send(new PutItemCommand({ TableName: 'faults', Item: { pk: { S: 'a' } } }));
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'faults' }));
  calls.s3 = () => s3.send(new PutObjectCommand({ Bucket: 'faults', Key: 'k', Body: 'b' }));
  const sqs = new SQSClient(client);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'faults' }));
  calls.sqs = () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }));
  calls.sqsBatch = () => {
    const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: `e${n}`, MessageBody: `m${n}` }));
    return sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  calls.dynamodbBatch = () => {
    const faults = Array.from({ length: 25 }, (_, n) => ({ PutRequest: { Item: { pk: { S: `b${n}` } } } }));
    return dynamodb.send(new BatchWriteItemCommand({ RequestItems: { faults } }));
  };
});
afterEach(() => emulator().admin.clearFaults());

const call = (name: string): Promise<unknown> => calls[name]?.() ?? Promise.reject(new Error(name));
const setFaults = (...rules: FaultRule[]) => emulator().admin.setFaults(rules);

describe('throttle', () => {
  test.each([
    ['xray', 429, 'ThrottledException'],
    ['logs', 400, 'ThrottlingException'],
    ['monitoring', 400, 'Throttling'],
    ['dynamodb', 400, 'ProvisionedThroughputExceededException'],
    ['s3', 503, 'SlowDown'],
    ['sqs', 400, 'RequestThrottled'],
  ])('%s answers %i %s, then works again', async (service, httpStatusCode, name) => {
    await setFaults({ service, kind: 'throttle' });
    await expect(call(service)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    await emulator().admin.clearFaults();
    await expect(call(service)).resolves.toBeDefined();
  });
});

describe('error', () => {
  test.each(['xray', 'logs', 'monitoring', 'dynamodb', 's3', 'sqs'])('%s answers 500', async (service) => {
    await setFaults({ service, kind: 'error' });
    await expect(call(service)).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  });

  test('answers the status the rule asks for', async () => {
    await setFaults({ service: 'logs', kind: 'error', status: 503 });
    await expect(call('logs')).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  });
});

describe('time', () => {
  test('timeoutAfterSuccess carries the call out and closes the connection without an answer', async () => {
    const before = (await emulator().admin.logEvents('/faults')).length;
    await setFaults({ service: 'logs', operation: 'PutLogEvents', kind: 'timeoutAfterSuccess', delayMs: 20 });
    await expect(call('logs')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await emulator().admin.logEvents('/faults')).toHaveLength(before + 1);
  });

  test('slow answers late and well', async () => {
    await setFaults({ service: 'xray', kind: 'slow', delayMs: 300 });
    const start = performance.now();
    await expect(call('xray')).resolves.toBeDefined();
    expect(performance.now() - start).toBeGreaterThan(290);
  });
});

describe('which calls', () => {
  const outcome = (service: string) =>
    call(service).then(
      () => 'ok',
      () => 'failed',
    );
  const outcomes = async (count: number) => {
    const all: string[] = [];
    for (let n = 0; n < count; n++) all.push(await outcome('xray'));
    return all;
  };

  test('the first n only', async () => {
    await setFaults({ service: 'xray', kind: 'throttle', first: 3 });
    expect(await outcomes(5)).toEqual(['failed', 'failed', 'failed', 'ok', 'ok']);
    expect(await emulator().admin.faults()).toMatchObject([{ seen: 5, injected: 3 }]);
  });

  test('a share of them, the same ones for the same seed', async () => {
    const rule: FaultRule = { service: 'xray', kind: 'error', rate: 0.5, seed: 7 };
    await setFaults(rule);
    const first = await outcomes(40);
    await setFaults(rule);
    expect(await outcomes(40)).toEqual(first);
    await setFaults({ ...rule, seed: 8 });
    expect(await outcomes(40)).not.toEqual(first);
    const failed = first.filter((word) => word === 'failed').length;
    expect(failed).toBeGreaterThan(8);
    expect(failed).toBeLessThan(32);
  });

  test('those of one operation and one resource', async () => {
    await setFaults(
      { service: 'logs', operation: 'CreateLogGroup', kind: 'error' },
      { service: 'dynamodb', resource: 'other', kind: 'error' },
      { service: 's3', resource: '/faults/', kind: 'error' },
    );
    expect([await outcome('logs'), await outcome('dynamodb'), await outcome('s3')]).toEqual([
      'ok',
      'ok',
      'failed',
    ]);
  });
});

describe('unprocessed', () => {
  test('single segments come back with the code, the others are kept, and a retry draws anew', async () => {
    const { client, admin } = emulator();
    const xray = new XRayClient(client);
    const documents = Array.from({ length: 50 }, () => segment());
    const put = (of: Record<string, unknown>[]) =>
      xray.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: of.map((d) => JSON.stringify(d)) }));
    await setFaults({ service: 'xray', kind: 'unprocessed', rate: 0.2, seed: 3 });
    let left = documents;
    for (let round = 0; round < 20 && left.length > 0; round++) {
      const unprocessed = (await put(left)).UnprocessedTraceSegments ?? [];
      expect(unprocessed.every((item) => item.ErrorCode === 'ThrottledException')).toBe(true);
      if (round === 0) expect(unprocessed.length).toBeGreaterThan(2);
      left = documents.filter((document) => unprocessed.some((item) => item.Id === document.id));
    }
    const stored = await admin.segments();
    const puts = documents.map((document) => stored.find((item) => item.segmentId === document.id)?.puts);
    expect(puts).toEqual(documents.map(() => 1));
  });

  test('SQS entries come back as failed, DynamoDB items as unprocessed', async () => {
    await setFaults(
      { service: 'sqs', kind: 'unprocessed', rate: 0.5 },
      { service: 'dynamodb', kind: 'unprocessed', rate: 0.5 },
    );
    const sent = (await call('sqsBatch')) as { Successful?: unknown[]; Failed?: unknown[] };
    expect(sent.Failed?.length).toBeGreaterThan(0);
    expect((sent.Successful?.length ?? 0) + (sent.Failed?.length ?? 0)).toBe(10);
    const written = (await call('dynamodbBatch')) as { UnprocessedItems?: { faults?: unknown[] } };
    expect(written.UnprocessedItems?.faults?.length).toBeGreaterThan(0);
    expect(written.UnprocessedItems?.faults?.length).toBeLessThan(25);
  });
});

describe('rules', () => {
  test.each([
    [{ service: 'xray', kind: 'explode' }, /kind: expected one of/],
    [{ service: 'xray', kind: 'error', rate: 2 }, /rate: expected 0\.\.1/],
    [{ service: 'xray', kind: 'error', rat: 1 }, /unknown field rat/],
    [{ kind: 'error' }, /service: expected/],
  ])('%j is refused by name of the field', async (rule, message) => {
    await expect(emulator().admin.setFaults([rule as FaultRule])).rejects.toThrow(message);
  });
});
