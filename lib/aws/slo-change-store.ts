// Changes of budgets in the state table: all in one partition, since people make them and so there are few; a run of
// evaluate-slos reads them with one query.
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { PermanentError } from '../model/errors.ts';
import type { SloChange, Withdrawal } from '../slo/changes/change.ts';
import type { SloChangeStore, WithdrawalResult } from '../slo/changes/ports.ts';
import { type StateKey, sloChangeRow } from './state-keys.ts';

type Attributes = NonNullable<GetItemCommand['input']['Key']>;

export class DynamoSloChangeStore implements SloChangeStore {
  private readonly table: string;
  private readonly client: DynamoDBClient;

  constructor(table: string, client: DynamoDBClient = new DynamoDBClient()) {
    this.table = table;
    this.client = client;
  }

  async list(): Promise<readonly SloChange[]> {
    const changes: SloChange[] = [];
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.table,
        KeyConditionExpression: 'pk = :changes',
        ExpressionAttributeValues: { ':changes': { S: sloChangeRow('', '').pk } },
        ConsistentRead: true,
      },
    );
    for await (const page of pages) changes.push(...(page.Items ?? []).map(toChange));
    return changes.toSorted((a, b) => a.madeAt - b.madeAt || (a.id < b.id ? -1 : 1));
  }

  async add(change: SloChange): Promise<void> {
    const { withdrawn, ...body } = change;
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: {
            ...attributesOf(sloChangeRow(change.slo, change.id)),
            body: { S: JSON.stringify(body) },
            ...(withdrawn !== undefined && { withdrawn: { S: JSON.stringify(withdrawn) } }),
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw new PermanentError('rejected', `a change ${change.id} of ${change.slo} exists already`, {
        cause: error,
      });
    }
  }

  async withdraw(slo: string, id: string, withdrawal: Withdrawal): Promise<WithdrawalResult> {
    const Key = attributesOf(sloChangeRow(slo, id));
    try {
      const { Attributes } = await this.client.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key,
          UpdateExpression: 'SET withdrawn = :withdrawn',
          ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(withdrawn)',
          ExpressionAttributeValues: { ':withdrawn': { S: JSON.stringify(withdrawal) } },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return { kind: 'withdrawn', change: toChange(Attributes ?? {}) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const { Item } = await this.client.send(
        new GetItemCommand({ TableName: this.table, Key, ConsistentRead: true }),
      );
      return Item === undefined ? { kind: 'notFound' } : { kind: 'alreadyWithdrawn', change: toChange(Item) };
    }
  }
}

function attributesOf({ pk, sk }: StateKey): Attributes {
  return { pk: { S: pk }, sk: { S: sk } };
}

function toChange(row: Attributes): SloChange {
  const body = JSON.parse(row.body?.S ?? '{}') as SloChange;
  const withdrawn = row.withdrawn?.S;
  return withdrawn === undefined ? body : { ...body, withdrawn: JSON.parse(withdrawn) as Withdrawal };
}
