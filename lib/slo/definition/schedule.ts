// Exclusion windows and adjustments: once, or repeated by an RRULE on a zone's wall clock. They are applied when slices
// are read, never when they are stored, so that one can be added for the past and taken back.

import { instantOf, wallTime } from '../../model/time-zone.ts';
import { type RepeatRule, repeatedDays } from './repeat-rule.ts';

/** Who did it and why; part of every change of a budget by hand. */
export interface Reasoned {
  readonly reason: string;
  readonly author: string;
}

/** When something happens: at `start`, and again by `repeat` at the same time of day in `timeZone`. */
export interface Schedule {
  /** Epoch milliseconds of the first time. */
  readonly start: number;
  readonly repeat: RepeatRule | undefined;
  readonly timeZone: string;
}

/** Time that does not count, for neither side of the ratio; nothing alerts in it. */
export interface Exclusion extends Reasoned {
  readonly schedule: Schedule;
  readonly durationMs: number;
}

/** Events that are added to (or, below zero, taken from) the budget's counts at an instant. */
export interface Adjustment extends Reasoned {
  readonly schedule: Schedule;
  readonly bad: number;
  readonly total: number;
}

/** The times of a schedule in order; asks the rule only as far as it is needed. */
export class Occurrences {
  private readonly found: number[] = [];
  private readonly source: Iterator<number>;
  private ended = false;

  constructor(schedule: Schedule) {
    this.source = startsOf(schedule);
  }

  /** The last time at or before an instant, and its place. */
  lastUntil(at: number): { readonly start: number; readonly index: number } | undefined {
    while (!this.ended && (this.found.at(-1) ?? Number.NEGATIVE_INFINITY) <= at) {
      const { done, value } = this.source.next();
      if (done) this.ended = true;
      else this.found.push(value);
    }
    let low = 0;
    let high = this.found.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.found[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : { start: this.found[low - 1]!, index: low - 1 };
  }

  /** How many times lie in [from, to). */
  countBetween(from: number, to: number): number {
    const until = (at: number): number => (this.lastUntil(at - 1)?.index ?? -1) + 1;
    return Math.max(0, until(to) - until(from));
  }
}

function* startsOf({ start, repeat, timeZone }: Schedule): Generator<number> {
  if (repeat === undefined) {
    yield start;
    return;
  }
  const first = wallTime(start, timeZone);
  let count = 0;
  for (const { year, month, day } of repeatedDays(repeat, first)) {
    const at = instantOf({ ...first, year, month, day }, timeZone);
    if (at < start) continue;
    if (repeat.until !== undefined && at > repeat.until) return;
    if (repeat.count !== undefined && count >= repeat.count) return;
    count++;
    yield at;
  }
}

/** Whether an instant lies in an exclusion, by all exclusions of an SLO. */
export class ExclusionCalendar {
  private readonly windows: readonly { occurrences: Occurrences; durationMs: number }[];

  constructor(exclusions: readonly Exclusion[]) {
    this.windows = exclusions.map(({ schedule, durationMs }) => ({
      occurrences: new Occurrences(schedule),
      durationMs,
    }));
  }

  get isEmpty(): boolean {
    return this.windows.length === 0;
  }

  /** @param at epoch milliseconds */
  covers(at: number): boolean {
    for (const { occurrences, durationMs } of this.windows) {
      const last = occurrences.lastUntil(at);
      if (last !== undefined && at < last.start + durationMs) return true;
    }
    return false;
  }
}
