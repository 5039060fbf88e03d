// An incident: what fires, who was told at which step, and what comes next. One row of the state table holds all of it,
// pages that are still to be sent included, so that a step and what it sends are written together or not at all.
import type { NotificationContent, NotificationTarget, Priority } from '../../model/notification.ts';

export type IncidentStatus = 'triggered' | 'acknowledged' | 'resolved';

/** waiting → claimed (a sender is at it) → delivered | refused; withdrawn when it is no longer wanted. */
export type PageState = 'waiting' | 'claimed' | 'delivered' | 'bundled' | 'refused' | 'withdrawn';

export interface Page {
  /** The same for each attempt; names incident, episode, round, step and recipient. */
  readonly key: string;
  /**
   * `acknowledging` and `closing` tell a service that keeps state of its own, such as PagerDuty, that somebody took it
   * on, and that it is over: it would go on calling people by itself.
   */
  readonly purpose: 'page' | 'acknowledging' | 'closing';
  readonly round: number;
  readonly step: number;
  /** Who, as told to people: a person's name or a channel's. */
  readonly recipient: string;
  readonly isPerson: boolean;
  readonly target: NotificationTarget;
  /** Why it comes now. */
  readonly remark: string;
  readonly state: PageState;
  readonly attempts: number;
  /** Epoch milliseconds: when waiting, of the next attempt; when claimed, of when the sender is given up for lost. */
  readonly attemptAt: number;
  /** Of an earlier firing, of which a service must still hear that it is over; absent for this one. */
  readonly episode?: number;
  /** What the receiver answered, such as a Slack `ts`. */
  readonly reference?: Readonly<Record<string, string>>;
}

export interface IncidentGroup {
  readonly key: string;
  readonly title: string;
  readonly firing: boolean;
}

export interface Incident {
  readonly id: string;
  readonly policy: string;
  readonly title: string;
  readonly priority: Priority;
  readonly status: IncidentStatus;
  /** Counts writes from 1; also the generation of its timer. */
  readonly version: number;
  /** Counts from 1 how often it began to fire. */
  readonly episode: number;
  /** How often the steps began again, from 0. */
  readonly round: number;
  /** Place of the step in its policy, from 0. */
  readonly step: number;
  /** Epoch milliseconds at which the next step comes; undefined when none does. */
  readonly deadlineAt: number | undefined;
  readonly groups: readonly IncidentGroup[];
  /** Keys of the notifications that were taken last, so that one that comes twice counts once. */
  readonly seen: readonly string[];
  /** Epoch milliseconds. */
  readonly openedAt: number;
  /** When this episode began; epoch milliseconds. */
  readonly firedAt: number;
  readonly firstToldAt: number | undefined;
  readonly acknowledgedAt: number | undefined;
  readonly acknowledgedBy: string | undefined;
  readonly resolvedAt: number | undefined;
  readonly resolvedBy: string | undefined;
  /** Of the group that changed last, cut to what a page shows. */
  readonly content: NotificationContent;
  readonly pages: readonly Page[];
  /** Timeline entries written. */
  readonly entries: number;
}

export type EntryKind =
  | 'opened'
  | 'joined'
  | 'reopened'
  | 'stepBegan'
  | 'nobodyOnCall'
  | 'told'
  | 'notTold'
  | 'bundled'
  | 'noneReached'
  | 'acknowledged'
  | 'exhausted'
  | 'groupResolved'
  | 'resolved';

/** Who did what, when. */
export interface TimelineEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: EntryKind;
  /** A person, a key, or `tidewatch`. */
  readonly who: string;
  readonly text: string;
  /** The person that was called, where it is about one. */
  readonly to?: string;
  /** Round and step of that call, the same for all contacts of a person. */
  readonly level?: string;
}

/** What a list shows. */
export type IncidentSummary = Pick<
  Incident,
  | 'id'
  | 'policy'
  | 'title'
  | 'priority'
  | 'status'
  | 'openedAt'
  | 'acknowledgedAt'
  | 'acknowledgedBy'
  | 'resolvedAt'
> & { readonly labels: Readonly<Record<string, string>> };

export function summaryOf(incident: Incident): IncidentSummary {
  const { id, policy, title, priority, status, openedAt, acknowledgedAt, acknowledgedBy, resolvedAt } =
    incident;
  const labels = incident.content.commonLabels;
  return {
    id,
    policy,
    title,
    priority,
    status,
    openedAt,
    acknowledgedAt,
    acknowledgedBy,
    resolvedAt,
    labels,
  };
}

/** Whether a page may still have to be sent. */
export function isOpen({ state }: Page): boolean {
  return state === 'waiting' || state === 'claimed';
}

/** Whether a page is still to be sent as the incident stands. */
export function isWanted(
  { status }: Pick<Incident, 'status'>,
  { purpose, episode }: Pick<Page, 'purpose' | 'episode'>,
): boolean {
  switch (purpose) {
    case 'page':
      return status === 'triggered';
    case 'acknowledging':
      return status === 'acknowledged';
    case 'closing':
      return status === 'resolved' || episode !== undefined;
  }
}

/** When somebody must look at it next; undefined when nothing is left to do. Epoch milliseconds. */
export function nextWakeAt({ pages, deadlineAt }: Incident): number | undefined {
  const times = pages.filter(isOpen).map(({ attemptAt }) => attemptAt);
  if (deadlineAt !== undefined) times.push(deadlineAt);
  return times.length === 0 ? undefined : Math.min(...times);
}
