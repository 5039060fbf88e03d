// Restrictions: a layer that counts at certain hours of certain days only, by the wall clock of its schedule.
import { wallMs, wallTime } from '../../model/time-zone.ts';
import type { RestrictionSettings, Weekday } from '../settings.ts';
import { instantOfWall } from './rotation.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

export interface Span {
  /** Epoch milliseconds. */
  readonly from: number;
  /** Epoch milliseconds, not included. */
  readonly to: number;
}

/** Whether one of the restrictions lets a layer count at an instant; without restrictions it always does. */
export function isAllowed(
  restrictions: readonly RestrictionSettings[],
  timeZone: string,
  at: number,
): boolean {
  if (restrictions.length === 0) return true;
  for (const { from, to } of spansAround(restrictions, timeZone, at, at)) {
    if (from <= at && at < to) return true;
  }
  return false;
}

/** The spans of all restrictions that touch [from, to], in no order. */
export function* spansAround(
  restrictions: readonly RestrictionSettings[],
  timeZone: string,
  from: number,
  to: number,
): Generator<Span> {
  const midnight = (at: number): number => Math.floor(wallMs(wallTime(at, timeZone)) / DAY) * DAY;
  // One that passes midnight began the day before.
  for (let day = midnight(from) - DAY; day <= midnight(to); day += DAY) {
    for (const restriction of restrictions) {
      if (!restriction.days.includes(weekday(day))) continue;
      const end = restriction.to > restriction.from ? day : day + DAY;
      yield {
        from: instantOfWall(day + restriction.from * MINUTE, timeZone),
        to: instantOfWall(end + restriction.to * MINUTE, timeZone),
      };
    }
  }
}

/** Day 0, 1970-01-01, was a Thursday. @param wallMidnight as if it were UTC */
function weekday(wallMidnight: number): Weekday {
  return ((((wallMidnight / DAY + 3) % 7) + 7) % 7) as Weekday;
}
