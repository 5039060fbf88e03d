// How a shift was: who was called how often and when, and what became of it. Pure; from the timelines of incidents.
import type { Priority } from '../../model/notification.ts';
import { wallTime } from '../../model/time-zone.ts';
import type { TimelineEntry } from '../incident/incident.ts';
import type { Shift } from './schedule.ts';

/** What a report reads of an incident. */
export interface History {
  readonly id: string;
  readonly title: string;
  readonly priority: Priority;
  readonly timeline: readonly TimelineEntry[];
}

export interface ShiftFigures {
  readonly person: string;
  /** Epoch milliseconds. */
  readonly from: number;
  /** Epoch milliseconds, not included. */
  readonly to: number;
  /** Calls; one to several contacts of a person at once counts once. */
  readonly pages: number;
  /** Of those, between 22:00 and 07:00 on the schedule's clock. */
  readonly atNight: number;
  /** Of those, about a title that had called the same person in this shift before. */
  readonly repeats: number;
  /** Left out of `pages`: there were too many within the hour, so they came bundled. */
  readonly bundled: number;
  /** Firings that began to call this person in this shift. */
  readonly firings: number;
  /** Of those, by anybody, within the target of their priority. */
  readonly acknowledgedInTime: number;
  readonly acknowledgedLate: number;
  /** Ended by themselves before anybody acknowledged: perhaps nobody had to be called. */
  readonly endedUnacknowledged: number;
}

const NIGHT_FROM = 22;
const NIGHT_TO = 7;

interface Call {
  readonly at: number;
  readonly person: string;
  readonly title: string;
  readonly isBundled: boolean;
}

/** One time that an incident fired. */
interface Firing {
  readonly priority: Priority;
  readonly calls: readonly Call[];
  readonly acknowledgedAt: number | undefined;
  readonly hasEnded: boolean;
}

/**
 * Figures of each shift that has a person.
 * @param timeZone of the schedule
 * @param targetsMs how soon somebody should have acknowledged
 */
export function shiftReport(
  shifts: readonly Shift[],
  histories: readonly History[],
  timeZone: string,
  targetsMs: Readonly<Record<Priority, number>>,
): ShiftFigures[] {
  const firings = histories.flatMap(firingsOf);
  return shifts.flatMap(({ person, from, to }) =>
    person === undefined ? [] : [figuresOf({ person, from, to }, firings, timeZone, targetsMs)],
  );
}

function figuresOf(
  shift: { readonly person: string; readonly from: number; readonly to: number },
  firings: readonly Firing[],
  timeZone: string,
  targetsMs: Readonly<Record<Priority, number>>,
): ShiftFigures {
  const isHere = ({ person, at }: Call): boolean =>
    person === shift.person && at >= shift.from && at < shift.to;
  const calls = firings.flatMap((firing) => firing.calls.filter(isHere));
  const pages = calls.filter(({ isBundled }) => !isBundled);
  const begun = firings.filter(({ calls: all }) => {
    const first = all.find(({ person }) => person === shift.person);
    return first !== undefined && isHere(first);
  });
  const tookMs = begun.flatMap(({ acknowledgedAt, calls: [first], priority }) =>
    acknowledgedAt === undefined || first === undefined
      ? []
      : [{ isLate: acknowledgedAt - first.at > targetsMs[priority] }],
  );
  return {
    ...shift,
    pages: pages.length,
    atNight: pages.filter(({ at }) => isNight(at, timeZone)).length,
    repeats: pages.length - new Set(pages.map(({ title }) => title)).size,
    bundled: calls.length - pages.length,
    firings: begun.length,
    acknowledgedInTime: tookMs.filter(({ isLate }) => !isLate).length,
    acknowledgedLate: tookMs.filter(({ isLate }) => isLate).length,
    endedUnacknowledged: begun.filter(
      ({ acknowledgedAt, hasEnded }) => hasEnded && acknowledgedAt === undefined,
    ).length,
  };
}

function firingsOf({ id, title, priority, timeline }: History): Firing[] {
  const parts: TimelineEntry[][] = [];
  for (const entry of timeline) {
    if (entry.kind === 'opened' || entry.kind === 'reopened' || parts.length === 0) parts.push([]);
    parts.at(-1)!.push(entry);
  }
  return parts.map((entries, place) => {
    const calls = new Map<string, Call>();
    for (const { at, kind, to, level } of entries) {
      if (to === undefined || (kind !== 'told' && kind !== 'bundled')) continue;
      const key = JSON.stringify([id, place, level, to]);
      if (!calls.has(key)) calls.set(key, { at, person: to, title, isBundled: kind === 'bundled' });
    }
    return {
      priority,
      calls: [...calls.values()],
      acknowledgedAt: entries.find(({ kind }) => kind === 'acknowledged')?.at,
      hasEnded: entries.some(({ kind }) => kind === 'resolved'),
    };
  });
}

function isNight(at: number, timeZone: string): boolean {
  const { hour } = wallTime(at, timeZone);
  return hour >= NIGHT_FROM || hour < NIGHT_TO;
}
