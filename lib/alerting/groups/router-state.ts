// What the router knows, what it is told and what it asks for.
import type { AlertRecord, PostedAlert } from '../alerts/alert-record.ts';
import type { FlapRules } from '../alerts/flapping.ts';
import type { ReceiverConfig } from '../config/receiver-fields.ts';
import type { NamedTimeInterval } from '../config/time-interval-fields.ts';
import type { InhibitionState } from '../muting/inhibition.ts';
import type { Silence, SilenceBook } from '../muting/silence.ts';
import type { Route } from '../routing/route.ts';
import type { Group, Notification } from './group.ts';
import type { LogEntry } from './notification-log.ts';
import type { DeliveryOutcome } from './retry.ts';

export interface RouterState {
  readonly root: Route;
  readonly receivers: ReadonlyMap<string, ReceiverConfig>;
  readonly timeIntervals: ReadonlyMap<string, NamedTimeInterval>;
  readonly resolveTimeoutMs: number;
  /** See BeyondSettings; a replay goes without. */
  readonly resolveWhenMuted: boolean;
  /** See BeyondSettings; a replay goes without. */
  readonly priorityScore: boolean;
  /** Undefined where nothing is held for flapping. */
  readonly flapping: FlapRules | undefined;
  /** Of the configuration, beyond Alertmanager. */
  readonly recurringSilences: readonly Silence[];
  /** By fingerprint: the latest of each alert, and where it goes. */
  readonly alerts: Map<string, KnownAlert>;
  readonly groups: Map<string, Group>;
  readonly inhibition: InhibitionState;
  readonly silences: SilenceBook;
  /** By group key, receiver and integration. */
  readonly log: Map<string, LogEntry>;
  revision: number;
  flushes: number;
}

export interface KnownAlert {
  readonly alert: AlertRecord;
  readonly places: readonly Place[];
}

export interface Place {
  readonly route: Route;
  readonly groupId: string;
}

/** What a timer says when it goes off. */
export type WakeUp =
  | { readonly kind: 'groupDue'; readonly group: string; readonly at: number }
  | {
      readonly kind: 'retryDue' | 'deadline';
      readonly group: string;
      readonly flush: number;
      readonly integration: number;
    };

export type RouterEvent =
  | WakeUp
  | { readonly kind: 'alerts'; readonly alerts: readonly PostedAlert[] }
  | { readonly kind: 'silence'; readonly silence: Silence }
  | { readonly kind: 'expireSilence'; readonly id: string }
  | {
      readonly kind: 'answered';
      readonly group: string;
      readonly flush: number;
      readonly integration: number;
      readonly outcome: DeliveryOutcome;
      /** What the receiver asked for: no attempt before so many milliseconds are over. */
      readonly afterMs?: number | undefined;
    }
  /** Forget what is over; Alertmanager does so every 15 minutes. */
  | { readonly kind: 'collectGarbage' };

export type RouterEffect =
  | { readonly kind: 'wake'; readonly at: number; readonly event: WakeUp }
  | {
      readonly kind: 'send';
      readonly group: string;
      readonly flush: number;
      readonly integration: number;
      readonly notification: Notification;
    }
  /** Something that was posted is refused; `index` counts in the post. */
  | { readonly kind: 'rejected'; readonly index: number; readonly reason: string };
