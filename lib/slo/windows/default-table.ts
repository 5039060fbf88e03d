// Multi-window, multi-burn-rate pairs as data. Factors are derived from the budget share where the shares are fixed
// (28 and 30 days), and the shares from the factors where windows are scaled.
import { budgetShareOf, factorOf } from './burn-rate.ts';

/** How loud: a page wakes somebody, a ticket waits for the next working day. */
export type BurnSeverity = 'page' | 'ticket';

/** A pair of windows. It burns while the error ratios of both are above factor × error budget. */
export interface BurnWindow {
  readonly severity: BurnSeverity;
  readonly longWindowMs: number;
  readonly shortWindowMs: number;
  /** Share of the period's budget, 0..1, that is spent when it fires. */
  readonly budgetShare: number;
  /** Burn rate above which it fires. */
  readonly factor: number;
  /** How long both must burn before it fires; 0 fires at once. */
  readonly holdMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface TableRow {
  readonly severity: BurnSeverity;
  readonly longWindowMs: number;
  readonly shortWindowMs: number;
  readonly budgetShare: number;
}

/**
 * The table of the SRE workbook with the common row for one day added, as Sloth has it for both periods.
 * Source: https://sre.google/workbook/alerting-on-slos/ table 5-8; slok/sloth@0e395d8
 * internal/alert/windows/google-28d.yaml and google-30d.yaml.
 */
const WORKBOOK: readonly TableRow[] = [
  { severity: 'page', longWindowMs: HOUR, shortWindowMs: 5 * MINUTE, budgetShare: 0.02 },
  { severity: 'page', longWindowMs: 6 * HOUR, shortWindowMs: 30 * MINUTE, budgetShare: 0.05 },
  { severity: 'ticket', longWindowMs: DAY, shortWindowMs: 2 * HOUR, budgetShare: 0.1 },
  { severity: 'ticket', longWindowMs: 3 * DAY, shortWindowMs: 6 * HOUR, budgetShare: 0.1 },
];

/** Periods that take the workbook's windows as they are. */
const WORKBOOK_PERIODS: readonly number[] = [28 * DAY, 30 * DAY];
/** The period whose factors (14.4, 6, 3, 1) are kept when windows are scaled. */
const BASE_PERIOD = 30 * DAY;
/** Long window / short window, in the workbook and here. */
export const LONG_TO_SHORT = 12;

/**
 * The pairs of a period. 28 and 30 days: the workbook's windows, factors by the budget share. Any other: the factors
 * of 30 days, with long windows scaled by period / 30 d and short = long / 12, in whole minutes.
 *
 * A pair that has shrunk until its windows are one and the same is left out: a period of a few hours has none.
 * @param periodMs length of the budget's period
 */
export function defaultTable(periodMs: number): BurnWindow[] {
  if (WORKBOOK_PERIODS.includes(periodMs)) {
    return WORKBOOK.map((row) => ({
      ...row,
      factor: factorOf(row.budgetShare, row.longWindowMs, periodMs),
      holdMs: 0,
    }));
  }
  return WORKBOOK.map(({ severity, longWindowMs, budgetShare }) => {
    const factor = factorOf(budgetShare, longWindowMs, BASE_PERIOD);
    const long = wholeMinutes((longWindowMs * periodMs) / BASE_PERIOD);
    return {
      severity,
      longWindowMs: long,
      shortWindowMs: wholeMinutes(long / LONG_TO_SHORT),
      budgetShare: budgetShareOf(factor, long, periodMs),
      factor,
      holdMs: 0,
    };
  }).filter(({ longWindowMs, shortWindowMs }) => longWindowMs > shortWindowMs);
}

/** At least one minute. */
export function wholeMinutes(ms: number): number {
  return Math.max(1, Math.round(ms / MINUTE)) * MINUTE;
}
