// A key store in memory, for tests.
import type { KeyRecord } from '../../lib/keys/ingest-key.ts';
import type { KeyStore, Revocation } from '../../lib/keys/ports.ts';
import { PermanentError } from '../../lib/model/errors.ts';

export class MemoryKeyStore implements KeyStore {
  private readonly records = new Map<string, KeyRecord>();

  async create(record: KeyRecord): Promise<void> {
    if (this.records.has(record.id))
      throw new PermanentError('rejected', `a key ${record.id} exists already`);
    this.records.set(record.id, record);
  }

  async list(): Promise<readonly KeyRecord[]> {
    return [...this.records.values()].toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  async revoke(id: string, nowMs: number): Promise<Revocation> {
    const record = this.records.get(id);
    if (record === undefined) return { kind: 'notFound' };
    if (record.revokedAt !== undefined) return { kind: 'alreadyRevoked', record };
    const revoked = { ...record, revokedAt: nowMs };
    this.records.set(id, revoked);
    return { kind: 'revoked', record: revoked };
  }
}
