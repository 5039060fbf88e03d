// What stores of the state table need to run on the emulator: a table with its keys, and the signed client.
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createSignedClient } from '../../../lib/aws/signed-client.ts';
import type { AwsTransport } from '../../../lib/aws/transport.ts';
import { awsEnvironment } from '../../../lib/local/environment.ts';
import type { TestEmulator } from './emulator.ts';

/** Makes a table with the keys of the state table. */
export async function makeStateTable({ client }: TestEmulator, TableName: string): Promise<void> {
  const dynamodb = new DynamoDBClient(client);
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
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
  dynamodb.destroy();
}

/** The client that functions use, pointed at an emulator. */
export function signedClientOf({ endpoint }: Pick<TestEmulator, 'endpoint'>): AwsTransport {
  return createSignedClient({ env: awsEnvironment(endpoint) });
}
