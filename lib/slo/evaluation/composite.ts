// Composites: several objectives with one budget, which burns when any of them burns. The parts' units are combined to
// counts of the composite, which then is evaluated like any other SLO.
import type { Budgeting, CompositePart } from '../settings.ts';
import { errorBudget } from '../windows/burn-rate.ts';
import { type Counts, exact, NO_EVENTS } from './counts.ts';
import { countUnit } from './units.ts';

/**
 * Counts of a composite's unit from the events of its parts in that time.
 *
 * Occurrences: each failure weighs by how much of its own part's budget it spends, scaled to the strictest part, so
 * that the composite's burn rate is the mean of the parts' burn rates by weight and traffic. Time slices: bad when any
 * part's slice is bad. Ratio time slices: what is missing in the parts, by weight, added up.
 * @param events one a part, in their order; no events where a part has no data
 * @param objective of the composite, see compositeObjective
 */
export function combineParts(
  parts: readonly CompositePart[],
  events: readonly Counts[],
  budgeting: Budgeting,
  objective: number,
): Counts {
  const budget = errorBudget(objective);
  let bad = 0;
  let total = 0;
  for (const [index, part] of parts.entries()) {
    const unit = countUnit(partBudgeting(part, budgeting), events[index] ?? NO_EVENTS);
    if (unit.total === 0) continue;
    switch (budgeting.kind) {
      case 'occurrences':
        bad += part.weight * unit.bad * (budget / errorBudget(part.objective));
        total += part.weight * unit.total;
        break;
      case 'timeSlices':
        bad = Math.max(bad, unit.bad);
        total = 1;
        break;
      case 'ratioTimeSlices':
        bad = Math.min(1, bad + part.weight * unit.bad);
        total = 1;
        break;
    }
  }
  return { bad: Math.min(exact(bad), exact(total)), total: exact(total) };
}

function partBudgeting(part: CompositePart, budgeting: Budgeting): Budgeting {
  return budgeting.kind === 'timeSlices' && part.sliceTarget !== undefined
    ? { ...budgeting, sliceTarget: part.sliceTarget }
    : budgeting;
}
