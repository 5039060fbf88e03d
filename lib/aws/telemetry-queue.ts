// The telemetry queue from its reader's side: dead letters with their reason, and hiding what comes back too early.
import type { DeadLetter, TelemetryQueue } from '../pipeline/ports.ts';
import { type JsonCallOptions, JsonService } from './json-call.ts';
import type { AwsTransport } from './transport.ts';

/** Entries of one ChangeMessageVisibilityBatch. Source: SQS API reference, 2026-11. */
const MAX_ENTRIES = 10;

/** Longest detail of a dead letter; body and attributes share the message's 1 MiB. */
const MAX_DETAIL_CHARS = 1_000;

export class SqsTelemetryQueue implements TelemetryQueue {
  private readonly queueUrl: string;
  private readonly deadLetterQueueUrl: string;
  private readonly sqs: JsonService;

  constructor(
    queueUrl: string,
    deadLetterQueueUrl: string,
    transport: AwsTransport,
    options: JsonCallOptions,
  ) {
    this.queueUrl = queueUrl;
    this.deadLetterQueueUrl = deadLetterQueueUrl;
    this.sqs = new JsonService('sqs', transport, options);
  }

  async sendDeadLetter({ body, reason, detail }: DeadLetter): Promise<void> {
    await this.sqs.call('SendMessage', {
      QueueUrl: this.deadLetterQueueUrl,
      MessageBody: body,
      MessageAttributes: { reason: attribute(reason), detail: attribute(detail) },
    });
  }

  /** Without it a message comes back when the queue's own visibility time-out ends, so nothing depends on it. */
  async hide(
    deliveries: readonly { readonly receiptHandle: string; readonly seconds: number }[],
  ): Promise<void> {
    for (let from = 0; from < deliveries.length; from += MAX_ENTRIES) {
      const Entries = deliveries.slice(from, from + MAX_ENTRIES).map(({ receiptHandle, seconds }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }));
      await this.sqs
        .call('ChangeMessageVisibilityBatch', { QueueUrl: this.queueUrl, Entries })
        .catch(() => undefined);
    }
  }
}

/** SQS takes tab, line breaks and what is printable, and no empty text. */
function attribute(text: string) {
  const clean = text.toWellFormed().replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?');
  return { DataType: 'String', StringValue: clean.slice(0, MAX_DETAIL_CHARS).toWellFormed() || '-' };
}
