// Incidents and on-call by API.
import { describe, expect, test } from 'vitest';
import { Api } from './api-world.ts';
import { START, World } from './escalation-world.ts';

const DAY = 86_400_000;
const iso = (at: number): string => new Date(at).toISOString();

describe('/incidents', () => {
  test('lists what is open, or resolved, or both', async () => {
    const world = new World();
    const api = new Api(world);
    const [first, second] = [await world.notify({ groupKey: 'a' }), await world.notify({ groupKey: 'b' })];
    await api.ask('POST', `/incidents/${first}/resolve`);
    const ids = async (query: string) =>
      (await api.ask('GET', `/incidents${query}`)).json.incidents.map(({ id }: { id: string }) => id);
    expect(await ids('')).toEqual([second]);
    expect(await ids('?status=resolved')).toEqual([first]);
    expect(await ids('?status=all')).toEqual([second, first]);
    expect(await ids('?status=all&limit=1')).toEqual([second]);
  });

  test('shows one with its timeline and without the contacts of people', async () => {
    const world = new World();
    const id = await world.notify();
    const answer = await new Api(world).ask('GET', `/incidents/${id}`);
    expect(answer.scope).toBe('alerts:read');
    expect(answer.json).toMatchObject({
      id,
      status: 'triggered',
      priority: 'P1',
      title: 'Shop is down',
      level: 1,
      round: 1,
      openedAt: iso(START),
      nextLevelAt: iso(START + 600_000),
      timeline: [{ kind: 'opened' }, { kind: 'stepBegan' }, { kind: 'told', text: 'told ada by webhook' }],
    });
    expect(answer.text).not.toContain('"fields"');
  });

  test('acknowledges and resolves with a key that may, and says by whom', async () => {
    const world = new World();
    const api = new Api(world);
    const id = await world.notify();
    const acknowledged = await api.ask('POST', `/incidents/${id}/ack`, { by: 'ada' });
    expect(acknowledged).toMatchObject({ status: 200, scope: 'ack' });
    expect(acknowledged.json).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ada (key ops)' });
    expect((await api.ask('POST', `/incidents/${id}/resolve`)).json).toMatchObject({
      status: 'resolved',
      resolvedBy: 'key ops',
    });
    expect(await api.ask('POST', `/incidents/${id}/ack`)).toMatchObject({ status: 409 });
  });

  test('says what is wrong with a request', async () => {
    const api = new Api(new World());
    expect((await api.ask('GET', '/incidents/none')).json.error).toMatch(/no incident none/);
    expect((await api.ask('POST', '/incidents/none/ack')).status).toBe(404);
    expect((await api.ask('GET', '/incidents?status=new')).json.error).toMatch(
      /status to be open, resolved or all, got "new"/,
    );
    expect((await api.ask('GET', '/incidents?limit=0')).status).toBe(400);
    expect((await api.ask('POST', '/incidents/x/ack', '[1]')).status).toBe(400);
    expect((await api.ask('POST', '/incidents/x/ack', { by: 7 })).json.error).toMatch(/"by" to be a name/);
  });
});

describe('/oncall', () => {
  test('says who is on call at a time, until when, and who is next', async () => {
    const api = new Api(new World());
    const { json } = await api.ask('GET', `/oncall?schedule=primary&at=${iso(START + DAY)}`);
    expect(json.schedules).toMatchObject([
      {
        schedule: 'primary',
        person: 'ada',
        by: 'weekly',
        until: iso(START + 7 * DAY),
        next: { person: 'ben', from: iso(START + 7 * DAY) },
      },
    ]);
    const all = (await api.ask('GET', '/oncall')).json.schedules;
    expect(all).toMatchObject([{ schedule: 'primary' }, { schedule: 'empty', person: null, by: 'nobody' }]);
  });

  test('shows the schedule as it comes out', async () => {
    const api = new Api(new World());
    const { json } = await api.ask('GET', `/oncall/primary?from=2026-11-23&to=2026-12-07`);
    expect(json.shifts.map(({ person }: { person: string | null }) => person)).toEqual([null, 'ada', 'ben']);
  });

  test('takes overrides, lists them, and takes them back', async () => {
    const world = new World();
    const api = new Api(world);
    const made = await api.ask('POST', '/oncall/primary/overrides', { person: 'cem', to: iso(START + DAY) });
    expect(made).toMatchObject({ status: 201, scope: 'ack' });
    expect(made.json).toMatchObject({ id: 'o1', person: 'cem', from: iso(START), madeBy: 'key ops' });
    expect((await api.ask('GET', '/oncall?schedule=primary')).json.schedules[0]).toMatchObject({
      person: 'cem',
      by: 'override',
      until: iso(START + DAY),
    });
    expect((await api.ask('GET', '/oncall/primary/overrides')).json.overrides).toHaveLength(1);
    expect((await api.ask('DELETE', '/oncall/primary/overrides/o1')).status).toBe(200);
    expect((await api.ask('DELETE', '/oncall/primary/overrides/o1')).status).toBe(404);
  });

  test('gives a calendar to a key, and by its own address to programs that have none', async () => {
    const api = new Api(new World());
    const calendar = await api.ask('GET', '/oncall/primary.ics');
    expect(calendar).toMatchObject({ status: 200, scope: 'alerts:read' });
    expect(calendar.headers['content-type']).toMatch(/^text\/calendar/);
    expect(calendar.text).toContain('SUMMARY:ada is on call (primary)');
    const { calendarUrl } = (await api.ask('GET', '/oncall?schedule=primary')).json.schedules[0];
    expect(await api.ask('GET', calendarUrl)).toMatchObject({
      status: 200,
      scope: 'public',
      text: calendar.text,
    });
    const of = calendarUrl.replace('/primary/', '/empty/');
    expect(await api.ask('GET', of)).toMatchObject({ status: 403 });
    expect(await api.ask('GET', '/oncall/primary/x.ics')).toMatchObject({ status: 403 });
  });

  test('says what is wrong with a request', async () => {
    const api = new Api(new World());
    const error = async (method: string, address: string, body?: unknown) =>
      (await api.ask(method, address, body)).json.error;
    expect(await error('GET', '/oncall/none')).toBe('there is no schedule none; known are primary, empty');
    expect(await error('GET', '/oncall?at=yesterday')).toMatch(/"at" to be a time/);
    expect(await error('GET', '/oncall?schedule=none')).toMatch(/one of primary, empty, got "none"/);
    expect(await error('GET', '/oncall/primary?to=2020-01-01')).toMatch(/after "from"/);
    expect(await error('POST', '/oncall/primary/overrides', { person: 'zed' })).toMatch(/one of ada, ben/);
    expect(await error('POST', '/oncall/primary/overrides', { person: 'ada' })).toMatch(/"to" to be a time/);
    expect(await error('POST', '/oncall/primary/overrides', 'x')).toMatch(/JSON object/);
  });
});
