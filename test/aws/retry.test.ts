// Retries on a virtual clock: what is repeated, how long it waits, and when it gives up.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyAwsAnswer, errorName, retryAfter } from '../../lib/aws/classify-answer.ts';
import { callWithRetry, RetryBudget, type RetryOptions } from '../../lib/aws/retry.ts';
import type { AwsAnswer, AwsCall } from '../../lib/aws/transport.ts';
import { PermanentError, RetryableError } from '../../lib/model/errors.ts';

const CALL: AwsCall = {
  service: 'sqs',
  method: 'POST',
  path: '/',
  headers: {},
  body: Buffer.alloc(0),
  timeoutMs: 1_000,
};

function answer(status: number, headers: Record<string, string> = {}, body = ''): AwsAnswer {
  return { status, headers, body: Buffer.from(body) };
}

/** Runs a script of answers on a virtual clock; the last one repeats. */
function setUp(script: readonly (AwsAnswer | Error)[], options: Partial<RetryOptions> = {}) {
  const clock = { nowMs: 0 };
  const calls: AwsCall[] = [];
  const sleeps: number[] = [];
  const transport = {
    async call(call: AwsCall): Promise<AwsAnswer> {
      calls.push(call);
      const next = script[Math.min(calls.length, script.length) - 1]!;
      if (next instanceof Error) throw next;
      return next;
    },
  };
  const run = () =>
    callWithRetry(transport, CALL, {
      budget: new RetryBudget(),
      classify: classifyAwsAnswer,
      deadlineMs: 60_000,
      now: () => clock.nowMs,
      random: () => 0.5,
      sleep: async (milliseconds) => {
        sleeps.push(milliseconds);
        clock.nowMs += milliseconds;
      },
      ...options,
    });
  return { run, calls, sleeps, clock };
}

describe('callWithRetry', () => {
  it('returns a success and a refusal alike after one call', async () => {
    for (const status of [200, 400, 403, 404]) {
      const { run, calls } = setUp([answer(status)]);
      expect((await run()).status).toBe(status);
      expect(calls).toHaveLength(1);
    }
  });

  it('repeats what is unavailable with a growing jittered pause until it succeeds', async () => {
    const { run, sleeps } = setUp([
      answer(500),
      answer(503),
      new RetryableError('unavailable', 'reset'),
      answer(200),
    ]);
    expect((await run()).status).toBe(200);
    expect(sleeps).toEqual([25, 50, 100]);
  });

  it('pauses longer when throttled', async () => {
    const { run, sleeps } = setUp([answer(429), answer(200)]);
    await run();
    expect(sleeps).toEqual([125]);
  });

  it('waits at least as long as Retry-After says', async () => {
    const { run, sleeps } = setUp([answer(503, { 'retry-after': '2' }), answer(200)]);
    await run();
    expect(sleeps).toEqual([2_000]);
  });

  it('gives up with the last reason and what the service asked for', async () => {
    const { run, calls } = setUp([answer(429, { 'retry-after': '1' })], { maxAttempts: 3 });
    await expect(run()).rejects.toMatchObject({ reason: 'throttled', retryAfterMs: 1_000 });
    expect(calls).toHaveLength(3);
  });

  it('starts no pause that would end after the deadline', async () => {
    const { run, calls, clock } = setUp([answer(503, { 'retry-after': '5' })], { deadlineMs: 4_000 });
    await expect(run()).rejects.toMatchObject({ reason: 'unavailable' });
    expect(calls).toHaveLength(1);
    expect(clock.nowMs).toBe(0);
  });

  it('shortens the time-out of a call to end by the deadline, and makes none without time', async () => {
    const { run, calls } = setUp([answer(200)], { deadlineMs: 300 });
    await run();
    expect(calls[0]!.timeoutMs).toBe(300);
    const late = setUp([answer(200)], { deadlineMs: 10 });
    await expect(late.run()).rejects.toMatchObject({ reason: 'unavailable' });
    expect(late.calls).toHaveLength(0);
  });

  it('does not repeat a call that may have taken effect when told so', async () => {
    const { run, calls } = setUp([new RetryableError('timeout', 'no answer')], { repeatAfterTimeout: false });
    await expect(run()).rejects.toMatchObject({ reason: 'timeout' });
    expect(calls).toHaveLength(1);
  });

  it('lets other errors through at once', async () => {
    const { run, calls } = setUp([new PermanentError('invalidConfig', 'no region')]);
    await expect(run()).rejects.toMatchObject({ reason: 'invalidConfig' });
    expect(calls).toHaveLength(1);
  });

  it('stops retrying when the budget is spent, and successes fill it again', async () => {
    const budget = new RetryBudget(20);
    const failing = setUp([answer(500)], { budget });
    await expect(failing.run()).rejects.toThrow();
    expect(failing.calls).toHaveLength(5);
    const empty = setUp([answer(500)], { budget });
    await expect(empty.run()).rejects.toThrow();
    expect(empty.calls).toHaveLength(1);
    const healthy = setUp([answer(200)], { budget });
    for (let i = 0; i < 30; i++) await healthy.run();
    expect(budget.tokens).toBe(20);
  });

  it('never waits past the deadline nor calls more often than it may, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(200, 400, 429, 500, 503, 408), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 0, max: 20_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (statuses, deadlineMs, random) => {
          const { run, calls, clock } = setUp(
            statuses.map((status) => answer(status)),
            { deadlineMs, random: () => random },
          );
          await run().catch((error: unknown) => expect(error).toBeInstanceOf(RetryableError));
          expect(clock.nowMs).toBeLessThanOrEqual(deadlineMs);
          expect(calls.length).toBeLessThanOrEqual(5);
        },
      ),
    );
  });
});

describe('classifyAwsAnswer', () => {
  it.each<[string, AwsAnswer, string | undefined]>([
    ['200 is final', answer(200), undefined],
    ['429 is throttling', answer(429), 'throttled'],
    [
      'a 400 that names ThrottlingException',
      answer(400, {}, '{"__type":"com.amazonaws.x#ThrottlingException"}'),
      'throttled',
    ],
    [
      'a header that names it',
      answer(400, { 'x-amzn-errortype': 'ThrottledException:http://x' }),
      'throttled',
    ],
    ['S3 SlowDown in XML', answer(503, {}, '<Error><Code>SlowDown</Code></Error>'), 'throttled'],
    ['expired credentials', answer(403, {}, '{"__type":"ExpiredTokenException"}'), 'credentials'],
    ['500 is unavailable', answer(500), 'unavailable'],
    [
      'a request that timed out on their side',
      answer(400, {}, '<Error><Code>RequestTimeout</Code></Error>'),
      'unavailable',
    ],
    ['access denied is final', answer(403, {}, '{"__type":"AccessDeniedException"}'), undefined],
  ])('%s', (_, given, expected) => {
    expect(classifyAwsAnswer(given)).toBe(expected);
  });

  it('finds no name in a body without one', () => {
    expect(errorName(answer(500, {}, 'oops'))).toBeUndefined();
  });
});

describe('retryAfter', () => {
  it.each([
    ['3', 3_000],
    ['0.5', 500],
    ['Thu, 01 Jan 1970 00:00:10 GMT', 9_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
  ])('reads %j', (text, expected) => {
    expect(retryAfter(answer(503, { 'retry-after': text }), 1_000)).toBe(expected);
  });
});
