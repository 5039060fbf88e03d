// What on-call keeps in the state table besides incidents: how often a person was paged, and who stands in for whom.
import type { Pager } from '../incidents/paging/pager.ts';
import type { OverrideStore, PagerStore, StoredOverride } from '../incidents/ports.ts';
import { versionIs } from './incident-store.ts';
import { overrideRow, pagerRow } from './state-keys.ts';
import { bodyOf, keyOf, type StateRows } from './state-rows.ts';

const DAY_MS = 86_400_000;
/** A pager forgets what is older than an hour; what it counts bundles by should not begin again soon. */
const PAGER_KEPT_MS = 30 * DAY_MS;
/** An override is seen for so long after it is over. */
const OVERRIDE_KEPT_MS = 90 * DAY_MS;

export class DynamoPagerStore implements PagerStore {
  private readonly rows: StateRows;

  constructor(rows: StateRows) {
    this.rows = rows;
  }

  async read(person: string): Promise<Pager | undefined> {
    const item = await this.rows.get(pagerRow(person));
    return item && bodyOf<Pager>(item);
  }

  async write(pager: Pager): Promise<'saved' | 'conflict'> {
    const version = { N: String(pager.version) };
    const Item = this.rows.item(pagerRow(pager.person), pager, this.rows.now() + PAGER_KEPT_MS, { version });
    const saved = await this.rows.conditionally('PutItem', { Item, ...versionIs(pager.version - 1) });
    return saved ? 'saved' : 'conflict';
  }
}

export class DynamoOverrideStore implements OverrideStore {
  private readonly rows: StateRows;

  constructor(rows: StateRows) {
    this.rows = rows;
  }

  async list(schedule: string): Promise<readonly StoredOverride[]> {
    const items = await this.rows.query(overrideRow(schedule, '').pk);
    return items
      .map((item) => bodyOf<StoredOverride>(item))
      .toSorted((a, b) => a.madeAt - b.madeAt || (a.id < b.id ? -1 : 1));
  }

  async add(override: StoredOverride): Promise<void> {
    const key = overrideRow(override.schedule, override.id);
    await this.rows.put([this.rows.item(key, override, override.to + OVERRIDE_KEPT_MS)]);
  }

  async remove(schedule: string, id: string): Promise<boolean> {
    return this.rows.conditionally('DeleteItem', {
      Key: keyOf(overrideRow(schedule, id)),
      ConditionExpression: 'attribute_exists(pk)',
    });
  }
}
