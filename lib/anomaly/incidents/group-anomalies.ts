// Turns anomalies that start together on connected services into one incident instead of many alerts.
import type { CallEdge } from '../causes/rank-causes.ts';

export interface MetricAnomaly {
  /** Identity of the metric. */
  readonly id: string;
  readonly component: string;
  /** When it began, epoch milliseconds. */
  readonly startedAt: number;
  /** 0..1 */
  readonly score: number;
}

export interface AnomalyGroup {
  /** When the first of them began. */
  readonly startedAt: number;
  /** In order of their start. */
  readonly anomalies: readonly MetricAnomaly[];
  readonly components: readonly string[];
}

export interface GroupingSettings {
  /** Anomalies that start within this time of each other belong together, in milliseconds. */
  readonly togetherMs: number;
  /** Calls between two components that count as connected. */
  readonly hops: number;
}

export const defaultGroupingSettings: GroupingSettings = { togetherMs: 15 * 60_000, hops: 2 };

/** Groups anomalies; every anomaly is in exactly one group. Groups are in order of their start. */
export function groupAnomalies(
  anomalies: readonly MetricAnomaly[],
  edges: readonly CallEdge[],
  { togetherMs, hops }: GroupingSettings = defaultGroupingSettings,
): AnomalyGroup[] {
  const sorted = [...anomalies].sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
  const near = neighbours(edges, hops);
  /** The latest of each component; earlier ones that are near enough in time are in the same group already. */
  const latest = new Map<string, MetricAnomaly>();
  const groupOf = new Map<MetricAnomaly, MetricAnomaly[]>();
  for (const anomaly of sorted) {
    let group: MetricAnomaly[] = [];
    for (const component of new Set([anomaly.component, ...(near.get(anomaly.component) ?? [])])) {
      const other = latest.get(component);
      if (other === undefined || anomaly.startedAt - other.startedAt > togetherMs) continue;
      // One anomaly may be the link between groups that were apart.
      group = united(group, groupOf.get(other)!, groupOf);
    }
    group.push(anomaly);
    groupOf.set(anomaly, group);
    latest.set(anomaly.component, anomaly);
  }
  return [...new Set(groupOf.values())]
    .map((group): AnomalyGroup => {
      const ordered = group.sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
      return {
        startedAt: ordered[0]!.startedAt,
        anomalies: ordered,
        components: [...new Set(ordered.map(({ component }) => component))],
      };
    })
    .sort((a, b) => a.startedAt - b.startedAt);
}

/** The larger group with the members of the smaller one. */
function united(
  a: MetricAnomaly[],
  b: MetricAnomaly[],
  groupOf: Map<MetricAnomaly, MetricAnomaly[]>,
): MetricAnomaly[] {
  if (a === b) return a;
  const [larger, smaller] = a.length > b.length ? [a, b] : [b, a];
  for (const one of smaller) {
    larger.push(one);
    groupOf.set(one, larger);
  }
  return larger;
}

/** Components within some calls of each other, in either direction. */
function neighbours(edges: readonly CallEdge[], hops: number): Map<string, Set<string>> {
  const direct = new Map<string, Set<string>>();
  const connect = (a: string, b: string): void => {
    const known = direct.get(a);
    if (known) known.add(b);
    else direct.set(a, new Set([b]));
  };
  for (const { caller, callee } of edges) {
    connect(caller, callee);
    connect(callee, caller);
  }
  const near = new Map<string, Set<string>>();
  for (const component of direct.keys()) {
    const reached = new Set([component]);
    let edge = [component];
    for (let hop = 0; hop < hops; hop++) {
      edge = edge.flatMap((one) => [...(direct.get(one) ?? [])].filter((other) => !reached.has(other)));
      for (const one of edge) reached.add(one);
    }
    near.set(component, reached);
  }
  return near;
}
