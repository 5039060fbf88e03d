// Whether a pair of windows burns: short and long both above the threshold, and enough traffic to believe it.
import type { LowTrafficGuards } from '../settings.ts';
import { badRatioThreshold } from '../windows/burn-rate.ts';
import type { BurnWindow } from '../windows/default-table.ts';
import type { Counts } from './counts.ts';

const MINUTE = 60_000;

/** A pair, with where its sums lie and the ratio that both must exceed. */
export interface PreparedPair {
  readonly window: BurnWindow;
  /** Error ratio, 0..1. */
  readonly threshold: number;
  /** Places in the state's sums. */
  readonly longAt: number;
  readonly shortAt: number;
}

/** @param lengths distinct window lengths in the order of the state's sums */
export function preparePair(window: BurnWindow, objective: number, lengths: readonly number[]): PreparedPair {
  return {
    window,
    threshold: badRatioThreshold(window.factor, objective),
    longAt: lengths.indexOf(window.longWindowMs),
    shortAt: lengths.indexOf(window.shortWindowMs),
  };
}

/** What is known beside the sums. */
export interface Traffic {
  /** How long there has been data, in milliseconds. */
  readonly coveredMs: number;
  /** Events that a whole period has by the traffic so far; only for the guard by budget share. */
  readonly periodTotal: number;
}

/**
 * Whether both windows of a pair are above its threshold.
 *
 * A window that reaches back before the first data is taken to have had the same traffic without failures there: else
 * the first failure of a new SLO, alone in a window of three days, would be a ratio of its own.
 */
export function burns(
  { window, threshold, longAt, shortAt }: PreparedPair,
  sums: readonly Counts[],
  guards: LowTrafficGuards,
  traffic: Traffic,
  budgetRatio: number,
): boolean {
  const long = sums[longAt]!;
  const { expectedPerMinute } = guards;
  const ratio = (sum: Counts, lengthMs: number): number =>
    ratioOf(sum, lengthMs, expectedPerMinute) * Math.min(1, traffic.coveredMs / lengthMs);
  if (!(ratio(sums[shortAt]!, window.shortWindowMs) > threshold)) return false;
  if (!(ratio(long, window.longWindowMs) > threshold)) return false;
  if (long.total < guards.minimumEvents || long.bad < guards.minimumFailures) return false;
  return !guards.budgetShare || long.bad > window.budgetShare * budgetRatio * traffic.periodTotal;
}

/** NaN when there is nothing, which exceeds no threshold. */
function ratioOf({ bad, total }: Counts, lengthMs: number, expectedPerMinute: number): number {
  const all = Math.max(total, (expectedPerMinute * lengthMs) / MINUTE);
  return all > 0 ? bad / all : Number.NaN;
}

/** Burn rate of a pair: the lower of its two windows'; 0 without data. */
export function pairBurnRate(pair: PreparedPair, sums: readonly Counts[], budgetRatio: number): number {
  const rate = (at: number): number => {
    const { bad, total } = sums[at]!;
    return total > 0 ? bad / total / budgetRatio : 0;
  };
  return Math.min(rate(pair.longAt), rate(pair.shortAt));
}
