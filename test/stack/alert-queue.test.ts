// The alert queue on the emulator's FIFO queue: fire and resolve stay in order, and nothing is swallowed.
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeAll, expect, test } from 'vitest';
import { AlertQueue } from '../../lib/aws/alert-queue.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import type { Alert } from '../../lib/model/alert.ts';
import { emulatorForThisFile } from './support/emulator.ts';
import { signedClientOf } from './support/state-table.ts';

const emulator = emulatorForThisFile('test-alert-queue');
let sqs: SQSClient;
let queueUrl: string;
let queue: AlertQueue;

beforeAll(async () => {
  const { client } = emulator();
  sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false });
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({
      QueueName: 'alerts.fifo',
      Attributes: {
        FifoQueue: 'true',
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
      },
    }),
  );
  queueUrl = QueueUrl!;
  queue = new AlertQueue(queueUrl, signedClientOf(emulator()), { budget: new RetryBudget() });
});

const alert = (name: string, endsAt: number): Alert => ({
  labels: { alertname: name, severity: 'page' },
  annotations: { summary: 'größer "als" 🙂' },
  startsAt: 1,
  endsAt,
  generatorUrl: '',
  source: 'slo',
});

async function drain(): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for (;;) {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages === undefined || Messages.length === 0) return alerts;
    for (const { Body, ReceiptHandle } of Messages) {
      alerts.push(...(JSON.parse(Body!) as { alerts: Alert[] }).alerts);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
}

test('fire, resolve and the same fire again arrive, in this order', async () => {
  for (const endsAt of [900, 5, 900]) await queue.send([alert('burn', endsAt)], 7);
  expect((await drain()).map(({ endsAt }) => endsAt)).toEqual([900, 5, 900]);
});

test('500 alerts arrive as they were, each once', async () => {
  const alerts = Array.from({ length: 500 }, (_, at) => alert(`burn ${at}`, at));
  await queue.send(alerts, 7);
  expect((await drain()).toSorted((a, b) => a.endsAt - b.endsAt)).toEqual(alerts);
});
