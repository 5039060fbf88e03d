// Channels that are AWS services: what the services refuse, and what is loaded when.
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, test } from 'vitest';
import { EventBus, SesMail, SnsTopics } from '../../lib/aws/notification-ports.ts';
import type { BusEvent, Mail } from '../../lib/channels/ports.ts';
import { loadedWith, readSources } from '../support/import-graph.ts';

const clientOf = <T>(answer: object | Error, seen: unknown[] = []) =>
  ({
    send: async (command: unknown) => {
      seen.push(command);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  }) as unknown as T;

const named = (name: string, status: number) =>
  Object.assign(new Error('why'), { name, $metadata: { httpStatusCode: status } });

const MAIL: Mail = {
  from: 'a@example.com',
  to: ['b@example.com'],
  replyTo: [],
  subject: 's',
  html: '<p>h</p>',
  text: 't',
  headers: { References: '<x@tidewatch.invalid>' },
};
const EVENT: BusEvent = {
  bus: 'default',
  source: 'tidewatch',
  detailType: 'd',
  detail: '{}',
  resources: [],
  time: 0,
};

describe('mail', () => {
  test('has both bodies and the headers', async () => {
    const seen: unknown[] = [];
    expect(await new SesMail(clientOf<SESv2Client>({ MessageId: 'm-1' }, seen)).send(MAIL)).toBe('m-1');
    expect((seen[0] as SendEmailCommand).input).toMatchObject({
      FromEmailAddress: 'a@example.com',
      Destination: { ToAddresses: ['b@example.com'] },
      Content: {
        Simple: {
          Body: { Html: { Data: '<p>h</p>' }, Text: { Data: 't' } },
          Headers: [{ Name: 'References', Value: '<x@tidewatch.invalid>' }],
        },
      },
    });
    expect(seen[0]).toBeInstanceOf(SendEmailCommand);
  });

  test.each([
    ['TooManyRequestsException', 429, 'throttled'],
    ['LimitExceededException', 400, 'throttled'],
    ['MessageRejected', 400, 'rejected'],
    ['MailFromDomainNotVerifiedException', 400, 'rejected'],
    ['AccessDeniedException', 403, 'denied'],
    ['InternalFailure', 500, 'unavailable'],
  ])('%s is %s', async (name, status, reason) => {
    const mail = new SesMail(clientOf<SESv2Client>(named(name, status)));
    await expect(mail.send(MAIL)).rejects.toMatchObject({ reason });
  });
});

test('a topic gets attributes as texts', async () => {
  const seen: unknown[] = [];
  const topics = new SnsTopics(clientOf<SNSClient>({ MessageId: 'm' }, seen));
  await topics.publish({ to: { phoneNumber: '+4915112345678' }, message: 'x', attributes: {} });
  await topics.publish({
    to: { targetArn: 'arn:t' },
    subject: 's',
    message: 'x',
    attributes: { status: 'firing' },
  });
  expect(seen.map((command) => (command as PublishCommand).input)).toEqual([
    { PhoneNumber: '+4915112345678', Message: 'x' },
    {
      TargetArn: 'arn:t',
      Subject: 's',
      Message: 'x',
      MessageAttributes: { status: { DataType: 'String', StringValue: 'firing' } },
    },
  ]);
  expect(seen[0]).toBeInstanceOf(PublishCommand);
});

test.each([
  ['ThrottlingException', 'throttled'],
  ['InternalFailure', 'unavailable'],
  ['NotAuthorizedForSourceException', 'rejected'],
  ['MalformedDetail', 'rejected'],
])('an event that is refused with %s in an answer of 200 is %s', async (ErrorCode, reason) => {
  const answer = { FailedEntryCount: 1, Entries: [{ ErrorCode, ErrorMessage: 'why' }] };
  const bus = new EventBus(clientOf<EventBridgeClient>(answer));
  await expect(bus.put(EVENT)).rejects.toMatchObject({ reason, message: `PutEvents: ${ErrorCode}: why` });
});

test('clients of AWS are loaded only when a channel needs them', () => {
  const packages = loadedWith('lib/aws/notification-ports.ts', readSources('lib')).flatMap(({ imports }) =>
    imports.filter(({ typeOnly, dynamic }) => !typeOnly && !dynamic).map((item) => item.package ?? ''),
  );
  expect(packages.filter((name) => name.startsWith('@aws-sdk'))).toEqual([]);
});
