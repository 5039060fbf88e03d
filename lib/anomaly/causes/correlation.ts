// How two metrics move together, and which one moves first.
import { normalCdf } from '../canary/mann-whitney.ts';

export interface Correlation {
  /** Pearson's r, -1..1; 0 when one of them is constant. */
  readonly r: number;
  /** Chance of such an r between unrelated series, two-sided (Fisher's transformation). */
  readonly pValue: number;
  readonly pairs: number;
}

export interface LeadLag extends Correlation {
  /** Steps by which the second series follows the first; negative when it leads. */
  readonly lag: number;
}

/** From here on a correlation is called strong. */
export const STRONG_CORRELATION = 0.8;
const PAIRS_MIN = 4;

/** Pearson correlation of values at the same places; places where either is missing (NaN) are left out. */
export function correlation(first: readonly number[], second: readonly number[]): Correlation {
  const pairs: [number, number][] = [];
  for (let at = 0; at < Math.min(first.length, second.length); at++) {
    if (Number.isFinite(first[at]) && Number.isFinite(second[at])) pairs.push([first[at]!, second[at]!]);
  }
  const count = pairs.length;
  if (count < PAIRS_MIN) return { r: 0, pValue: 1, pairs: count };
  const meanA = pairs.reduce((sum, [a]) => sum + a / count, 0);
  const meanB = pairs.reduce((sum, [, b]) => sum + b / count, 0);
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (const [a, b] of pairs) {
    product += (a - meanA) * (b - meanB);
    squareA += (a - meanA) ** 2;
    squareB += (b - meanB) ** 2;
  }
  if (squareA === 0 || squareB === 0) return { r: 0, pValue: 1, pairs: count };
  const r = Math.min(1, Math.max(-1, product / Math.sqrt(squareA) / Math.sqrt(squareB)));
  const z = Math.abs(Math.atanh(r)) * Math.sqrt(count - 3);
  return { r, pValue: Math.min(1, 2 * (1 - normalCdf(z))), pairs: count };
}

/**
 * The lag at which two series correlate most, within `most` steps either way; of equal ones the smallest.
 * The chance is multiplied by the number of lags tried (Bonferroni).
 */
export function leadLag(first: readonly number[], second: readonly number[], most: number): LeadLag {
  let best: LeadLag = { ...correlation(first, second), lag: 0 };
  for (let size = 1; size <= most; size++) {
    for (const lag of [size, -size]) {
      const shifted = lag > 0 ? second.slice(lag) : second;
      const other = lag > 0 ? first : first.slice(-lag);
      const found = correlation(other, shifted);
      if (Math.abs(found.r) > Math.abs(best.r)) best = { ...found, lag };
    }
  }
  return { ...best, pValue: Math.min(1, best.pValue * (2 * most + 1)) };
}
