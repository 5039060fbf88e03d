// Rows of the state table whose content is one JSON text: what the stores of alert routing read and write. An expired
// row counts as absent.
import { PermanentError, RetryableError } from '../model/errors.ts';
import { isRefusal, type JsonCallOptions, JsonService } from './json-call.ts';
import type { StateKey } from './state-keys.ts';
import type { AwsTransport } from './transport.ts';

/** Keys of a BatchGetItem, and requests of a BatchWriteItem. Source: DynamoDB API reference, 2026-11. */
const MAX_KEYS = 100;
const MAX_WRITES = 25;
/** Rounds for rows that the table had no capacity for. */
const MAX_ROUNDS = 6;
/** Calls at a time. */
const PARALLEL_CALLS = 16;
/** Times that a transaction which another one crossed is sent. */
const MAX_CROSSINGS = 8;

export interface Item {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
  readonly body: { readonly S: string };
  /** Epoch seconds. */
  readonly expiresAt: { readonly N: string };
  readonly [attribute: string]: { readonly S: string } | { readonly N: string } | { readonly BOOL: boolean };
}

/** One write of a transaction, in DynamoDB's own words without the table's name. */
export type TransactWrite = Readonly<Record<'Put' | 'Update' | 'Delete', Record<string, unknown>>>;

type Pages = { Items?: readonly Item[]; LastEvaluatedKey?: object };
type Keyed = Readonly<Record<string, { readonly Keys?: readonly object[] }>>;

export class StateRows {
  readonly table: string;
  private readonly dynamo: JsonService;
  private readonly options: JsonCallOptions;

  constructor(table: string, transport: AwsTransport, options: JsonCallOptions) {
    this.table = table;
    this.dynamo = new JsonService('dynamodb', transport, options);
    this.options = options;
  }

  /** Epoch milliseconds. */
  now(): number {
    return (this.options.now ?? Date.now)();
  }

  item(key: StateKey, body: unknown, expiresAtMs: number, more: Omit<Item, keyof Item> = {}): Item {
    const expiresAt = { N: String(Math.ceil(expiresAtMs / 1_000)) };
    return { ...keyOf(key), body: { S: JSON.stringify(body) }, expiresAt, ...more } as Item;
  }

  async get(key: StateKey): Promise<Item | undefined> {
    const request = { TableName: this.table, Key: keyOf(key), ConsistentRead: true };
    const { Item } = (await this.dynamo.call<{ Item?: Item }>('GetItem', request)) as { Item?: Item };
    return Item !== undefined && this.isAlive(Item) ? Item : undefined;
  }

  /** Rows of a partition. @param where a further condition on the sort key, such as `begins_with(sk, :from)` */
  async query(pk: string, where = '', values: Readonly<Record<string, string>> = {}): Promise<Item[]> {
    const items: Item[] = [];
    let ExclusiveStartKey: object | undefined;
    do {
      const request = {
        TableName: this.table,
        KeyConditionExpression: `pk = :pk${where === '' ? '' : ` AND ${where}`}`,
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries({ ':pk': pk, ...values }).map(([name, S]) => [name, { S }]),
        ),
        ConsistentRead: true,
        ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
      };
      const page = (await this.dynamo.call<Pages>('Query', request)) as Pages;
      items.push(...(page.Items ?? []).filter((item) => this.isAlive(item)));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return items;
  }

  async load(keys: readonly StateKey[]): Promise<Item[]> {
    const items = await inParallel(chunks(keys, MAX_KEYS), async (some) => {
      const found: Item[] = [];
      let open: readonly object[] = some.map(keyOf);
      for (let round = 0; open.length > 0; round++) {
        await this.pauseBefore(round);
        const request = { RequestItems: { [this.table]: { Keys: open, ConsistentRead: true } } };
        const answer = (await this.dynamo.call('BatchGetItem', request)) as {
          Responses?: Record<string, readonly Item[]>;
          UnprocessedKeys?: Keyed;
        };
        found.push(...(answer.Responses?.[this.table] ?? []));
        open = answer.UnprocessedKeys?.[this.table]?.Keys ?? [];
      }
      return found;
    });
    return items.flat().filter((item) => this.isAlive(item));
  }

  /** Writes rows whatever was there. */
  async put(items: readonly Item[]): Promise<void> {
    await inParallel(chunks(items, MAX_WRITES), async (some) => {
      let open: readonly object[] = some.map((Item) => ({ PutRequest: { Item } }));
      for (let round = 0; open.length > 0; round++) {
        await this.pauseBefore(round);
        const request = { RequestItems: { [this.table]: open } };
        const answer = (await this.dynamo.call('BatchWriteItem', request)) as {
          UnprocessedItems?: Record<string, readonly object[]>;
        };
        open = answer.UnprocessedItems?.[this.table] ?? [];
      }
    });
  }

  /** One write with a condition. @param operation such as `PutItem` @returns false if the condition does not hold */
  async conditionally(operation: 'PutItem' | 'UpdateItem' | 'DeleteItem', request: object): Promise<boolean> {
    const refusals = ['ConditionalCheckFailedException'];
    return !isRefusal(await this.dynamo.call(operation, { TableName: this.table, ...request }, refusals));
  }

  /** Runs one task for each item, some at a time. */
  async each<T>(items: readonly T[], task: (item: T) => Promise<unknown>): Promise<void> {
    await inParallel(items, task);
  }

  /**
   * All writes or none. A call that brought no answer is sent again as the same transaction, so it is one.
   * @param token 1 to 36 characters, the same for the same writes
   * @returns false if a condition does not hold
   */
  async transact(writes: readonly Partial<TransactWrite>[], token: string): Promise<boolean> {
    const TransactItems = writes.map((write) =>
      Object.fromEntries(
        Object.entries(write).map(([kind, request]) => [kind, { TableName: this.table, ...request }]),
      ),
    );
    for (let crossing = 0; ; crossing++) {
      await this.pauseBefore(crossing, MAX_CROSSINGS);
      const request = { TransactItems, ClientRequestToken: token };
      const result = await this.dynamo.call('TransactWriteItems', request, ['TransactionCanceledException']);
      if (!isRefusal(result)) return true;
      const reasons = (result.body.CancellationReasons ?? []) as readonly { readonly Code?: string }[];
      const codes = reasons.map(({ Code }) => Code ?? 'None').filter((code) => code !== 'None');
      if (codes.includes('ConditionalCheckFailed')) return false;
      const passes = codes.every((code) => PASSING.has(code));
      if (!passes)
        throw new PermanentError('rejected', `a transaction on the state table failed: ${codes.join(' ')}`);
    }
  }

  private isAlive({ expiresAt }: Item): boolean {
    return expiresAt === undefined || Number(expiresAt.N) > this.now() / 1_000;
  }

  private async pauseBefore(round: number, rounds = MAX_ROUNDS): Promise<void> {
    if (round === 0) return;
    if (round === rounds) throw new RetryableError('throttled', 'the state table has no capacity');
    const { random = Math.random, sleep = pause } = this.options;
    await sleep(random() * 25 * 2 ** round);
  }
}

/** Reasons of a cancelled transaction that pass. Source: DynamoDB API reference, TransactWriteItems, 2026-11. */
const PASSING: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
]);

export function keyOf({ pk, sk }: StateKey): Pick<Item, 'pk' | 'sk'> {
  return { pk: { S: pk }, sk: { S: sk } };
}

/** What a row holds; rows are written by the same code that reads them. */
export function bodyOf<T>({ body }: Item): T {
  return JSON.parse(body.S) as T;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, place) =>
    items.slice(place * size, (place + 1) * size),
  );
}

async function inParallel<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let place = next++; place < items.length; place = next++) results[place] = await task(items[place]!);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL_CALLS, items.length) }, work));
  return results;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
