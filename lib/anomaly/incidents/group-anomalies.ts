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
  const groups: MetricAnomaly[][] = [];
  for (const anomaly of sorted) {
    const joined = groups.filter((group) =>
      group.some(
        (other) =>
          anomaly.startedAt - other.startedAt <= togetherMs &&
          (other.component === anomaly.component ||
            near.get(anomaly.component)?.has(other.component) === true),
      ),
    );
    // One anomaly may be the link between groups that were apart.
    const merged = [...joined.flat(), anomaly];
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push(merged);
  }
  return groups
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
