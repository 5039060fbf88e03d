// `tidewatch alerts list | add` and `tidewatch silences …` against an API on this machine.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apiWorld, CONFIG } from '../alerting/api/api-world.ts';
import { tidewatch } from './run-cli.ts';

let world: ReturnType<typeof apiWorld>;
let server: Server;
let access: string[];

beforeEach(async () => {
  world = apiWorld(CONFIG);
  server = createServer(async (request, response) => {
    if (request.headers.authorization !== 'Bearer tw_good') {
      response.writeHead(401).end(JSON.stringify({ error: 'the key is not valid' }));
      return;
    }
    const { status, body } = await world.ask(
      request.method!,
      request.url!,
      await buffer(request),
      Date.now(),
    );
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  access = ['--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--key', 'tw_good'];
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

describe('alerts', () => {
  test('add sends one with its labels, annotations and end', async () => {
    const before = Date.now();
    const { code, stdout } = await tidewatch(
      ...['alerts', 'add', 'alertname=Test', 'severity=page', '--annotation', 'summary=a = b', '--for', '1h'],
      ...access,
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('taken')]);
    expect(world.queued).toMatchObject([
      { labels: { alertname: 'Test', severity: 'page' }, annotations: { summary: 'a = b' } },
    ]);
    expect(world.queued[0]!.endsAt! - before - 3_600_000).toBeLessThan(10_000);
  });

  test('list shows what fires and what keeps it quiet', async () => {
    expect((await tidewatch('alerts', 'list', ...access)).stderr).toBe('no alert fires\n');
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    await world.fire(
      { labels: { alertname: 'A', zone: '1' }, endsAt },
      { labels: { alertname: 'B' }, endsAt },
    );
    await tidewatch('silences', 'add', 'alertname=A', '--for', '1h', '--comment', 'c', ...access);
    const { stdout } = await tidewatch('alerts', 'list', ...access);
    expect(stdout).toMatch(/silenced +\S+ +A +tickets +zone="1"/);
    expect(stdout).toMatch(/active +\S+ +B +tickets/);
    const some = JSON.parse((await tidewatch('alerts', 'list', '--active', '--json', ...access)).stdout);
    expect(some).toMatchObject([{ labels: { alertname: 'B' } }]);
    expect((await tidewatch('alerts', 'list', 'alertname=A', '--receiver', 'pager', ...access)).stdout).toBe(
      '',
    );
  });

  test.each([
    [['alerts', 'add', 'alertname'], 2, 'expected name=value'],
    [['alerts', 'add', 'a=b', '--for', 'ever'], 2, '--for: expected a duration'],
    [['alerts', 'add', 'a=b', '--for', '1h', '--resolve'], 2, 'only one of --for, --resolve'],
    [['alerts', 'list', 'a'], 1, 'bad matcher format'],
    [['silences', 'add', 'a=~"("', '--for', '1h', '--comment', 'c'], 2, 'bad regular expression'],
    [['silences', 'add', 'a=b', '--for', '1h'], 2, '--comment'],
    [['silences', 'add', 'a=~".*"', '--for', '1h', '--comment', 'c'], 1, 'must not match the empty string'],
    [['silences', 'add', 'a=b', '--for', '0', '--comment', 'c'], 2, '--for: expected a duration'],
    [['silences', 'expire', 'nothing'], 1, 'silence not found'],
  ])('%j ends with %i and says why', async (args, code, message) => {
    const run = await tidewatch(...args, ...access);
    expect([run.code, run.stderr]).toEqual([code, expect.stringContaining(message)]);
  });

  test('without a key, or with one that is refused, says so', async () => {
    const [, url] = access;
    expect(await tidewatch('alerts', 'list', '--url', url!)).toMatchObject({ code: 2 });
    const refused = await tidewatch('alerts', 'list', '--url', url!, '--key', 'tw_bad');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('the key is not valid')]);
  });
});

test('silences are added, listed and ended', async () => {
  const added = await tidewatch(
    'silences',
    'add',
    'service=shop',
    'zone!~"1|2"',
    '--for',
    '2h',
    '--comment',
    'upgrade',
    '--author',
    'ada',
    ...access,
  );
  expect(added.stdout).toBe('silence-1\n');
  expect((await tidewatch('silences', 'list', ...access)).stdout).toMatch(
    /silence-1 +active +\S+ +ada +service="shop" zone!~"1\|2" +upgrade/,
  );
  expect(await tidewatch('silences', 'expire', 'silence-1', ...access)).toMatchObject({ code: 0 });
  expect((await tidewatch('silences', 'list', ...access)).stderr).toBe('nothing is silenced\n');
  const all = JSON.parse((await tidewatch('silences', 'list', '--all', '--json', ...access)).stdout);
  expect(all).toMatchObject([{ id: 'silence-1', status: { state: 'expired' }, createdBy: 'ada' }]);
});
