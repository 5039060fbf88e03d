// The stores of alert routing and its timers on DynamoDB, SQS and S3 pass the suite of those in memory.
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test } from 'vitest';
import { alertingStores } from '../../lib/aws/alerting-stores.ts';
import { SqsRedriveQueue } from '../../lib/aws/redrive-queue.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import type { WakeUp } from '../../lib/model/wake-up.ts';
import { redrive } from '../../lib/redrive/redrive.ts';
import { anAlert, describeAlertingStores } from '../alerting/stores-suite.ts';
import { emulatorForThisFile } from './support/emulator.ts';
import { makeStateTable, signedClientOf } from './support/state-table.ts';

const emulator = emulatorForThisFile('test-alerting-stores');
const TABLE = 'alerting-state';
const BUCKET = 'alerting-archive';

let open: ReturnType<typeof alertingStores>;
let sqs: SQSClient;
let queueUrl: string;

beforeAll(async () => {
  const { client } = emulator();
  await new S3Client({ ...client, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: BUCKET }));
  await makeStateTable(emulator(), TABLE);
  sqs = new SQSClient(client);
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'wake-ups' }))).QueueUrl!;
  const transport = signedClientOf(emulator());
  const resources = { stateTable: TABLE, archiveBucket: BUCKET, queues: { notify: queueUrl } };
  open = alertingStores(resources, transport, { budget: new RetryBudget() });
});

describe('the stores of alert routing on AWS', { timeout: 60_000 }, () => {
  const seen: WakeUp[] = [];
  describeAlertingStores(() => ({ stores: open, timers: open.timers, sent: () => receive(seen) }));
});

test('a row above what an item holds is refused for what it is, not taken for a lack of rights', async () => {
  const alert = anAlert({ labels: { alertname: 'Huge' }, annotations: { text: 'x'.repeat(450_000) } });
  await expect(open.alerts.save([{ alert, source: 'test', writtenAt: Date.now() }])).rejects.toMatchObject({
    name: 'PermanentError',
    reason: 'rejected',
  });
});

test('dead letters of alerts go back in their message group, though the queue remembers them', async () => {
  const make = async (QueueName: string): Promise<string> => {
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName, Attributes: { FifoQueue: 'true' } }),
    );
    return QueueUrl!;
  };
  const [letters, origin] = [await make('letters.fifo'), await make('alerts.fifo')];
  for (const MessageBody of ['fires', 'resolves']) {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: letters,
        MessageBody,
        MessageGroupId: '7',
        MessageDeduplicationId: MessageBody,
      }),
    );
  }
  const result = await redrive(new SqsRedriveQueue(letters, origin, sqs), {
    limit: 10,
    dryRun: false,
    startedAtMs: Date.now() + 1_000,
    onProgress: () => {},
  });
  expect(result).toMatchObject({ total: 2, failed: 0 });
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: origin,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 2,
      MessageSystemAttributeNames: ['MessageGroupId'],
    }),
  );
  expect(Messages.map(({ Body, Attributes }) => [Body, Attributes?.MessageGroupId])).toEqual([
    ['fires', '7'],
    ['resolves', '7'],
  ]);
});

/** Everything that is on the queue within the delay of the tests' timers. */
async function receive(seen: WakeUp[]): Promise<readonly WakeUp[]> {
  const deadline = Date.now() + 4_000;
  const before = seen.length;
  while (Date.now() < deadline && seen.length === before) {
    const request = { QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
    seen.push(...Messages.map(({ Body }) => JSON.parse(Body!) as WakeUp));
  }
  return seen;
}
