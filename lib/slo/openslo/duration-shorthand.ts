// OpenSLO's duration-shorthand: a whole number and m, h, d, w, M (month), Q (quarter) or Y (year).
import type { CalendarUnit } from '../definition/budget-period.ts';
import type { DocumentNode } from '../definition/document-node.ts';

const SHORTHAND = /^([1-9]\d{0,6})([mhdwMQY])$/;
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** Length of each unit; months, quarters and years as burn-rate windows take them. */
const UNIT_MS: Readonly<Record<string, number>> = {
  m: MINUTE,
  h: 60 * MINUTE,
  d: DAY,
  w: 7 * DAY,
  M: 30 * DAY,
  Q: 90 * DAY,
  Y: 365 * DAY,
};

const CALENDAR: Readonly<Record<string, CalendarUnit>> = {
  d: 'day',
  w: 'week',
  M: 'month',
  Q: 'quarter',
  Y: 'year',
};

/** Milliseconds; Tidewatch's own form ("30s", "1h30m") is taken too, since OpenSLO has no seconds. */
export function readShorthand(node: DocumentNode): number | undefined {
  const match = typeof node.value === 'string' ? SHORTHAND.exec(node.value) : null;
  if (match !== null) return Number(match[1]) * UNIT_MS[match[2]!]!;
  return node.duration();
}

/** A number of calendar units. */
export function readCalendarUnits(node: DocumentNode): { unit: CalendarUnit; count: number } | undefined {
  const match = typeof node.value === 'string' ? SHORTHAND.exec(node.value) : null;
  const unit = match === null ? undefined : CALENDAR[match[2]!];
  return unit === undefined
    ? node.expected('days, weeks, months, quarters or years such as "1M"')
    : { unit, count: Number(match![1]) };
}
