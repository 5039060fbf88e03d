// Durations as Prometheus writes them: years and a bare 0 besides what the project's own durations know.
import { DAY_MS, parseDuration } from '../../model/duration.ts';

const YEAR_MS = 365 * DAY_MS;
const YEARS_FIRST = /^(\d+)y(.*)$/;

/** Milliseconds of a duration such as "1y2w", "1h30m", "500ms" or "0"; undefined if it is none. */
export function parsePrometheusDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const [, years, rest] = YEARS_FIRST.exec(text) ?? [];
  if (years === undefined || rest === undefined) return parseDuration(text);
  const ms = rest === '' ? 0 : parseDuration(rest);
  const total = ms === undefined ? undefined : Number(years) * YEAR_MS + ms;
  return Number.isSafeInteger(total) ? total : undefined;
}
