// What durable alert routing keeps, and who keeps it: lib/aws/alert-store.ts and its neighbours, or a memory in tests.
// An expired row counts as absent. Every write may be repeated; what must not happen twice is conditional.
import type { WakeUp } from '../model/wake-up.ts';
import type { AlertRecord } from './alerts/alert-record.ts';
import type { AlertStatus } from './groups/group.ts';
import type { LogEntry, NotificationReason } from './groups/notification-log.ts';
import type { MatcherOperator } from './matchers/matcher.ts';

/** The latest of an alert, wherever it goes. */
export interface StoredAlert {
  readonly alert: AlertRecord;
  /** Which evaluator sent it, such as `slo`; `api` for what was posted. */
  readonly source: string;
  /** When this row was written, which is when the alert last changed or was prolonged; epoch milliseconds. */
  readonly writtenAt: number;
}

export interface AlertStore {
  /** Those that are there, by fingerprint. */
  load(fingerprints: readonly string[]): Promise<ReadonlyMap<string, StoredAlert>>;
  /** Written last of all that an alert changes: a row says that the alert is in its groups. */
  save(alerts: readonly StoredAlert[]): Promise<void>;
  /** Every alert that is kept, firing ones and those resolved within the last hour, in no order. */
  list(): Promise<readonly StoredAlert[]>;
}

/** Alerts that are the source of an inhibition rule, in a partition of their own. */
export interface SourceStore {
  save(alerts: readonly AlertRecord[]): Promise<void>;
  /** All, with those that resolved of late. */
  list(): Promise<readonly AlertRecord[]>;
}

/** A silence as it is kept: plain JSON, see muting/silence-record.ts. */
export interface SilenceRecord {
  readonly id: string;
  readonly matcherSets: readonly (readonly StoredMatcher[])[];
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly updatedAt: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Counts its writes from 1. */
  readonly version: number;
}

export interface StoredMatcher {
  readonly name: string;
  readonly operator: MatcherOperator;
  readonly value: string;
}

export interface SilenceStore {
  /** Pending, active, and those that ended within the last five days. Read anew: a silence counts at once. */
  list(): Promise<readonly SilenceRecord[]>;
  get(id: string): Promise<SilenceRecord | undefined>;
  /** Writes version n over version n - 1; version 1 over nothing. `conflict` if another write was faster. */
  put(silence: SilenceRecord): Promise<'saved' | 'conflict'>;
}

/** What an integration was last told about a group, and what it answered. */
export interface StoredLogEntry extends LogEntry {
  /** Of the delivery that wrote it; a delivery with the same key has been made. */
  readonly idempotencyKey: string;
  /** Such as a Slack `ts`; handed to the next delivery. */
  readonly reference: Readonly<Record<string, string>>;
}

export interface NotificationLogStore {
  /** By integration, such as `webhook/0`. */
  load(groupKey: string, receiver: string): Promise<ReadonlyMap<string, StoredLogEntry>>;
  put(groupKey: string, receiver: string, integration: string, entry: StoredLogEntry): Promise<void>;
}

/** A delivery that goes on after this invocation, or after a crash. */
export interface PendingDelivery {
  /** Place of the integration in its receiver. */
  readonly place: number;
  /** Attempts made. */
  readonly attempts: number;
  /** Epoch milliseconds of the next attempt. */
  readonly retryAt: number;
  /** Whether an attempt was begun whose answer nobody has written: it may have been told. */
  readonly inDoubt: boolean;
}

export interface StoredFlush {
  readonly number: number;
  /** Epoch milliseconds. */
  readonly begunAt: number;
  readonly deadlineAt: number;
  readonly failed: boolean;
  readonly pending: readonly PendingDelivery[];
}

/** The small row of a group; its alerts are rows beside it. */
export interface GroupHead {
  /** Digest of `id`, see groupRef(). */
  readonly ref: string;
  readonly id: string;
  /** What receivers know it by. */
  readonly key: string;
  readonly routeId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Counts writes by notify; the generation of the group's timer. */
  readonly version: number;
  /** Counts writes by route-alerts, so that no group is ended that an alert has just joined. */
  readonly joins: number;
  readonly nextFlushAt: number;
  /** When notify looks at it next: at its tick, at a retry, or when whoever sends must be done. */
  readonly dueAt: number;
  readonly flushes: number;
  readonly flush: StoredFlush | undefined;
}

/** What one integration is to be told by one flush: kept until it was told, or the next flush says more. */
export interface OutboxEntry {
  readonly place: number;
  readonly flush: number;
  readonly idempotencyKey: string;
  readonly receiver: string;
  /** Such as `webhook/0`. */
  readonly integration: string;
  readonly reason: NotificationReason;
  readonly status: AlertStatus;
  readonly routeLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly { readonly alert: AlertRecord; readonly status: AlertStatus }[];
  /** What goes into the log once it is delivered. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  readonly flapping?: readonly string[];
  /** Alerts that leave the group when the flush succeeds, with the revision it saw. */
  readonly leaving: readonly RowRevision[];
}

export interface RowRevision {
  readonly fingerprint: string;
  readonly revision: number;
}

export interface StoredGroup {
  readonly head: GroupHead;
  readonly alerts: readonly AlertRecord[];
  /** Entries of the flush that goes on; empty if none does. */
  readonly outbox: readonly OutboxEntry[];
}

/** Alerts that are new in a group or changed. */
export interface GroupJoin {
  /** Taken if the group does not exist; version 1, no joins. */
  readonly head: GroupHead;
  readonly alerts: readonly AlertRecord[];
}

export interface GroupChange {
  /** As it was read. */
  readonly before: GroupHead;
  /** Undefined ends the group, unless an alert has joined it meanwhile. Its version is one above. */
  readonly after: GroupHead | undefined;
  /** Written with the head. */
  readonly outbox: readonly OutboxEntry[];
  /** Taken out if they have not changed. */
  readonly leaving: readonly RowRevision[];
  /** Whether a wake-up is sent for `after.dueAt`; if not, only sweep-timers will. */
  readonly announce: boolean;
}

export interface GroupStore {
  /** Writes the alerts into the group, then counts the join, or makes the group and its timer. */
  join(join: GroupJoin): Promise<void>;
  load(ref: string): Promise<StoredGroup | undefined>;
  /** Head, timer and outbox change together, or nothing does (`conflict`). */
  save(change: GroupChange): Promise<'saved' | 'conflict'>;
}

/** Stores of alert routing. */
export interface AlertingStores {
  readonly alerts: AlertStore;
  readonly sources: SourceStore;
  readonly silences: SilenceStore;
  readonly log: NotificationLogStore;
  readonly groups: GroupStore;
}

/** The timer of a group: it rings for each version of the head once. */
export function groupWakeUp({ ref, version, dueAt, flush }: GroupHead): WakeUp {
  return { kind: flush === undefined ? 'group' : 'outbox', id: ref, generation: version, dueAt };
}

export interface DueRow {
  readonly wakeUp: WakeUp;
  /** Whether a message was sent when the row was written; if not, it was too far away, or nobody was to be woken. */
  readonly announced: boolean;
}

/** What sweep-timers sees of timers. */
export interface TimerRows {
  /** Rows that are due by then. @param untilMs epoch milliseconds */
  due(untilMs: number): Promise<readonly DueRow[]>;
  /** Sends the wake-up, delayed until it is due. */
  announce(wakeUp: WakeUp): Promise<void>;
}
