// The gate of a deployment: what is compared, how long it waits, and what CodeDeploy is told.
import { describe, expect, test } from 'vitest';
import { hookCall, passGate } from '../../lib/anomaly/canary/gate.ts';
import type { CanaryGateSettings } from '../../lib/anomaly/canary/settings.ts';
import { identity } from '../../lib/anomaly/watch/watched-metrics.ts';
import { RetryableError } from '../../lib/model/errors.ts';
import { MemoryMetrics, type Signal } from './run/memory-ports.ts';
import { noise, START } from './run/story.ts';

const MINUTE = 60_000;
const call = { deploymentId: 'd-1', executionId: 'e-1' };
const NEW = identity('Shop', 'Latency', { version: '2' });
const OLD = identity('Shop', 'Latency', { version: '1' });
const around =
  (level: number): Signal =>
  (time) =>
    level + 5 * noise(time, 1);

function world(now: Signal, old: Signal) {
  const history = new MemoryMetrics();
  history.add(NEW, 'p95', now);
  history.add(OLD, 'p95', old);
  const answers: unknown[] = [];
  let clock = START;
  const slept: number[] = [];
  const ports = {
    history,
    hooks: { answer: async (...answer: unknown[]) => void answers.push(answer) },
    clock: () => clock,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds);
      clock += milliseconds;
    },
  };
  return { history, answers, slept, ports };
}

const settings = (baseline: typeof OLD | undefined): CanaryGateSettings => ({
  metrics: [
    {
      name: 'Latency',
      metric: NEW,
      statistic: 'p95',
      ...(baseline !== undefined && { baseline }),
      bad: 'increase',
      critical: true,
    },
  ],
  watchMs: 10 * MINUTE,
  acceptMarginal: false,
});

describe('the gate', () => {
  test('lets a version pass that is like the one beside it, after it was watched', async () => {
    const { ports, answers, slept } = world(around(100), around(101));
    const outcome = await passGate(ports, settings(OLD), call);
    expect(outcome.result?.verdict).toBe('pass');
    expect(answers).toEqual([[call, 'Succeeded']]);
    expect(slept).toEqual([11.5 * MINUTE]);
  });

  test('stops a version that is worse than the one beside it', async () => {
    const { ports, answers } = world(around(200), around(100));
    await passGate(ports, settings(OLD), call);
    expect(answers).toEqual([[call, 'Failed']]);
  });

  test('compares with the minutes before where no old version is named', async () => {
    const worse: Signal = (time) => (time >= START ? around(200)(time) : around(100)(time));
    const { ports, answers } = world(worse, around(0));
    await passGate(ports, settings(undefined), call);
    expect(answers).toEqual([[call, 'Failed']]);
  });

  test('stops what shows no data, and what cannot be read', async () => {
    const silent = world(
      () => undefined,
      () => undefined,
    );
    await passGate(silent.ports, settings(OLD), call);
    const broken = world(around(100), around(100));
    broken.history.failure = new RetryableError('throttled', 'GetMetricData throttled');
    const outcome = await passGate(broken.ports, settings(OLD), call);
    expect([silent.answers, broken.answers]).toEqual([[[call, 'Failed']], [[call, 'Failed']]]);
    expect(outcome.failure).toBe(broken.history.failure);
  });

  test('refuses an event that is no call of a hook, with what was expected', () => {
    expect(() => hookCall({ DeploymentId: 'd-1' })).toThrow(/LifecycleEventHookExecutionId/);
    expect(hookCall({ DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'e-1' })).toEqual(call);
  });
});
