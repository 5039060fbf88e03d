// What the deployed functions get of alert routing: plain JSON, made by lib/config.
import type { FlapRules } from './alerts/flapping.ts';

/** A value of JSON. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export interface AlertingSettings {
  /**
   * Route, receivers, inhibition rules and time intervals in the words and the shape of an alertmanager.yml; secrets in
   * it are references. Read by parseAlertmanagerTree when a function starts.
   */
  readonly tree: JsonValue;
  /** What goes beyond Alertmanager; the replay of an alertmanager.yml has none of it. */
  readonly beyond: BeyondSettings;
  /** Undefined where the alarms of CloudWatch are not taken as alerts. */
  readonly alarms?: AlarmSettings;
  /** ARNs of topics whose messages are taken as alerts by `POST /sns`. */
  readonly snsTopics?: readonly string[];
}

/** How changes of CloudWatch alarms become alerts. */
export interface AlarmSettings {
  /** Only alarms whose name begins with one of these; empty for all. */
  readonly namePrefixes: readonly string[];
  /** What INSUFFICIENT_DATA does to the alert. */
  readonly insufficientData: 'resolve' | 'keep' | 'fire';
  /** Label of an alarm without a tag of that name. */
  readonly severity: string;
}

export const ALARM_DEFAULTS: AlarmSettings = {
  namePrefixes: [],
  insufficientData: 'resolve',
  severity: 'ticket',
};

export interface BeyondSettings {
  /** Receivers that keep state of their own are told that an alert has resolved although it is muted by then. */
  readonly resolveWhenMuted: boolean;
  /** So long before its end a silence is reminded of, milliseconds; 0 for never. */
  readonly silenceReminderMs: number;
  /** Below this part of the time to its end an alert that is sent again unchanged is written again; 0..1. */
  readonly rewriteBelow: number;
  /** Notifications carry a score of 0 to 100; see priority-score.ts. */
  readonly priorityScore: boolean;
  /** When an alert flaps; absent where all it does is told. */
  readonly flapping?: FlapRules;
  /** Silences that come again, in the words of the configuration; see config/recurring-silences.ts. */
  readonly recurringSilences: JsonValue;
}

export const FLAP_DEFAULTS: FlapRules = { times: 4, withinMs: 30 * 60_000 };

export const BEYOND_DEFAULTS: BeyondSettings = {
  resolveWhenMuted: true,
  silenceReminderMs: 15 * 60_000,
  rewriteBelow: 0.5,
  priorityScore: true,
  flapping: FLAP_DEFAULTS,
  recurringSilences: [],
};

/** As Alertmanager does it: every post counts, muted is muted. */
export const BEYOND_NOTHING: BeyondSettings = {
  resolveWhenMuted: false,
  silenceReminderMs: 0,
  rewriteBelow: 1,
  priorityScore: false,
  recurringSilences: [],
};
