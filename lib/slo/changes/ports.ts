// Where changes of budgets are kept; lib/aws/slo-change-store.ts implements it on the state table.
import type { SloChange, Withdrawal } from './change.ts';

/** A change stays withdrawn since the first time. */
export type WithdrawalResult =
  | { readonly kind: 'withdrawn'; readonly change: SloChange }
  | { readonly kind: 'alreadyWithdrawn'; readonly change: SloChange }
  | { readonly kind: 'notFound' };

export interface SloChangeStore {
  /** Every change of every SLO, withdrawn ones too, oldest first: few, since people make them, so one read a run. */
  list(): Promise<readonly SloChange[]>;
  /** @throws PermanentError `rejected` when a change of this id is there already */
  add(change: SloChange): Promise<void>;
  withdraw(slo: string, id: string, withdrawal: Withdrawal): Promise<WithdrawalResult>;
}
