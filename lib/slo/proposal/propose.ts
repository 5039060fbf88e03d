// Which objective a service could have kept: from its history, worst period first. A proposal to be argued about, since
// users and not history say what is good enough.
import { budgetOf } from '../budget/budget.ts';
import { type Counts, NO_EVENTS, plus } from '../evaluation/counts.ts';
import type { MinutePoint } from '../evaluation/read-point.ts';
import { floorTo } from '../evaluation/slice-ladder.ts';

const DAY = 86_400_000;

/** Objectives that people can remember, lowest first. */
export const USUAL_OBJECTIVES: readonly number[] = [
  0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 0.99995, 0.99999,
];

export interface Proposal {
  /** Share of good events, 0..1: over everything, and in the best and the worst period. */
  readonly achieved: number;
  readonly best: number;
  readonly worst: number;
  /** Periods that were looked at, a day apart; 1 when the series is shorter than a period. */
  readonly periods: number;
  /** The highest usual objective that even the worst period met; null when it met none. */
  readonly proposed: number | null;
  /** The next one: what it would have taken to meet it. */
  readonly next: {
    readonly objective: number;
    /** Periods that would have met it. */
    readonly met: number;
    /** Failures above its budget in the worst period. */
    readonly failuresTooMany: number;
  } | null;
  /** Budget of the proposed objective: minutes of complete failure, and failures at the traffic of an average period. */
  readonly budgetMinutes: number | null;
  readonly budgetEvents: number | null;
}

/**
 * @param points in order; minutes without a total have no data
 * @param periodMs length of the budget's period
 * @returns undefined when there was no event
 */
export function proposeObjective(points: readonly MinutePoint[], periodMs: number): Proposal | undefined {
  const days = daysOf(points);
  const total = [...days.values()].reduce(plus, NO_EVENTS);
  if (total.total === 0) return undefined;
  const periods = periodsOf(days, periodMs).filter((period) => period.total > 0);
  const ratios = periods.map(ratioOf);
  const worst = Math.min(...ratios);
  const worstPeriod = periods[ratios.indexOf(worst)]!;
  const proposed = USUAL_OBJECTIVES.findLast((objective) => objective <= worst) ?? null;
  const higher = USUAL_OBJECTIVES.find((objective) => objective > worst);
  const average = { bad: 0, total: periods.reduce((sum, period) => sum + period.total, 0) / periods.length };
  const budget = proposed === null ? null : budgetOf(average, proposed, periodMs);
  return {
    achieved: ratioOf(total),
    best: Math.max(...ratios),
    worst,
    periods: periods.length,
    proposed,
    next:
      higher === undefined
        ? null
        : {
            objective: higher,
            met: ratios.filter((ratio) => ratio >= higher).length,
            failuresTooMany: Math.ceil(-budgetOf(worstPeriod, higher, periodMs).remainingEvents),
          },
    budgetMinutes: budget?.remainingMinutes ?? null,
    budgetEvents: budget === null ? null : Math.floor(budget.remainingEvents),
  };
}

function ratioOf({ bad, total }: Counts): number {
  return 1 - bad / total;
}

function daysOf(points: readonly MinutePoint[]): Map<number, Counts> {
  const days = new Map<number, Counts>();
  for (const { start, good, total } of points) {
    if (total === undefined || !(total > 0)) continue;
    const bad = Math.min(total, Math.max(0, total - (good ?? 0)));
    const day = floorTo(start, DAY);
    days.set(day, plus(days.get(day) ?? NO_EVENTS, { bad, total }));
  }
  return days;
}

/** Counts of every period that lies within the series, beginning a day apart; the whole series when it is shorter. */
function periodsOf(days: ReadonlyMap<number, Counts>, periodMs: number): Counts[] {
  const starts = [...days.keys()].sort((a, b) => a - b);
  const [first, last] = [starts[0]!, starts.at(-1)!];
  const length = Math.max(1, Math.round(periodMs / DAY));
  const all = Math.round((last - first) / DAY) + 1;
  const countOf = (from: number): Counts => {
    let sum = NO_EVENTS;
    for (let day = from; day < from + length; day++)
      sum = plus(sum, days.get(first + day * DAY) ?? NO_EVENTS);
    return sum;
  };
  return Array.from({ length: Math.max(1, all - length + 1) }, (_, from) => countOf(from));
}
