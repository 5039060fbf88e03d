// Content → what every message names: what, where, since when, how bad, and where to go next.
import type { NotificationContent, NotifiedAlert } from '../../model/notification.ts';

export interface Facts {
  /** Name of the alert, or what the group is of. */
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** What all alerts have in common, such as "service=checkout region=eu-west-1". */
  readonly where: string;
  /** Epoch milliseconds: since when the oldest alert fires. */
  readonly since: number;
  /** Epoch milliseconds: when the last alert ended, once all have. */
  readonly until: number | undefined;
  /** Until it ended, or until now. */
  readonly durationMs: number;
  readonly howBad: readonly string[];
  readonly firing: readonly NotifiedAlert[];
  readonly resolved: readonly NotifiedAlert[];
  readonly links: readonly NamedLink[];
}

export interface NamedLink {
  readonly name: string;
  readonly url: string;
}

type Texts = Readonly<Record<string, string>>;

/** Labels that say what and how bad, not where. */
const NOT_PLACES: ReadonlySet<string> = new Set([
  'alertname',
  'severity',
  'priority',
  'burn_tier',
  'impact',
  'slo',
]);

/** Labels and annotations that say how bad it is, and the words before their value. */
const HOW_BAD: readonly (readonly [string, string])[] = [
  ['severity', 'severity'],
  ['impact', 'impact'],
  ['burn_tier', 'burn'],
  ['value', 'value'],
  ['current_value', 'value'],
  ['expected', 'expected'],
  ['score', 'score'],
  ['budget_remaining', 'error budget left'],
  ['time_to_exhaustion', 'budget gone in'],
  ['burn_windows', 'burn rates'],
];

const LINKS: readonly (readonly [keyof NotificationContent['links'], string])[] = [
  ['acknowledge', 'Acknowledge'],
  ['incident', 'Incident'],
  ['runbook', 'Runbook'],
  ['dashboard', 'Dashboard'],
  ['trace', 'Trace'],
  ['logs', 'Logs'],
  ['silence', 'Silence'],
];

/** @param now epoch milliseconds */
export function factsOf(content: NotificationContent, now: number): Facts {
  const { alerts, commonLabels, commonAnnotations, groupLabels, links } = content;
  const firing = alerts.filter(({ status }) => status === 'firing');
  const resolved = alerts.filter(({ status }) => status === 'resolved');
  const current = firing.length > 0 ? firing : alerts;
  const first = current[0]?.annotations ?? {};
  const name = text(commonLabels, 'alertname') || text(groupLabels, 'alertname') || pairs(groupLabels);
  const since = current.reduce((least, { startsAt }) => Math.min(least, startsAt), now);
  const until =
    content.status === 'resolved'
      ? Math.min(
          now,
          resolved.reduce((most, { endsAt }) => Math.max(most, endsAt), since),
        )
      : undefined;
  return {
    name: name || 'Alert',
    summary: wording(commonAnnotations, 'summary') || wording(first, 'summary'),
    description: wording(commonAnnotations, 'description') || wording(first, 'description'),
    where: pairs({ ...groupLabels, ...commonLabels }, NOT_PLACES),
    since,
    until,
    durationMs: Math.max(0, (until ?? now) - since),
    howBad: howBad(commonLabels, { ...first, ...commonAnnotations }),
    firing,
    resolved,
    links: LINKS.flatMap(([key, title]) => {
      const url = links[key];
      return url === undefined || !isAddress(url) ? [] : [{ name: title, url }];
    }),
  };
}

/** @example pairs({ service: 'shop' }) // 'service=shop' */
export function pairs(labels: Texts, without: ReadonlySet<string> = new Set()): string {
  return Object.entries(labels)
    .filter(([name]) => !without.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** Labels that one alert has beside those of all; what tells it from the others. */
export function ownLabels(alert: NotifiedAlert, common: Texts): Texts {
  return Object.fromEntries(
    Object.entries(alert.labels).filter(
      ([name, value]) => !Object.hasOwn(common, name) || common[name] !== value,
    ),
  );
}

/** Whether it is an address that a message may link to: never `javascript:` out of an annotation. */
export function isAddress(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && /^(https?|mailto):$/.test(parsed.protocol) && !/\s/.test(url);
}

/** What an alert's annotations say, in the words that rule files use. */
export function wording(annotations: Texts, what: 'summary' | 'description'): string {
  return what === 'summary'
    ? text(annotations, 'summary') || text(annotations, 'title') || text(annotations, 'message')
    : text(annotations, 'description');
}

function howBad(labels: Texts, annotations: Texts): string[] {
  return HOW_BAD.flatMap(([key, words]) => {
    const value = text(labels, key) || text(annotations, key);
    return value === '' ? [] : [`${words} ${value}`];
  });
}

function text(texts: Texts, name: string): string {
  return Object.hasOwn(texts, name) ? texts[name]! : '';
}
