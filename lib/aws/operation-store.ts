// Names of operations and remotes that have a place, one row of the state table for each service and kind.
import { createHash } from 'node:crypto';
import type { KnownNames, NameOwner, OperationStore } from '../exporters/span-metrics/ports.ts';
import { isRefusal, type JsonCallOptions, JsonService } from './json-call.ts';
import { namesRow } from './state-keys.ts';
import type { AwsTransport } from './transport.ts';

/** A service that was silent for so long starts anew. */
const ROW_DAYS = 60;

interface NamesItem {
  readonly Item?: {
    /** JSON: pairs of name and day. */
    readonly names: { readonly S: string };
    readonly version: { readonly N: string };
    readonly expiresAt: { readonly N: string };
  };
}

export class DynamoOperationStore implements OperationStore {
  private readonly table: string;
  private readonly dynamo: JsonService;
  private readonly now: () => number;

  constructor(table: string, transport: AwsTransport, options: JsonCallOptions) {
    this.table = table;
    this.dynamo = new JsonService('dynamodb', transport, options);
    this.now = options.now ?? Date.now;
  }

  async load(owner: NameOwner): Promise<KnownNames> {
    const request = { TableName: this.table, Key: keyOf(owner), ConsistentRead: true };
    const { Item } = (await this.dynamo.call<NamesItem>('GetItem', request)) as NamesItem;
    if (Item === undefined) return { days: new Map(), version: 0 };
    const isExpired = Number(Item.expiresAt.N) <= this.now() / 1_000;
    const days = new Map(isExpired ? [] : (JSON.parse(Item.names.S) as [string, number][]));
    return { days, version: Number(Item.version.N) };
  }

  async save(owner: NameOwner, { days, version }: KnownNames): Promise<'saved' | 'conflict'> {
    const expiresAt = Math.floor(this.now() / 1_000) + ROW_DAYS * 86_400;
    const request = {
      TableName: this.table,
      Item: {
        ...keyOf(owner),
        service: { S: owner.service },
        names: { S: JSON.stringify([...days]) },
        version: { N: String(version + 1) },
        expiresAt: { N: String(expiresAt) },
      },
      ConditionExpression: 'attribute_not_exists(pk) OR version = :before',
      ExpressionAttributeValues: { ':before': { N: String(version) } },
    };
    const result = await this.dynamo.call('PutItem', request, ['ConditionalCheckFailedException']);
    return isRefusal(result) ? 'conflict' : 'saved';
  }
}

/** Service names may be longer than a key. */
function keyOf({ tenant, service, kind }: NameOwner) {
  const digest = createHash('sha256').update(`${tenant}\n${service}`).digest('hex').slice(0, 32);
  const { pk, sk } = namesRow(digest, kind);
  return { pk: { S: pk }, sk: { S: sk } };
}
