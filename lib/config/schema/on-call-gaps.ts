// Hours of the next year in which a schedule has nobody: the fallback would be told, which somebody may not have meant.
import { finalSchedule } from '../../incidents/on-call/schedule.ts';
import type { ScheduleSettings } from '../../incidents/settings.ts';
import { formatDuration } from '../../model/duration.ts';
import { type Problem, pathText } from '../problem.ts';

const HOUR = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR;

/**
 * One warning for each schedule with a gap.
 * @param now epoch milliseconds; the hour that has begun counts, so that two checks within it say the same
 */
export function gapWarnings(schedules: Readonly<Record<string, ScheduleSettings>>, now: number): Problem[] {
  const from = Math.floor(now / HOUR) * HOUR;
  return Object.entries(schedules).flatMap(([name, schedule]): Problem[] => {
    const gaps = finalSchedule(anybody(schedule), [], from, from + YEAR_MS).filter(
      ({ person }) => person === undefined,
    );
    const [first] = gaps;
    if (first === undefined) return [];
    const wholeMs = gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
    const message =
      `nobody is on call for ${formatDuration(wholeMs)} of the next year, first from ` +
      `${isoMinute(first.from)} to ${isoMinute(first.to)}; the fallback is told then`;
    return [{ level: 'warning', path: pathText(['onCall', 'schedules', name]), message }];
  });
}

/** The schedule where it only counts whether there is somebody: then most layers have no hand-offs to look at. */
function anybody({ timeZone, layers, overrides }: ScheduleSettings): ScheduleSettings {
  return {
    timeZone,
    layers: layers.map((layer) => (layer.people.includes('') ? layer : { ...layer, people: ['somebody'] })),
    overrides: overrides.filter(({ insteadOf }) => insteadOf === undefined),
  };
}

function isoMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}
