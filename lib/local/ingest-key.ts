// A key for the sender: made as `tidewatch keys create` makes it, with leave to send every signal.
import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoKeyStore } from '../aws/key-store.ts';
import { newKey } from '../keys/new-key.ts';
import { clientSettings } from './environment.ts';

/** @param now epoch milliseconds @returns the key's text */
export async function createLocalKey(endpoint: string, table: string, now: number): Promise<string> {
  const { text, record } = newKey({ name: 'local', tenant: 'default', scopes: ['ingest'] }, randomBytes, now);
  const client = new DynamoDBClient(clientSettings(endpoint));
  await new DynamoKeyStore(table, client).create(record);
  client.destroy();
  return text;
}
