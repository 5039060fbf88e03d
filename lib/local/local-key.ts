// Keys of the local stack: made as `tidewatch keys create` makes them.
import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoKeyStore } from '../aws/key-store.ts';
import { newKey } from '../keys/new-key.ts';
import { SCOPES, type Scope } from '../model/scope.ts';
import { clientSettings } from './environment.ts';

/** All that the API has. */
export const API_SCOPES: readonly Scope[] = SCOPES.filter((scope) => !scope.startsWith('ingest:'));

/** @param now epoch milliseconds @returns the key's text */
export async function createLocalKey(
  endpoint: string,
  table: string,
  scopes: readonly string[],
  now: number,
): Promise<string> {
  const { text, record } = newKey({ name: 'local', tenant: 'default', scopes }, randomBytes, now);
  const client = new DynamoDBClient(clientSettings(endpoint));
  await new DynamoKeyStore(table, client).create(record);
  client.destroy();
  return text;
}
