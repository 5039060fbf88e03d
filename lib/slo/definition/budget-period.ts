// The period a budget is for: the last days up to now, or the running month, quarter or week of a calendar.
import { instantOf, type WallTime, wallMs, wallTime } from '../../model/time-zone.ts';

export type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

export type BudgetPeriod =
  | { readonly kind: 'rolling'; readonly lengthMs: number }
  | {
      readonly kind: 'calendar';
      readonly unit: CalendarUnit;
      /** How many units a period has. */
      readonly count: number;
      /** IANA name. */
      readonly timeZone: string;
      /** When some period began, on the zone's clock. */
      readonly anchor: WallTime;
    };

const DAY = 86_400_000;

/** Length that stands for a calendar unit where burn rates are derived: a month is 30 days. */
const NOMINAL_DAYS: Readonly<Record<CalendarUnit, number>> = {
  day: 1,
  week: 7,
  month: 30,
  quarter: 90,
  year: 365,
};

const MONTHS: Readonly<Partial<Record<CalendarUnit, number>>> = { month: 1, quarter: 3, year: 12 };
const FIXED_DAYS: Readonly<Partial<Record<CalendarUnit, number>>> = { day: 1, week: 7 };

/** A Monday that is the first of a year, so that weeks, months, quarters and years begin where people expect. */
export const DEFAULT_ANCHOR: WallTime = { year: 2001, month: 1, day: 1, hour: 0, minute: 0, second: 0 };

/** Length of a period where one length is needed: exact when rolling, nominal (a month is 30 days) for a calendar. */
export function nominalLengthMs(period: BudgetPeriod): number {
  return period.kind === 'rolling' ? period.lengthMs : NOMINAL_DAYS[period.unit] * period.count * DAY;
}

/** When the period began that an instant lies in. @param at epoch milliseconds */
export function periodStart(period: BudgetPeriod, at: number): number {
  return period.kind === 'rolling' ? at - period.lengthMs : calendarBounds(period, at).start;
}

/** When the period ends that an instant lies in; for a rolling one the instant itself. */
export function periodEnd(period: BudgetPeriod, at: number): number {
  return period.kind === 'rolling' ? at : calendarBounds(period, at).end;
}

type CalendarPeriod = Extract<BudgetPeriod, { kind: 'calendar' }>;

function calendarBounds(period: CalendarPeriod, at: number): { start: number; end: number } {
  let index = estimate(period, at);
  while (begin(period, index) > at) index--;
  while (begin(period, index + 1) <= at) index++;
  return { start: begin(period, index), end: begin(period, index + 1) };
}

/** Which period, counted from the anchor's, an instant lies in, at most one off. */
function estimate({ unit, count, timeZone, anchor }: CalendarPeriod, at: number): number {
  const wall = wallTime(at, timeZone);
  const months = MONTHS[unit];
  const passed =
    months === undefined
      ? (wallMs(wall) - wallMs(anchor)) / (FIXED_DAYS[unit]! * DAY)
      : ((wall.year - anchor.year) * 12 + wall.month - anchor.month) / months;
  return Math.floor(passed / count);
}

/** When a period begins. An anchor on the 31st begins shorter months on their last day. */
function begin({ unit, count, timeZone, anchor }: CalendarPeriod, index: number): number {
  const months = MONTHS[unit];
  if (months === undefined) {
    const date = new Date(wallMs(anchor) + index * count * FIXED_DAYS[unit]! * DAY);
    return instantOf(
      { ...anchor, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
      timeZone,
    );
  }
  const month = anchor.year * 12 + anchor.month - 1 + index * count * months;
  const year = Math.floor(month / 12);
  const lastDay = new Date(Date.UTC(year, (month % 12) + 1, 0)).getUTCDate();
  return instantOf(
    { ...anchor, year, month: (month % 12) + 1, day: Math.min(anchor.day, lastDay) },
    timeZone,
  );
}
