// Progress of accepted requests at their destinations, as rows of the state table.
import { randomUUID } from 'node:crypto';
import type { Destination } from '../exporters/exporter.ts';
import { RetryableError } from '../model/errors.ts';
import type {
  ProgressKey,
  ProgressRow,
  ProgressStore,
  ProgressWrite,
  SaveResult,
} from '../pipeline/ports.ts';
import { isRefusal, type JsonCallOptions, JsonService } from './json-call.ts';
import { progressRow } from './state-keys.ts';
import type { AwsTransport } from './transport.ts';

/** Rows outlive the queue (14 days) and a redrive from the dead-letter queue (14 more). */
const ROW_DAYS = 30;

/** BatchGetItem takes 100 keys. Source: DynamoDB API reference, BatchGetItem, 2026-11. */
const MAX_KEYS = 100;

/** Rounds of BatchGetItem for keys that the table had no capacity to read. */
const MAX_ROUNDS = 5;

interface Item {
  readonly pk: { S: string };
  readonly sk: { S: string };
  readonly progress: { S: string };
  readonly version: { N: string };
  readonly expiresAt: { N: string };
  /** Which instance wrote it: tells a lost answer to our own write from another instance's write. */
  readonly writer: { S: string };
}

interface BatchGetAnswer {
  readonly Responses?: Record<string, readonly Item[]>;
  readonly UnprocessedKeys?: Record<string, { Keys: readonly object[] }>;
}

export class DynamoProgressStore implements ProgressStore {
  private readonly table: string;
  private readonly dynamo: JsonService;
  private readonly now: () => number;
  private readonly writer: string;

  constructor(
    table: string,
    transport: AwsTransport,
    options: JsonCallOptions,
    writer: string = randomUUID(),
  ) {
    this.table = table;
    this.dynamo = new JsonService('dynamodb', transport, options);
    this.now = options.now ?? Date.now;
    this.writer = writer;
  }

  async load(keys: readonly ProgressKey[]): Promise<readonly ProgressRow[]> {
    const rows: ProgressRow[] = [];
    for (let from = 0; from < keys.length; from += MAX_KEYS) {
      rows.push(...(await this.loadSome(keys.slice(from, from + MAX_KEYS))));
    }
    return rows;
  }

  async save(rows: readonly ProgressWrite[]): Promise<readonly SaveResult[]> {
    return Promise.all(rows.map((row) => this.saveOne(row)));
  }

  private async loadSome(keys: readonly ProgressKey[]): Promise<ProgressRow[]> {
    const nowSeconds = this.now() / 1_000;
    const rows: ProgressRow[] = [];
    let open: readonly object[] = keys.map(({ ingestId, destination }) => {
      const { pk, sk } = progressRow(ingestId, destination);
      return { pk: { S: pk }, sk: { S: sk } };
    });
    for (let round = 1; open.length > 0; round++) {
      if (round > MAX_ROUNDS)
        throw new RetryableError('throttled', 'progress rows: the table has no capacity');
      const request = { RequestItems: { [this.table]: { Keys: open, ConsistentRead: true } } };
      const answer = (await this.dynamo.call<BatchGetAnswer>('BatchGetItem', request)) as BatchGetAnswer;
      for (const item of answer.Responses?.[this.table] ?? []) {
        if (Number(item.expiresAt.N) > nowSeconds) rows.push(rowOf(item));
      }
      open = answer.UnprocessedKeys?.[this.table]?.Keys ?? [];
    }
    return rows;
  }

  private async saveOne({ ingestId, destination, progress, version }: ProgressWrite): Promise<SaveResult> {
    const { pk, sk } = progressRow(ingestId, destination);
    const nowSeconds = Math.floor(this.now() / 1_000);
    const first = version === 1;
    const Item: Item = {
      pk: { S: pk },
      sk: { S: sk },
      progress: { S: progress },
      version: { N: String(version) },
      expiresAt: { N: String(nowSeconds + ROW_DAYS * 86_400) },
      writer: { S: this.writer },
    };
    const request = {
      TableName: this.table,
      Item,
      ConditionExpression: first ? 'attribute_not_exists(pk) OR expiresAt <= :now' : 'version = :before',
      ExpressionAttributeValues: first
        ? { ':now': { N: String(nowSeconds) } }
        : { ':before': { N: String(version - 1) } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    try {
      const result = await this.dynamo.call('PutItem', request, ['ConditionalCheckFailedException']);
      if (!isRefusal(result)) return 'saved';
      const there = result.body.Item as Item | undefined;
      const ours = there?.writer?.S === this.writer && there.version.N === String(version);
      return ours ? 'saved' : 'conflict';
    } catch {
      return 'failed';
    }
  }
}

function rowOf(item: Item): ProgressRow {
  return {
    // pk is `progress#<ingest id>`
    ingestId: item.pk.S.slice(item.pk.S.indexOf('#') + 1),
    destination: item.sk.S as Destination,
    progress: item.progress.S,
    version: Number(item.version.N),
  };
}
