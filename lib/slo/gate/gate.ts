// Whether a deployment may go on, by the budget: what `GET /slo/:id/gate`, `tidewatch slo gate`, the metric
// `gate_closed` and the events say. One rule for all of them.
import type { BudgetState } from '../budget/budget-state.ts';
import type { Override } from '../changes/change.ts';
import { share, writtenShare } from '../figure.ts';
import type { PolicyAction, PolicyStep, SloSettings } from '../settings.ts';

/** A gate does not answer from a status that is older: what is deployed on the word of a dead evaluator is not gated. */
export const STATUS_MAX_AGE_MS = 300_000;

/** What a gate has to know. */
export interface GateStatus {
  /** Share of the budget that is left; below 0 when overspent. */
  readonly remaining: number;
  readonly budgetState: BudgetState;
  /** Actions of the policy that are in force. */
  readonly actions: readonly PolicyAction[];
  /** Epoch milliseconds of the evaluation. */
  readonly evaluatedAt: number;
}

export type GateReason =
  | 'budgetLeft'
  /** The SLO's policy neither freezes nor asks for approval. */
  | 'notGated'
  | 'overridden'
  | 'approvalRequired'
  | 'frozen'
  /** The status is too old, or there is none yet. */
  | 'statusTooOld'
  | 'noStatus';

export interface GateDecision {
  readonly slo: string;
  /** `unknown` is neither: whoever asks decides what to do without an answer. */
  readonly gate: 'open' | 'closed' | 'unknown';
  readonly reason: GateReason;
  /** One sentence for people. */
  readonly message: string;
  readonly remaining: number | null;
  readonly budgetState: BudgetState | null;
  /** What opens it: the share of the budget that must be left. Only while closed or overridden. */
  readonly opensAbove?: number;
  /** Epoch milliseconds; who opened it, why, and until when. */
  readonly override?: { readonly author: string; readonly reason: string; readonly until: number };
  /** Epoch milliseconds of the evaluation it rests on. */
  readonly evaluatedAt: number | null;
}

/** Steps that close the gate, the stronger first. */
const CLOSING = ['freeze', 'requireApproval'] as const;

/** True when a policy has a step that closes the gate. */
export function isGated({ policy }: Pick<SloSettings, 'policy'>): boolean {
  return policy.some(({ action }) => action === 'freeze' || action === 'requireApproval');
}

/**
 * The gate of an SLO.
 * @param status undefined when it was never evaluated
 * @param override in force at `now`, see overrideAt
 * @param now epoch milliseconds
 */
export function gateOf(
  slo: Pick<SloSettings, 'name' | 'policy'>,
  status: GateStatus | undefined,
  override: Override | undefined,
  now: number,
): GateDecision {
  const known = {
    slo: slo.name,
    remaining: status?.remaining ?? null,
    budgetState: status?.budgetState ?? null,
    evaluatedAt: status?.evaluatedAt ?? null,
  };
  if (!isGated(slo)) {
    const message = `${slo.name} has no policy that closes its gate`;
    return { ...known, gate: 'open', reason: 'notGated', message };
  }
  const closing =
    status === undefined ? undefined : CLOSING.find((action) => status.actions.includes(action));
  if (override !== undefined) {
    const { author, reason, until } = override;
    return {
      ...known,
      ...opening(slo.policy, status),
      gate: 'open',
      reason: 'overridden',
      message: `${author} opened the gate of ${slo.name} until ${isoTime(until)}: ${reason}`,
      override: { author, reason, until },
    };
  }
  if (status === undefined)
    return { ...known, gate: 'unknown', reason: 'noStatus', message: `${slo.name} was never evaluated` };
  if (now - status.evaluatedAt > STATUS_MAX_AGE_MS) {
    const message = `${slo.name} was last evaluated at ${isoTime(status.evaluatedAt)}, more than 5 minutes ago`;
    return { ...known, gate: 'unknown', reason: 'statusTooOld', message };
  }
  const budget = `the error budget of ${slo.name}`;
  const left =
    status.remaining > 0
      ? `${share(status.remaining)} of ${budget} is left`
      : `${budget} is spent${status.remaining < 0 ? ` (${share(-status.remaining)} too much)` : ''}`;
  if (closing === undefined) return { ...known, gate: 'open', reason: 'budgetLeft', message: left };
  const opens = opening(slo.policy, status);
  const until = `opens above ${writtenShare(opens.opensAbove ?? 0)}, or by an override`;
  return {
    ...known,
    ...opens,
    gate: 'closed',
    reason: closing === 'freeze' ? 'frozen' : 'approvalRequired',
    message:
      closing === 'freeze'
        ? `deployments are frozen: ${left}; ${until}`
        : `a deployment needs approval: ${left}; ${until}`,
  };
}

/** What must be left so that none of the closing steps in force holds on; nothing when none is. */
function opening(
  policy: readonly PolicyStep[],
  status: GateStatus | undefined,
): Pick<GateDecision, 'opensAbove'> {
  const bounds = policy
    .filter(({ action }) => action !== 'notify' && status?.actions.includes(action))
    .map(({ until }) => until);
  return bounds.length === 0 ? {} : { opensAbove: Math.max(...bounds) };
}

function isoTime(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
