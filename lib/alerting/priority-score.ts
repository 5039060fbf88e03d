// Beyond Alertmanager: one number that says what to look at first among alerts of the same priority. A sum of points, so
// that a reader can reckon it; docs/alerting.md has the table.
import type { Priority } from '../model/notification.ts';
import { mostUrgent } from './priority.ts';

type Labels = Readonly<Record<string, string>>;

const BY_PRIORITY: Readonly<Record<Priority, number>> = { P1: 60, P2: 45, P3: 25, P4: 5 };
/** Of an SLO's budget, see lib/slo. */
const BY_BURN_TIER: Readonly<Record<string, number>> = { fast: 10, slow: 5 };
/** Labels `revenue_impact` and `user_impact`; "true" and "yes" are high. */
const BY_IMPACT: Readonly<Record<string, number>> = {
  low: 3,
  medium: 6,
  high: 8,
  true: 8,
  yes: 8,
  critical: 10,
};
/** For each time that the number of alerts doubles. */
const PER_DOUBLING = 1;
const MAX_FOR_NUMBER = 5;
/** For something that others hang on: label `dependencies_down`, or the source of an inhibition rule. */
const DEPENDENCIES = 5;

export interface ScoreRules {
  /** Whether an alert of these labels is the source of an inhibition rule: others are down because of it. */
  readonly inhibits: (labels: Labels) => boolean;
}

/**
 * How much what fires matters. More alerts, or worse labels on one of them, never make it less.
 * @param alerts labels of each that fires; of those that resolved if none does
 * @returns a whole number of 0 to 100; 0 for no alerts
 */
export function priorityScore(alerts: readonly Labels[], { inhibits }: ScoreRules): number {
  if (alerts.length === 0) return 0;
  // A group may have more alerts than a call may have arguments.
  const most = (points: (labels: Labels) => number) =>
    alerts.reduce((best, labels) => Math.max(best, points(labels)), 0);
  return (
    BY_PRIORITY[mostUrgent(alerts)] +
    most((labels) => pointsOf(BY_BURN_TIER, labels, 'burn_tier')) +
    most((labels) => pointsOf(BY_IMPACT, labels, 'revenue_impact')) +
    most((labels) => pointsOf(BY_IMPACT, labels, 'user_impact')) +
    Math.min(MAX_FOR_NUMBER, PER_DOUBLING * Math.floor(Math.log2(alerts.length))) +
    most((labels) => (hasDependenciesDown(labels) || inhibits(labels) ? DEPENDENCIES : 0))
  );
}

function pointsOf(table: Readonly<Record<string, number>>, labels: Labels, name: string): number {
  const value = Object.hasOwn(labels, name) ? labels[name]!.toLowerCase() : '';
  return Object.hasOwn(table, value) ? table[value]! : 0;
}

function hasDependenciesDown(labels: Labels): boolean {
  const value = Object.hasOwn(labels, 'dependencies_down') ? labels.dependencies_down!.toLowerCase() : '';
  return !['', '0', 'false', 'no', 'none'].includes(value);
}
