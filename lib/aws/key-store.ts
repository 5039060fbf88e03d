// Keys in the state table, for the command line. A key is one row that ingest-otlp reads by its id, and one entry in
// the list of keys; both are made in one transaction.
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type KeyRecord, knownScopes } from '../keys/ingest-key.ts';
import type { KeyStore, Revocation } from '../keys/ports.ts';
import { PermanentError, RetryableError } from '../model/errors.ts';
import { keyListRow, keyRow, type StateKey } from './state-keys.ts';

type Attributes = NonNullable<GetItemCommand['input']['Key']>;

/** BatchGetItem takes 100 keys. Source: DynamoDB API reference, 2026-11. */
const MAX_KEYS = 100;
/** Rounds for rows that the table had no capacity to read. */
const MAX_ROUNDS = 8;

export class DynamoKeyStore implements KeyStore {
  private readonly table: string;
  private readonly client: DynamoDBClient;

  constructor(table: string, client: DynamoDBClient = new DynamoDBClient()) {
    this.table = table;
    this.client = client;
  }

  async create(record: KeyRecord): Promise<void> {
    const put = (Item: Attributes) => ({
      Put: { TableName: this.table, Item, ConditionExpression: 'attribute_not_exists(pk)' },
    });
    try {
      await this.client.send(
        new TransactWriteItemsCommand({
          TransactItems: [put(toRow(record)), put(attributesOf(keyListRow(record.id)))],
        }),
      );
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      throw new PermanentError('rejected', `a key ${record.id} exists already`, { cause: error });
    }
  }

  async list(): Promise<readonly KeyRecord[]> {
    const ids: string[] = [];
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.table,
        KeyConditionExpression: 'pk = :list',
        ExpressionAttributeValues: { ':list': { S: keyListRow('').pk } },
        ConsistentRead: true,
      },
    );
    for await (const page of pages) ids.push(...(page.Items ?? []).map((row) => row.sk?.S ?? ''));
    const records: KeyRecord[] = [];
    for (let from = 0; from < ids.length; from += MAX_KEYS) {
      records.push(...(await this.read(ids.slice(from, from + MAX_KEYS))));
    }
    return records.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  async revoke(id: string, nowMs: number): Promise<Revocation> {
    const Key = attributesOf(keyRow(id));
    try {
      const { Attributes } = await this.client.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key,
          UpdateExpression: 'SET revokedAt = :now ADD version :one',
          ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(revokedAt)',
          ExpressionAttributeValues: { ':now': { N: String(nowMs) }, ':one': { N: '1' } },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return { kind: 'revoked', record: toRecord(Attributes ?? {}) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const { Item } = await this.client.send(
        new GetItemCommand({ TableName: this.table, Key, ConsistentRead: true }),
      );
      return Item === undefined ? { kind: 'notFound' } : { kind: 'alreadyRevoked', record: toRecord(Item) };
    }
  }

  private async read(ids: readonly string[]): Promise<KeyRecord[]> {
    const rows: Attributes[] = [];
    let open: Attributes[] = ids.map((id) => attributesOf(keyRow(id)));
    for (let round = 0; open.length > 0; round += 1) {
      if (round === MAX_ROUNDS) throw new RetryableError('throttled', 'the state table has no capacity');
      const { Responses, UnprocessedKeys } = await this.client.send(
        new BatchGetItemCommand({ RequestItems: { [this.table]: { Keys: open, ConsistentRead: true } } }),
      );
      rows.push(...(Responses?.[this.table] ?? []));
      open = UnprocessedKeys?.[this.table]?.Keys ?? [];
    }
    return rows.map(toRecord);
  }
}

function attributesOf({ pk, sk }: StateKey): Attributes {
  return { pk: { S: pk }, sk: { S: sk } };
}

function toRow(record: KeyRecord): Attributes {
  return {
    ...attributesOf(keyRow(record.id)),
    version: { N: '1' },
    hash: { S: record.hash },
    tenant: { S: record.tenant },
    scopes: { SS: [...record.scopes] },
    name: { S: record.name },
    createdAt: { N: String(record.createdAt) },
    ...(record.revokedAt !== undefined && { revokedAt: { N: String(record.revokedAt) } }),
  };
}

function toRecord(row: Attributes): KeyRecord {
  return {
    id: (row.pk?.S ?? '').slice(keyRow('').pk.length),
    hash: row.hash?.S ?? '',
    tenant: row.tenant?.S ?? '',
    scopes: knownScopes(row.scopes?.SS ?? []),
    name: row.name?.S ?? '',
    createdAt: Number(row.createdAt?.N ?? 0),
    ...(row.revokedAt?.N !== undefined && { revokedAt: Number(row.revokedAt.N) }),
  };
}
