// What a user writes about on-call: `onCall` of the configuration. Checked by lib/config/schema/on-call.ts. A receiver
// `escalation` of the alerting configuration names one of the policies.
import type { SecretReference } from '../../model/notification.ts';
import type { AlertReceiverConfig } from './alerting.ts';

/**
 * Who is called, when, and how long each has to answer.
 * @example
 * onCall: {
 *   people: {
 *     ada: { contacts: { pagerduty: [{ routingKey: { secret: 'tidewatch/ada' } }] } },
 *     ben: { contacts: { email: [{ to: 'ben@example.com', from: 'tidewatch@example.com' }] } },
 *   },
 *   schedules: {
 *     primary: {
 *       timeZone: 'Europe/Berlin',
 *       layers: [{ people: ['ada', 'ben'], start: '2026-01-05T09:00', turn: '1w' }],
 *     },
 *   },
 *   policies: { shop: { steps: [{ tell: [{ schedule: 'primary' }] }, { tell: [{ person: 'ben' }] }] } },
 *   fallback: [{ person: 'ben' }],
 * }
 */
export interface OnCallConfig {
  readonly people: Readonly<Record<string, PersonConfig>>;
  readonly schedules?: Readonly<Record<string, ScheduleConfig>>;
  readonly policies: Readonly<Record<string, PolicyConfig>>;
  /** Told when nobody is on call; needed where a policy names a schedule. */
  readonly fallback?: readonly TellConfig[];
  /** Pages an hour a person, 3 by default; what is above leaves as one message. Never P1, never an escalation. */
  readonly pagesPerHour?: number;
  /** The longest that such a page waits; "5m" by default, and at most. */
  readonly bundleWithin?: string;
  /** An incident that fires again so soon after it was resolved goes on; "30m" by default. */
  readonly reopenWithin?: string;
  /** How long a link to acknowledge works; "24h" by default. */
  readonly linkValidFor?: string;
  /** How soon somebody should have acknowledged; by default "5m" for P1, "15m" for P2, "4h" for P3, "24h" for P4. */
  readonly acknowledgeTargets?: Readonly<Partial<Record<'P1' | 'P2' | 'P3' | 'P4', string>>>;
  /** Groups of one policy that begin to fire together become one incident; left out, each is one of its own. */
  readonly correlate?: CorrelateConfig;
  /** For the button in Slack: the signing secret of the app whose requests go to `/slack/actions`. */
  readonly slack?: { readonly signingSecret: SecretReference };
  /** What is acknowledged in PagerDuty counts here: the secret of a webhook (version 3) to `/pagerduty/webhook`. */
  readonly pagerDuty?: { readonly webhookSecret: SecretReference };
}

/** Channels as in a receiver of the alerting configuration, see docs/channels.md; secrets are references. */
export type ContactsConfig = Omit<AlertReceiverConfig, 'name' | 'escalation'>;

export interface PersonConfig {
  /** All are told. */
  readonly contacts: ContactsConfig;
}

export interface ScheduleConfig {
  /** IANA name, such as "Europe/Berlin"; hand-offs are at the same time on its clock all year. */
  readonly timeZone: string;
  /** A later layer covers the earlier ones whenever it has somebody. */
  readonly layers: readonly LayerConfig[];
  /** Somebody instead of whoever it would be; `tidewatch oncall override` adds more without a deployment. */
  readonly overrides?: readonly OverrideConfig[];
}

export interface LayerConfig {
  /** For people; "layer 1" and so on by default. */
  readonly name?: string;
  /** In the order of their turns; "" is a turn that is left to the layer below. */
  readonly people: readonly string[];
  /** When the first of them begins, on the schedule's clock: "2026-01-05T09:00". */
  readonly start: string;
  /** "12h", "1d", "1w" (default), "2w". */
  readonly turn?: string;
  /** Hours at which the layer counts; left out, always. */
  readonly restrictions?: readonly RestrictionConfig[];
}

export type WeekdayName = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

export interface RestrictionConfig {
  /** Days on which it begins; all by default. */
  readonly days?: readonly WeekdayName[];
  /** "09:00" */
  readonly from: string;
  /** "17:00"; "24:00" is the end of the day; at or before `from` it is on the next day. */
  readonly to: string;
}

export interface OverrideConfig {
  readonly person: string;
  /** A time with its zone, such as "2026-12-24T09:00:00+01:00". */
  readonly from: string;
  readonly to: string;
  /** Only in the turns of this person. */
  readonly insteadOf?: string;
}

export type TellConfig =
  | { readonly person: string }
  | { readonly schedule: string }
  /** A place rather than a person, such as a channel in Slack. */
  | { readonly channel: ContactsConfig; readonly name: string };

export interface StepConfig {
  readonly tell: readonly TellConfig[];
  /** Time before the next step; by default "10m", "20m", "15m", "30m" for the first four, "30m" for further ones. */
  readonly acknowledgeWithin?: string;
}

export interface PolicyConfig {
  readonly steps: readonly StepConfig[];
  /** How often the steps begin again after the last one, 0 to 9; 2 by default. */
  readonly repeat?: number;
}

export interface CorrelateConfig {
  /** After the incident began, such as "5m". */
  readonly within: string;
  /** Labels that all alerts of both groups have, with the same value, such as ["service"]. */
  readonly labels: readonly string[];
}
