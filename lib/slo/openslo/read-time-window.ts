// OpenSLO's time window → budget period: rolling, or by a calendar that began at a local time of a zone.
import type { BudgetPeriod } from '../definition/budget-period.ts';
import type { DocumentNode } from '../definition/document-node.ts';
import { checkedRolling, readLocalTime, readTimeZone } from '../definition/read-period.ts';
import { readCalendarUnits, readShorthand } from './duration-shorthand.ts';

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
