// Who is called, when, and how long each has to answer: what the functions of escalation are told. Plain JSON.
import type { NotificationTarget, Priority, SecretReference } from '../model/notification.ts';

/** 0 is Monday. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export interface PersonSettings {
  /** Every contact is told each time. */
  readonly contacts: readonly NotificationTarget[];
}

/** A part of the week on the wall clock of the schedule. */
export interface RestrictionSettings {
  /** Days on which it begins. */
  readonly days: readonly Weekday[];
  /** Minutes after midnight. */
  readonly from: number;
  /** Minutes after midnight, 1440 for the end of the day; at or before `from`, it ends on the next day. */
  readonly to: number;
}

/** People who take turns. */
export interface LayerSettings {
  readonly name: string;
  /** In the order of their turns; an empty name stands for nobody. */
  readonly people: readonly string[];
  /** Wall time at which the first of them begins, as if it were UTC, in milliseconds: a hand-off of the rotation. */
  readonly startWallMs: number;
  /** A turn lasts so many of these on the wall clock: a turn of a day is 23 hours when the clock goes forward. */
  readonly turn: { readonly count: number; readonly unit: 'hour' | 'day' | 'week' };
  /** Empty for always. */
  readonly restrictions: readonly RestrictionSettings[];
}

/** Somebody instead of whoever it would be. */
export interface OverrideSettings {
  /** Empty for nobody. */
  readonly person: string;
  /** Epoch milliseconds. */
  readonly from: number;
  /** Epoch milliseconds, not included. */
  readonly to: number;
  /** Only where it would be this person's turn; absent, whoever's turn it is. */
  readonly insteadOf?: string;
}

export interface ScheduleSettings {
  /** IANA name. */
  readonly timeZone: string;
  /** A later layer covers the earlier ones whenever it has somebody. */
  readonly layers: readonly LayerSettings[];
  readonly overrides: readonly OverrideSettings[];
}

export type EscalationTarget =
  | { readonly kind: 'person'; readonly person: string }
  | { readonly kind: 'schedule'; readonly schedule: string }
  | { readonly kind: 'channel'; readonly name: string; readonly targets: readonly NotificationTarget[] };

export interface StepSettings {
  readonly targets: readonly EscalationTarget[];
  /** Time to acknowledge before the next step. */
  readonly acknowledgeWithinMs: number;
}

export interface PolicySettings {
  readonly steps: readonly StepSettings[];
  /** How often the steps begin again after the last one; 0 ends there. */
  readonly repeat: number;
}

/** Groups that begin to fire together are one incident. */
export interface CorrelationSettings {
  /** After the incident began. */
  readonly withinMs: number;
  /** Labels that must be there and the same; at least one. */
  readonly labels: readonly string[];
}

export interface OnCallSettings {
  readonly people: Readonly<Record<string, PersonSettings>>;
  readonly schedules: Readonly<Record<string, ScheduleSettings>>;
  readonly policies: Readonly<Record<string, PolicySettings>>;
  /** Told when nobody is on call; empty when there is no schedule. */
  readonly fallback: readonly EscalationTarget[];
  /** Pages an hour a person; what is above it waits and leaves as one. Never P1, never an escalation. */
  readonly pagesPerHour: number;
  /** The longest that a page waits to leave with others. */
  readonly bundleWithinMs: number;
  /** Fires again so soon after it was resolved: the same incident. */
  readonly reopenWithinMs: number;
  readonly linkValidMs: number;
  /** How soon somebody should have acknowledged, counted from the first page. */
  readonly acknowledgeTargetsMs: Readonly<Record<Priority, number>>;
  readonly correlation?: CorrelationSettings;
  /** Signs what Slack posts when a button is pressed. */
  readonly slackSigningSecret?: SecretReference;
  /** Signs what PagerDuty posts. */
  readonly pagerDutyWebhookSecret?: SecretReference;
}

const MINUTE = 60_000;

/** Time to acknowledge of the first, second … step where a policy says nothing; the last holds for further steps. */
export const STEP_DEADLINES_MS: readonly number[] = [10, 20, 15, 30].map((minutes) => minutes * MINUTE);

export const ON_CALL_DEFAULTS = {
  repeat: 2,
  pagesPerHour: 3,
  bundleWithinMs: 5 * MINUTE,
  reopenWithinMs: 30 * MINUTE,
  linkValidMs: 24 * 60 * MINUTE,
  acknowledgeTargetsMs: { P1: 5 * MINUTE, P2: 15 * MINUTE, P3: 4 * 60 * MINUTE, P4: 24 * 60 * MINUTE },
} as const;
