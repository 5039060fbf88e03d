// Whether an instant lies in a time interval, on the wall clock of the interval's place.
import { wallTime } from '../../model/time-zone.ts';
import type { NamedTimeInterval, NumberRange, TimeIntervalSpec } from '../config/time-interval-fields.ts';

interface WallClock {
  readonly minuteOfDay: number;
  readonly weekday: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
}

/** Whether one of the interval's specifications holds. @param now epoch milliseconds */
export function isWithin({ specs }: NamedTimeInterval, now: number): boolean {
  return specs.some((spec) => holds(spec, wallClock(spec.location, now)));
}

function holds(spec: TimeIntervalSpec, clock: WallClock): boolean {
  const days = daysInMonth(clock.year, clock.month);
  return (
    any(spec.times, ({ from, to }) => clock.minuteOfDay >= from && clock.minuteOfDay < to) &&
    any(spec.daysOfMonth, (range) => holdsDay(range, clock.day, days)) &&
    any(spec.weekdays, (range) => inside(range, clock.weekday)) &&
    any(spec.months, (range) => inside(range, clock.month)) &&
    any(spec.years, (range) => inside(range, clock.year))
  );
}

/** A field that is left out holds always. */
function any(ranges: readonly NumberRange[], test: (range: NumberRange) => boolean): boolean {
  return ranges.length === 0 || ranges.some(test);
}

function inside({ from, to }: NumberRange, value: number): boolean {
  return value >= from && value <= to;
}

/** Negative days count from the month's end; a range that begins after it is skipped, one that passes it is cut. */
function holdsDay({ from, to }: NumberRange, day: number, days: number): boolean {
  const begin = from < 0 ? days + from + 1 : from;
  const end = to < 0 ? days + to + 1 : to;
  return begin <= days && day >= begin && day <= end;
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function wallClock(location: string, now: number): WallClock {
  const { year, month, day, hour, minute } = wallTime(now, location);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return { minuteOfDay: hour * 60 + minute, weekday, day, month, year };
}
