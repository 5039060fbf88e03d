// Events and how many of them failed: what windows and budgets are summed from. Never averages of ratios.

export interface Counts {
  /** Failed events, 0..total. */
  readonly bad: number;
  /** All events, >= 0. */
  readonly total: number;
}

export const NO_EVENTS: Counts = { bad: 0, total: 0 };

/**
 * Fractions (weights, ratios of slices) are rounded to multiples of this, a power of two, so that adding and taking
 * away the same numbers in any order ends at exactly zero.
 */
const GRAIN = 2 ** -20;

/** A count that sums exactly. */
export function exact(value: number): number {
  return Number.isInteger(value) ? value : Math.round(value / GRAIN) * GRAIN;
}

export function plus(a: Counts, b: Counts): Counts {
  return { bad: a.bad + b.bad, total: a.total + b.total };
}

export function minus(a: Counts, b: Counts): Counts {
  return { bad: a.bad - b.bad, total: a.total - b.total };
}

/** Share of events that failed, 0..1; undefined when there was none, which is no data rather than a ratio. */
export function badRatio({ bad, total }: Counts): number | undefined {
  return total > 0 ? bad / total : undefined;
}
