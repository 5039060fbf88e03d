// A dead-letter queue and the queue its letters came from, for the command line.
import { randomUUID } from 'node:crypto';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetter, RedriveQueue } from '../redrive/ports.ts';

/** Messages of one ReceiveMessage. Source: SQS API reference, 2026-11. */
const BATCH = 10;
/** Long enough to move or count many letters before the first shows again. */
const HIDDEN_SECONDS = 300;
/** Long polling asks every part of the queue. */
const WAIT_SECONDS = 1;

/** Requests go where the SDK's settings say, not where a queue's URL says: behind an emulator these differ. */
export const QUEUE_CLIENT = { useQueueUrlAsEndpoint: false };

export class SqsRedriveQueue implements RedriveQueue {
  private readonly deadLetterQueueUrl: string;
  private readonly queueUrl: string;
  private readonly client: SQSClient;

  constructor(deadLetterQueueUrl: string, queueUrl: string, client: SQSClient = new SQSClient(QUEUE_CLIENT)) {
    this.deadLetterQueueUrl = deadLetterQueueUrl;
    this.queueUrl = queueUrl;
    this.client = client;
  }

  async receive(): Promise<readonly DeadLetter[]> {
    const { Messages } = await this.client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.deadLetterQueueUrl,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: HIDDEN_SECONDS,
        WaitTimeSeconds: WAIT_SECONDS,
        MessageAttributeNames: ['reason'],
        MessageSystemAttributeNames: ['SentTimestamp', 'MessageGroupId'],
      }),
    );
    return (Messages ?? []).map((message) => ({
      messageId: message.MessageId ?? '',
      receiptHandle: message.ReceiptHandle ?? '',
      body: message.Body ?? '',
      reason: message.MessageAttributes?.reason?.StringValue,
      sentAtMs: Number(message.Attributes?.SentTimestamp ?? 0),
      ...(message.Attributes?.MessageGroupId !== undefined && { group: message.Attributes.MessageGroupId }),
    }));
  }

  async resend({ body, group }: DeadLetter): Promise<void> {
    await this.client.send(
      new SendMessageCommand({
        QueueUrl: this.queueUrl,
        MessageBody: body,
        // An id of its own: the queue may still remember the one that it had.
        ...(this.queueUrl.endsWith('.fifo') && {
          MessageGroupId: group ?? '0',
          MessageDeduplicationId: randomUUID(),
        }),
      }),
    );
  }

  async remove(letter: DeadLetter): Promise<void> {
    await this.client.send(
      new DeleteMessageCommand({ QueueUrl: this.deadLetterQueueUrl, ReceiptHandle: letter.receiptHandle }),
    );
  }

  async release(letter: DeadLetter): Promise<void> {
    await this.client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.deadLetterQueueUrl,
        ReceiptHandle: letter.receiptHandle,
        VisibilityTimeout: 0,
      }),
    );
  }
}
