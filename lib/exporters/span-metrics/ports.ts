// What span metrics keep outside themselves: which names have a place. lib/aws/operation-store.ts implements it.

/** Operations a service has, or remotes it calls. */
export type NameKind = 'operations' | 'remotes';

/** Whose names. */
export interface NameOwner {
  readonly tenant: string;
  readonly service: string;
  readonly kind: NameKind;
}

export interface KnownNames {
  /** By name the day it was last seen, as far as that was noted: days since the epoch. */
  readonly days: ReadonlyMap<string, number>;
  /** Counts up with each write; 0: nothing was written yet. */
  readonly version: number;
}

export interface OperationStore {
  /** Read consistently. @throws RetryableError */
  load(owner: NameOwner): Promise<KnownNames>;
  /** @param names with the version that was loaded @returns 'conflict' when another instance wrote meanwhile @throws RetryableError */
  save(owner: NameOwner, names: KnownNames): Promise<'saved' | 'conflict'>;
}
