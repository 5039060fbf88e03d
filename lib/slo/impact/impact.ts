// What a stretch of time cost an SLO: failures, and the part of the period's budget they took. Pure; from slices, whether
// stored or made of a series.
import { budgetLengthMs } from '../budget/budget.ts';
import { ExclusionCalendar } from '../definition/schedule.ts';
import type { SliceReader } from '../evaluation/slice.ts';
import { floorTo } from '../evaluation/slice-ladder.ts';
import { UnitCounter } from '../evaluation/units.ts';
import type { SloSettings } from '../settings.ts';
import { errorBudget, withoutDust } from '../windows/burn-rate.ts';

const MINUTE = 60_000;

export interface Impact {
  /** Epoch milliseconds: whole units of the budget, [from, to). */
  readonly from: number;
  readonly to: number;
  /** Events, or slices of time, and those of them that failed. Excluded time is in neither. */
  readonly totalEvents: number;
  readonly badEvents: number;
  /** Minutes in which more failed than the objective allows. */
  readonly minutesBelowObjective: number;
  /** Share of the period's budget that was spent, 1 is all of it; null when there was no event to count by. */
  readonly budgetShare: number | null;
  /** The same in minutes of complete failure; null likewise. */
  readonly budgetMinutes: number | null;
}

/** Where slices are needed from, for an impact that ends at an instant. @returns epoch milliseconds */
export function impactNeeds(slo: SloSettings, from: number, to: number): number {
  return Math.min(from, to - budgetLengthMs(slo));
}

/**
 * The budget is that of the traffic of a whole period that ends with the stretch; where there is less history, of the
 * traffic that there was, drawn out to a period.
 * @param slices from impactNeeds on
 * @param from epoch milliseconds
 */
export function impactOf(slo: SloSettings, slices: SliceReader, from: number, to: number): Impact {
  const units = new UnitCounter(slo.budgeting, new ExclusionCalendar(slo.exclusions), MINUTE);
  const start = floorTo(from, units.unitMs);
  const end = Math.max(start, Math.ceil(to / units.unitMs) * units.unitMs);
  const ratio = errorBudget(slo.objective);
  let [bad, total, minutesBelowObjective] = [0, 0, 0];
  for (let at = start; at < end; at += units.unitMs) {
    const { counts } = units.unit(slices, at);
    bad += counts.bad;
    total += counts.total;
    const isBelow = counts.total > 0 && withoutDust(counts.bad / counts.total) > ratio;
    if (isBelow) minutesBelowObjective += units.unitMs / MINUTE;
  }
  const periodMs = budgetLengthMs(slo);
  const inPeriod = periodEvents(units, slices, floorTo(end - periodMs, units.unitMs), end, periodMs);
  const budgetShare = inPeriod > 0 ? withoutDust(bad / (ratio * inPeriod)) : null;
  return {
    from: start,
    to: end,
    totalEvents: total,
    badEvents: bad,
    minutesBelowObjective,
    budgetShare,
    budgetMinutes: budgetShare === null ? null : withoutDust((budgetShare * ratio * periodMs) / MINUTE),
  };
}

function periodEvents(
  units: UnitCounter,
  slices: SliceReader,
  from: number,
  to: number,
  periodMs: number,
): number {
  let events = 0;
  let first: number | undefined;
  for (let at = from; at < to; at += units.unitMs) {
    const { total } = units.unit(slices, at).counts;
    if (total === 0) continue;
    first ??= at;
    events += total;
  }
  return first === undefined ? 0 : events * Math.max(1, periodMs / (to - first));
}
