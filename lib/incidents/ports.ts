// What escalation keeps and asks for; lib/aws/incident-store.ts and its neighbours implement it, a memory in tests.
import type { NotificationSender } from '../model/notification.ts';
import type { Timers } from '../model/wake-up.ts';
import type { Acknowledgement } from './acknowledge/metric.ts';
import type { Incident, IncidentSummary, TimelineEntry } from './incident/incident.ts';
import type { Pager } from './paging/pager.ts';
import type { OnCallSettings, OverrideSettings } from './settings.ts';

export interface IncidentChange {
  /** As it was read; undefined for a new one. */
  readonly before: Incident | undefined;
  /** Of the version after `before`. */
  readonly after: Incident;
  readonly entries: readonly TimelineEntry[];
  /** Of a group that this incident is now the one of: which one it was before, if any. */
  readonly group?: { readonly key: string; readonly previous: string | undefined };
}

export interface IncidentStore {
  /** What was written last; never an older state. */
  read(id: string): Promise<Incident | undefined>;
  /** The id of the last incident of a group under a policy. */
  ofGroup(policy: string, groupKey: string): Promise<string | undefined>;
  /** All or nothing. `conflict` if another write was faster. */
  commit(change: IncidentChange): Promise<'saved' | 'conflict'>;
  /** Oldest first. */
  timeline(id: string): Promise<readonly TimelineEntry[]>;
  /** Those that are not resolved, newest first. */
  listOpen(): Promise<readonly IncidentSummary[]>;
  /** Resolved ones, last resolved first. @param limit at most so many */
  listResolved(limit: number): Promise<readonly IncidentSummary[]>;
}

export interface PagerStore {
  read(person: string): Promise<Pager | undefined>;
  /** Writes version n over version n - 1. `conflict` if another write was faster. */
  write(pager: Pager): Promise<'saved' | 'conflict'>;
}

/** An override that somebody made, with who and when for the audit. */
export interface StoredOverride extends OverrideSettings {
  readonly id: string;
  readonly schedule: string;
  readonly madeBy: string;
  /** Epoch milliseconds. */
  readonly madeAt: number;
}

export interface OverrideStore {
  /** Those of a schedule that are not over for long, oldest first. */
  list(schedule: string): Promise<readonly StoredOverride[]>;
  add(override: StoredOverride): Promise<void>;
  /** @returns false when there is none of this id */
  remove(schedule: string, id: string): Promise<boolean>;
}

export interface PageSender extends NotificationSender {
  /** Tells a receiver that keeps state that somebody took it on. Never throws for what the receiver does. */
  readonly acknowledge: NotificationSender['send'];
}

export interface EscalationPorts {
  readonly settings: OnCallSettings;
  readonly incidents: IncidentStore;
  readonly pagers: PagerStore;
  readonly overrides: OverrideStore;
  readonly timers: Timers;
  readonly sender: PageSender;
  /** Signs links; the same for all functions of a deployment. */
  readonly linkSecret: () => Promise<string>;
  /** Where the API is reached, without a slash at its end. */
  readonly apiUrl: string;
  readonly sleep: (ms: number) => Promise<void>;
  /** Is told of each acknowledgement once it is written. */
  readonly onAcknowledged?: (took: Acknowledgement) => void;
}
