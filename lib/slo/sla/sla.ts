// What a contract promises beside an objective: whether it is met in the budget's period so far, and what is due if not.
import type { Sla } from '../settings.ts';
import type { SloStatus } from '../status.ts';
import { errorBudget, withoutDust } from '../windows/burn-rate.ts';

export interface SlaCompliance {
  readonly objective: number;
  readonly contract: string;
  /** Share of good events (or slices of time) in the period, 0..1; null while there was none. */
  readonly achieved: number | null;
  readonly isMet: boolean | null;
  /** Share of the price that is due back, 0..1, by what was achieved so far. */
  readonly credit: number;
}

/** @param objective of the SLO, by which its status counts what is allowed. @param status undefined: never evaluated */
export function slaCompliance(
  { objective: promised, contract, credits }: Sla,
  objective: number,
  status: Pick<SloStatus, 'badEvents' | 'allowedEvents'> | undefined,
): SlaCompliance {
  const total = status === undefined ? 0 : status.allowedEvents / errorBudget(objective);
  const achieved = total > 0 ? withoutDust(Math.max(0, 1 - status!.badEvents / total)) : null;
  const due = credits.filter(({ below }) => achieved !== null && achieved < below);
  return {
    objective: promised,
    contract,
    achieved,
    isMet: achieved === null ? null : achieved >= promised,
    credit: Math.max(0, ...due.map(({ credit }) => credit)),
  };
}
