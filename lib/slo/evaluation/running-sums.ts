// The counting half of a step: points → slices → running sums of all windows and of the budget's period. Each step adds
// the units that came and takes away those that left, so that none reads a whole window.
import { periodEnd, periodStart } from '../definition/budget-period.ts';
import type { SloSettings } from '../settings.ts';
import { type Counts, minus, NO_EVENTS, plus } from './counts.ts';
import { type MinutePoint, readPoint } from './read-point.ts';
import {
  merge,
  SETTLE_GOOD_MS,
  type Slice,
  type SliceOverlay,
  type SliceReader,
  settledAsBad,
} from './slice.ts';
import { floorTo, HOUR_MS } from './slice-ladder.ts';
import type { SloState } from './state.ts';
import type { UnitCounter } from './units.ts';

const DAY = 86_400_000;

export class RunningSums {
  /** Distinct lengths of windows, shortest first: the order of a state's sums. */
  readonly lengths: readonly number[];
  private readonly slo: SloSettings;
  private readonly units: UnitCounter;
  private readonly resolutionMs: number;
  /** Looking up a calendar is slow and seldom changes the answer. */
  private calendar = { start: Number.POSITIVE_INFINITY, end: Number.NEGATIVE_INFINITY };

  constructor(slo: SloSettings, units: UnitCounter, resolutionMs: number) {
    const lengths = slo.windows.flatMap(({ longWindowMs, shortWindowMs }) => [longWindowMs, shortWindowMs]);
    this.lengths = [...new Set(lengths)].sort((a, b) => a - b);
    this.slo = slo;
    this.units = units;
    this.resolutionMs = resolutionMs;
  }

  /** Sums that end at an instant, made from all slices. */
  rebuild(slices: SliceReader, to: number): Pick<SloState, 'sums' | 'budget'> {
    const head = this.head(to);
    const from = this.budgetFrom(to);
    return {
      sums: this.lengths.map((length) => this.units.sum(slices, this.tail(to, length), head).seen),
      budget: { ...this.units.sum(slices, from, head).counts, from },
    };
  }

  /**
   * Puts points into slices; where a minute was counted already, the sums are corrected by the difference.
   * @param to points from here on are left for a later step
   */
  correct(
    state: SloState,
    points: readonly MinutePoint[],
    to: number,
    slices: SliceOverlay,
    now: number,
  ): SloState {
    const sums = [...state.sums];
    let { budget, clamped, firstDataAt, lastDataAt, goodMissingSince } = state;
    const unsettled = new Set(state.unsettled);
    const put = (slice: Slice): void => {
      const start = floorTo(slice.start, this.units.unitMs);
      const old = start < this.head(state.to) ? this.units.unit(slices, start) : undefined;
      slices.put(slice);
      if (slice.counts.total > 0) {
        const isAnew =
          lastDataAt !== null &&
          slice.start - lastDataAt >= (this.lengths.at(-1) ?? Number.POSITIVE_INFINITY);
        firstDataAt = isAnew ? slice.start : Math.min(firstDataAt ?? slice.start, slice.start);
        lastDataAt = Math.max(lastDataAt ?? 0, slice.start + this.resolutionMs);
      }
      if (old === undefined) return;
      const unit = this.units.unit(slices, start);
      const seen = minus(unit.seen, old.seen);
      for (const [place, length] of this.lengths.entries())
        if (start >= this.tail(state.to, length)) sums[place] = plus(sums[place]!, seen);
      if (start >= budget.from)
        budget = { ...plus(budget, minus(unit.counts, old.counts)), from: budget.from };
    };
    const ageOf = (start: number): number => now - start - this.resolutionMs;
    for (const point of points) {
      const start = floorTo(point.start, this.resolutionMs);
      if (!(start < to)) continue;
      const verdict = readPoint(this.slo.indicator, point);
      const old = slices.slice(start);
      const slice = merge(old, start, verdict, start >= state.to, ageOf(start));
      if (slice === undefined || slice === old) continue;
      put(slice);
      if (verdict.kind === 'counts' && verdict.isClamped) clamped++;
      if (slice.unsettledTotal > 0) {
        unsettled.add(start);
        goodMissingSince = Math.min(goodMissingSince ?? start, start);
        continue;
      }
      unsettled.delete(start);
      if (goodMissingSince === null || start < goodMissingSince) continue;
      const later = [...unsettled].filter((missing) => missing > start);
      goodMissingSince = later.length > 0 ? Math.min(...later) : null;
    }
    // Once good events have been missing for long enough, those of the newest minutes are not awaited either: else no
    // window shorter than that would ever see an outage in which nothing is good.
    const isOutage = goodMissingSince !== null && ageOf(goodMissingSince) >= SETTLE_GOOD_MS;
    for (const start of unsettled) {
      const age = ageOf(start);
      if (age < SETTLE_GOOD_MS && !(isOutage && start >= goodMissingSince!)) continue;
      unsettled.delete(start);
      const slice = slices.slice(start);
      if (slice !== undefined && slice.unsettledTotal > 0) put(settledAsBad(slice, start >= state.to, age));
    }
    return {
      ...state,
      sums,
      budget,
      clamped,
      firstDataAt,
      lastDataAt,
      goodMissingSince,
      unsettled: [...unsettled],
    };
  }

  /** Moves the ends of all windows and of the budget's period to an instant. */
  advance(state: SloState, to: number, slices: SliceReader): SloState {
    const oldHead = this.head(state.to);
    const head = this.head(to);
    const moved = (sum: Counts, oldFrom: number, from: number, view: 'seen' | 'counts'): Counts => {
      if (from >= oldHead || from < oldFrom) return this.units.sum(slices, from, head)[view];
      const came = head > oldHead ? this.units.sum(slices, oldHead, head)[view] : NO_EVENTS;
      const left = from > oldFrom ? this.units.sum(slices, oldFrom, from)[view] : NO_EVENTS;
      return minus(plus(sum, came), left);
    };
    const from = this.budgetFrom(to);
    return {
      ...state,
      to,
      sums: state.sums.map((sum, place) => {
        const length = this.lengths[place]!;
        return moved(sum, this.tail(state.to, length), this.tail(to, length), 'seen');
      }),
      budget: { ...moved(state.budget, state.budget.from, from, 'counts'), from },
    };
  }

  /**
   * The stretches of stored slices, each [from, to), that a step to an instant reads when it gets no corrections, so
   * that they can be fetched before.
   */
  reads(state: SloState, to: number): { readonly from: number; readonly to: number }[] {
    const stretches = this.lengths.map((length) => ({
      from: this.tail(state.to, length),
      to: this.tail(to, length),
    }));
    stretches.push({ from: state.budget.from, to: this.budgetFrom(to) });
    // The unit that is not yet whole, and minutes that wait for their good events.
    stretches.push({ from: this.head(state.to), to: state.to });
    for (const start of state.unsettled) stretches.push({ from: start, to: start + this.resolutionMs });
    return stretches.filter((stretch) => stretch.from < Math.min(stretch.to, state.to));
  }

  /** Where the oldest slice begins that counts at an instant. */
  oldest(to: number): number {
    return Math.min(this.budgetFrom(to), this.tail(to, this.lengths.at(-1) ?? 0));
  }

  /** End of the last whole unit. */
  private head(to: number): number {
    return floorTo(to, this.units.unitMs);
  }

  /** Where the units of a window begin that ends at an instant. */
  private tail(to: number, length: number): number {
    return floorTo(to - length, this.units.unitMs);
  }

  /** Where the budget's period begins; one of a day and more at a full hour, so that whole hours leave it. */
  private budgetFrom(to: number): number {
    const { period } = this.slo;
    if (period.kind === 'rolling') {
      return floorTo(to - period.lengthMs, period.lengthMs >= DAY ? HOUR_MS : this.units.unitMs);
    }
    // A minute that ends with the period still belongs to it.
    const last = to - this.resolutionMs;
    if (last < this.calendar.start || last >= this.calendar.end)
      this.calendar = { start: periodStart(period, last), end: periodEnd(period, last) };
    return floorTo(this.calendar.start, this.units.unitMs);
  }
}
