// The gate of a deployment: CodeDeploy calls it as a lifecycle hook and waits for its answer. It watches the new
// version for some minutes, compares, and says whether the deployment goes on.
import { PermanentError } from '../../model/errors.ts';
import type { MetricHistory, Point, SeriesQuery } from '../ports.ts';
import { type CanaryMetric, type CanaryResult, judgeCanary } from './judge.ts';
import type { CanaryGateSettings } from './settings.ts';

/** Points of a minute. */
const STEP_MS = 60_000;
/** CloudWatch has the points of a minute this long after it. */
const SETTLE_MS = 90_000;

/** Which call of a hook is answered. */
export interface HookCall {
  readonly deploymentId: string;
  readonly executionId: string;
}

export interface DeploymentHooks {
  answer(call: HookCall, status: 'Succeeded' | 'Failed'): Promise<void>;
}

export interface GatePorts {
  readonly history: MetricHistory;
  readonly hooks: DeploymentHooks;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface GateOutcome {
  readonly status: 'Succeeded' | 'Failed';
  /** Undefined when it could not be judged. */
  readonly result: CanaryResult | undefined;
  readonly failure: unknown;
}

/**
 * The call that an event is. @see docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
 * @throws PermanentError `malformed`
 */
export function hookCall(event: unknown): HookCall {
  const { DeploymentId, LifecycleEventHookExecutionId } = (event ?? {}) as Record<string, unknown>;
  if (typeof DeploymentId === 'string' && typeof LifecycleEventHookExecutionId === 'string') {
    return { deploymentId: DeploymentId, executionId: LifecycleEventHookExecutionId };
  }
  throw new PermanentError(
    'malformed',
    'event: expected DeploymentId and LifecycleEventHookExecutionId, as CodeDeploy sends them to a lifecycle hook',
  );
}

/** Watches, compares, answers. What cannot be judged fails: nothing was shown. */
export async function passGate(
  { history, hooks, clock, sleep }: GatePorts,
  settings: CanaryGateSettings,
  call: HookCall,
): Promise<GateOutcome> {
  const start = Math.ceil(clock() / STEP_MS) * STEP_MS;
  const end = start + settings.watchMs;
  await sleep(Math.max(0, end + SETTLE_MS - clock()));
  let result: CanaryResult | undefined;
  let failure: unknown;
  try {
    result = await compare(history, settings, start, end);
  } catch (error) {
    failure = error;
  }
  const passes = result?.verdict === 'pass' || (result?.verdict === 'marginal' && settings.acceptMarginal);
  const status = passes ? 'Succeeded' : 'Failed';
  await hooks.answer(call, status);
  return { status, result, failure };
}

async function compare(
  history: MetricHistory,
  { metrics, watchMs }: CanaryGateSettings,
  start: number,
  end: number,
): Promise<CanaryResult> {
  const now: SeriesQuery[] = metrics.map(({ metric, statistic }) => ({ metric, statistic }));
  const beside = metrics.map(({ metric, baseline, statistic }) => ({
    metric: baseline ?? metric,
    statistic,
  }));
  // An old version that still runs is compared with over the same time; else the time before counts.
  const canary = await history.read(now, STEP_MS, start, end);
  const same = await history.read(beside, STEP_MS, start, end);
  const before = await history.read(beside, STEP_MS, start - watchMs, start);
  return judgeCanary(
    metrics.map(
      ({ name, baseline, bad, critical }, at): CanaryMetric => ({
        name,
        canary: valuesOf(canary[at]),
        baseline: valuesOf(baseline === undefined ? before[at] : same[at]),
        bad,
        critical,
      }),
    ),
  );
}

const valuesOf = (points: readonly Point[] = []): number[] => points.map(({ value }) => value);
