// Reads a key's row from the state table with the small signed client.
import { type KeyRecord, knownScopes } from '../keys/ingest-key.ts';
import type { KeySource } from '../keys/key-cache.ts';
import { type JsonCallOptions, JsonService } from './json-call.ts';
import { keyRow } from './state-keys.ts';
import type { AwsTransport } from './transport.ts';

/** A DynamoDB attribute of the types that a key's row has. */
interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly SS?: readonly string[];
}

type Row = Readonly<Record<string, AttributeValue>>;

/** Consistent reads, so that a key works as soon as it is made and ends as soon as a cache forgets it. */
export class KeyTableLookup implements KeySource {
  private readonly table: string;
  private readonly dynamo: JsonService;
  private readonly now: () => number;

  constructor(table: string, transport: AwsTransport, options: JsonCallOptions) {
    this.table = table;
    this.dynamo = new JsonService('dynamodb', transport, options);
    this.now = options.now ?? Date.now;
  }

  /**
   * @returns undefined when there is no such row, it has expired, or it is not the row of a key
   * @throws RetryableError, PermanentError
   */
  async find(keyId: string, deadlineMs: number): Promise<KeyRecord | undefined> {
    const { pk, sk } = keyRow(keyId);
    const request = { TableName: this.table, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true };
    const answer = await this.dynamo.call<{ Item?: Row }>('GetItem', request, [], deadlineMs);
    const row = 'Item' in answer ? answer.Item : undefined;
    return row === undefined ? undefined : recordOf(keyId, row, this.now());
  }
}

function recordOf(id: string, item: Row, nowMs: number): KeyRecord | undefined {
  const hash = item.hash?.S;
  const tenant = item.tenant?.S;
  const expiresAt = item.expiresAt?.N;
  if (hash === undefined || tenant === undefined) return undefined;
  // DynamoDB deletes expired rows within days, not at once.
  if (expiresAt !== undefined && Number(expiresAt) * 1_000 <= nowMs) return undefined;
  return {
    id,
    hash,
    tenant,
    scopes: knownScopes(item.scopes?.SS ?? []),
    name: item.name?.S ?? '',
    createdAt: Number(item.createdAt?.N ?? 0),
    ...(item.revokedAt?.N !== undefined && { revokedAt: Number(item.revokedAt.N) }),
  };
}
