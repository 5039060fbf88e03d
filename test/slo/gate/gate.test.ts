// The gate of a deployment: open, closed or unknown, why, and what opens it.
import { describe, expect, test } from 'vitest';
import type { Override } from '../../../lib/slo/changes/change.ts';
import { type GateStatus, gateOf, isGated, STATUS_MAX_AGE_MS } from '../../../lib/slo/gate/gate.ts';
import { HOUR, MINUTE, slo, T0 } from '../support.ts';

const gated = slo({
  policy: [
    { action: 'notify', below: 0.25, until: 0.3 },
    { action: 'requireApproval', below: 0.1, until: 0.15 },
    { action: 'freeze', below: 0, until: 0.1 },
  ],
});
const status = (changes: Partial<GateStatus> = {}): GateStatus => ({
  remaining: 0.8,
  budgetState: 'healthy',
  actions: [],
  evaluatedAt: T0,
  ...changes,
});
const override: Override = {
  kind: 'override',
  id: 'o',
  slo: 'checkout',
  madeAt: T0,
  author: 'Ada',
  reason: 'security fix',
  madeBy: 'cli',
  until: T0 + HOUR,
};

describe('a gate', () => {
  test('is open while no closing step is in force', () => {
    expect(gateOf(gated, status({ remaining: 0.2, actions: ['notify'] }), undefined, T0)).toEqual({
      slo: 'checkout',
      gate: 'open',
      reason: 'budgetLeft',
      message: '20% of the error budget of checkout is left',
      remaining: 0.2,
      budgetState: 'healthy',
      evaluatedAt: T0,
    });
  });

  test('asks for approval, and says what opens it', () => {
    const low = status({ remaining: 0.05, budgetState: 'critical', actions: ['notify', 'requireApproval'] });
    expect(gateOf(gated, low, undefined, T0)).toMatchObject({
      gate: 'closed',
      reason: 'approvalRequired',
      opensAbove: 0.15,
      message:
        'a deployment needs approval: 5% of the error budget of checkout is left; opens above 15%, or by an override',
    });
  });

  test('is frozen when the budget is spent, whatever else is in force', () => {
    const spent = status({ remaining: -0.2, actions: ['notify', 'requireApproval', 'freeze'] });
    expect(gateOf(gated, spent, undefined, T0)).toMatchObject({
      gate: 'closed',
      reason: 'frozen',
      remaining: -0.2,
      opensAbove: 0.15,
    });
    const alone = slo({ policy: [{ action: 'freeze', below: 0, until: 0.1 }] });
    expect(gateOf(alone, spent, undefined, T0)).toMatchObject({ reason: 'frozen', opensAbove: 0.1 });
  });

  test('is opened by an override, which says who, why and until when', () => {
    const spent = status({ remaining: -0.2, actions: ['freeze'] });
    expect(gateOf(gated, spent, override, T0 + MINUTE)).toMatchObject({
      gate: 'open',
      reason: 'overridden',
      opensAbove: 0.1,
      override: { author: 'Ada', reason: 'security fix', until: T0 + HOUR },
      message: 'Ada opened the gate of checkout until 2026-01-05T01:00:00Z: security fix',
    });
  });

  test('is unknown without a status, or with one of more than five minutes', () => {
    expect(gateOf(gated, undefined, undefined, T0)).toMatchObject({
      gate: 'unknown',
      reason: 'noStatus',
      remaining: null,
      evaluatedAt: null,
    });
    expect(gateOf(gated, status(), undefined, T0 + STATUS_MAX_AGE_MS)).toMatchObject({ gate: 'open' });
    expect(gateOf(gated, status(), undefined, T0 + STATUS_MAX_AGE_MS + 1)).toMatchObject({
      gate: 'unknown',
      reason: 'statusTooOld',
    });
    expect(gateOf(gated, undefined, override, T0)).toMatchObject({ gate: 'open', reason: 'overridden' });
  });

  test('of an SLO whose policy closes nothing is open, even without a status', () => {
    const notified = slo({ policy: [{ action: 'notify', below: 0.5, until: 0.5 }] });
    expect([isGated(gated), isGated(notified), isGated(slo())]).toEqual([true, false, false]);
    expect(gateOf(notified, undefined, undefined, T0)).toMatchObject({ gate: 'open', reason: 'notGated' });
  });
});
