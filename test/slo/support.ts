// SLOs and traffic for the tests of lib/slo.
import type { MinutePoint } from '../../lib/slo/evaluation/read-point.ts';
import { SLO_DEFAULTS, type SloSettings } from '../../lib/slo/settings.ts';
import { defaultTable } from '../../lib/slo/windows/default-table.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Monday, at a full hour. */
export const T0 = Date.UTC(2026, 0, 5);

const SOURCE = { kind: 'other', type: 'test' } as const;

/** 99.9 % over 30 days with the default windows, unless said otherwise. */
export function slo(changes: Partial<SloSettings> = {}): SloSettings {
  const period = changes.period ?? { kind: 'rolling', lengthMs: 30 * DAY };
  return {
    ...SLO_DEFAULTS,
    name: 'checkout',
    objective: 0.999,
    indicator: { kind: 'goodTotal', good: SOURCE, total: SOURCE },
    windows: defaultTable(period.kind === 'rolling' ? period.lengthMs : 30 * DAY),
    settleMs: 0,
    ...changes,
    period,
  };
}

/** One point a minute. @param bad failures of a minute, by its number */
export function traffic(
  minutes: number,
  perMinute: number,
  bad: (minute: number) => number,
  from = T0,
): MinutePoint[] {
  return Array.from({ length: minutes }, (_, minute) => ({
    start: from + minute * MINUTE,
    good: perMinute - bad(minute),
    total: perMinute,
  }));
}
