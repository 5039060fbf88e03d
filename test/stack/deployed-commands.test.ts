// `keys`, `redrive` and `doctor` against real calls: a small stack with the outputs of a deployment, in the emulator.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test } from 'vitest';
import { findDeployment, output } from '../../lib/aws/deployment.ts';
import { DynamoKeyStore } from '../../lib/aws/key-store.ts';
import { keyRow } from '../../lib/aws/state-keys.ts';
import { checkKey, parseKey } from '../../lib/keys/ingest-key.ts';
import { awsEnvironment, withoutAws } from '../../lib/local/environment.ts';
import { describeKeyStore } from '../keys/key-store-suite.ts';
import { ROOT } from '../support/import-graph.ts';
import { emulatorForThisFile } from './support/emulator.ts';

const STACK = 'Small';
const emulator = emulatorForThisFile('test-deployed-commands');

const queue = { Type: 'AWS::SQS::Queue' };
const TEMPLATE = {
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      },
    },
    Bucket: { Type: 'AWS::S3::Bucket' },
    Telemetry: queue,
    DeadLetters: queue,
    Alerts: queue,
  },
  Outputs: {
    IngestUrl: { Value: 'http://127.0.0.1:9' },
    StateTableName: { Value: { Ref: 'Table' } },
    ArchiveBucketName: { Value: { Ref: 'Bucket' } },
    TelemetryQueueUrl: { Value: { Ref: 'Telemetry' } },
    TelemetryDeadLetterQueueUrl: { Value: { Ref: 'DeadLetters' } },
    AlertDeadLetterQueueUrl: { Value: { Ref: 'Alerts' } },
  },
};

beforeAll(async () => {
  const client = new CloudFormationClient(emulator().client);
  await client.send(new CreateStackCommand({ StackName: STACK, TemplateBody: JSON.stringify(TEMPLATE) }));
  await waitUntilStackCreateComplete({ client, maxWaitTime: 30, minDelay: 1 }, { StackName: STACK });
});

function tidewatch(...args: readonly string[]) {
  const command = [join(ROOT, 'lib/cli/main.ts'), ...args, '--stack', STACK, '--json'];
  const env = { ...withoutAws(), ...awsEnvironment(emulator().endpoint) };
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env });
  return { status, stderr, json: stdout === '' ? undefined : JSON.parse(stdout) };
}

async function outputOf(name: Parameters<typeof output>[1]): Promise<string> {
  return output(await findDeployment(STACK, new CloudFormationClient(emulator().client)), name);
}

describe('the key store on DynamoDB', () => {
  let table = '';
  beforeAll(async () => {
    table = await outputOf('StateTableName');
  });
  describeKeyStore(() => new DynamoKeyStore(table, new DynamoDBClient(emulator().client)));
});

describe('tidewatch keys', () => {
  test('makes a key that the state table accepts, lists it and revokes it', async () => {
    const made = tidewatch(
      'keys',
      'create',
      '--name',
      'shop',
      '--tenant',
      'acme',
      '--scopes',
      'ingest:traces',
    );
    expect(made).toMatchObject({
      status: 0,
      json: { name: 'shop', tenant: 'acme', scopes: ['ingest:traces'] },
    });
    const key = parseKey(made.json.key)!;
    const { pk, sk } = keyRow(key.id);
    const { Item } = await new DynamoDBClient(emulator().client).send(
      new GetItemCommand({
        TableName: await outputOf('StateTableName'),
        Key: { pk: { S: pk }, sk: { S: sk } },
      }),
    );
    expect(Item).toMatchObject({
      tenant: { S: 'acme' },
      scopes: { SS: ['ingest:traces'] },
      version: { N: '1' },
    });
    expect(made.json.variables.OTEL_EXPORTER_OTLP_HEADERS).toBe(`Authorization=Bearer%20${made.json.key}`);
    const record = (listed: { id: string }[]) => listed.find(({ id }) => id === key.id);
    expect(record(tidewatch('keys', 'list').json)).toMatchObject({ name: 'shop', revokedAt: null });
    expect(tidewatch('keys', 'revoke', key.id)).toMatchObject({ status: 0, json: { id: key.id } });
    expect(record(tidewatch('keys', 'list').json)).toMatchObject({ revokedAt: expect.any(Number) });
    const store = new DynamoKeyStore(await outputOf('StateTableName'), new DynamoDBClient(emulator().client));
    const kept = (await store.list()).find(({ id }) => id === key.id);
    expect(checkKey(kept, key, 'ingest:traces')).toBe('revoked');
  });

  test('exits with 1 when there is no such key', () => {
    expect(tidewatch('keys', 'revoke', 'nosuchkey000')).toMatchObject({
      status: 1,
      stderr: 'error: there is no key nosuchkey000: tidewatch keys list\n',
    });
  });
});

describe('tidewatch redrive', () => {
  const sqs = () => new SQSClient({ ...emulator().client, useQueueUrlAsEndpoint: false });
  const depth = async (name: 'TelemetryQueueUrl' | 'TelemetryDeadLetterQueueUrl') => {
    const { Attributes } = await sqs().send(
      new GetQueueAttributesCommand({
        QueueUrl: await outputOf(name),
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages);
  };

  test('counts dead letters by reason, then moves them back', async () => {
    const QueueUrl = await outputOf('TelemetryDeadLetterQueueUrl');
    for (let index = 0; index < 12; index += 1) {
      const reason = { DataType: 'String', StringValue: index < 5 ? 'malformed' : 'encoderFailed' };
      await sqs().send(
        new SendMessageCommand({ QueueUrl, MessageBody: `letter ${index}`, MessageAttributes: { reason } }),
      );
    }
    const byReason = { malformed: 5, encoderFailed: 7 };
    expect(tidewatch('redrive', '--dry-run')).toMatchObject({ status: 0, json: { counted: 12, byReason } });
    expect(await depth('TelemetryDeadLetterQueueUrl')).toBe(12);
    expect(tidewatch('redrive', '--limit', '2')).toMatchObject({
      status: 0,
      json: { moved: 2, limited: true },
    });
    expect(tidewatch('redrive')).toMatchObject({ status: 0, json: { moved: 10, failed: 0, limited: false } });
    expect([await depth('TelemetryDeadLetterQueueUrl'), await depth('TelemetryQueueUrl')]).toEqual([0, 12]);
  });
});

describe('tidewatch doctor', () => {
  test('says what it found, also when nothing answers at the door', () => {
    const { status, json } = tidewatch('doctor');
    expect(status).toBe(1);
    const results = Object.fromEntries(
      json.findings.map(({ check, result }: { check: string; result: string }) => [check, result]),
    );
    expect(results).toMatchObject({
      stack: 'failed',
      'ingest refuses without a key': 'failed',
      'ingest takes an empty request': 'skipped',
      'state table': 'ok',
      'archive bucket': 'ok',
      'telemetry queue': 'ok',
      'telemetry dead letters': 'ok',
      alarms: 'ok',
      runtimes: 'ok',
    });
  });

  test('says that there is no such stack', () => {
    const env = { ...withoutAws(), ...awsEnvironment(emulator().endpoint) };
    const run = spawnSync(process.execPath, [join(ROOT, 'lib/cli/main.ts'), 'doctor', '--stack', 'None'], {
      encoding: 'utf8',
      env,
    });
    expect(run).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('there is no stack None in us-east-1'),
    });
  });
});
