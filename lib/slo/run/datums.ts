// What an evaluation publishes in CloudWatch: two values of each SLO, more of those that asked for it.
import { formatDuration } from '../../model/duration.ts';
import type { SloEvaluator } from '../evaluation/evaluator.ts';
import { isGated } from '../gate/gate.ts';
import type { SloDatum } from '../ports.ts';
import { SLO_METRIC } from '../published-metrics.ts';
import type { SloSettings } from '../settings.ts';
import type { Evaluated } from './evaluate-slo.ts';

export function datumsOf(
  slo: SloSettings,
  evaluator: SloEvaluator,
  { state, report, gate }: Pick<Evaluated, 'state' | 'report' | 'gate'>,
  isDetailed: boolean,
): SloDatum[] {
  const { budget, burnRate } = report;
  const datum = (metric: string, value: number): SloDatum => ({ metric, slo: slo.name, value });
  const datums = [datum(SLO_METRIC.budgetRemaining, budget.remaining), datum(SLO_METRIC.burnRate, burnRate)];
  if (isGated(slo)) datums.push(datum(SLO_METRIC.gateClosed, gate.gate === 'closed' ? 1 : 0));
  if (!isDetailed) return datums;
  datums.push(
    datum(SLO_METRIC.budgetRemainingEvents, budget.remainingEvents),
    datum(SLO_METRIC.budgetRemainingMinutes, budget.remainingMinutes),
  );
  for (const [place, rate] of evaluator.burnRates(state).entries()) {
    const window = formatDuration(slo.windows[place]!.longWindowMs);
    datums.push({ ...datum(SLO_METRIC.burnRate, rate), window });
  }
  return datums;
}
