// How an SLO stands, as the evaluation leaves it for those who ask: the API, its gate, the CLI.
import type { AlertKind } from './evaluation/state.ts';
import type { GateStatus } from './gate/gate.ts';

export interface SloStatus extends GateStatus {
  /** Name of the SLO. */
  readonly slo: string;
  /** Of the pair of windows that is nearest to firing; 1 spends the budget exactly by the end of the period. */
  readonly burnRate: number;
  /** Milliseconds until the budget is spent at this rate; null when nothing burns. */
  readonly timeToExhaustionMs: number | null;
  /** Failures of the period so far, and those that its events allow. */
  readonly badEvents: number;
  readonly allowedEvents: number;
  /** Minutes of complete failure that are left of the period; below 0 when overspent. */
  readonly remainingMinutes: number;
  /** What alerts now. */
  readonly firing: readonly AlertKind[];
  /** Epoch milliseconds of the end of the last minute that was counted. */
  readonly measuredTo: number;
  /** Epoch milliseconds of the end of the last minute with events; null when there was none. */
  readonly lastDataAt: number | null;
}
