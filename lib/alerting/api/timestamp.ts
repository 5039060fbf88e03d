// Times as Alertmanager's API writes them: RFC 3339, with Go's zero time for none.

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-](\d{2}):(\d{2}))$/;
/** What Go writes for a time that was never set. */
const ZERO_YEAR = '0001-01-01T00:00:00';

/**
 * @returns epoch milliseconds, `none` for Go's zero time, undefined for what is no time of the calendar
 * @example parseTimestamp('2026-11-24T10:00:00.5+01:00') // 1795510800500
 */
export function parseTimestamp(text: string): number | 'none' | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', zone, zoneHour = '00', zoneMinute = '00'] =
    match;
  if (text.startsWith(ZERO_YEAR) && Number(zoneHour) === 0 && Number(zoneMinute) === 0) return 'none';
  // A leap second is the first instant of the next minute.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // The thirtieth of February rolls over.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  const clock = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000 + ms;
  const shift = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000;
  return date.getTime() + clock - (zone!.startsWith('-') ? -shift : shift);
}

/** @example timestampText(0) // '1970-01-01T00:00:00.000Z' */
export function timestampText(ms: number): string {
  return new Date(ms).toISOString();
}
