// A key for the sender: made as `tidewatch keys create` makes it, with leave to send every signal.
import { randomBytes } from 'node:crypto';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { keyRow } from '../aws/state-keys.ts';
import { hashSecret, keyText, makeKey } from '../keys/ingest-key.ts';
import { clientSettings } from './environment.ts';

/** @returns the key's text */
export async function createLocalKey(endpoint: string, table: string, now: number): Promise<string> {
  const key = makeKey(randomBytes);
  const { pk, sk } = keyRow(key.id);
  const client = new DynamoDBClient(clientSettings(endpoint));
  await client.send(
    new PutItemCommand({
      TableName: table,
      Item: {
        pk: { S: pk },
        sk: { S: sk },
        version: { N: '1' },
        hash: { S: hashSecret(key.secret) },
        tenant: { S: 'default' },
        scopes: { SS: ['ingest:traces', 'ingest:metrics', 'ingest:logs'] },
        name: { S: 'local' },
        createdAt: { N: String(now) },
      },
    }),
  );
  client.destroy();
  return keyText(key);
}
