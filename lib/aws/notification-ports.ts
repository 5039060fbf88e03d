// What channels need from AWS. Clients are loaded when a channel first needs them, so that a function that only calls
// webhooks does not pay for the rest. One attempt each: whoever sends repeats, and counts what may come twice.
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { ChannelPorts, EventBusPort, MailPort, TopicMessage, TopicPort } from '../channels/ports.ts';
import { PermanentError, RetryableError } from '../model/errors.ts';
import { createHttpSender } from './http-sender.ts';
import { SsmOpsItems } from './ops-items.ts';
import { sdkFailure } from './sdk-failure.ts';
import { SecretStore } from './secret-store.ts';

const CLIENT = { maxAttempts: 1, requestHandler: { connectionTimeout: 2_000, requestTimeout: 8_000 } };

/** Ports for the functions that tell people: all of the process's Region and credentials. */
export function notificationPorts(): ChannelPorts {
  return {
    http: createHttpSender(),
    secrets: new SecretStore(),
    mail: new SesMail(),
    topics: new SnsTopics(),
    eventBus: new EventBus(),
    opsItems: new SsmOpsItems(),
  };
}

/** A client that is made once, when it is first needed. */
export class SesMail implements MailPort {
  private client: SESv2Client | undefined;

  constructor(client?: SESv2Client) {
    this.client = client;
  }

  async send(mail: Parameters<MailPort['send']>[0]): Promise<string> {
    const { SESv2Client, SendEmailCommand } = await import('@aws-sdk/client-sesv2');
    this.client ??= new SESv2Client(CLIENT);
    const part = (Data: string) => ({ Data, Charset: 'UTF-8' });
    try {
      const answer = await this.client.send(
        new SendEmailCommand({
          FromEmailAddress: mail.from,
          Destination: { ToAddresses: [...mail.to] },
          ...(mail.replyTo.length > 0 && { ReplyToAddresses: [...mail.replyTo] }),
          ...(mail.configurationSet !== undefined && { ConfigurationSetName: mail.configurationSet }),
          Content: {
            Simple: {
              Subject: part(mail.subject),
              Body: { Html: part(mail.html), Text: part(mail.text) },
              Headers: Object.entries(mail.headers).map(([Name, Value]) => ({ Name, Value })),
            },
          },
        }),
      );
      return answer.MessageId ?? '';
    } catch (error) {
      throw sdkFailure(error, 'SendEmail');
    }
  }
}

export class SnsTopics implements TopicPort {
  private client: SNSClient | undefined;

  constructor(client?: SNSClient) {
    this.client = client;
  }

  async publish({ to, subject, message, attributes, group }: TopicMessage): Promise<string> {
    const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
    this.client ??= new SNSClient(CLIENT);
    const entries = Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]);
    try {
      const answer = await this.client.send(
        new PublishCommand({
          ...destination(to),
          ...(subject !== undefined && { Subject: subject }),
          Message: message,
          ...(entries.length > 0 && { MessageAttributes: Object.fromEntries(entries) }),
          ...(group !== undefined && {
            MessageGroupId: group.id,
            MessageDeduplicationId: group.deduplicationId,
          }),
        }),
      );
      return answer.MessageId ?? '';
    } catch (error) {
      throw sdkFailure(error, 'Publish');
    }
  }
}

function destination(to: TopicMessage['to']) {
  if ('topicArn' in to) return { TopicArn: to.topicArn };
  return 'phoneNumber' in to ? { PhoneNumber: to.phoneNumber } : { TargetArn: to.targetArn };
}

/** Entries are refused one by one in an answer of 200. @see docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const RETRYABLE_ENTRY = /^(ThrottlingException|InternalFailure|InternalException|ServiceUnavailable)$/;

export class EventBus implements EventBusPort {
  private client: EventBridgeClient | undefined;

  constructor(client?: EventBridgeClient) {
    this.client = client;
  }

  async put(event: Parameters<EventBusPort['put']>[0]): Promise<string> {
    const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
    this.client ??= new EventBridgeClient(CLIENT);
    const answer = await this.client
      .send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: event.bus,
              Source: event.source,
              DetailType: event.detailType,
              Detail: event.detail,
              Resources: [...event.resources],
              Time: new Date(event.time),
            },
          ],
        }),
      )
      .catch((error: unknown) => {
        throw sdkFailure(error, 'PutEvents');
      });
    const entry = answer.Entries?.[0];
    if ((answer.FailedEntryCount ?? 0) === 0) return entry?.EventId ?? '';
    const text = `PutEvents: ${entry?.ErrorCode ?? 'unknown'}: ${entry?.ErrorMessage ?? ''}`;
    if (RETRYABLE_ENTRY.test(entry?.ErrorCode ?? '')) {
      const isThrottled = entry?.ErrorCode === 'ThrottlingException';
      throw new RetryableError(isThrottled ? 'throttled' : 'unavailable', text);
    }
    throw new PermanentError('rejected', text);
  }
}
