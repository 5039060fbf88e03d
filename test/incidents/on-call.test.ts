// Who is on call: turns on the wall clock, restrictions, layers, overrides; and a year of it in three time zones.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarText } from '../../lib/incidents/on-call/calendar.ts';
import { turnAt } from '../../lib/incidents/on-call/rotation.ts';
import { finalSchedule, onCallAt } from '../../lib/incidents/on-call/schedule.ts';
import type {
  LayerSettings,
  OverrideSettings,
  RestrictionSettings,
  ScheduleSettings,
  Weekday,
} from '../../lib/incidents/settings.ts';
import { wallTime } from '../../lib/model/time-zone.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (text: string): number => Date.parse(text);
const WORKDAYS: readonly Weekday[] = [0, 1, 2, 3, 4];
const ALL_DAYS: readonly Weekday[] = [0, 1, 2, 3, 4, 5, 6];

function layer(change: Partial<LayerSettings> = {}): LayerSettings {
  return {
    name: 'first',
    people: ['ada', 'ben', 'cem'],
    startWallMs: Date.UTC(2026, 0, 5, 9),
    turn: { count: 1, unit: 'week' },
    restrictions: [],
    ...change,
  };
}

function schedule(
  layers: readonly LayerSettings[],
  change: Partial<ScheduleSettings> = {},
): ScheduleSettings {
  return { timeZone: 'Europe/Berlin', layers, overrides: [], ...change };
}

describe('a turn', () => {
  test('begins and ends at the same time of day, whatever the clock does in between', () => {
    // Berlin goes forward on 29 March 2026 and back on 25 October.
    const spring = turnAt(layer(), 'Europe/Berlin', at('2026-03-28T12:00:00Z'))!;
    expect(new Date(spring.from).toISOString()).toBe('2026-03-23T08:00:00.000Z');
    expect(new Date(spring.to).toISOString()).toBe('2026-03-30T07:00:00.000Z');
    const autumn = turnAt(layer(), 'Europe/Berlin', at('2026-10-25T12:00:00Z'))!;
    expect(autumn.to - autumn.from).toBe(7 * DAY + HOUR);
  });

  test('passes from one to the next, and begins again with the first', () => {
    const names = [0, 7, 14, 21].map(
      (days) => turnAt(layer(), 'Europe/Berlin', at('2026-01-05T08:00:00Z') + days * DAY)?.person,
    );
    expect(names).toEqual(['ada', 'ben', 'cem', 'ada']);
  });

  test('is nobody’s before the layer starts, and the last millisecond belongs to who hands over', () => {
    expect(turnAt(layer(), 'Europe/Berlin', at('2026-01-05T07:59:59.999Z'))).toBeUndefined();
    expect(turnAt(layer(), 'Europe/Berlin', at('2026-01-12T07:59:59.999Z'))?.person).toBe('ada');
    expect(turnAt(layer(), 'Europe/Berlin', at('2026-01-12T08:00:00Z'))?.person).toBe('ben');
  });

  test('of hours passes through an hour that the clock shows twice or never', () => {
    const hourly = layer({ turn: { count: 1, unit: 'hour' }, startWallMs: Date.UTC(2026, 2, 29, 0) });
    // 02:00 to 03:00 does not exist: its turn is empty.
    expect(turnAt(hourly, 'Europe/Berlin', at('2026-03-29T00:59:00Z'))?.index).toBe(1);
    expect(turnAt(hourly, 'Europe/Berlin', at('2026-03-29T01:00:00Z'))?.index).toBe(3);
    const back = turnAt(hourly, 'Europe/Berlin', at('2026-10-25T00:30:00Z'))!;
    expect(back.to - back.from).toBe(2 * HOUR);
  });
});

describe('a schedule', () => {
  const nights: RestrictionSettings = { days: ALL_DAYS, from: 20 * 60, to: 8 * 60 };
  const office: RestrictionSettings = { days: WORKDAYS, from: 9 * 60, to: 17 * 60 };

  test('counts a restricted layer at its hours only, past midnight too', () => {
    const plan = schedule([
      layer({ people: ['ada'] }),
      layer({ name: 'night', people: ['nil'], restrictions: [nights] }),
    ]);
    const who = (text: string) => onCallAt(plan, [], at(text));
    expect(who('2026-06-10T17:59:00Z')).toEqual({ person: 'ada', by: 'first' });
    expect(who('2026-06-10T18:00:00Z')).toEqual({ person: 'nil', by: 'night' });
    expect(who('2026-06-11T05:59:00Z').person).toBe('nil');
    expect(who('2026-06-11T06:00:00Z').person).toBe('ada');
  });

  test('has nobody outside of all restrictions', () => {
    const plan = schedule([layer({ people: ['ada'], restrictions: [office] })]);
    expect(onCallAt(plan, [], at('2026-06-13T10:00:00Z'))).toEqual({ person: undefined, by: 'nobody' });
    expect(onCallAt(plan, [], at('2026-06-12T10:00:00Z')).person).toBe('ada');
  });

  test('leaves the turn of an empty name to the layer below', () => {
    const plan = schedule([
      layer({ people: ['low'] }),
      layer({ name: 'high', people: ['', 'top'], turn: { count: 1, unit: 'day' } }),
    ]);
    expect(onCallAt(plan, [], at('2026-01-05T12:00:00Z')).person).toBe('low');
    expect(onCallAt(plan, [], at('2026-01-06T12:00:00Z')).person).toBe('top');
  });

  test('takes the last override that fits, one that stands in for somebody only in their turns', () => {
    const from = at('2026-01-05T08:00:00Z');
    const override = (person: string, change: Partial<OverrideSettings> = {}): OverrideSettings => ({
      person,
      from,
      to: from + DAY,
      ...change,
    });
    const plan = schedule([layer()], { overrides: [override('dot')] });
    const who = (...more: OverrideSettings[]) => onCallAt(plan, more, from + HOUR);
    expect(who()).toEqual({ person: 'dot', by: 'override' });
    expect(who(override('eve')).person).toBe('eve');
    expect(who(override('eve', { insteadOf: 'ben' })).person).toBe('dot');
    expect(who(override('eve', { insteadOf: 'ada' })).person).toBe('eve');
    expect(who(override('')).person).toBeUndefined();
    expect(onCallAt(plan, [], from + DAY).person).toBe('ada');
  });
});

describe.each([
  ['Europe/Berlin', ['2026-03-29', '2026-10-25']],
  ['America/New_York', ['2026-03-08', '2026-11-01']],
  ['Australia/Lord_Howe', ['2026-04-05', '2026-10-04']],
])('a year in %s', (timeZone, changes) => {
  const plan = schedule(
    [
      layer({ startWallMs: Date.UTC(2025, 11, 29, 9) }),
      layer({
        name: 'nights',
        people: ['nia', 'noor'],
        startWallMs: Date.UTC(2025, 11, 29, 21, 30),
        turn: { count: 1, unit: 'day' },
        restrictions: [{ days: ALL_DAYS, from: 21 * 60 + 30, to: 2 * 60 + 15 }],
      }),
    ],
    { timeZone },
  );
  const [from, to] = [at('2026-01-01T00:00:00Z'), at('2027-01-01T00:00:00Z')];
  const shifts = finalSchedule(plan, [], from, to);

  test('has neither a gap nor an overlap', () => {
    expect(shifts[0]!.from).toBe(from);
    expect(shifts.at(-1)!.to).toBe(to);
    for (const [place, shift] of shifts.entries()) {
      expect(shift.to).toBeGreaterThan(shift.from);
      if (place > 0) expect(shift.from).toBe(shifts[place - 1]!.to);
      expect(shift.person).toBeDefined();
    }
  });

  test('hands over at the time of day that was agreed, all year', () => {
    const ofWeek = shifts.slice(1).filter(({ by, from: start }, place) => {
      const before = shifts[place]!;
      return by === 'first' && before.by === 'first' && wallTime(start, timeZone).hour === 9;
    });
    expect(ofWeek.length).toBeGreaterThanOrEqual(51);
    for (const { from: start } of ofWeek) {
      expect(wallTime(start, timeZone)).toMatchObject({ hour: 9, minute: 0 });
    }
  });

  test('says at every minute around a change of the clock what the shift of that minute says', () => {
    for (const day of changes as string[]) {
      for (
        let time = at(`${day}T00:00:00Z`) - 14 * HOUR;
        time < at(`${day}T00:00:00Z`) + 38 * HOUR;
        time += 60_000
      ) {
        const shift = shifts.find((item) => item.from <= time && time < item.to)!;
        const { person, by } = shift;
        expect({ person, by }).toEqual(onCallAt(plan, [], time));
      }
    }
  });
});

test('any schedule is cut into shifts that touch, differ, and say what it says at each instant', () => {
  const zones = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'UTC',
  );
  const start = Date.UTC(2026, 0, 1);
  const minutes = fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 15);
  const restriction = fc.record({
    days: fc.uniqueArray(fc.constantFrom(...ALL_DAYS), { minLength: 1 }),
    from: minutes,
    to: minutes.map((value) => value + 15),
  });
  const anyLayer = fc.record({
    name: fc.constantFrom('one', 'two', 'three'),
    people: fc.array(fc.constantFrom('ada', 'ben', 'cem', ''), { minLength: 1, maxLength: 4 }),
    startWallMs: fc.integer({ min: -400, max: 400 }).map((hours) => start + hours * HOUR),
    turn: fc.record({
      count: fc.integer({ min: 1, max: 5 }),
      unit: fc.constantFrom('hour' as const, 'day' as const, 'week' as const),
    }),
    restrictions: fc.array(restriction, { maxLength: 2 }),
  });
  const override = fc
    .tuple(fc.constantFrom('dot', ''), fc.integer({ min: 0, max: 8000 }), fc.integer({ min: 1, max: 300 }))
    .map(([person, from, hours]) => ({
      person,
      from: start + from * HOUR,
      to: start + (from + hours) * HOUR,
    }));
  const range = fc.tuple(fc.integer({ min: 0, max: 8000 }), fc.integer({ min: 1, max: 24 * 30 }));
  fc.assert(
    fc.property(
      zones,
      fc.array(anyLayer, { minLength: 1, maxLength: 3 }),
      fc.array(override, { maxLength: 3 }),
      range,
      fc.array(fc.double({ min: 0, max: 0.999_999, noNaN: true }), { minLength: 5, maxLength: 20 }),
      (timeZone, layers, overrides, [fromHours, hours], places) => {
        const plan = schedule(layers, { timeZone });
        const from = start + fromHours * HOUR;
        const to = from + hours * HOUR;
        const shifts = finalSchedule(plan, overrides, from, to);
        expect(shifts[0]!.from).toBe(from);
        expect(shifts.at(-1)!.to).toBe(to);
        for (const [place, shift] of shifts.entries()) {
          expect(shift.to).toBeGreaterThan(shift.from);
          const before = shifts[place - 1];
          if (before === undefined) continue;
          expect(shift.from).toBe(before.to);
          expect([shift.person, shift.by]).not.toEqual([before.person, before.by]);
        }
        for (const place of places) {
          const time = Math.floor(from + place * (to - from));
          const { person, by } = shifts.find((item) => item.from <= time && time < item.to)!;
          expect({ person, by }).toEqual(onCallAt(plan, overrides, time));
        }
      },
    ),
    { numRuns: 60 },
  );
});

describe('a calendar', () => {
  const shifts = finalSchedule(
    schedule([layer({ restrictions: [{ days: WORKDAYS, from: 9 * 60, to: 17 * 60 }] })]),
    [],
    at('2026-03-27T00:00:00Z'),
    at('2026-03-31T00:00:00Z'),
  );
  const text = calendarText('shop, first; line', shifts, at('2026-03-27T00:00:00Z'));

  test('has one event for each shift of somebody, at the right instants', () => {
    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(2);
    expect(text).toContain('DTSTART:20260327T080000Z\r\nDTEND:20260327T160000Z');
    expect(text).toContain('DTSTART:20260330T070000Z\r\nDTEND:20260330T150000Z');
  });

  test('escapes text, folds long lines and gives an event the same id each time', () => {
    expect(text).toContain('shop\\, first\\; line');
    const long = calendarText('ü'.repeat(100), shifts, at('2026-04-01T00:00:00Z'));
    for (const line of long.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    const ids = (calendar: string) => calendar.match(/UID:.*/g);
    expect(ids(calendarText('shop, first; line', shifts, 0))).toEqual(ids(text));
    expect(new Set(ids(text)).size).toBe(2);
  });
});
