// `tidewatch slo status`, `gate` and the changes, against the routes of the API behind a server on loopback.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RouteAccess } from '../../lib/cli/slo-access.ts';
import type { SloStatus } from '../../lib/slo/status.ts';
import { tidewatch } from '../cli/run-cli.ts';
import { MemoryChangeStore } from './changes/memory-change-store.ts';
import { HOUR, MINUTE, slo } from './support.ts';

const checkout = slo({
  policy: [{ action: 'freeze', below: 0, until: 0.1 }],
  sla: { objective: 0.995, contract: 'C-17', credits: [] },
});
let statuses: Map<string, SloStatus>;
let changes: MemoryChangeStore;
let server: Server;
let url = '';

const status = (change: Partial<SloStatus> = {}): SloStatus => ({
  slo: 'checkout',
  remaining: 0.5,
  budgetState: 'healthy',
  actions: [],
  evaluatedAt: Date.now() - MINUTE,
  burnRate: 1.5,
  timeToExhaustionMs: 10 * HOUR,
  badEvents: 5,
  allowedEvents: 10,
  remainingMinutes: 21.6,
  firing: ['ticket'],
  measuredTo: Date.now(),
  lastDataAt: Date.now(),
  ...change,
});

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', async () => {
      if (request.headers.authorization !== 'Bearer tw_key') {
        response.writeHead(403).end('no');
        return;
      }
      const access = new RouteAccess({
        slos: [checkout, slo({ name: 'search' })],
        statuses: {
          statuses: async (names) => new Map([...statuses].filter(([name]) => names.includes(name))),
        },
        changes,
        newId: () => 'id-1',
      });
      const body = text === '' ? undefined : (JSON.parse(text) as object);
      const answer = await access.call(request.method as 'GET', request.url!, body);
      response.writeHead(answer.status).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => server.close());

beforeEach(() => {
  statuses = new Map([['checkout', status()]]);
  changes = new MemoryChangeStore();
});

const run = (...args: string[]) => tidewatch('slo', ...args, '--url', url, '--key', 'tw_key');
const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout);

describe('slo status', () => {
  test('is a row for each SLO', async () => {
    const { code, stdout } = await run('status');
    expect(code).toBe(0);
    const [head, first, second] = stdout.split('\n');
    expect(head).toMatch(/^SLO +OBJECTIVE +PERIOD +BUDGET LEFT +STATE +BURN RATE +GATE +FIRING +EVALUATED$/);
    expect(first).toMatch(/^checkout +99.9% +30d +50% \(21.6 min\) +healthy +1.5, 10h left +open +ticket +2/);
    expect(second).toMatch(/^search +99.9% +30d +- +- +- +open +- +never$/);
  });

  test('says whether a contract is kept', async () => {
    expect((await run('status')).stdout).toContain(
      '\nSLA of checkout (C-17): 99.5% promised, 99.95% reached: kept\n',
    );
    expect(await json('status', 'checkout')).toMatchObject({ sla: { objective: 0.995, isMet: true } });
  });

  test('of one lists its changes', async () => {
    await run('override', 'checkout', '--for', '1h', '--reason', 'a fix', '--author', 'ada');
    expect((await run('status', 'checkout')).stdout).toContain('override id-1: a fix (ada)');
    expect(await json('status', 'checkout')).toMatchObject({ slo: 'checkout', changes: [{ id: 'id-1' }] });
    expect(await json('status')).toMatchObject([{ slo: 'checkout' }, { slo: 'search' }]);
  });

  test('says when there is no such SLO, and when the key is refused', async () => {
    expect(await run('status', 'nobody')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no SLO nobody'),
    });
    const refused = await tidewatch('slo', 'status', '--url', url, '--key', 'wrong');
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('refuses the key for GET /slo'),
    });
    const keyless = await tidewatch('slo', 'status', '--url', url);
    expect(keyless).toMatchObject({ code: 2, stderr: expect.stringContaining('TIDEWATCH_API_KEY') });
  });

  test('says when nothing answers', async () => {
    const { code, stderr } = await tidewatch('slo', 'status', '--url', 'http://127.0.0.1:9', '--key', 'k');
    expect([code, stderr]).toEqual([1, expect.stringContaining('http://127.0.0.1:9 does not answer')]);
  });
});

describe('slo gate', () => {
  test('exits with 0 when it is open, with 1 when it is closed or nobody knows', async () => {
    expect(await run('gate', 'checkout')).toMatchObject({
      code: 0,
      stdout: 'open 50% of the error budget of checkout is left\n',
    });
    statuses.set('checkout', status({ remaining: -0.25, actions: ['freeze'] }));
    expect(await run('gate', 'checkout')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^closed deployments are frozen: the error budget of checkout is spent/),
    });
    statuses.set('checkout', status({ evaluatedAt: Date.now() - HOUR }));
    expect(await run('gate', 'checkout')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^unknown checkout was last evaluated at 2/),
    });
    expect(await run('gate', 'checkout', '--allow-unknown')).toMatchObject({ code: 0 });
    expect((await run('gate', 'nobody')).code).toBe(1);
  });

  test('says why in JSON', async () => {
    statuses.set('checkout', status({ remaining: -0.25, actions: ['freeze'] }));
    expect(await json('gate', 'checkout')).toMatchObject({
      slo: 'checkout',
      gate: 'closed',
      reason: 'frozen',
      remaining: -0.25,
      opensAbove: 0.1,
      override: null,
    });
  });
});

describe('changes', () => {
  test('are made with a reason and, left out, the name of who is logged in', async () => {
    const from = '2026-11-24T22:00:00Z';
    const made = await json('exclude', 'checkout', '--from', from, '--for', '2h', '--reason', 'upgrade');
    expect(made).toMatchObject({
      id: 'id-1',
      kind: 'exclusion',
      from,
      duration: '2h',
      reason: 'upgrade',
      author: userInfo().username,
      madeBy: 'cli',
    });
  });

  test('adjust by less than nothing', async () => {
    const args = ['--at', '2026-11-24T10:00:00Z', '--bad', '-120', '--reason', 'load test'];
    expect(await json('adjust', 'checkout', ...args)).toMatchObject({
      kind: 'adjustment',
      bad: -120,
      total: 0,
    });
  });

  test('open the gate and, withdrawn, leave it to the budget again', async () => {
    statuses.set('checkout', status({ remaining: -0.25, actions: ['freeze'] }));
    const { stdout } = await run('override', 'checkout', '--for', '4h', '--reason', 'a fix');
    expect(stdout).toBe('made id-1\n');
    expect((await run('gate', 'checkout')).code).toBe(0);
    expect(await run('withdraw', 'checkout', 'id-1', '--reason', 'done')).toMatchObject({
      code: 0,
      stdout: 'withdrawn override id-1\n',
    });
    expect((await run('gate', 'checkout')).code).toBe(1);
    expect((await run('status', 'checkout')).stdout).toContain('override (withdrawn) id-1: a fix');
    expect((await run('withdraw', 'checkout', 'id-9', '--reason', 'done')).code).toBe(1);
  });

  test('that make no sense are wrong usage, with every problem', async () => {
    const long = await run('override', 'checkout', '--for', '30d', '--reason', 'a fix');
    expect(long).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('for: expected an end within 7 days'),
    });
    expect((await run('override', 'checkout', '--for', '1h')).code).toBe(2);
    const rule = ['--from', 'today', '--for', '2h', '--repeat', 'X', '--reason', 'upgrade'];
    const { code, stderr } = await run('exclude', 'checkout', ...rule);
    expect(code).toBe(2);
    expect(stderr).toMatch(/from: expected a time[\s\S]*repeat: expected a rule/);
    const bad = await run(
      'adjust',
      'checkout',
      '--at',
      '2026-11-24T10:00:00Z',
      '--bad',
      'x',
      '--reason',
      'a',
    );
    expect(bad).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--bad: expected a number, got "x"'),
    });
  });
});
