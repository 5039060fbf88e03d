// How a budget stands, in words, and what a policy makes of it. Both hold on to where they are until it is clearly
// better, so that a budget at a bound does not flap.
import type { PolicyAction, PolicyStep } from '../settings.ts';

export type BudgetState = 'healthy' | 'warning' | 'critical' | 'exhausted';

/** Worst first. */
const ORDER: readonly BudgetState[] = ['exhausted', 'critical', 'warning', 'healthy'];

/** How far above a bound a budget must be before the better state is believed. */
export const RECOVERY_MARGIN = 0.02;

/**
 * healthy above 25 %, warning from 10 %, critical below 10 %, exhausted at 0.
 * @param remaining share of the budget, 1 and below
 * @param before the state so far; a worse one is taken at once, a better one with a margin
 */
export function budgetState(remaining: number, before: BudgetState = 'healthy'): BudgetState {
  const now = stateAt(remaining);
  if (ORDER.indexOf(now) <= ORDER.indexOf(before)) return now;
  const surely = stateAt(remaining - RECOVERY_MARGIN);
  return ORDER.indexOf(surely) > ORDER.indexOf(before) ? surely : before;
}

/** 10 % and 25 % themselves are a warning. */
function stateAt(remaining: number): BudgetState {
  if (remaining <= 0) return 'exhausted';
  if (remaining < 0.1) return 'critical';
  return remaining <= 0.25 ? 'warning' : 'healthy';
}

/** The actions in force. @param remaining share of the budget @param before those in force so far */
export function policyActions(
  policy: readonly PolicyStep[],
  remaining: number,
  before: readonly PolicyAction[],
): PolicyAction[] {
  const inForce = policy
    .filter(
      ({ action, below, until }) => remaining < below || (before.includes(action) && remaining <= until),
    )
    .map(({ action }) => action);
  return [...new Set(inForce)];
}
