// Changes of budgets in memory; passes the suite of the one on DynamoDB.
import { PermanentError } from '../../../lib/model/errors.ts';
import type { SloChange, Withdrawal } from '../../../lib/slo/changes/change.ts';
import type { SloChangeStore, WithdrawalResult } from '../../../lib/slo/changes/ports.ts';

export class MemoryChangeStore implements SloChangeStore {
  private readonly changes = new Map<string, SloChange>();

  async list(): Promise<readonly SloChange[]> {
    return [...this.changes.values()].sort((a, b) => a.madeAt - b.madeAt || (a.id < b.id ? -1 : 1));
  }

  async add(change: SloChange): Promise<void> {
    const key = `${change.slo}#${change.id}`;
    if (this.changes.has(key)) throw new PermanentError('rejected', `a change ${change.id} exists already`);
    this.changes.set(key, structuredClone(change));
  }

  async withdraw(slo: string, id: string, withdrawn: Withdrawal): Promise<WithdrawalResult> {
    const key = `${slo}#${id}`;
    const change = this.changes.get(key);
    if (change === undefined) return { kind: 'notFound' };
    if (change.withdrawn !== undefined) return { kind: 'alreadyWithdrawn', change };
    const after = { ...change, withdrawn };
    this.changes.set(key, after);
    return { kind: 'withdrawn', change: after };
  }
}
