// Units of the budget: an event each (occurrences), or a slice of time each. Exclusions are applied here, on reading.
import type { ExclusionCalendar } from '../definition/schedule.ts';
import type { Budgeting } from '../settings.ts';
import { withoutDust } from '../windows/burn-rate.ts';
import { type Counts, exact, NO_EVENTS } from './counts.ts';
import type { Slice, SliceReader } from './slice.ts';

/** Both views of a unit, see Slice. */
export interface Unit {
  readonly counts: Counts;
  readonly seen: Counts;
}

const NO_UNIT: Unit = { counts: NO_EVENTS, seen: NO_EVENTS };

/** Counts units of an SLO from its slices. */
export class UnitCounter {
  /** Length of a unit: units begin at its multiples. */
  readonly unitMs: number;
  private readonly budgeting: Budgeting;
  private readonly excluded: ExclusionCalendar;
  private readonly resolutionMs: number;

  constructor(budgeting: Budgeting, excluded: ExclusionCalendar, resolutionMs: number) {
    this.budgeting = budgeting;
    this.excluded = excluded;
    this.resolutionMs = resolutionMs;
    this.unitMs = budgeting.kind === 'occurrences' ? resolutionMs : Math.max(budgeting.sliceMs, resolutionMs);
  }

  /** The unit that begins at an instant. */
  unit(slices: SliceReader, start: number): Unit {
    if (this.unitMs === this.resolutionMs) {
      const slice = this.included(slices, start);
      if (slice === undefined) return NO_UNIT;
      return this.budgeting.kind === 'occurrences'
        ? slice
        : { counts: countUnit(this.budgeting, slice.counts), seen: countUnit(this.budgeting, slice.seen) };
    }
    let [bad, total, seenBad, seenTotal] = [0, 0, 0, 0];
    for (let at = start; at < start + this.unitMs; at += this.resolutionMs) {
      const slice = this.included(slices, at);
      if (slice === undefined) continue;
      bad += slice.counts.bad;
      total += slice.counts.total;
      seenBad += slice.seen.bad;
      seenTotal += slice.seen.total;
    }
    return {
      counts: countUnit(this.budgeting, { bad, total }),
      seen: countUnit(this.budgeting, { bad: seenBad, total: seenTotal }),
    };
  }

  /** Sums the units in [from, to), both at the edge of a unit. */
  sum(slices: SliceReader, from: number, to: number): Unit {
    let [bad, total, seenBad, seenTotal] = [0, 0, 0, 0];
    for (let at = from; at < to; at += this.unitMs) {
      const { counts, seen } = this.unit(slices, at);
      bad += counts.bad;
      total += counts.total;
      seenBad += seen.bad;
      seenTotal += seen.total;
    }
    return { counts: { bad, total }, seen: { bad: seenBad, total: seenTotal } };
  }

  private included(slices: SliceReader, start: number): Slice | undefined {
    const slice = slices.slice(start);
    return slice === undefined || (!this.excluded.isEmpty && this.excluded.covers(start)) ? undefined : slice;
  }
}

/** What events within a unit's time count for the budget. */
export function countUnit(budgeting: Budgeting, { bad, total }: Counts): Counts {
  if (budgeting.kind === 'occurrences') return { bad, total };
  if (total <= 0) return NO_EVENTS;
  if (budgeting.kind === 'ratioTimeSlices') return { bad: exact(bad / total), total: 1 };
  return { bad: withoutDust((total - bad) / total) >= budgeting.sliceTarget ? 0 : 1, total: 1 };
}
