// `/oncall/:schedule/report`: how often a shift was called, when, and what became of it.
import type { ApiRequest, ApiResponse } from '../../api/route.ts';
import type { IncidentSummary } from '../incident/incident.ts';
import { type History, type ShiftFigures, shiftReport } from '../on-call/report.ts';
import { finalSchedule } from '../on-call/schedule.ts';
import type { IncidentStore, OverrideStore } from '../ports.ts';
import type { OnCallSettings, ScheduleSettings } from '../settings.ts';
import { expected, iso, json, timeOf } from './json.ts';

export interface ReportPorts {
  readonly settings: OnCallSettings;
  readonly overrides: OverrideStore;
  readonly incidents: IncidentStore;
}

const DAY = 86_400_000;
const MAX_RANGE_MS = 92 * DAY;
const DEFAULT_RANGE_MS = 14 * DAY;
/** Incidents that one report reads: the API has some seconds. */
const MAX_INCIDENTS = 1_000;
/** Timelines read at a time. */
const AT_ONCE = 25;

/** Answers with the figures of each shift, oldest first. */
export async function report(
  name: string,
  schedule: ScheduleSettings,
  { query, now }: ApiRequest,
  ports: ReportPorts,
): Promise<ApiResponse> {
  const to = query.has('to') ? timeOf(query.get('to')) : now;
  if (to === undefined) return expected('"to" to be a time such as 2026-11-24T09:00:00Z', query.get('to'));
  const from = query.has('from') ? timeOf(query.get('from')) : to - DEFAULT_RANGE_MS;
  if (from === undefined || from >= to || to - from > MAX_RANGE_MS) {
    return expected('"from" to be a time before "to", at most 92 days earlier', query.get('from'));
  }
  const shifts = finalSchedule(schedule, await ports.overrides.list(name), from, to);
  const { histories, isComplete } = await historiesOf(ports.incidents, from, to);
  const { acknowledgeTargetsMs } = ports.settings;
  const figures = shiftReport(shifts, histories, schedule.timeZone, acknowledgeTargetsMs);
  return json(200, {
    schedule: name,
    timeZone: schedule.timeZone,
    from: iso(from),
    to: iso(to),
    isComplete,
    shifts: figures.map(view),
  });
}

async function historiesOf(incidents: IncidentStore, from: number, to: number) {
  const [open, resolved] = await Promise.all([incidents.listOpen(), incidents.listResolved(MAX_INCIDENTS)]);
  const within = [...open, ...resolved].filter(
    ({ openedAt, resolvedAt }) => openedAt < to && (resolvedAt ?? to) >= from,
  );
  const oldest = resolved.at(-1)?.resolvedAt ?? from;
  const isComplete = within.length <= MAX_INCIDENTS && (resolved.length < MAX_INCIDENTS || oldest < from);
  const histories: History[] = [];
  const read = within.slice(0, MAX_INCIDENTS);
  for (let place = 0; place < read.length; place += AT_ONCE) {
    const some = read.slice(place, place + AT_ONCE).map(async ({ id, title, priority }: IncidentSummary) => {
      return { id, title, priority, timeline: await incidents.timeline(id) };
    });
    histories.push(...(await Promise.all(some)));
  }
  return { histories, isComplete };
}

function view({ from, to, ...figures }: ShiftFigures) {
  return { ...figures, from: iso(from), to: iso(to) };
}
