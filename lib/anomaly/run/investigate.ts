// What caused an incident: the metrics of its components and of what they call, before and since, ranked; and what
// was changed shortly before it began.
import { type LeadLag, leadLag, STRONG_CORRELATION } from '../causes/correlation.ts';
import { type CallEdge, type Cause, type MetricSample, rankCauses } from '../causes/rank-causes.ts';
import { shiftBetween } from '../causes/shift.ts';
import type { Change, ChangeLog, MetricHistory, Point } from '../ports.ts';
import type { WatchedMetric } from '../watch/watched-metrics.ts';
import { Calls } from './calls.ts';
import type { Incident, Investigation, KnownAnomaly } from './incident.ts';
import { settledEnd } from './new-rows.ts';
import { symptomOf } from './symptom.ts';

export interface InvestigationPorts {
  readonly history: MetricHistory;
  readonly changes: ChangeLog;
}

export interface InvestigationInput {
  readonly incident: Incident;
  /** Its anomalies that are going on, at least one. */
  readonly anomalies: readonly KnownAnomaly[];
  readonly watched: readonly WatchedMetric[];
  readonly edges: readonly CallEdge[];
  readonly changesWithinMs: number;
}

const STEP_MS = 300_000;
/** How long before the incident counts as normal. */
const BASELINE_MS = 3 * 3_600_000;
/** One GetMetricData call. */
const METRICS_MAX = 500;
const CAUSES_LISTED = 5;
const CHANGES_LISTED = 5;
/** Steps either way in which one metric is looked for to follow another. */
const LAG_STEPS = 3;
/** A change may be noted a little after what it broke. */
const NOTED_LATE_MS = 5 * 60_000;
/** Names under which one and the same thing is measured by the caller. */
const SAME_AS: Readonly<Record<string, string>> = { CallFaults: 'Faults' };

interface Series {
  readonly watched: WatchedMetric;
  readonly name: string;
  readonly points: readonly Point[];
}

/** @throws what the ports throw */
export async function investigate(
  ports: InvestigationPorts,
  { incident, anomalies, watched, edges, changesWithinMs }: InvestigationInput,
  nowMs: number,
): Promise<Investigation> {
  const symptom = symptomOf(anomalies, edges);
  const concerned = new Set(anomalies.map(({ component }) => component));
  const calls = new Calls(edges);
  for (const component of [...concerned]) {
    for (const other of calls.reachedFrom(component)) concerned.add(other);
  }
  const members = new Set(incident.members);
  const chosen = watched
    .filter(({ component }) => concerned.has(component))
    .map((one) => ({ one, close: closeness(one, symptom, members) }))
    .sort((a, b) => b.close - a.close)
    .map(({ one }) => one)
    .slice(0, METRICS_MAX);
  const start = Math.floor(incident.startedAt / STEP_MS) * STEP_MS;
  const from = start - BASELINE_MS;
  const to = Math.max(start + STEP_MS, settledEnd(nowMs, STEP_MS));
  const queries = chosen.map(({ metric, watch }) => ({ metric, statistic: watch.statistic }));
  const read = await ports.history.read(queries, STEP_MS, from, to);
  const series = chosen.map(
    (one, at): Series => ({
      watched: one,
      name: SAME_AS[one.metric.name] ?? one.metric.name,
      points: one.watch.missing === 'zero' ? withZeros(read[at] ?? [], from, to) : (read[at] ?? []),
    }),
  );
  const worst = worstOfEach(series, start);
  const name = SAME_AS[symptom.metric.name] ?? symptom.metric.name;
  const causes = rankCauses({
    samples: worst.flatMap(samplesOf),
    edges,
    symptom: { component: symptom.component, metric: name, statistic: symptom.statistic, from: start },
  }).filter(({ component, reasons }) => concerned.has(component) && reasons.length > 0);
  const changes = await ports.changes.between(
    incident.startedAt - changesWithinMs,
    incident.startedAt + NOTED_LATE_MS,
  );
  return {
    causes: causes.slice(0, CAUSES_LISTED),
    changes: nearest(changes, causes),
    relation: relationOf(worst, symptom, name, causes[0]),
  };
}

/** Members first, then what measures the same as the symptom. */
function closeness(
  { id, metric }: WatchedMetric,
  symptom: KnownAnomaly,
  members: ReadonlySet<string>,
): number {
  return Number(members.has(id)) * 2 + Number(metric.name === symptom.metric.name);
}

function withZeros(points: readonly Point[], from: number, to: number): Point[] {
  const values = new Map(points.map(({ time, value }) => [time, value]));
  return Array.from({ length: Math.round((to - from) / STEP_MS) }, (_, at) => {
    const time = from + at * STEP_MS;
    return { time, value: values.get(time) ?? 0 };
  });
}

/** A component has many operations: of each metric and statistic the one that moved most speaks for it. */
function worstOfEach(series: readonly Series[], start: number): Series[] {
  const worst = new Map<string, { readonly one: Series; readonly moved: number }>();
  for (const one of series) {
    const { component, watch } = one.watched;
    const key = `${component}\n${one.name}\n${watch.statistic}`;
    const values = (keep: (time: number) => boolean): number[] =>
      one.points.filter(({ time, value }) => keep(time) && Number.isFinite(value)).map(({ value }) => value);
    const shift = shiftBetween(
      values((time) => time < start),
      values((time) => time >= start),
    );
    const moved = Math.abs(shift?.mean ?? 0);
    const known = worst.get(key);
    if (known === undefined || moved > known.moved) worst.set(key, { one, moved });
  }
  return [...worst.values()].map(({ one }) => one);
}

function samplesOf({ watched, name, points }: Series): MetricSample[] {
  const { component, watch } = watched;
  return points.map(({ time, value }) => ({
    component,
    metric: name,
    statistic: watch.statistic,
    time,
    value,
  }));
}

/** Changes of what may be the cause first, then the latest. */
function nearest(changes: readonly Change[], causes: readonly Cause[]): Change[] {
  const place = ({ component }: Change): number => {
    const at = causes.findIndex((cause) => isAbout(component, cause.component));
    return at < 0 ? causes.length : at;
  };
  return [...changes].sort((a, b) => place(a) - place(b) || b.time - a.time).slice(0, CHANGES_LISTED);
}

/** Deployments have names of their own; often one holds the other, such as `payments` in `payments-api`. */
function isAbout(changed: string, component: string): boolean {
  const [a, b] = [changed.toLowerCase(), component.toLowerCase()];
  return a.includes(b) || b.includes(a);
}

/** How the symptom and the likeliest cause move together, when they are two and strongly so. */
function relationOf(
  series: readonly Series[],
  symptom: KnownAnomaly,
  name: string,
  cause: Cause | undefined,
): string | undefined {
  if (cause === undefined || cause.component === symptom.component) return undefined;
  const find = (component: string): Series | undefined =>
    series.find((one) => one.watched.component === component && one.name === name) ??
    series.find((one) => one.watched.component === component);
  const [first, second] = [find(cause.component), find(symptom.component)];
  if (first === undefined || second === undefined) return undefined;
  const times = [...new Set([...first.points, ...second.points].map(({ time }) => time))].sort(
    (a, b) => a - b,
  );
  const valuesOf = ({ points }: Series): number[] => {
    const values = new Map(points.map(({ time, value }) => [time, value]));
    return times.map((time) => values.get(time) ?? Number.NaN);
  };
  const found = leadLag(valuesOf(first), valuesOf(second), LAG_STEPS);
  if (Math.abs(found.r) < STRONG_CORRELATION) return undefined;
  return `${cause.component} ${first.name} and ${symptom.component} ${second.name} ${inWords(found)}`;
}

function inWords({ r, lag }: LeadLag): string {
  const together = `move together (r ${r.toFixed(2)})`;
  if (lag === 0) return together;
  const minutes = (Math.abs(lag) * STEP_MS) / 60_000;
  return `${together}, the ${lag > 0 ? 'first' : 'second'} leads by ${minutes} minutes`;
}
