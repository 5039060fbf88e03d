// The stores and destinations of export-telemetry through the signed client, against services on the other side of a
// socket: what the fakes of the unit tests claim is asked of something that was not written for them.
import { randomBytes } from 'node:crypto';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeAll, expect, test } from 'vitest';
import { logsPayload } from '../../bench/payloads/logs.ts';
import { readRawObject } from '../../lib/archive/raw-object.ts';
import { exportPorts } from '../../lib/aws/export-ports.ts';
import { DynamoLogGroupStore } from '../../lib/aws/log-group-store.ts';
import { DynamoProgressStore } from '../../lib/aws/progress-store.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import type { AwsTransport } from '../../lib/aws/transport.ts';
import { ArchiveExporter } from '../../lib/exporters/archive/exporter.ts';
import { CloudWatchLogsExporter } from '../../lib/exporters/cloudwatch-logs/exporter.ts';
import { LOGS_DEFAULTS } from '../../lib/exporters/cloudwatch-logs/settings.ts';
import type { TelemetryMessage } from '../../lib/model/telemetry-message.ts';
import { ExportPipeline } from '../../lib/pipeline/export-pipeline.ts';
import type { ExportPorts } from '../../lib/pipeline/ports.ts';
import { encodeProtobuf } from '../support/otlp.ts';
import { emulatorForThisFile } from './support/emulator.ts';
import { makeStateTable, signedClientOf } from './support/state-table.ts';

const emulator = emulatorForThisFile('test-export-adapters');
const BUCKET = 'export-adapters-archive';
const TABLE = 'export-adapters-state';

let transport: AwsTransport;
let ports: ExportPorts;
let sqs: SQSClient;
let s3: S3Client;
let queueUrl: string;
let deadLetterQueueUrl: string;
const calls = { budget: new RetryBudget() };

beforeAll(async () => {
  const { client } = emulator();
  sqs = new SQSClient(client);
  s3 = new S3Client({ ...client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await makeStateTable(emulator(), TABLE);
  const queue = async (QueueName: string) =>
    (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl!;
  queueUrl = await queue('export-adapters');
  deadLetterQueueUrl = await queue('export-adapters-dead');
  transport = signedClientOf(emulator());
  const resources = {
    stateTable: TABLE,
    archiveBucket: BUCKET,
    telemetryQueueUrl: queueUrl,
    telemetryDeadLetterQueueUrl: deadLetterQueueUrl,
  };
  ports = exportPorts(resources, transport, calls);
});

const newId = () => randomBytes(16).toString('hex');

test('progress rows are read, written once over each version, and lost to whoever was faster', async () => {
  const key = { ingestId: newId(), destination: 'cloudwatch-logs' as const };
  const other = new DynamoProgressStore(TABLE, transport, calls);
  expect(await ports.progress.load([key])).toEqual([]);
  expect(await ports.progress.save([{ ...key, progress: '1', version: 1 }])).toEqual(['saved']);
  expect(await other.save([{ ...key, progress: '9', version: 1 }])).toEqual(['conflict']);
  // The answer to our own write was lost and the client sent it again.
  expect(await ports.progress.save([{ ...key, progress: '1', version: 1 }])).toEqual(['saved']);
  expect(await other.save([{ ...key, progress: '2', version: 2 }])).toEqual(['saved']);
  expect(await ports.progress.save([{ ...key, progress: '3', version: 2 }])).toEqual(['conflict']);
  expect(await ports.progress.load([key, { ...key, destination: 'archive' }])).toEqual([
    { ...key, progress: '2', version: 2 },
  ]);
});

test('log groups are claimed up to the cap, by all instances together', async () => {
  const store = new DynamoLogGroupStore(TABLE, transport, calls);
  expect(await store.unfinished()).toEqual([]);
  const claims = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => store.claim(`/cap/${name}`, 3)));
  expect(claims.filter(Boolean)).toHaveLength(3);
  const mine = await store.unfinished();
  expect(mine).toHaveLength(3);
  expect(await store.claim(mine[0]!, 3)).toBe(true);
  for (const name of mine) await store.finished(name);
  expect(await store.unfinished()).toEqual([]);
});

test('bodies beside the queue are fetched, and a missing one is told apart', async () => {
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'pending/2026-11-22/x', Body: 'body' }));
  expect((await ports.bodies.load('pending/2026-11-22/x', 100)).toString()).toBe('body');
  await expect(ports.bodies.load('pending/2026-11-22/y', 100)).rejects.toMatchObject({ reason: 'notFound' });
});

test('dead letters carry their reason, hidden messages stay hidden', async () => {
  await ports.queue.sendDeadLetter({ body: 'poison', reason: 'malformed', detail: 'at byte 7' });
  const dead = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: deadLetterQueueUrl,
      MessageAttributeNames: ['All'],
      WaitTimeSeconds: 2,
    }),
  );
  expect(dead.Messages?.[0]).toMatchObject({
    Body: 'poison',
    MessageAttributes: { reason: { StringValue: 'malformed' }, detail: { StringValue: 'at byte 7' } },
  });
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'later' }));
  const receive = new ReceiveMessageCommand({ QueueUrl: queueUrl, VisibilityTimeout: 0, WaitTimeSeconds: 1 });
  const receiptHandle = (await sqs.send(receive)).Messages![0]!.ReceiptHandle!;
  await ports.queue.hide([{ receiptHandle, seconds: 600 }]);
  expect((await sqs.send(receive)).Messages ?? []).toEqual([]);
});

test('a batch of logs arrives in groups made on the way, and in the archive, each record once', async () => {
  const groups = new DynamoLogGroupStore(TABLE, transport, calls);
  const settings = { ...LOGS_DEFAULTS, groupTemplate: '/adapters/{service.name}' };
  const pipeline = new ExportPipeline(
    [
      new CloudWatchLogsExporter({ settings, transport, groups }),
      new ArchiveExporter({ bucket: BUCKET, transport }),
    ],
    ports,
    { now: Date.now, random: Math.random },
  );
  const messages = [1, 2, 3].map((seed): TelemetryMessage => {
    const otlp = encodeProtobuf('logs', logsPayload({ seed, records: 40, startMs: Date.now() - 60_000 }));
    return {
      version: 1,
      ingestId: newId(),
      tenant: 'default',
      signal: 'logs',
      encoding: 'identity',
      decompressedBytes: otlp.length,
      acceptedAtMs: Date.now(),
      body: { kind: 'inline', base64: otlp.toString('base64') },
    };
  });
  const records = messages.map((message, i) => ({
    messageId: `m${i}`,
    receiptHandle: `h${i}`,
    body: JSON.stringify(message),
    receiveCount: 1,
  }));
  const first = await pipeline.run(records, Date.now() + 30_000);
  expect(first).toMatchObject({ failedMessageIds: [], log: [] });
  // Once more: the queue may deliver twice.
  expect(await pipeline.run(records, Date.now() + 30_000)).toMatchObject({ failedMessageIds: [], log: [] });

  const logs = new CloudWatchLogsClient(emulator().client);
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/adapters/' }));
  expect(logGroups!.length).toBeGreaterThan(1);
  expect(new Set(logGroups!.map((group) => group.retentionInDays))).toEqual(new Set([7]));
  const ids: string[] = [];
  for (const { logGroupName } of logGroups!) {
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName, limit: 10_000 }));
    ids.push(...events!.map(({ message }) => JSON.parse(message!).recordId as string));
  }
  expect(ids).toHaveLength(120);
  expect(new Set(ids).size).toBe(120);

  const { Contents } = await s3.send(
    new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'raw/logs/tenant=default/' }),
  );
  const entries = await Promise.all(
    Contents!.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      return readRawObject(await Body!.transformToByteArray()).entries.map(({ ingestId }) => ingestId);
    }),
  );
  expect(entries.flat().toSorted()).toEqual(messages.map(({ ingestId }) => ingestId).toSorted());
});
