// `/oncall`: who is on call, the schedule as it comes out, its calendar, and who stands in for whom.
import type { ApiRequest, ApiResponse, ApiRoute } from '../../api/route.ts';
import { calendarSignature, isCalendarSignature } from '../acknowledge/link.ts';
import { calendarText } from '../on-call/calendar.ts';
import { finalSchedule, type Shift } from '../on-call/schedule.ts';
import type { StoredOverride } from '../ports.ts';
import type { ScheduleSettings } from '../settings.ts';
import { bodyObject, expected, iso, json, timeOf } from './json.ts';
import { type ReportPorts, report } from './report-route.ts';

export interface OnCallPorts extends ReportPorts {
  readonly linkSecret: () => Promise<string>;
  /** An id that no other override has. */
  readonly newId: () => string;
}

const DAY = 86_400_000;
/** Of a calendar: what was, and what comes. */
const CALENDAR_BACK_MS = 14 * DAY;
const CALENDAR_AHEAD_MS = 90 * DAY;
const MAX_RANGE_MS = 400 * DAY;
const DEFAULT_RANGE_MS = 28 * DAY;
/** How far the next hand-off is looked for. */
const LOOK_AHEAD_MS = 60 * DAY;

export function onCallRoutes(ports: OnCallPorts): readonly ApiRoute[] {
  const { settings } = ports;
  /** Answers with 404 for a schedule that is not there. */
  const ofSchedule =
    (handle: (name: string, schedule: ScheduleSettings, request: ApiRequest) => Promise<ApiResponse>) =>
    async (request: ApiRequest): Promise<ApiResponse> => {
      const name = (request.parameters.schedule ?? '').replace(/\.ics$/, '');
      const schedule = settings.schedules[name];
      if (schedule !== undefined) return handle(name, schedule, request);
      const known = Object.keys(settings.schedules).join(', ');
      return json(404, { error: `there is no schedule ${name}; known are ${known}` });
    };
  const calendar = async (name: string, schedule: ScheduleSettings, now: number): Promise<ApiResponse> => {
    const overrides = await ports.overrides.list(name);
    const shifts = finalSchedule(schedule, overrides, now - CALENDAR_BACK_MS, now + CALENDAR_AHEAD_MS);
    return {
      status: 200,
      headers: { 'content-type': 'text/calendar; charset=utf-8', 'cache-control': 'max-age=900' },
      body: calendarText(name, shifts, now),
    };
  };

  const show = ofSchedule(async (name, schedule, { parameters, query, now }) => {
    if ((parameters.schedule ?? '').endsWith('.ics')) return calendar(name, schedule, now);
    const from = query.has('from') ? timeOf(query.get('from')) : now;
    if (from === undefined)
      return expected('"from" to be a time such as 2026-11-24T09:00:00Z', query.get('from'));
    const to = query.has('to') ? timeOf(query.get('to')) : from + DEFAULT_RANGE_MS;
    if (to === undefined || to <= from || to - from > MAX_RANGE_MS) {
      return expected('"to" to be a time after "from", at most 400 days later', query.get('to'));
    }
    const shifts = finalSchedule(schedule, await ports.overrides.list(name), from, to);
    return json(200, { schedule: name, timeZone: schedule.timeZone, shifts: shifts.map(shiftView) });
  });

  const feed = ofSchedule(async (name, schedule, { parameters, now }) => {
    const given = (parameters.file ?? '').replace(/\.ics$/, '');
    if (!isCalendarSignature(name, given, await ports.linkSecret())) {
      return json(403, { error: 'the address of this calendar is not complete, or it was changed' });
    }
    return calendar(name, schedule, now);
  });

  const addOverride = ofSchedule(async (name, _schedule, { body, caller, now }) => {
    const wish = bodyObject(body);
    if (wish === undefined) return expected('a JSON object', body.toString('utf8'));
    const { person, insteadOf } = wish;
    const people = Object.keys(settings.people).join(', ');
    const isPerson = (value: unknown): value is string =>
      typeof value === 'string' && settings.people[value] !== undefined;
    if (!isPerson(person)) return expected(`"person" to be one of ${people}`, person);
    if (insteadOf !== undefined && !isPerson(insteadOf)) {
      return expected(`"insteadOf" to be one of ${people}`, insteadOf);
    }
    const [from, to] = [wish.from === undefined ? now : timeOf(wish.from), timeOf(wish.to)];
    if (from === undefined) return expected('"from" to be a time such as 2026-11-24T09:00:00Z', wish.from);
    if (to === undefined || to <= from || to <= now) {
      return expected('"to" to be a time such as 2026-11-24T17:00:00Z, after "from" and not past', wish.to);
    }
    const override: StoredOverride = {
      id: ports.newId(),
      schedule: name,
      person,
      from,
      to,
      ...(insteadOf !== undefined && { insteadOf }),
      madeBy: `key ${caller ?? ''}`,
      madeAt: now,
    };
    await ports.overrides.add(override);
    return json(201, overrideView(override));
  });

  const removeOverride = ofSchedule(async (name, _schedule, { parameters }) => {
    const id = parameters.id ?? '';
    if (await ports.overrides.remove(name, id)) return json(200, { id, removed: true });
    return json(404, { error: `${name} has no override ${id}` });
  });

  const listOverrides = ofSchedule(async (name) => {
    return json(200, { overrides: (await ports.overrides.list(name)).map(overrideView) });
  });

  return [
    { method: 'GET', path: '/oncall', scope: 'alerts:read', handle: (request) => who(request, ports) },
    { method: 'GET', path: '/oncall/:schedule', scope: 'alerts:read', handle: show },
    {
      method: 'GET',
      path: '/oncall/:schedule/report',
      scope: 'alerts:read',
      handle: ofSchedule((name, schedule, request) => report(name, schedule, request, ports)),
    },
    { method: 'GET', path: '/oncall/:schedule/overrides', scope: 'alerts:read', handle: listOverrides },
    { method: 'POST', path: '/oncall/:schedule/overrides', scope: 'ack', handle: addOverride },
    { method: 'DELETE', path: '/oncall/:schedule/overrides/:id', scope: 'ack', handle: removeOverride },
    { method: 'GET', path: '/oncall/:schedule/:file', scope: 'public', handle: feed },
  ];
}

async function who({ query, baseUrl, now }: ApiRequest, ports: OnCallPorts): Promise<ApiResponse> {
  const at = query.has('at') ? timeOf(query.get('at')) : now;
  if (at === undefined) return expected('"at" to be a time such as 2026-11-24T09:00:00Z', query.get('at'));
  const all = Object.keys(ports.settings.schedules);
  const asked = query.get('schedule');
  if (asked !== null && !all.includes(asked))
    return expected(`"schedule" to be one of ${all.join(', ')}`, asked);
  const secret = await ports.linkSecret();
  const schedules = await Promise.all(
    (asked === null ? all : [asked]).map(async (name) => {
      const schedule = ports.settings.schedules[name]!;
      const overrides = await ports.overrides.list(name);
      const [shift, next] = finalSchedule(schedule, overrides, at, at + LOOK_AHEAD_MS);
      const calendarUrl = `${baseUrl}/oncall/${encodeURIComponent(name)}/${calendarSignature(name, secret)}.ics`;
      return {
        schedule: name,
        timeZone: schedule.timeZone,
        person: shift?.person ?? null,
        by: shift?.by ?? 'nobody',
        until: next === undefined ? null : iso(next.from),
        next: next === undefined ? null : { person: next.person ?? null, from: iso(next.from) },
        calendarUrl,
      };
    }),
  );
  return json(200, { at: iso(at), schedules });
}

function shiftView({ person, by, from, to }: Shift) {
  return { person: person ?? null, by, from: iso(from), to: iso(to) };
}

function overrideView({ id, schedule, person, insteadOf, from, to, madeBy, madeAt }: StoredOverride) {
  return {
    id,
    schedule,
    person,
    insteadOf: insteadOf ?? null,
    from: iso(from),
    to: iso(to),
    madeBy,
    madeAt: iso(madeAt),
  };
}
