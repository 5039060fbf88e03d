// What the gate of deployments compares: the new version's metrics against the old one's.
import type { MetricIdentity } from '../ports.ts';
import type { BadDirection } from './judge.ts';

export interface GateMetric {
  readonly name: string;
  readonly metric: MetricIdentity;
  readonly statistic: string;
  /** The same of the old version; undefined compares with the time before the deployment. */
  readonly baseline?: MetricIdentity;
  readonly bad: BadDirection;
  readonly critical: boolean;
}

export interface CanaryGateSettings {
  readonly metrics: readonly GateMetric[];
  /** How long the new version is watched, in milliseconds. */
  readonly watchMs: number;
  /** Whether a marginal verdict lets the deployment go on. */
  readonly acceptMarginal: boolean;
}

export const CANARY_GATE_DEFAULTS = { watchMs: 10 * 60_000, acceptMarginal: false } as const;
