// What people change about a budget after the fact: exclusions, adjustments, and overrides of its gate. A change is
// never edited: it is made, and it may be withdrawn. evaluate-slos applies those in force, the API and the CLI make them.
import type { Adjustment, Exclusion } from '../definition/schedule.ts';
import type { SloSettings } from '../settings.ts';

interface Made {
  /** Unique within the deployment. */
  readonly id: string;
  /** Name of the SLO. */
  readonly slo: string;
  /** Epoch milliseconds. */
  readonly madeAt: number;
  /** Who said so, and why: kept for the audit. */
  readonly author: string;
  readonly reason: string;
  /** What it was made with: the name of a key, or `cli`. */
  readonly madeBy: string;
  readonly withdrawn?: Withdrawal;
}

export interface Withdrawal {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly author: string;
  readonly reason: string;
}

export type SloChange =
  | (Made & { readonly kind: 'exclusion'; readonly exclusion: Exclusion })
  | (Made & { readonly kind: 'adjustment'; readonly adjustment: Adjustment })
  /** Opens the gate although the budget would close it. */
  | (Made & {
      readonly kind: 'override';
      /** Epoch milliseconds up to which it holds. */
      readonly until: number;
    });

export type SloChangeKind = SloChange['kind'];

/** An SLO with the exclusions and adjustments that people added to those of its definition. */
export function withChanges(slo: SloSettings, changes: readonly SloChange[]): SloSettings {
  const own = changes.filter((change) => change.slo === slo.name && change.withdrawn === undefined);
  const exclusions = own.flatMap((change) => (change.kind === 'exclusion' ? [change.exclusion] : []));
  const adjustments = own.flatMap((change) => (change.kind === 'adjustment' ? [change.adjustment] : []));
  if (exclusions.length === 0 && adjustments.length === 0) return slo;
  return {
    ...slo,
    exclusions: [...slo.exclusions, ...exclusions],
    adjustments: [...slo.adjustments, ...adjustments],
  };
}

export type Override = Extract<SloChange, { kind: 'override' }>;

/** The override that holds longest at an instant. @param now epoch milliseconds */
export function overrideAt(changes: readonly SloChange[], slo: string, now: number): Override | undefined {
  let longest: Override | undefined;
  for (const change of changes) {
    if (change.kind !== 'override' || change.slo !== slo || change.withdrawn !== undefined) continue;
    if (change.madeAt > now || change.until <= now) continue;
    if (longest === undefined || change.until > longest.until) longest = change;
  }
  return longest;
}
