// Where keys are kept; lib/aws/key-store.ts implements it on the state table.
import type { KeyRecord } from './ingest-key.ts';

/** What became of a wish to revoke; a key stays revoked since the first time. */
export type Revocation =
  | { readonly kind: 'revoked'; readonly record: KeyRecord }
  | { readonly kind: 'alreadyRevoked'; readonly record: KeyRecord }
  | { readonly kind: 'notFound' };

export interface KeyStore {
  /** @throws PermanentError `rejected` when a key of this id is there already */
  create(record: KeyRecord): Promise<void>;
  /** Every key, revoked ones too, oldest first. */
  list(): Promise<readonly KeyRecord[]>;
  /** @param nowMs epoch milliseconds */
  revoke(id: string, nowMs: number): Promise<Revocation>;
}
