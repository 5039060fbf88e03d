// What is to be told may be larger than an item of the state table: bodies above 100 KB are objects below `outbox/`.
import { gunzipSync, gzipSync } from 'node:zlib';
import type { S3BodyStore } from './body-store.ts';
import type { S3Writer } from './s3-writer.ts';
import { bodyOf, type Item, type StateRows } from './state-rows.ts';

/** Where the objects lie in the archive bucket; its lifecycle removes them. */
export const OUTBOX_PREFIX = 'outbox/';

/** Of a body in a row. */
const MAX_ROW_BYTES = 100_000;
/** Of all rows of a transaction, which takes 4 MB. Source: DynamoDB developer guide, "Transactions", 2026-11. */
const MAX_TRANSACTION_BYTES = 3_000_000;
const MAX_OBJECT_BYTES = 512 * 1024 * 1024;
const WRITE_TIMEOUT_MS = 15_000;

type Stored = { readonly inline: unknown } | { readonly object: string };

export class OutboxBodies {
  private readonly reader: Pick<S3BodyStore, 'load'>;
  private readonly writer: Pick<S3Writer, 'put'>;
  private readonly rows: Pick<StateRows, 'now'>;

  constructor(
    reader: Pick<S3BodyStore, 'load'>,
    writer: Pick<S3Writer, 'put'>,
    rows: Pick<StateRows, 'now'>,
  ) {
    this.reader = reader;
    this.writer = writer;
    this.rows = rows;
  }

  /** What the row of each entry holds; large ones are written as objects before. @param name unique for each */
  async save<T>(entries: readonly T[], name: (entry: T) => string): Promise<Stored[]> {
    const limit = Math.min(MAX_ROW_BYTES, MAX_TRANSACTION_BYTES / Math.max(1, entries.length));
    return Promise.all(
      entries.map(async (entry): Promise<Stored> => {
        const bytes = Buffer.from(JSON.stringify(entry));
        if (bytes.length <= limit) return { inline: entry };
        const object = `${OUTBOX_PREFIX}${name(entry)}.json.gz`;
        await this.writer.put(object, gzipSync(bytes, { level: 1 }), this.rows.now() + WRITE_TIMEOUT_MS);
        return { object };
      }),
    );
  }

  /** The entries of rows. */
  async load<T>(items: readonly Item[]): Promise<T[]> {
    return Promise.all(
      items.map(async (item) => {
        const stored = bodyOf<Stored>(item);
        if ('inline' in stored) return stored.inline as T;
        const bytes = await this.reader.load(stored.object, MAX_OBJECT_BYTES);
        return JSON.parse(gunzipSync(bytes).toString()) as T;
      }),
    );
  }
}
