// Wall clocks: what a time zone's clock shows at an instant, and the instant at which it shows something.

/** What a wall clock shows. */
export interface WallTime {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  /** 1..31 */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the platform knows an IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** What the clock of a zone shows. @param at epoch milliseconds */
export function wallTime(at: number, zone: string): WallTime {
  const shown: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) shown[type] = Number(value);
  return {
    year: shown.year!,
    month: shown.month!,
    day: shown.day!,
    hour: shown.hour!,
    minute: shown.minute!,
    second: shown.second!,
  };
}

/** The wall time as if it were UTC, in milliseconds: wall times can be added and compared this way. */
export function wallMs({ year, month, day, hour, minute, second }: WallTime): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime();
}

/**
 * The instant at which a zone's clock shows a wall time. Of two (the clock was put back) the first; a time that the
 * clock skips counts as if it had not been put forward.
 * @returns epoch milliseconds
 */
export function instantOf(wall: WallTime, zone: string): number {
  const target = wallMs(wall);
  const offset = (at: number): number => wallMs(wallTime(at, zone)) - Math.floor(at / 1000) * 1000;
  // The offset of the day before is in force until the change; the one of the day after from then on.
  const before = target - offset(target - 86_400_000);
  if (wallMs(wallTime(before, zone)) === target) return before;
  const after = target - offset(target + 86_400_000);
  return wallMs(wallTime(after, zone)) === target ? after : before;
}
