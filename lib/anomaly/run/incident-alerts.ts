// What is said of an incident: one alert, the likeliest cause first. Sent on a change and every five minutes.

import { createHash } from 'node:crypto';
import type { Alert } from '../../model/alert.ts';
import { ALERT_TTL_MS, RESEND_MS } from './alert-times.ts';
import { anomalyType } from './anomaly-type.ts';
import { consoleUrl } from './console-url.ts';
import type { Incident, KnownAnomaly } from './incident.ts';

export interface Told {
  readonly alerts: readonly Alert[];
  /** The incidents with what was sent of them. */
  readonly incidents: readonly Incident[];
}

const METRICS_LISTED = 10;
const COMPONENTS_LISTED = 5;
/** Letters of one annotation. */
const ANNOTATION_MAX = 4_000;
const SOURCE = 'anomaly';

/** Alerts of open incidents that are due or changed. */
export function tellOpen(
  incidents: readonly Incident[],
  anomalies: readonly KnownAnomaly[],
  nowMs: number,
): Told {
  const alerts: Alert[] = [];
  const known = new Map(anomalies.map((one) => [one.id, one]));
  const told = incidents.map((incident): Incident => {
    const members = incident.members.flatMap((id) => known.get(id) ?? []);
    // A run that comes late must not take back what a later one said.
    const at = Math.max(nowMs, incident.sentAt);
    const labels = labelsOf(incident, members);
    const annotations = shortened(annotationsOf(incident, members));
    const sentKey = contentKey(labels, incident);
    if (sentKey === incident.sentKey && at - incident.sentAt < RESEND_MS) return incident;
    const { sentLabels } = incident;
    // A label that changed makes it another alert: the old one ends.
    if (sentLabels !== undefined && !sameLabels(sentLabels, labels)) {
      alerts.push(resolveOf(incident, sentLabels, `it goes on as ${labels.severity}`, at));
    }
    alerts.push({
      labels,
      annotations,
      startsAt: incident.startedAt,
      endsAt: at + ALERT_TTL_MS,
      generatorUrl: urlOf(members),
      source: SOURCE,
    });
    return { ...incident, sentLabels: labels, sentAt: at, sentKey };
  });
  return { alerts, incidents: told };
}

/** The end of incidents of which an alert was sent. */
export function tellResolved(
  resolved: readonly { readonly incident: Incident; readonly because: string }[],
  nowMs: number,
): Alert[] {
  return resolved.flatMap(({ incident, because }) =>
    incident.sentLabels === undefined
      ? []
      : [resolveOf(incident, incident.sentLabels, because, Math.max(nowMs, incident.sentAt))],
  );
}

function resolveOf(
  incident: Incident,
  labels: Readonly<Record<string, string>>,
  because: string,
  nowMs: number,
): Alert {
  return {
    labels,
    annotations: { summary: `${labels.service ?? ''}: the anomaly is over`, resolution: because },
    startsAt: incident.startedAt,
    endsAt: nowMs,
    generatorUrl: consoleUrl(labels.service ?? ''),
    source: SOURCE,
  };
}

/** Nothing that changes while it lasts, but for a severity that rises. */
function labelsOf(incident: Incident, members: readonly KnownAnomaly[]): Record<string, string> {
  return {
    alertname: 'Anomaly',
    severity: incident.severity,
    service: incident.service ?? members[0]?.component ?? 'unknown',
    anomaly: incident.id,
  };
}

function annotationsOf(incident: Incident, members: readonly KnownAnomaly[]): Record<string, string> {
  const { investigation } = incident;
  const causes = investigation?.causes ?? [];
  const faulty = causes[0]?.component ?? incident.service;
  const ordered = [...members].sort(
    (a, b) =>
      Number(b.component === faulty) - Number(a.component === faulty) || b.anomaly.score - a.anomaly.score,
  );
  const worst = ordered[0];
  const score = Math.max(0, ...members.map(({ anomaly }) => anomaly.score));
  const components = [...new Set(ordered.map(({ component }) => component))];
  const others = components.filter((component) => component !== faulty);
  const affected = others.length === 0 ? '' : `; also affected: ${listed(others)}`;
  return {
    summary: `${faulty ?? 'unknown'}: ${worst === undefined ? 'an anomaly' : sentence(worst)}${affected}`,
    ...(worst !== undefined && { type: anomalyType(worst) }),
    since: new Date(incident.startedAt).toISOString(),
    score: score.toFixed(2),
    metrics: ordered
      .slice(0, METRICS_LISTED)
      .map((member) => `${member.component}: ${sentence(member)}`)
      .join('\n'),
    ...(worst !== undefined && expectedOf(worst) !== undefined && { expected: expectedOf(worst)! }),
    ...(causes.length > 0 && {
      causes: causes
        .map(({ component, score: likely, reasons }, at) => {
          const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
          return `${at + 1}. ${component} (${likely.toFixed(2)})${why}`;
        })
        .join('\n'),
    }),
    ...(investigation !== undefined &&
      investigation.changes.length > 0 && {
        changes: investigation.changes.map((change) => changeText(change, incident.startedAt)).join('\n'),
      }),
    ...(investigation?.relation !== undefined && { correlation: investigation.relation }),
  };
}

/** Dimensions hold up to 1,024 letters each: even ten metrics of thirty such must fit into a message of 256 KB. */
function shortened(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [
      name,
      text.length <= ANNOTATION_MAX ? text : `${text.slice(0, ANNOTATION_MAX - 1).toWellFormed()}…`,
    ]),
  );
}

function listed(names: readonly string[]): string {
  const more = names.length - COMPONENTS_LISTED;
  const first = names.slice(0, COMPONENTS_LISTED).join(', ');
  return more > 0 ? `${first} and ${more} more` : first;
}

function changeText(
  { time, component, what }: { time: number; component: string; what: string },
  startedAt: number,
): string {
  const minutes = Math.round((startedAt - time) / 60_000);
  const when = minutes >= 0 ? `${minutes} min before` : `${-minutes} min after`;
  return `${new Date(time).toISOString()} (${when}) ${component}: ${what}`;
}

const shown = (value: number): string => String(Number(value.toPrecision(4)));

/** @example "Duration p95 of GET /orders is 812, usually 180 to 240" */
function sentence({ metric, statistic, component, anomaly }: KnownAnomaly): string {
  const details = metric.dimensions.map(({ value }) => value).filter((value) => value !== component);
  const of = details.length === 0 ? '' : ` of ${details.join(' ')}`;
  const expected = usual(anomaly.low, anomaly.high);
  return `${metric.name} ${statistic}${of} is ${shown(anomaly.value)}${expected === undefined ? '' : `, usually ${expected}`}`;
}

function expectedOf({ anomaly }: KnownAnomaly): string | undefined {
  return usual(anomaly.low, anomaly.high);
}

function usual(low: number | null, high: number | null): string | undefined {
  return low === null || high === null ? undefined : `${shown(low)} to ${shown(high)}`;
}

/** What a reader would call a change: who, how loud, which metrics, which causes in which order, which changes. */
function contentKey(labels: Readonly<Record<string, string>>, incident: Incident): string {
  const { investigation, members } = incident;
  const said = JSON.stringify([
    labels,
    members,
    investigation?.causes.map(({ component }) => component),
    investigation?.changes.map(({ id }) => id),
  ]);
  return createHash('sha256').update(said).digest('hex');
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}

function urlOf(members: readonly KnownAnomaly[]): string {
  const first = members[0];
  return consoleUrl(first === undefined ? '' : `${first.metric.namespace} ${first.metric.name}`);
}
