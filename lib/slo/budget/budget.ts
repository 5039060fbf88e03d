// The error budget of a period, from its events: what is left, in three units, and how long it lasts.
import { nominalLengthMs } from '../definition/budget-period.ts';
import { Occurrences } from '../definition/schedule.ts';
import type { Counts } from '../evaluation/counts.ts';
import type { SloSettings } from '../settings.ts';
import { errorBudget, withoutDust } from '../windows/burn-rate.ts';

const MINUTE = 60_000;

export interface Budget {
  /** Share of the budget that is left: 1 untouched, 0 spent, below 0 overspent. 1 when there was no event. */
  readonly remaining: number;
  /** Failures that have happened. */
  readonly badEvents: number;
  /** Failures that the events so far allow. */
  readonly allowedEvents: number;
  /** Failures that are left; below 0 when overspent. */
  readonly remainingEvents: number;
  /** Minutes of complete failure that are left of the period, at even traffic; below 0 when overspent. */
  readonly remainingMinutes: number;
}

/**
 * @param counts events of the period, adjustments applied
 * @param objective 0..1, not 1
 * @param periodMs length of the period
 * @example budgetOf({ bad: 0, total: 1e6 }, 0.999, 30 * DAY).remainingMinutes // 43.2
 */
export function budgetOf({ bad, total }: Counts, objective: number, periodMs: number): Budget {
  const ratio = errorBudget(objective);
  const allowed = withoutDust(ratio * total);
  const remaining = total > 0 ? withoutDust(1 - bad / allowed) : 1;
  return {
    remaining,
    badEvents: bad,
    allowedEvents: allowed,
    remainingEvents: withoutDust(allowed - bad),
    remainingMinutes: withoutDust((remaining * ratio * periodMs) / MINUTE),
  };
}

/**
 * Time until a budget is spent if it goes on burning like this.
 * @param remaining share of the budget
 * @param burnRate >= 0
 * @returns milliseconds, 0 when it is spent; undefined when nothing burns
 */
export function timeToExhaustionMs(
  remaining: number,
  burnRate: number,
  periodMs: number,
): number | undefined {
  if (remaining <= 0) return 0;
  return burnRate > 0 ? (remaining * periodMs) / burnRate : undefined;
}

/** Applies an SLO's adjustments to the events of a period. Made once an SLO. */
export class AdjustmentSum {
  private readonly adjustments: readonly { occurrences: Occurrences; bad: number; total: number }[];

  constructor({ adjustments }: Pick<SloSettings, 'adjustments'>) {
    this.adjustments = adjustments.map(({ schedule, bad, total }) => ({
      occurrences: new Occurrences(schedule),
      bad,
      total,
    }));
  }

  /** Counts with what was added or taken in [from, to); neither side goes below zero, nor failures above events. */
  apply(counts: Counts, from: number, to: number): Counts {
    if (this.adjustments.length === 0) return counts;
    let { bad, total } = counts;
    for (const adjustment of this.adjustments) {
      const times = adjustment.occurrences.countBetween(from, to);
      bad += times * adjustment.bad;
      total += times * adjustment.total;
    }
    const all = Math.max(0, total);
    return { bad: Math.min(all, Math.max(0, bad)), total: all };
  }
}

/** The length that burn rates and minutes of a budget refer to. */
export function budgetLengthMs({ period }: Pick<SloSettings, 'period'>): number {
  return nominalLengthMs(period);
}
