// `tidewatch incidents …` and `tidewatch oncall …` against an API on this machine.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Api } from '../incidents/api-world.ts';
import { World } from '../incidents/escalation-world.ts';
import { tidewatch } from './run-cli.ts';

let world: World;
let server: Server;
let access: string[];

beforeEach(async () => {
  world = new World();
  const api = new Api(world);
  server = createServer(async (request, response) => {
    if (request.headers.authorization !== 'Bearer tw_good') {
      response.writeHead(401).end(JSON.stringify({ message: 'the key is not valid' }));
      return;
    }
    const answer = await api.ask(request.method!, request.url!, await text(request));
    response.writeHead(answer.status, answer.headers).end(answer.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  access = ['--url', `http://127.0.0.1:${port}/`, '--key', 'tw_good'];
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

describe('incidents', () => {
  test('list says what is open, and show what happened', async () => {
    expect((await tidewatch('incidents', 'list', ...access)).stderr).toBe('no incident is open\n');
    const id = await world.notify();
    const listed = await tidewatch('incidents', 'list', ...access);
    expect(listed).toMatchObject({ code: 0 });
    expect(listed.stdout).toMatch(new RegExp(`${id}\\s+P1\\s+not acknowledged .*Shop is down`));
    const shown = await tidewatch('incidents', 'show', id, ...access);
    expect(shown.stdout).toContain('level 1: tells ada, 10m to acknowledge');
    const json = JSON.parse((await tidewatch('incidents', 'list', '--json', ...access)).stdout);
    expect(json).toMatchObject([{ id, status: 'triggered' }]);
  });

  test('ack acknowledges as who is asked for, resolve ends it, and then there is nothing to acknowledge', async () => {
    const id = await world.notify();
    const acknowledged = await tidewatch('incidents', 'ack', id, '--by', 'ada', ...access);
    expect(acknowledged).toMatchObject({ code: 0 });
    expect(acknowledged.stdout).toContain(`acknowledged by ada (key ops) ${id}`);
    expect(await tidewatch('incidents', 'resolve', id, ...access)).toMatchObject({ code: 0 });
    const late = await tidewatch('incidents', 'ack', id, ...access);
    expect(late.code).toBe(1);
    expect(late.stderr).toContain('is resolved: there is nothing to acknowledge');
  });

  test('say what is wrong with a key, an id or an option', async () => {
    const refused = await tidewatch('incidents', 'list', access[0]!, access[1]!, '--key', 'tw_bad');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('refuses the key for GET /incidents');
    expect(refused.stderr).toContain('the key is not valid');
    expect(await tidewatch('incidents', 'show', 'none', ...access)).toMatchObject({ code: 1 });
    expect(await tidewatch('incidents', 'list', '--status', 'new', ...access)).toMatchObject({ code: 2 });
    expect(await tidewatch('incidents', 'list', '--limit', '0', ...access)).toMatchObject({ code: 2 });
    expect(await tidewatch('incidents', 'list', access[0]!, access[1]!)).toMatchObject({ code: 2 });
    const gone = await tidewatch('incidents', 'list', '--url', 'http://127.0.0.1:9', '--key', 'x');
    expect(gone.code).toBe(1);
    expect(gone.stderr).toContain('does not answer');
  });
});

describe('oncall', () => {
  test('says who is on call, and fails when somebody is missing', async () => {
    const one = await tidewatch('oncall', '--schedule', 'primary', ...access);
    expect(one).toMatchObject({ code: 0 });
    expect(one.stdout).toMatch(/primary\s+ada\s+weekly\s+2026-11-30T09:00:00.000Z\s+ben/);
    const all = await tidewatch('oncall', ...access);
    expect(all.code).toBe(1);
    expect(all.stdout).toMatch(/empty\s+NOBODY/);
    const later = await tidewatch(
      'oncall',
      '--schedule',
      'primary',
      '--at',
      '2026-12-01T00:00:00Z',
      '--json',
      ...access,
    );
    expect(JSON.parse(later.stdout).schedules).toMatchObject([{ person: 'ben' }]);
  });

  test('report says how each shift was', async () => {
    const times = ['--from', '2026-11-23', '--to', '2026-12-07'];
    const one = await tidewatch('oncall', 'report', '--schedule', 'primary', ...times, ...access);
    expect(one).toMatchObject({ code: 0 });
    expect(one.stdout).toMatch(/^SCHEDULE +PERSON .* ENDED UNSEEN\nprimary +ada +2026-11-23T09:00:00.000Z/);
    const all = await tidewatch('oncall', 'report', ...times, '--json', ...access);
    expect(JSON.parse(all.stdout)).toContainEqual(
      expect.objectContaining({ schedule: 'primary', isComplete: true, shifts: expect.any(Array) }),
    );
    const wrong = await tidewatch('oncall', 'report', '--from', 'soon', ...access);
    expect(wrong.stderr).toContain('expected "from" to be a time');
  });

  test('override lets somebody stand in, overrides lists it, remove-override takes it back', async () => {
    const until = ['--to', '2026-11-23T17:00:00Z'];
    const made = await tidewatch('oncall', 'override', 'primary', '--person', 'cem', ...until, ...access);
    expect(made).toMatchObject({ code: 0 });
    expect((await tidewatch('oncall', '--schedule', 'primary', ...access)).stdout).toMatch(
      /primary\s+cem\s+override/,
    );
    expect((await tidewatch('oncall', 'overrides', 'primary', ...access)).stdout).toMatch(
      /o1\s+cem\s+whoever it is/,
    );
    expect(await tidewatch('oncall', 'remove-override', 'primary', 'o1', ...access)).toMatchObject({
      code: 0,
    });
    expect(await tidewatch('oncall', 'remove-override', 'primary', 'o1', ...access)).toMatchObject({
      code: 1,
    });
    const shifts = await tidewatch('oncall', 'schedule', 'primary', '--to', '2026-12-07', ...access);
    expect(shifts.stdout).toMatch(/ada\s+weekly[\s\S]*ben\s+weekly/);
  });

  test('says what is wrong with an override', async () => {
    const wrong = (...args: string[]) => tidewatch('oncall', 'override', 'primary', ...args, ...access);
    expect(await wrong('--person', 'ada')).toMatchObject({ code: 2 });
    expect(await wrong('--person', 'ada', '--for', 'long')).toMatchObject({ code: 2 });
    expect(await wrong('--for', '8h')).toMatchObject({ code: 2 });
    const nobody = await wrong('--person', 'zed', '--to', '2027-01-01T00:00:00Z');
    expect(nobody.code).toBe(1);
    expect(nobody.stderr).toContain('"person" to be one of ada, ben, cem, boss, got "zed"');
  });
});
