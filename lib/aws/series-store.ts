// Baselines of cumulative series in the state table: shards, and beside each what every request moved in it.
import type {
  SeriesCommit,
  SeriesStore,
  ShardContent,
  StoredShard,
} from '../exporters/cloudwatch-metrics/ports.ts';
import { PermanentError, RetryableError } from '../model/errors.ts';
import { isRefusal, type JsonCallOptions, JsonService } from './json-call.ts';
import { type StateKey, seriesMoveRow, seriesRow } from './state-keys.ts';
import type { AwsTransport } from './transport.ts';

const DAY_SECONDS = 86_400;

/** A shard that nothing was written to for so long belongs to a process that is gone. */
const LEAF_DAYS = 3;

/** The mark of a cut is not written when its parts are, so it lives longer and is renewed when half is over. */
const SPLIT_DAYS = 60;

/** As long as progress rows: the queue, and a redrive from the dead-letter queue. */
const MOVE_DAYS = 30;

/** Rounds of BatchGetItem for keys that the table had no capacity to read. */
const MAX_ROUNDS = 5;

interface Item {
  readonly pk: { S: string };
  readonly sk: { S: string };
  readonly expiresAt: { N: string };
  readonly version?: { N: string };
  /** Absent on the mark of a cut. */
  readonly data?: { B: string };
}

interface BatchGetAnswer {
  readonly Responses?: Record<string, readonly Item[]>;
  readonly UnprocessedKeys?: Record<string, { Keys: readonly object[] }>;
}

/** Reasons of a TransactionCanceledException that mean: somebody else was faster. */
const LOST = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/** Reasons that pass. Source: DynamoDB API reference, TransactWriteItems, "Errors", 2026-11. */
const BUSY = new Set(['ProvisionedThroughputExceeded', 'ThrottlingError']);

export class DynamoSeriesStore implements SeriesStore {
  private readonly table: string;
  private readonly dynamo: JsonService;
  private readonly now: () => number;

  constructor(table: string, transport: AwsTransport, options: JsonCallOptions) {
    this.table = table;
    this.dynamo = new JsonService('dynamodb', transport, options);
    this.now = options.now ?? Date.now;
  }

  async load(
    shard: string,
    ingestIds: readonly string[],
  ): Promise<{ shard: StoredShard | undefined; moves: (Uint8Array | undefined)[] }> {
    const rows = await this.read([seriesRow(shard), ...ingestIds.map((id) => seriesMoveRow(shard, id))]);
    const bytes = (key: StateKey): Uint8Array | undefined => {
      const data = rows.get(key.sk)?.data;
      return data && Buffer.from(data.B, 'base64');
    };
    const own = rows.get(seriesRow(shard).sk);
    return {
      shard: own && this.shardOf(own),
      moves: ingestIds.map((id) => bytes(seriesMoveRow(shard, id))),
    };
  }

  async commit({ shard, before, content, children, moves }: SeriesCommit): Promise<'committed' | 'conflict'> {
    const version = before + 1;
    const now = { ':now': { N: String(Math.floor(this.now() / 1_000)) } };
    const absent = {
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      ExpressionAttributeValues: now,
    };
    const unchanged = {
      ConditionExpression: 'version = :before',
      ExpressionAttributeValues: { ':before': { N: String(before) } },
    };
    const puts = [
      { Item: this.shardItem(shard, content, version), ...(before === 0 ? absent : unchanged) },
      ...children.map((child) => ({ Item: this.shardItem(child.shard, child.content, version) })),
      ...moves.map(({ ingestId, data }) => ({
        Item: this.item(seriesMoveRow(shard, ingestId), MOVE_DAYS, { data: binary(data) }),
        ...absent,
      })),
    ];
    const TransactItems = puts.map((put) => ({ Put: { TableName: this.table, ...put } }));
    const result = await this.dynamo.call('TransactWriteItems', { TransactItems }, [
      'TransactionCanceledException',
    ]);
    if (!isRefusal(result)) return 'committed';
    const reasons = (result.body.CancellationReasons ?? []) as readonly { readonly Code?: string }[];
    const codes = reasons.map(({ Code }) => Code ?? 'None');
    if (codes.some((code) => LOST.has(code))) return 'conflict';
    const message = `series state ${shard} was not written: ${codes.join(' ')}`;
    if (codes.some((code) => BUSY.has(code))) throw new RetryableError('throttled', message);
    throw new PermanentError('rejected', message);
  }

  /** Rows of one partition that have not expired, by sort key. */
  private async read(keys: readonly StateKey[]): Promise<Map<string, Item>> {
    const nowSeconds = this.now() / 1_000;
    const rows = new Map<string, Item>();
    let open: readonly object[] = keys.map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } }));
    for (let round = 1; open.length > 0; round++) {
      if (round > MAX_ROUNDS)
        throw new RetryableError('throttled', 'series state: the table has no capacity');
      const request = { RequestItems: { [this.table]: { Keys: open, ConsistentRead: true } } };
      const answer = (await this.dynamo.call<BatchGetAnswer>('BatchGetItem', request)) as BatchGetAnswer;
      for (const item of answer.Responses?.[this.table] ?? []) {
        if (Number(item.expiresAt.N) > nowSeconds) rows.set(item.sk.S, item);
      }
      open = answer.UnprocessedKeys?.[this.table]?.Keys ?? [];
    }
    return rows;
  }

  private shardOf({ data, version, expiresAt }: Item): StoredShard {
    const left = Number(expiresAt.N) - this.now() / 1_000;
    return {
      content: data ? { kind: 'leaf', data: Buffer.from(data.B, 'base64') } : { kind: 'split' },
      version: Number(version?.N ?? 0),
      fading: left < ((data ? LEAF_DAYS : SPLIT_DAYS) * DAY_SECONDS) / 2,
    };
  }

  private shardItem(shard: string, content: ShardContent, version: number): Item {
    const number = { version: { N: String(version) } };
    if (content.kind === 'split') return this.item(seriesRow(shard), SPLIT_DAYS, number);
    return this.item(seriesRow(shard), LEAF_DAYS, { ...number, data: binary(content.data) });
  }

  private item({ pk, sk }: StateKey, days: number, attributes: Pick<Item, 'version' | 'data'>): Item {
    const expiresAt = Math.floor(this.now() / 1_000) + days * DAY_SECONDS;
    return { pk: { S: pk }, sk: { S: sk }, expiresAt: { N: String(expiresAt) }, ...attributes };
  }
}

function binary(data: Uint8Array): { B: string } {
  return { B: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') };
}
