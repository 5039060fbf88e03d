// Names with a place, in memory: conditional writes as the table does them.
import type { KnownNames, NameOwner, OperationStore } from '../../lib/exporters/span-metrics/ports.ts';

export class MemoryOperations implements OperationStore {
  readonly rows = new Map<string, KnownNames>();
  loads = 0;
  saves = 0;
  /** Awaited before each step: where another instance may get ahead, or the store may fail. */
  pause: (step: 'load' | 'save') => Promise<void> = async () => undefined;

  async load(owner: NameOwner): Promise<KnownNames> {
    await this.pause('load');
    this.loads++;
    return this.rows.get(keyOf(owner)) ?? { days: new Map(), version: 0 };
  }

  async save(owner: NameOwner, { days, version }: KnownNames): Promise<'saved' | 'conflict'> {
    await this.pause('save');
    if ((this.rows.get(keyOf(owner))?.version ?? 0) !== version) return 'conflict';
    this.saves++;
    this.rows.set(keyOf(owner), { days: new Map(days), version: version + 1 });
    return 'saved';
  }
}

function keyOf({ tenant, service, kind }: NameOwner): string {
  return `${tenant}/${service}/${kind}`;
}
