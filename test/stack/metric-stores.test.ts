// State of the metrics exporters through the signed client, in a table that was not written for them.
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll } from 'vitest';
import { DynamoOperationStore } from '../../lib/aws/operation-store.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { DynamoSeriesStore } from '../../lib/aws/series-store.ts';
import { createSignedClient } from '../../lib/aws/signed-client.ts';
import type { AwsTransport } from '../../lib/aws/transport.ts';
import { describeSeriesStore } from '../exporters/cloudwatch-metrics/series-store-suite.ts';
import { describeOperationStore } from '../exporters/span-metrics/operation-store-suite.ts';
import { emulatorForThisFile } from './support/emulator.ts';

const emulator = emulatorForThisFile('test-metric-stores');
const TABLE = 'metric-stores-state';
const calls = { budget: new RetryBudget() };
let transport: AwsTransport;

beforeAll(async () => {
  const { client, endpoint } = emulator();
  await new DynamoDBClient(client).send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    }),
  );
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  transport = createSignedClient({ env });
});

describeSeriesStore('DynamoDB', () => new DynamoSeriesStore(TABLE, transport, calls));
describeOperationStore('DynamoDB', () => new DynamoOperationStore(TABLE, transport, calls));
