// The formulas that everything else rests on, one each. Ratios are 0..1.

/**
 * Decimal places that survive: `1 - 0.999` is 0.0010000000000000009 in IEEE 754, and a threshold that is off in the
 * sixteenth digit fires at an error ratio that equals it.
 */
const DIGITS = 12;

/** A number without the dust of floating point. @example withoutDust(1 - 0.9) // 0.1 */
export function withoutDust(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

/** Share of events that may fail. @param objective 0..1, not 1 @example errorBudget(0.999) // 0.001 */
export function errorBudget(objective: number): number {
  return withoutDust(1 - objective);
}

/**
 * Burn rate: how many times faster than allowed the budget is spent.
 * @param badRatio 0..1 over the window
 * @param objective 0..1, not 1
 * @returns >= 0; 1 spends the budget exactly at the end of the period
 * @throws RangeError if the objective is 1
 * @see https://sre.google/workbook/alerting-on-slos/
 * @example burnRate(0.0144, 0.999) // 14.4
 */
export function burnRate(badRatio: number, objective: number): number {
  const budget = errorBudget(objective);
  if (budget <= 0) throw new RangeError('an objective of 1 leaves no budget to burn');
  return withoutDust(badRatio / budget);
}

/** Burn rate that spends `budgetShare` (0..1) of the budget within the long window. @example factorOf(0.02, HOUR, 720 * HOUR) // 14.4 */
export function factorOf(budgetShare: number, longWindowMs: number, periodMs: number): number {
  return withoutDust((budgetShare * periodMs) / longWindowMs);
}

/** Share of the budget (0..1) that is spent when the long window has burnt at `factor` throughout. */
export function budgetShareOf(factor: number, longWindowMs: number, periodMs: number): number {
  return withoutDust((factor * longWindowMs) / periodMs);
}

/** Error ratio above which a pair burns. 1 and above can never be exceeded. @param factor burn rate @param objective 0..1 */
export function badRatioThreshold(factor: number, objective: number): number {
  return withoutDust(factor * errorBudget(objective));
}

/**
 * Time from the start of failures until a pair fires, under constant traffic with no failures before.
 * @param badRatio 0..1, constant since the start
 * @returns milliseconds; Infinity when the ratio does not exceed the pair's threshold
 */
export function detectionTimeMs(
  pair: { readonly factor: number; readonly longWindowMs: number },
  objective: number,
  badRatio: number,
): number {
  const threshold = badRatioThreshold(pair.factor, objective);
  return badRatio > threshold ? (threshold * pair.longWindowMs) / badRatio : Number.POSITIVE_INFINITY;
}

/** Time from full recovery until the pair stops firing: until the short window's ratio is no longer above the threshold. */
export function resetTimeMs(
  pair: { readonly factor: number; readonly shortWindowMs: number },
  objective: number,
  badRatio: number,
): number {
  const threshold = badRatioThreshold(pair.factor, objective);
  return badRatio > threshold ? pair.shortWindowMs * (1 - threshold / badRatio) : 0;
}
