// Channels that are AWS services, on the emulator: mail, topics, text messages, events, and secrets by reference.
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { beforeAll, expect, test } from 'vitest';
import { EventBus, SesMail, SnsTopics } from '../../lib/aws/notification-ports.ts';
import { SecretStore } from '../../lib/aws/secret-store.ts';
import { type ChannelSender, createNotificationSender } from '../../lib/channels/sender.ts';
import { CONTENTS, CONTEXT, HARD_CONTENTS } from '../channels/channel-world.ts';
import { emulatorForThisFile } from './support/emulator.ts';

const emulator = emulatorForThisFile('test-notification-ports');
let sender: ChannelSender;
let secrets: SecretStore;
let sqs: SQSClient;
const firing = CONTENTS.firing!;

beforeAll(() => {
  const { client } = emulator();
  secrets = new SecretStore({
    secretsManager: new SecretsManagerClient(client),
    parameterStore: new SSMClient(client),
  });
  sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false });
  sender = createNotificationSender({
    ports: {
      secrets,
      mail: new SesMail(new SESv2Client(client)),
      topics: new SnsTopics(new SNSClient(client)),
      eventBus: new EventBus(new EventBridgeClient(client)),
    } as never,
  });
});

/** A queue, and what arrives in it. */
async function queueOf(name: string) {
  const attributes: Record<string, string> = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: QueueUrl!, AttributeNames: ['QueueArn'] }),
  );
  const receive = async (): Promise<Record<string, unknown>[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: QueueUrl!, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
    );
    return Messages.map(({ Body }) => JSON.parse(Body!));
  };
  return { arn: Attributes!.QueueArn!, receive };
}

async function topicOf(name: string, queueArn: string): Promise<string> {
  const sns = new SNSClient(emulator().client);
  const fifo: Record<string, string> = name.endsWith('.fifo') ? { FifoTopic: 'true' } : {};
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name, Attributes: fifo }));
  await sns.send(new SubscribeCommand({ TopicArn: TopicArn!, Protocol: 'sqs', Endpoint: queueArn }));
  return TopicArn!;
}

test('a topic gets subject, text and attributes', async () => {
  const queue = await queueOf('alerts');
  const fields = { topic_arn: await topicOf('alerts', queue.arn) };
  expect(await sender.send({ kind: 'sns', fields }, firing, CONTEXT)).toMatchObject({ kind: 'delivered' });
  const huge = HARD_CONTENTS['huge annotations']!;
  expect(await sender.send({ kind: 'sns', fields }, huge, CONTEXT)).toMatchObject({ kind: 'delivered' });
  const [message] = await queue.receive();
  expect(message).toMatchObject({
    Subject: 'P1 CheckoutFails: Checkout fails for 12 % of customers',
    MessageAttributes: { priority: { Value: 'P1' } },
  });
  expect(message!.Message).toContain('Where: service=checkout');
});

test('a FIFO topic gets the same message once', async () => {
  const queue = await queueOf('alerts.fifo');
  const fields = { topic_arn: await topicOf('alerts.fifo', queue.arn) };
  for (const _ of [1, 2]) await sender.send({ kind: 'sns', fields }, firing, CONTEXT);
  expect(await queue.receive()).toHaveLength(1);
});

test('a phone gets a short text', async () => {
  const fields = { phone_number: '+4915112345678' };
  expect(await sender.send({ kind: 'sns', fields }, firing, CONTEXT)).toMatchObject({ kind: 'delivered' });
  const answer = await fetch(`${emulator().endpoint}/_ministack/sns/sms-messages`);
  expect(JSON.stringify(await answer.json())).toContain('P1 CheckoutFails: Checkout fails');
});

test('a topic that does not exist is refused', async () => {
  const fields = { topic_arn: 'arn:aws:sns:us-east-1:000000000000:nowhere' };
  expect(await sender.send({ kind: 'sns', fields }, firing, CONTEXT)).toMatchObject({ kind: 'refused' });
});

test('a mail goes out with both bodies', async () => {
  const ses = new SESv2Client(emulator().client);
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'alerts@example.com' }));
  const fields = { to: 'ada@example.com', from: 'Tidewatch <alerts@example.com>' };
  expect(await sender.send({ kind: 'email', fields }, firing, CONTEXT)).toMatchObject({ kind: 'delivered' });
  const answer = await fetch(`${emulator().endpoint}/_ministack/ses/messages`);
  const text = JSON.stringify(await answer.json());
  expect(text).toContain('P1 CheckoutFails');
  expect(text).toContain('ada@example.com');
});

test('an event bus gets an event that a rule finds', async () => {
  const events = new EventBridgeClient(emulator().client);
  const queue = await queueOf('events');
  await events.send(new CreateEventBusCommand({ Name: 'alerts' }));
  const EventPattern = JSON.stringify({ source: ['tidewatch'], detail: { priority: ['P1'] } });
  await events.send(new PutRuleCommand({ Name: 'pages', EventBusName: 'alerts', EventPattern }));
  const Targets = [{ Id: 'queue', Arn: queue.arn }];
  await events.send(new PutTargetsCommand({ Rule: 'pages', EventBusName: 'alerts', Targets }));
  const target = { kind: 'eventbridge', fields: { event_bus: 'alerts' } };
  expect(await sender.send(target, firing, CONTEXT)).toMatchObject({ kind: 'delivered' });
  expect(await queue.receive()).toMatchObject([
    { source: 'tidewatch', 'detail-type': 'Alert Firing', detail: { action: 'page', priority: 'P1' } },
  ]);
  for (const content of Object.values(HARD_CONTENTS)) {
    expect(await sender.send(target, content, CONTEXT)).toMatchObject({ kind: 'delivered' });
  }
});

test('secrets are read by name, by key and as parameters, and anew when they were forgotten', async () => {
  const { client } = emulator();
  const manager = new SecretsManagerClient(client);
  await manager.send(new CreateSecretCommand({ Name: 'tidewatch/slack', SecretString: '{"token":"t-1"}' }));
  await new SSMClient(client).send(
    new PutParameterCommand({ Name: '/tidewatch/key', Value: 'k-1', Type: 'SecureString' }),
  );
  expect(await secrets.read({ secret: 'tidewatch/slack', key: 'token' })).toBe('t-1');
  expect(await secrets.read({ parameter: '/tidewatch/key' })).toBe('k-1');
  await manager.send(
    new PutSecretValueCommand({ SecretId: 'tidewatch/slack', SecretString: '{"token":"t-2"}' }),
  );
  expect(await secrets.read({ secret: 'tidewatch/slack', key: 'token' })).toBe('t-1');
  secrets.forget({ secret: 'tidewatch/slack' });
  expect(await secrets.read({ secret: 'tidewatch/slack', key: 'token' })).toBe('t-2');
});

test('a secret that is not there is named', async () => {
  await expect(secrets.read({ secret: 'nowhere' })).rejects.toMatchObject({
    reason: 'notFound',
    message: 'secret nowhere does not exist in this Region',
  });
  await expect(secrets.read({ parameter: '/nowhere' })).rejects.toMatchObject({ reason: 'notFound' });
});
