// The part of RFC 5545's recurrence rules that maintenance windows need: daily, weekly, monthly, with INTERVAL, COUNT,
// UNTIL and BYDAY. What is not in it is refused by name rather than ignored.

export interface RepeatRule {
  readonly frequency: 'daily' | 'weekly' | 'monthly';
  readonly interval: number;
  readonly count: number | undefined;
  /** Epoch milliseconds of the last moment at which it may begin. */
  readonly until: number | undefined;
  /** 0 is Monday; empty for no restriction. */
  readonly weekdays: readonly number[];
}

export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAY = 86_400_000;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const FREQUENCIES = { DAILY: 'daily', WEEKLY: 'weekly', MONTHLY: 'monthly' } as const;
const KEYS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY'];
const UNTIL = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?$/;
/** Days after which a rule that repeats nothing stops being asked. */
const DAYS_MAX = 100 * 366;

/**
 * Reads a rule such as "FREQ=WEEKLY;BYDAY=SA,SU".
 * @returns the rule, or what is wrong with the text
 */
export function parseRule(text: string): RepeatRule | string {
  const parts = new Map<string, string>();
  for (const part of text.replace(/^RRULE:/i, '').split(';')) {
    const [key = '', value = ''] = part.split('=', 2).map((piece) => piece.trim().toUpperCase());
    if (!KEYS.includes(key))
      return `${key || 'an empty part'} is not supported; known are ${KEYS.join(', ')}`;
    if (parts.has(key)) return `${key} is given twice`;
    parts.set(key, value);
  }
  const frequency = FREQUENCIES[(parts.get('FREQ') ?? '') as keyof typeof FREQUENCIES];
  if (frequency === undefined) return 'FREQ must be DAILY, WEEKLY or MONTHLY';
  const interval = wholeNumber(parts.get('INTERVAL') ?? '1');
  if (interval === undefined) return 'INTERVAL must be a whole number from 1';
  const count = parts.has('COUNT') ? wholeNumber(parts.get('COUNT')!) : undefined;
  if (parts.has('COUNT') && count === undefined) return 'COUNT must be a whole number from 1';
  const until = parts.has('UNTIL') ? untilTime(parts.get('UNTIL')!) : undefined;
  if (parts.has('UNTIL') && until === undefined) return 'UNTIL must be like 20261231 or 20261231T235959Z';
  if (count !== undefined && until !== undefined) return 'COUNT and UNTIL exclude each other';
  const days = parts.has('BYDAY') ? parts.get('BYDAY')!.split(',') : [];
  const weekdays = days.map((day) => WEEKDAYS.indexOf(day));
  if (weekdays.includes(-1)) return `BYDAY must list days of the week: ${WEEKDAYS.join(', ')}`;
  if (frequency === 'monthly' && weekdays.length > 0) return 'BYDAY is not supported with FREQ=MONTHLY';
  return { frequency, interval, count, until, weekdays };
}

function wholeNumber(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function untilTime(text: string): number | undefined {
  const match = UNTIL.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '23', minute = '59', second = '59'] = match;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** The days on which a rule falls, in order, from the first; COUNT and UNTIL are the caller's. */
export function* repeatedDays(rule: RepeatRule, first: CalendarDay): Generator<CalendarDay> {
  const firstDay = Date.UTC(first.year, first.month - 1, first.day) / DAY;
  if (rule.frequency === 'monthly') {
    for (let step = 0; step * 28 < DAYS_MAX; step += rule.interval) {
      const month = first.month - 1 + step;
      const date = new Date(Date.UTC(first.year, month, first.day));
      // A month that has no such day is left out, as RFC 5545 says.
      if (date.getUTCDate() === first.day) yield dayOf(date.getTime() / DAY);
    }
    return;
  }
  const weekdays = rule.weekdays.length > 0 ? rule.weekdays : undefined;
  for (let day = firstDay; day < firstDay + DAYS_MAX; day++) {
    const falls =
      rule.frequency === 'daily'
        ? (day - firstDay) % rule.interval === 0 && (weekdays?.includes(weekday(day)) ?? true)
        : (week(day) - week(firstDay)) % rule.interval === 0 &&
          (weekdays ?? [weekday(firstDay)]).includes(weekday(day));
    if (falls) yield dayOf(day);
  }
}

/** 0 is Monday. Day 0, 1970-01-01, was a Thursday. */
function weekday(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

function week(day: number): number {
  return Math.floor((day + 3) / 7);
}

function dayOf(day: number): CalendarDay {
  const date = new Date(day * DAY);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
