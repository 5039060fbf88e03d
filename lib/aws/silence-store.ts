// Silences in the state table. All lie in one partition: a flush reads them together, and anew each time.
import type { SilenceRecord, SilenceStore } from '../alerting/ports.ts';
import { silenceRow } from './state-keys.ts';
import { bodyOf, type StateRows } from './state-rows.ts';

/** As long as Alertmanager shows a silence that is over. */
const KEPT_MS = 120 * 3_600_000;

export class DynamoSilenceStore implements SilenceStore {
  private readonly rows: StateRows;

  constructor(rows: StateRows) {
    this.rows = rows;
  }

  async list(): Promise<readonly SilenceRecord[]> {
    return (await this.rows.query(silenceRow('').pk)).map((item) => bodyOf<SilenceRecord>(item));
  }

  async get(id: string): Promise<SilenceRecord | undefined> {
    const item = id === '' ? undefined : await this.rows.get(silenceRow(id));
    return item && bodyOf<SilenceRecord>(item);
  }

  async put(silence: SilenceRecord): Promise<'saved' | 'conflict'> {
    const { id, version, endsAt } = silence;
    const row = this.rows.item(silenceRow(id), silence, endsAt + KEPT_MS, {
      version: { N: String(version) },
    });
    const saved = await this.rows.conditionally('PutItem', {
      Item: row,
      ...(version === 1
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'version = :before',
            ExpressionAttributeValues: { ':before': { N: String(version - 1) } },
          }),
    });
    if (saved) return 'saved';
    // The answer to our own write may have been lost, and the client sent it again.
    const there = await this.rows.get(silenceRow(id));
    return there?.body.S === row.body.S ? 'saved' : 'conflict';
  }
}
