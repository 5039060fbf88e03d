// Alerts, groups and silences in the shapes of Alertmanager's API. Source: its api/v2/openapi.yaml, read 2026-11
import type { RecurringSilence } from '../config/recurring-silences.ts';
import type { LabelSet } from '../matchers/matcher.ts';
import { silenceState } from '../muting/silence.ts';
import type { SilenceRecord, StoredMatcher } from '../ports.ts';
import type { StandingAlert, StandingGroup } from './alert-status.ts';
import { timestampText } from './timestamp.ts';

export interface AlertView {
  readonly annotations: LabelSet;
  readonly endsAt: string;
  readonly fingerprint: string;
  readonly receivers: readonly { readonly name: string }[];
  readonly startsAt: string;
  readonly status: {
    readonly inhibitedBy: readonly string[];
    readonly mutedBy: readonly string[];
    readonly silencedBy: readonly string[];
    readonly state: 'unprocessed' | 'active' | 'suppressed';
  };
  readonly updatedAt: string;
  readonly generatorURL: string;
  readonly labels: LabelSet;
}

export interface MatcherView {
  readonly isEqual: boolean;
  readonly isRegex: boolean;
  readonly name: string;
  readonly value: string;
}

export function alertView(
  { stored, routes, silencedBy, inhibitedBy }: StandingAlert,
  mutedBy: readonly string[] = [],
): AlertView {
  const { alert, writtenAt } = stored;
  const isQuiet = silencedBy.length + inhibitedBy.length + mutedBy.length > 0;
  return {
    annotations: alert.annotations,
    endsAt: timestampText(alert.endsAt),
    fingerprint: alert.fingerprint,
    receivers: routes.map(({ receiver }) => ({ name: receiver })),
    startsAt: timestampText(alert.startsAt),
    status: { inhibitedBy, mutedBy, silencedBy, state: isQuiet ? 'suppressed' : 'active' },
    updatedAt: timestampText(writtenAt),
    generatorURL: alert.generatorUrl,
    labels: alert.labels,
  };
}

export function groupView(group: StandingGroup): object {
  return {
    alerts: group.alerts.map((alert) => alertView(alert, group.mutedBy)),
    labels: group.labels,
    receiver: { name: group.route.receiver },
  };
}

/** @param now epoch milliseconds */
export function silenceView(silence: SilenceRecord, now: number): object {
  const { id, matcherSets, startsAt, endsAt, updatedAt, createdBy, comment, annotations } = silence;
  return {
    id,
    status: { state: silenceState({ id, matcherSets: [], startsAt, endsAt }, now) },
    updatedAt: timestampText(updatedAt),
    comment,
    createdBy,
    endsAt: timestampText(endsAt),
    matchers: (matcherSets[0] ?? []).map(matcherView),
    startsAt: timestampText(startsAt),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}

/** It begins and ends with the configuration, not at a time, and is pending between its occurrences. */
const ALWAYS = { startsAt: 0, endsAt: Date.UTC(9999, 11, 31) };

/** @param createdBy as others are told who made a silence @param now epoch milliseconds */
export function recurringSilenceView(
  { silence, comment }: RecurringSilence,
  createdBy: string,
  now: number,
): object {
  const { id, matcherSets, interval } = silence;
  return {
    id,
    status: { state: silenceState(silence, now) },
    updatedAt: timestampText(ALWAYS.startsAt),
    comment,
    createdBy,
    endsAt: timestampText(ALWAYS.endsAt),
    matchers: matcherSets[0]!.map(matcherView),
    startsAt: timestampText(ALWAYS.startsAt),
    annotations: { timeInterval: interval.name || 'its own' },
  };
}

function matcherView({ name, operator, value }: StoredMatcher): MatcherView {
  return {
    isEqual: operator === '=' || operator === '=~',
    isRegex: operator === '=~' || operator === '!~',
    name,
    value,
  };
}
