// What is kept of an SLO between two evaluations: plain data of less than 1 KB, the hot row. The slices lie elsewhere.
import type { BudgetState } from '../budget/budget-state.ts';
import type { PolicyAction } from '../settings.ts';
import type { Counts } from './counts.ts';

/**
 * What an SLO can alert about: its budget burns (page, ticket), nothing is measured any more, or as little of the budget
 * is left as the policy's step `notify` says. Stored by their places: new ones come last.
 */
export type AlertKind = 'page' | 'ticket' | 'noData' | 'budget';
export const ALERT_KINDS: readonly AlertKind[] = ['page', 'ticket', 'noData', 'budget'];

export interface Firing {
  /** Epoch milliseconds. */
  readonly since: number;
  /** When it was last told. */
  readonly saidAt: number;
}

export interface SloState {
  /** Tells which definition the sums are of: with another they are made anew from the slices. */
  readonly rules: string;
  /** Epoch milliseconds up to which minutes have been counted. */
  readonly to: number;
  /** Events that alerts count, of each distinct window length, shortest first. */
  readonly sums: readonly Counts[];
  /** Events in the budget's period, which begins at `from`. Without adjustments. */
  readonly budget: Counts & { readonly from: number };
  /** Since when both windows of each pair burn. */
  readonly burningSince: readonly (number | null)[];
  readonly firing: Readonly<Partial<Record<AlertKind, Firing>>>;
  readonly budgetState: BudgetState;
  /** Actions of the policy that are in force. */
  readonly actions: readonly PolicyAction[];
  /** Minutes whose good events are missing. */
  readonly unsettled: readonly number[];
  /** Since which minute no good event was reported beside a total. */
  readonly goodMissingSince: number | null;
  /** Begin of the first minute with events, after no silence as long as the longest window, and end of the last one. */
  readonly firstDataAt: number | null;
  readonly lastDataAt: number | null;
  /** Minutes whose terms were impossible, such as more good events than events. */
  readonly clamped: number;
}

/** What a step wants done. */
export type Effect =
  | {
      readonly kind: 'fired' | 'stillFiring' | 'resolved';
      readonly alert: AlertKind;
      /** Epoch milliseconds. */
      readonly since: number;
      /** Places of the pairs that burn, in the SLO's windows. */
      readonly pairs: readonly number[];
    }
  | { readonly kind: 'budgetState'; readonly before: BudgetState; readonly after: BudgetState }
  | { readonly kind: 'policy'; readonly action: PolicyAction; readonly isInForce: boolean };
