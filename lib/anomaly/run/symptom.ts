// Which of an incident's anomalies is its symptom: what users see first, furthest up the calls.
import type { CallEdge } from '../causes/rank-causes.ts';
import { Calls } from './calls.ts';
import type { KnownAnomaly } from './incident.ts';

/** What is felt comes before what merely changed. */
const FELT = [/fault|5xx|error|fail/i, /latency|duration|time/i] as const;

/** The symptom of at least one anomaly. */
export function symptomOf(anomalies: readonly KnownAnomaly[], edges: readonly CallEdge[]): KnownAnomaly {
  const called = new Set<string>();
  const components = new Set(anomalies.map(({ component }) => component));
  const calls = new Calls(edges);
  for (const component of components) {
    for (const other of calls.reachedFrom(component)) {
      // Two that call each other stay: neither is above the other.
      if (components.has(other) && !calls.reachedFrom(other).has(component)) called.add(other);
    }
  }
  const highest = anomalies.filter(({ component }) => !called.has(component));
  const rank = ({ metric }: KnownAnomaly): number => {
    const place = FELT.findIndex((pattern) => pattern.test(metric.name));
    return place < 0 ? FELT.length : place;
  };
  return [...(highest.length > 0 ? highest : anomalies)].sort(
    (a, b) => rank(a) - rank(b) || b.anomaly.score - a.anomaly.score || (a.id < b.id ? -1 : 1),
  )[0]!;
}
