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

/** @param periodTotal events that a whole period has by the traffic so far */
export function burns(
  { window, threshold, longAt, shortAt }: PreparedPair,
  sums: readonly Counts[],
  guards: LowTrafficGuards,
  periodTotal: number,
  objectiveBudget: number,
): boolean {
  const long = sums[longAt]!;
  const short = sums[shortAt]!;
  const { expectedPerMinute } = guards;
  if (!(ratioOf(short, window.shortWindowMs, expectedPerMinute) > threshold)) return false;
  if (!(ratioOf(long, window.longWindowMs, expectedPerMinute) > threshold)) return false;
  if (long.total < guards.minimumEvents || long.bad < guards.minimumFailures) return false;
  return !guards.budgetShare || long.bad > window.budgetShare * objectiveBudget * periodTotal;
}

/** NaN when there is nothing, which exceeds no threshold. */
function ratioOf({ bad, total }: Counts, lengthMs: number, expectedPerMinute: number): number {
  const all = Math.max(total, (expectedPerMinute * lengthMs) / MINUTE);
  return all > 0 ? bad / all : Number.NaN;
}

/** Burn rate of a pair: the lower of its two windows'; 0 without data. */
export function pairBurnRate(pair: PreparedPair, sums: readonly Counts[], objectiveBudget: number): number {
  const rate = (at: number): number => {
    const { bad, total } = sums[at]!;
    return total > 0 ? bad / total / objectiveBudget : 0;
  };
  return Math.min(rate(pair.longAt), rate(pair.shortAt));
}
