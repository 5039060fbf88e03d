// How a shift was, from what happened in it.
import { describe, expect, test } from 'vitest';
import { Api } from './api-world.ts';
import { MINUTE, START, settings, World } from './escalation-world.ts';

const HOUR = 60 * MINUTE;
const iso = (at: number) => new Date(at).toISOString();

async function reportOf(world: World, query = '') {
  return (await new Api(world).ask('GET', `/oncall/primary/report?${query}`)).json;
}

describe('the report of a shift', () => {
  test('counts calls, those at night, repeats, and what was acknowledged in time', async () => {
    const world = new World(settings({ pagesPerHour: 1_000 }));
    // In time, late, never because it ended by itself, and the same title again at night.
    await world.acknowledge(await world.notify({ groupKey: 'a', commonAnnotations: { summary: 'A' } }));
    const late = await world.notify({ groupKey: 'b', commonAnnotations: { summary: 'B' } });
    await world.run(7);
    await world.acknowledge(late);
    await world.notify({ groupKey: 'c', commonAnnotations: { summary: 'C' } });
    await world.run(2);
    await world.notify({ groupKey: 'c', status: 'resolved' });
    world.now = START + 14 * HOUR;
    await world.acknowledge(await world.notify({ groupKey: 'd', commonAnnotations: { summary: 'A' } }));
    world.now = START + 24 * HOUR;
    const { shifts, ...rest } = await reportOf(world, `from=${iso(START)}`);
    expect(rest).toEqual({
      schedule: 'primary',
      timeZone: 'UTC',
      from: iso(START),
      to: iso(world.now),
      isComplete: true,
    });
    expect(shifts).toEqual([
      {
        person: 'ada',
        from: iso(START),
        to: iso(world.now),
        pages: 4,
        atNight: 1,
        repeats: 1,
        bundled: 0,
        firings: 4,
        acknowledgedInTime: 2,
        acknowledgedLate: 1,
        endedUnacknowledged: 1,
      },
    ]);
  });

  test('counts several contacts of a person once, and each firing of one incident', async () => {
    const given = settings();
    const contacts = ['mail', 'phone'].map((to) => ({ kind: 'webhook', fields: { to } }));
    const world = new World({ ...given, people: { ...given.people, ada: { contacts } } });
    const id = await world.notify();
    await world.acknowledge(id);
    await world.notify({ status: 'resolved' });
    await world.run(1);
    expect(await world.notify()).toBe(id);
    const [shift] = (await reportOf(world, `from=${iso(START)}&to=${iso(START + HOUR)}`)).shifts;
    expect(shift).toMatchObject({ pages: 2, firings: 2, acknowledgedInTime: 1, repeats: 1 });
  });

  test('counts what was held back apart', async () => {
    const world = new World(settings({ pagesPerHour: 1 }));
    await world.notify({ groupKey: 'a', priority: 'P2' });
    await world.notify({ groupKey: 'b', priority: 'P2' });
    const [shift] = (await reportOf(world, `to=${iso(START + HOUR)}`)).shifts.slice(-1);
    expect(shift).toMatchObject({ person: 'ada', pages: 1, bundled: 1, firings: 2 });
  });

  test('has nothing of who was called outside the shift, nor lines for hours without anybody', async () => {
    const world = new World();
    await world.notify();
    await world.run(11);
    const { shifts } = await reportOf(world, `from=${iso(START - HOUR)}&to=${iso(START + 8 * 24 * HOUR)}`);
    expect(shifts.map(({ person, pages }: { person: string; pages: number }) => [person, pages])).toEqual([
      ['ada', 1],
      ['ben', 0],
    ]);
  });

  test('refuses times that make no range, and schedules that are not there', async () => {
    const world = new World();
    const api = new Api(world);
    for (const query of ['from=soon', 'to=late', `from=${iso(START + HOUR)}`, 'from=2026-01-01']) {
      expect((await api.ask('GET', `/oncall/primary/report?${query}`)).status).toBe(400);
    }
    expect((await api.ask('GET', '/oncall/none/report')).status).toBe(404);
    expect((await api.ask('GET', '/oncall/primary/report')).scope).toBe('alerts:read');
  });
});
