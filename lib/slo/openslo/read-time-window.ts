// OpenSLO's time window → budget period: rolling, or by a calendar that began at a local time of a zone.
import type { BudgetPeriod } from '../definition/budget-period.ts';
import type { DocumentNode } from '../definition/document-node.ts';
import { checkedRolling, readTimeZone } from '../definition/read-period.ts';
import type { WallTime } from '../definition/time-zone.ts';
import { readCalendarUnits, readShorthand } from './duration-shorthand.ts';

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?$/;

/** Exactly one window is allowed in the list. */
export function readTimeWindow(list: DocumentNode): BudgetPeriod | undefined {
  const [window, second] = list.items();
  if (window === undefined || second !== undefined)
    return list.expected('a list with exactly one time window');
  if (!window.object(['duration', 'isRolling', 'calendar'], 'warning')) return undefined;
  const duration = window.field('duration');
  if (!window.has('calendar')) {
    if (window.field('isRolling').value === false)
      return window.field('calendar').expected('startTime and timeZone');
    const lengthMs = readShorthand(duration);
    return lengthMs === undefined ? undefined : checkedRolling(duration, lengthMs);
  }
  if (window.field('isRolling').value === true)
    return window.field('isRolling').expected('false beside calendar');
  const calendar = window.field('calendar');
  if (!calendar.object(['startTime', 'timeZone'], 'warning')) return undefined;
  const units = readCalendarUnits(duration);
  const anchor = readLocalTime(calendar.field('startTime'));
  const timeZone = readTimeZone(calendar.field('timeZone'));
  if (units === undefined || anchor === undefined || timeZone === undefined) return undefined;
  return { kind: 'calendar', ...units, timeZone, anchor };
}

function readLocalTime(node: DocumentNode): WallTime | undefined {
  // YAML of version 1.1 makes a date of an unquoted time.
  const text = node.value instanceof Date ? node.value.toISOString().slice(0, 19) : node.value;
  const match = typeof text === 'string' ? LOCAL.exec(text) : null;
  const [year, month, day, hour, minute, second] = (match ?? []).slice(1).map((part) => Number(part ?? 0));
  const fits =
    match !== null &&
    month! >= 1 &&
    month! <= 12 &&
    day! >= 1 &&
    day! <= new Date(Date.UTC(year!, month!, 0)).getUTCDate() &&
    hour! < 24 &&
    minute! < 60 &&
    second! < 60;
  if (!fits) return node.expected('a local time without a zone such as "2026-01-01 00:00:00"');
  return { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: second! };
}
