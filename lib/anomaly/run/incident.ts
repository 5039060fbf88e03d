// Anomalies that are going on become incidents: one alert for what began together on connected components. A reducer:
// what was open and what is going on now in, what is open next out. No I/O.
import { createHash } from 'node:crypto';
import type { AlertSeverity } from '../../model/alert.ts';
import type { CallEdge, Cause } from '../causes/rank-causes.ts';
import { groupAnomalies } from '../incidents/group-anomalies.ts';
import type { Change, MetricIdentity } from '../ports.ts';
import type { Cadence } from '../watch/settings.ts';
import type { OpenAnomaly } from './metric-status.ts';

/** An anomaly of one metric, with all that an alert says of it. Plain JSON. */
export interface KnownAnomaly {
  /** Of the metric and statistic. */
  readonly id: string;
  readonly component: string;
  readonly metric: MetricIdentity;
  readonly statistic: string;
  readonly every: Cadence;
  /** Key of the shard that holds it. */
  readonly shard: string;
  /** As configured. */
  readonly severity: AlertSeverity;
  readonly anomaly: OpenAnomaly;
}

/** What was found out about an incident. */
export interface Investigation {
  readonly causes: readonly Cause[];
  readonly changes: readonly Change[];
  /** How the likeliest cause and the symptom move together, in words. */
  readonly relation: string | undefined;
}

export interface Incident {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Label of its alert: the likeliest cause when it was opened. Undefined until it was investigated. */
  readonly service: string | undefined;
  /** Never falls while the incident is open. */
  readonly severity: AlertSeverity;
  /** Metrics that take part or took part. */
  readonly members: readonly string[];
  readonly investigation: Investigation | undefined;
  /** Digest of the members when it was investigated. */
  readonly investigatedFor: string;
  /** Labels of its alert when it was last sent; undefined before. */
  readonly sentLabels: Readonly<Record<string, string>> | undefined;
  readonly sentAt: number;
  /** What the alert said, to tell a change. */
  readonly sentKey: string;
}

export interface IncidentStep {
  readonly open: readonly Incident[];
  readonly resolved: readonly { readonly incident: Incident; readonly because: string }[];
}

export interface IncidentSettings {
  readonly groupWithinMs: number;
}

/** Calls between two components that count as connected. */
const HOPS = 2;
/** So many metrics, or two components, make an incident certain. */
const CERTAIN_MEMBERS = 3;
const CERTAIN_COMPONENTS = 2;
const ID_DIGITS = 10;
/** From quiet to loud. */
const LOUDNESS: readonly AlertSeverity[] = ['info', 'ticket', 'page'];

/** The incidents after a run. @param anomalies all that are going on now */
export function nextIncidents(
  before: readonly Incident[],
  anomalies: readonly KnownAnomaly[],
  edges: readonly CallEdge[],
  { groupWithinMs }: IncidentSettings,
): IncidentStep {
  const known = new Map(anomalies.map((one) => [one.id, one]));
  const groups = groupAnomalies(
    anomalies.map(({ id, component, anomaly }) => ({
      id,
      component,
      startedAt: anomaly.startedAt,
      score: anomaly.score,
    })),
    edges,
    { togetherMs: groupWithinMs, hops: HOPS },
  );
  const open = new Map<string, Incident>();
  const joined = new Map<string, string>();
  const owners = new Owners(before, known);
  for (const { startedAt, anomalies: members } of groups) {
    const ids = members.map(({ id }) => id);
    // An owner may have become part of another one by a group before.
    const its = new Map(
      owners.of(ids).map((owner) => {
        const id = lastOf(joined, owner.id);
        return [id, open.get(id) ?? owner];
      }),
    );
    const [incident = opened(startedAt, ids), ...others] = its.values();
    for (const other of others) joined.set(other.id, incident.id);
    const all = new Set([...incident.members, ...others.flatMap(({ members: theirs }) => theirs), ...ids]);
    open.set(incident.id, { ...incident, members: [...all].sort() });
  }
  const merged = [...open.values()].filter(({ id }) => !joined.has(id));
  return {
    open: merged.map((incident) => ({ ...incident, severity: severityOf(incident, known) })),
    resolved: before
      .filter(({ id }) => joined.has(id) || !open.has(id))
      .map((incident) => {
        const other = lastOf(joined, incident.id);
        const because =
          other === incident.id ? 'all metrics are back to usual' : `it is part of incident ${other}`;
        return { incident, because };
      }),
  };
}

/** The incident of which one is part in the end; itself when it is of none. */
function lastOf(joined: ReadonlyMap<string, string>, id: string): string {
  let last = id;
  for (let next = joined.get(last); next !== undefined; next = joined.get(last)) last = next;
  return last;
}

/** Which open incidents hold a metric, and which are on a component; the oldest first. */
class Owners {
  readonly #byMetric = new Map<string, Incident[]>();
  readonly #byComponent = new Map<string, Incident[]>();
  readonly #known: ReadonlyMap<string, KnownAnomaly>;

  constructor(before: readonly Incident[], known: ReadonlyMap<string, KnownAnomaly>) {
    this.#known = known;
    for (const incident of [...before].sort(oldestFirst)) {
      for (const id of incident.members) {
        add(this.#byMetric, id, incident);
        const component = known.get(id)?.component;
        if (component !== undefined) add(this.#byComponent, component, incident);
      }
    }
  }

  /** Those that a group belongs to, the oldest first: those of its metrics, else one of its components. */
  of(ids: readonly string[]): Incident[] {
    const byMetric = new Set(ids.flatMap((id) => this.#byMetric.get(id) ?? []));
    if (byMetric.size > 0) return [...byMetric].sort(oldestFirst);
    const components = new Set(ids.map((id) => this.#known.get(id)!.component));
    return [...components]
      .flatMap((component) => this.#byComponent.get(component)?.[0] ?? [])
      .sort(oldestFirst)
      .slice(0, 1);
  }
}

const oldestFirst = (a: Incident, b: Incident): number =>
  a.startedAt - b.startedAt || (a.id < b.id ? -1 : Number(a.id > b.id));

function add(to: Map<string, Incident[]>, key: string, incident: Incident): void {
  const known = to.get(key);
  if (known) known.push(incident);
  else to.set(key, [incident]);
}

function opened(startedAt: number, members: readonly string[]): Incident {
  const digest = createHash('sha256').update(`${startedAt}\n${members[0]!}`).digest('hex');
  return {
    id: digest.slice(0, ID_DIGITS),
    startedAt,
    service: undefined,
    severity: 'info',
    members,
    investigation: undefined,
    investigatedFor: '',
    sentLabels: undefined,
    sentAt: 0,
    sentKey: '',
  };
}

/** The loudest severity of its metrics when it is certain, a step lower when it is not. */
function severityOf(incident: Incident, known: ReadonlyMap<string, KnownAnomaly>): AlertSeverity {
  const going = incident.members.flatMap((id) => known.get(id) ?? []);
  const components = new Set(going.map(({ component }) => component));
  const certain =
    going.some(({ anomaly }) => anomaly.certain) ||
    going.length >= CERTAIN_MEMBERS ||
    components.size >= CERTAIN_COMPONENTS;
  const loudest = Math.max(0, ...going.map(({ severity }) => LOUDNESS.indexOf(severity)));
  const now = certain ? loudest : Math.max(0, loudest - 1);
  return LOUDNESS[Math.max(now, LOUDNESS.indexOf(incident.severity))]!;
}
