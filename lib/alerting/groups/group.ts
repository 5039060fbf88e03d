// A group of alerts and the flush it may be in; `router.ts` drives it.
import { sortedNames } from '../../model/fingerprint.ts';
import { type AlertRecord, compareAlerts, isResolved } from '../alerts/alert-record.ts';
import type { IntegrationConfig } from '../config/receiver-fields.ts';
import { quote } from '../matchers/go-quote.ts';
import type { LabelSet } from '../matchers/matcher.ts';
import type { Route } from '../routing/route.ts';
import type { NotificationReason } from './notification-log.ts';

export type AlertStatus = 'firing' | 'resolved';

/** An alert as a flush saw it: it does not resolve while the flush goes on. */
export interface SnapshotAlert {
  readonly alert: AlertRecord;
  readonly status: AlertStatus;
  /** It flaps: whatever it does, it is said to fire until it is steady. */
  readonly flapping?: true;
}

export interface Notification {
  readonly receiver: string;
  readonly integration: IntegrationConfig;
  readonly groupKey: string;
  readonly groupLabels: LabelSet;
  readonly routeLabels: LabelSet;
  readonly reason: NotificationReason;
  /** Firing as long as one alert is. */
  readonly status: AlertStatus;
  readonly alerts: readonly SnapshotAlert[];
}

export interface Delivery {
  readonly notification: Notification;
  /** What goes into the log once it is delivered: the whole state, whatever of it was sent. */
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
  readonly flapping: ReadonlySet<string>;
  /** Attempts made. */
  readonly attempts: number;
}

export interface Flush {
  /** Tells answers and retries of an earlier flush from those of this one. */
  readonly number: number;
  readonly deadlineAt: number;
  /** Alerts that had resolved when it began; they leave the group if it succeeds and they have not changed. */
  readonly leaving: readonly Pick<AlertRecord, 'fingerprint' | 'revision'>[];
  /** Deliveries without an answer, by the integration's place in the receiver. */
  readonly pending: Map<number, Delivery>;
  failed: boolean;
}

export interface Group {
  readonly id: string;
  /** What receivers know it by. Two groups of equal sibling routes share it. */
  readonly key: string;
  readonly route: Route;
  readonly labels: LabelSet;
  /** By fingerprint. */
  readonly alerts: Map<string, AlertRecord>;
  nextFlushAt: number;
  flush: Flush | undefined;
}

/** The labels that a route groups an alert by; those the alert lacks are left out. */
export function groupLabels(route: Route, labels: LabelSet): LabelSet {
  if (route.groupByAll) return labels;
  return Object.fromEntries(
    route.groupBy.filter((name) => Object.hasOwn(labels, name)).map((name) => [name, labels[name]!]),
  );
}

/** A label set as Prometheus prints it. @example '{alertname="Down", team="web"}' */
export function labelSetText(labels: LabelSet): string {
  return `{${sortedNames(labels)
    .map((name) => `${name}=${quote(labels[name]!)}`)
    .join(', ')}}`;
}

/** All alerts of a group as they are now, in the order of notifications. */
export function snapshot(group: Group, now: number): SnapshotAlert[] {
  return [...group.alerts.values()]
    .map((alert): SnapshotAlert => ({ alert, status: isResolved(alert, now) ? 'resolved' : 'firing' }))
    .sort((left, right) => compareAlerts(left.alert.labels, right.alert.labels));
}
