// Puts messages on one queue with the small signed client.
import type { TelemetryQueue } from '../receivers/otlp/ports.ts';
import { type JsonCallOptions, JsonService } from './json-call.ts';
import type { AwsTransport } from './transport.ts';

/** SendMessage to a standard queue: a message that is sent again after a time-out may arrive twice. */
export class SqsSender implements TelemetryQueue {
  private readonly queueUrl: string;
  private readonly sqs: JsonService;

  constructor(queueUrl: string, transport: AwsTransport, options: JsonCallOptions) {
    this.queueUrl = queueUrl;
    this.sqs = new JsonService('sqs', transport, options);
  }

  /** @param text at most 1 MiB */
  async send(text: string, deadlineMs: number): Promise<void> {
    await this.sqs.call('SendMessage', { QueueUrl: this.queueUrl, MessageBody: text }, [], deadlineMs);
  }
}
