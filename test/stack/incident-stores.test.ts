// Incidents, pagers and overrides in DynamoDB, in a table that was not written for them.
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe } from 'vitest';
import { DynamoIncidentStore } from '../../lib/aws/incident-store.ts';
import { DynamoOverrideStore, DynamoPagerStore } from '../../lib/aws/on-call-stores.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { createSignedClient } from '../../lib/aws/signed-client.ts';
import { StateRows } from '../../lib/aws/state-rows.ts';
import { describeOnCallStores, type Stores } from '../incidents/stores-suite.ts';
import { emulatorForThisFile } from './support/emulator.ts';

const emulator = emulatorForThisFile('test-incident-stores');
const TABLE = 'incident-stores-state';
let stores: Stores;

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
  const rows = new StateRows(TABLE, createSignedClient({ env }), { budget: new RetryBudget() });
  stores = {
    incidents: new DynamoIncidentStore(rows),
    pagers: new DynamoPagerStore(rows),
    overrides: new DynamoOverrideStore(rows),
  };
});

describe('stores of incidents on DynamoDB', () => {
  describeOnCallStores(() => stores);
});
