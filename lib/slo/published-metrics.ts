// The CloudWatch metrics that an evaluation publishes of each SLO: names that alarms and dashboards rely on.

/** Metrics of an SLO; each costs $0.30 a month. The dimension of all is the name of the SLO. */
export const SLO_METRIC = {
  /** Share of the budget that is left, 1 and below. Every SLO. */
  budgetRemaining: 'budget_remaining',
  /** Burn rate of the pair of windows that is nearest to firing. Every SLO. */
  burnRate: 'burn_rate',
  /** 1 while the gate is closed, else 0. SLOs whose policy closes a gate. */
  gateClosed: 'gate_closed',
  /** Failures and minutes that are left. SLOs with detailed metrics. */
  budgetRemainingEvents: 'budget_remaining_events',
  budgetRemainingMinutes: 'error_budget_remaining_minutes',
} as const;

/** The dimension of all of these. */
export const SLO_DIMENSION = 'Slo';

/** Source and types of the events on the event bus; the detail has `slo`, `service`, `before`, `after`, `remaining`. */
export const SLO_EVENT_SOURCE = 'tidewatch.slo';
export const SLO_EVENT_TYPE = {
  budgetState: 'SLO Budget State Change',
  policy: 'SLO Policy Action',
  gate: 'SLO Gate Change',
} as const;
