// How each alert stands: which receivers it goes to, and what keeps it quiet. Computed from the stored alerts,
// silences and sources by the rules that notify uses.
import { type AlertRecord, isResolved } from '../alerts/alert-record.ts';
import type { AlertmanagerConfig } from '../config/parse-tree.ts';
import { HEARTBEAT_SOURCE } from '../durable/heartbeat.ts';
import { groupLabels, labelSetText } from '../groups/group.ts';
import { type LabelSet, matchesAll } from '../matchers/matcher.ts';
import { type InhibitionState, inhibitedBy, noSources, rememberSource } from '../muting/inhibition.ts';
import {
  addSilence,
  noSilences,
  type Silence,
  type SilenceBook,
  silencedBy,
  silenceState,
} from '../muting/silence.ts';
import { readableSilences } from '../muting/silence-record.ts';
import { isWithin } from '../muting/time-interval.ts';
import type { SilenceRecord, StoredAlert } from '../ports.ts';
import { buildRoutes, matchRoutes, type Route } from '../routing/route.ts';

export interface StandingAlert {
  readonly stored: StoredAlert;
  /** Where the tree leads, in its order. */
  readonly routes: readonly Route[];
  /** Ids of active silences. */
  readonly silencedBy: readonly string[];
  /** Fingerprints. */
  readonly inhibitedBy: readonly string[];
}

export interface StandingGroup {
  readonly route: Route;
  readonly labels: LabelSet;
  /** Names of time intervals that keep the group quiet now. */
  readonly mutedBy: readonly string[];
  readonly alerts: readonly StandingAlert[];
}

export interface Standing {
  readonly rules: AlertmanagerConfig;
  readonly root: Route;
  readonly silences: readonly Silence[];
  readonly book: SilenceBook;
  readonly inhibition: InhibitionState;
  readonly now: number;
}

/** @param now epoch milliseconds */
export function standingOf(
  rules: AlertmanagerConfig,
  silences: readonly SilenceRecord[],
  sources: readonly AlertRecord[],
  now: number,
): Standing {
  const book = noSilences();
  const recurring = (rules.recurringSilences ?? []).map(({ silence }) => silence);
  const active = [...readableSilences(silences), ...recurring].filter(
    (silence) => silenceState(silence, now) === 'active',
  );
  for (const silence of active) addSilence(book, silence);
  const inhibition = noSources(rules.inhibitRules);
  for (const source of sources) rememberSource(inhibition, source);
  return { rules, root: buildRoutes(rules.route), silences: active, book, inhibition, now };
}

/** Alerts that fire, in the order of their fingerprints. */
export function standingAlerts(standing: Standing, stored: readonly StoredAlert[]): StandingAlert[] {
  const { root, book, silences, inhibition, now } = standing;
  return stored
    .filter(({ alert, source }) => source !== HEARTBEAT_SOURCE && !isResolved(alert, now))
    .sort((left, right) => (left.alert.fingerprint < right.alert.fingerprint ? -1 : 1))
    .map((one) => {
      const { labels } = one.alert;
      const inhibitor = inhibitedBy(inhibition, labels, now);
      // The book says quickly whether there is one at all; few alerts are silenced.
      const ids = silencedBy(book, labels, now) === undefined ? [] : silencesOver(silences, labels);
      return {
        stored: one,
        routes: matchRoutes(root, labels),
        silencedBy: ids,
        inhibitedBy: inhibitor === undefined ? [] : [inhibitor],
      };
    });
}

/** The groups that alerts are in: one for each node of the tree and its group labels. */
export function standingGroups({ rules, now }: Standing, alerts: readonly StandingAlert[]): StandingGroup[] {
  const muted = mutedRoutes(rules, now);
  const groups = new Map<string, { route: Route; labels: LabelSet; alerts: StandingAlert[] }>();
  for (const alert of alerts) {
    for (const route of alert.routes) {
      const labels = groupLabels(route, alert.stored.alert.labels);
      const id = `${route.id}:${labelSetText(labels)}`;
      const group = groups.get(id) ?? { route, labels, alerts: [] };
      group.alerts.push(alert);
      groups.set(id, group);
    }
  }
  const text = ({ labels, route }: { labels: LabelSet; route: Route }) =>
    `${labelSetText(labels)}\u0000${route.receiver}`;
  return [...groups.values()]
    .sort((left, right) => (text(left) < text(right) ? -1 : 1))
    .map((group) => ({ ...group, mutedBy: muted(group.route) }));
}

/** Names of the intervals that keep a route quiet: those that mute and hold, or those of which none is active. */
function mutedRoutes(rules: AlertmanagerConfig, now: number): (route: Route) => readonly string[] {
  const holding = new Set(
    rules.timeIntervals.filter((interval) => isWithin(interval, now)).map(({ name }) => name),
  );
  return ({ muteTimeIntervals, activeTimeIntervals }) => {
    const muting = muteTimeIntervals.filter((name) => holding.has(name));
    const isActive =
      activeTimeIntervals.length === 0 || activeTimeIntervals.some((name) => holding.has(name));
    return isActive ? muting : [...muting, ...activeTimeIntervals];
  };
}

function silencesOver(silences: readonly Silence[], labels: LabelSet): string[] {
  return silences
    .filter(({ matcherSets }) => matcherSets.some((set) => matchesAll(set, labels)))
    .map(({ id }) => id);
}
