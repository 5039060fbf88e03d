// `/slo…` as callers see it, on stores in memory.
import { beforeEach, describe, expect, test } from 'vitest';
import type { ApiRequest, ApiResponse } from '../../lib/api/route.ts';
import { sloRoutes } from '../../lib/slo/api-routes.ts';
import { withChanges } from '../../lib/slo/changes/change.ts';
import { CHANGES_MAX } from '../../lib/slo/changes/make-change.ts';
import type { SloStatus } from '../../lib/slo/status.ts';
import { MemoryChangeStore } from './changes/memory-change-store.ts';
import { HOUR, MINUTE, slo, T0 } from './support.ts';

const NOW = T0 + 10 * HOUR;
const checkout = slo({
  service: 'shop',
  policy: [{ action: 'freeze', below: 0, until: 0.1 }],
  runbookUrl: 'https://runbooks.example.com/checkout',
});
const search = slo({ name: 'search' });

const healthy: SloStatus = {
  slo: 'checkout',
  remaining: 0.75,
  budgetState: 'healthy',
  actions: [],
  evaluatedAt: NOW - MINUTE,
  burnRate: 2,
  timeToExhaustionMs: 90 * MINUTE,
  badEvents: 250,
  allowedEvents: 1000,
  remainingMinutes: 32.4,
  firing: [],
  measuredTo: NOW - 3 * MINUTE,
  lastDataAt: NOW - 3 * MINUTE,
};
const spent: SloStatus = { ...healthy, remaining: -0.1, budgetState: 'exhausted', actions: ['freeze'] };

let statuses: Map<string, SloStatus>;
let changes: MemoryChangeStore;
let ids: number;

beforeEach(() => {
  statuses = new Map([['checkout', healthy]]);
  changes = new MemoryChangeStore();
  ids = 0;
});

const routes = () =>
  sloRoutes({
    slos: [checkout, search],
    statuses: { statuses: async (names) => new Map([...statuses].filter(([name]) => names.includes(name))) },
    changes,
    newId: () => `id-${++ids}`,
  });

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, looked into by tests only
  readonly body: any;
  readonly headers: ApiResponse['headers'];
}

/** Finds the route as the api function does, and calls it. */
async function call(method: string, path: string, body: unknown = '', now = NOW): Promise<Answer> {
  const url = new URL(path, 'https://api');
  const steps = url.pathname.split('/');
  for (const route of routes()) {
    const wanted = route.path.split('/');
    const fits = wanted.every((step, at) => step.startsWith(':') || step === steps[at]);
    if (route.method !== method || wanted.length !== steps.length || !fits) continue;
    const named = wanted.flatMap((step, at) => (step.startsWith(':') ? [[step.slice(1), steps[at]!]] : []));
    const request: ApiRequest = {
      method,
      path: url.pathname,
      parameters: Object.fromEntries(named) as Record<string, string>,
      query: url.searchParams,
      headers: {},
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      caller: 'pipeline',
      baseUrl: 'https://api',
      now,
    };
    const answer = await route.handle(request);
    return { status: answer.status, body: JSON.parse(String(answer.body)), headers: answer.headers };
  }
  throw new Error(`no route for ${method} ${path}`);
}

describe('GET /slo', () => {
  test('lists every SLO, also one that was never evaluated', async () => {
    const { status, body, headers } = await call('GET', '/slo');
    expect(status).toBe(200);
    expect(headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(body.slos).toMatchObject([
      {
        slo: 'checkout',
        service: 'shop',
        objective: 0.999,
        period: '30d',
        budgetState: 'healthy',
        remaining: 0.75,
        remainingMinutes: 32.4,
        burnRate: 2,
        secondsToExhaustion: 5400,
        gate: 'open',
        gateReason: 'budgetLeft',
        evaluatedAt: '2026-01-05T09:59:00Z',
        measuredTo: '2026-01-05T09:57:00Z',
      },
      { slo: 'search', remaining: null, budgetState: null, evaluatedAt: null, gate: 'open' },
    ]);
  });

  test('of one has its policy and its changes', async () => {
    await call('POST', '/slo/checkout/overrides', { for: '1h', reason: 'fix' });
    await call('POST', '/slo/search/overrides', { for: '1h', reason: 'other' });
    const { status, body } = await call('GET', '/slo/checkout');
    expect(status).toBe(200);
    expect(body.policy).toEqual(checkout.policy);
    expect(body.changes).toMatchObject([{ id: 'id-1', kind: 'override', author: 'pipeline' }]);
  });

  test('of one that is not there is 404', async () => {
    expect(await call('GET', '/slo/nobody')).toMatchObject({
      status: 404,
      body: { error: 'there is no SLO nobody' },
    });
  });
});

describe('GET /slo/:id/gate', () => {
  const gate = (now?: number) => call('GET', '/slo/checkout/gate', '', now);

  test('is 200 while there is budget', async () => {
    expect(await gate()).toMatchObject({
      status: 200,
      body: { slo: 'checkout', gate: 'open', reason: 'budgetLeft', remaining: 0.75, override: null },
    });
  });

  test('is 409 while it is closed: why, what is left, and what opens it', async () => {
    statuses.set('checkout', spent);
    expect(await gate()).toMatchObject({
      status: 409,
      body: {
        gate: 'closed',
        reason: 'frozen',
        remaining: -0.1,
        opensAbove: 0.1,
        message:
          'deployments are frozen: the error budget of checkout is spent (10% too much); opens above 10%, or by an override',
      },
    });
  });

  test('is 503 when the status is older than five minutes, or there is none', async () => {
    expect(await gate(NOW + 4 * MINUTE)).toMatchObject({ status: 200 });
    expect(await gate(NOW + 4 * MINUTE + 1)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '60' },
      body: { gate: 'unknown', reason: 'statusTooOld' },
    });
    statuses.clear();
    expect(await gate()).toMatchObject({ status: 503, body: { reason: 'noStatus' } });
    expect(await call('GET', '/slo/search/gate')).toMatchObject({
      status: 200,
      body: { reason: 'notGated' },
    });
  });

  test('is opened by an override until it ends or is withdrawn', async () => {
    statuses.set('checkout', { ...spent, evaluatedAt: NOW + 30 * MINUTE });
    const wish = { for: '30m', reason: 'security fix', author: 'Ada' };
    const made = await call('POST', '/slo/checkout/overrides', wish);
    expect(made).toMatchObject({
      status: 201,
      body: {
        id: 'id-1',
        kind: 'override',
        until: '2026-01-05T10:30:00Z',
        author: 'Ada',
        madeBy: 'pipeline',
      },
    });
    expect(await gate()).toMatchObject({
      status: 200,
      body: { reason: 'overridden', override: { author: 'Ada', until: '2026-01-05T10:30:00Z' } },
    });
    expect(await gate(NOW + 30 * MINUTE)).toMatchObject({ status: 409 });
    const gone = await call('DELETE', '/slo/checkout/overrides/id-1?reason=done&author=Grace');
    expect(gone).toMatchObject({ status: 200, body: { withdrawn: { author: 'Grace', reason: 'done' } } });
    expect(await gate()).toMatchObject({ status: 409 });
  });
});

describe('changes', () => {
  test('are kept as the configuration would have them, and taken back', async () => {
    const exclusion = {
      from: '2026-01-05T02:00:00Z',
      duration: '2h',
      repeat: 'FREQ=WEEKLY;BYDAY=MO',
      timeZone: 'Europe/Berlin',
      reason: 'maintenance',
    };
    expect(await call('POST', '/slo/checkout/exclusions', exclusion)).toMatchObject({
      status: 201,
      body: {
        kind: 'exclusion',
        from: '2026-01-05T02:00:00Z',
        duration: '2h',
        timeZone: 'Europe/Berlin',
        author: 'pipeline',
        withdrawn: null,
      },
    });
    const adjustment = { at: '2026-01-05T03:00:00Z', bad: -40, reason: 'a test of ours', author: 'Ada' };
    expect((await call('POST', '/slo/checkout/adjustments', adjustment)).status).toBe(201);
    const changed = withChanges(checkout, await changes.list());
    expect(changed.exclusions).toMatchObject([{ durationMs: 2 * HOUR, author: 'pipeline' }]);
    expect(changed.adjustments).toMatchObject([{ bad: -40, total: 0, author: 'Ada' }]);
    const withdrawal = { reason: 'wrong day', author: 'Grace' };
    await call('DELETE', '/slo/checkout/exclusions/id-1', withdrawal);
    await call('DELETE', '/slo/checkout/adjustments/id-2', withdrawal);
    expect(withChanges(checkout, await changes.list())).toBe(checkout);
    expect((await call('GET', '/slo/checkout')).body.changes).toHaveLength(2);
  });

  test.each([
    ['exclusions', { duration: '2h', reason: 'a' }, 'from'],
    ['exclusions', { from: '2026-01-05T02:00:00Z', duration: '2', reason: 'a' }, 'duration'],
    ['exclusions', { from: '2026-01-05T02:00:00Z', duration: '2h' }, 'reason'],
    ['exclusions', { from: '2026-01-05T02:00:00Z', duration: '2h', reason: 'a', repeat: 'X' }, 'repeat'],
    ['adjustments', { at: '2026-01-05T02:00:00Z', reason: 'a' }, 'bad'],
    ['overrides', { reason: 'a' }, ''],
    ['overrides', { for: '1h', until: '2026-01-05T12:00:00Z', reason: 'a' }, ''],
    ['overrides', { for: '8d', reason: 'a' }, 'for'],
    ['overrides', { until: '2026-01-05T09:00:00Z', reason: 'a' }, 'until'],
    ['overrides', { for: '1h', reason: 'a', who: 'b' }, 'who'],
    ['overrides', [], ''],
  ])('of %s are refused when they say %j', async (path, wish, place) => {
    const { status, body } = await call('POST', `/slo/checkout/${path}`, wish);
    expect(status).toBe(400);
    expect(body.problems.map((problem: { path: string }) => problem.path)).toContain(place);
    expect(await changes.list()).toEqual([]);
  });

  test('are refused when the body is not JSON, and when there are too many', async () => {
    expect(await call('POST', '/slo/checkout/overrides', '{')).toMatchObject({
      status: 400,
      body: { error: 'the body is not JSON' },
    });
    for (let count = 0; count < CHANGES_MAX; count++)
      await call('POST', '/slo/checkout/overrides', { for: '1h', reason: 'again' });
    const { status, body } = await call('POST', '/slo/checkout/overrides', { for: '1h', reason: 'again' });
    expect(status).toBe(400);
    expect(body.problems[0].message).toContain('at most 100 changes of checkout in force');
  });

  test('are withdrawn by their own kind and id, and with a reason', async () => {
    await call('POST', '/slo/checkout/overrides', { for: '1h', reason: 'fix' });
    const reason = { reason: 'done' };
    expect((await call('DELETE', '/slo/checkout/overrides/id-9', reason)).status).toBe(404);
    expect((await call('DELETE', '/slo/checkout/exclusions/id-1', reason)).status).toBe(404);
    expect((await call('DELETE', '/slo/search/overrides/id-1', reason)).status).toBe(404);
    expect((await call('DELETE', '/slo/checkout/overrides/id-1')).status).toBe(400);
    expect((await call('DELETE', '/slo/checkout/overrides/id-1', reason)).status).toBe(200);
    const again = await call('DELETE', '/slo/checkout/overrides/id-1', { reason: 'again' });
    expect(again).toMatchObject({ status: 200, body: { withdrawn: { reason: 'done' } } });
  });
});

test('reading and writing want scopes of their own', () => {
  for (const { method, scope } of routes()) expect(scope).toBe(method === 'GET' ? 'slo:read' : 'slo:write');
});
