// Durations as people write them ("30s", "5m", "7d", "1h30m"), in milliseconds inside.

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

type Unit = keyof typeof UNIT_MS;

/** One day in milliseconds. */
export const DAY_MS = UNIT_MS.d;

const WHOLE = /^(?:\d+(?:ms|[smhdw]))+$/;
const PART = /(\d+)(ms|[smhdw])/g;
/** Largest first, as written. */
const UNITS: readonly Unit[] = ['w', 'd', 'h', 'm', 's', 'ms'];

/**
 * Milliseconds of a duration such as "7d" or "1h30m": each unit at most once, the larger first, whole numbers.
 * @returns undefined when the text is no duration, or too long to count exactly
 * @example parseDuration('1h30m') // 5_400_000
 */
export function parseDuration(text: string): number | undefined {
  if (!WHOLE.test(text)) return undefined;
  let total = 0;
  let lastUnit = -1;
  for (const [, count, unit] of text.matchAll(PART)) {
    const place = UNITS.indexOf(unit as Unit);
    if (place <= lastUnit) return undefined;
    lastUnit = place;
    total += Number(count) * UNIT_MS[unit as Unit];
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

/**
 * The shortest text that `parseDuration` reads as that many milliseconds; weeks are written as days.
 * @param ms whole, >= 0
 * @example formatDuration(5_400_000) // "1h30m"
 */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const unit of UNITS.slice(1)) {
    const count = Math.floor(rest / UNIT_MS[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * UNIT_MS[unit];
  }
  return text === '' ? '0s' : text;
}
