// What a person or a system is told, in the words that alert routing, escalation and the channels share.

/** How urgent; derived from `severity` and labels by routing. */
export type Priority = 'P1' | 'P2' | 'P3' | 'P4';

export interface NotifiedAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: 'firing' | 'resolved';
  /** Epoch milliseconds. */
  readonly startsAt: number;
  /** Epoch milliseconds. */
  readonly endsAt: number;
  readonly generatorUrl: string;
}

/** Where a reader goes next; absent links are left out of messages. */
export interface NotificationLinks {
  readonly runbook?: string;
  readonly dashboard?: string;
  readonly trace?: string;
  readonly logs?: string;
  /** Page with the button that acknowledges; signed for one recipient. */
  readonly acknowledge?: string;
  readonly silence?: string;
  readonly incident?: string;
}

export interface NotificationContent {
  readonly receiver: string;
  readonly groupKey: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  /** Firing as long as one alert is. */
  readonly status: 'firing' | 'resolved';
  readonly priority: Priority;
  /** 0 to 100: what to look at first among equal priorities; left out where it is turned off. */
  readonly score?: number;
  /** In the order of Alertmanager. */
  readonly alerts: readonly NotifiedAlert[];
  readonly links: NotificationLinks;
  /** Address of the `api` function, without a slash at its end. */
  readonly externalUrl: string;
  /** Sentences that say why this comes now, such as "Escalated: nobody acknowledged within 10 minutes". */
  readonly remarks: readonly string[];
}

/** One way to tell: an integration of a receiver or a contact of a person. */
export interface NotificationTarget {
  /** Such as `webhook`, `slack`, `pagerduty`, `email`. */
  readonly kind: string;
  /** Its settings; secrets are references, see SecretReference. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Where a secret lies: Secrets Manager or SSM, by name. Never the secret itself. */
export type SecretReference =
  | { readonly secret: string; readonly key?: string }
  | { readonly parameter: string };

export interface NotificationContext {
  /** The same for every attempt to tell the same: dedup_key, alias, Idempotency-Key. */
  readonly idempotencyKey: string;
  /** What an earlier delivery about the same group answered, such as a Slack `ts` or a Jira issue key. */
  readonly previous?: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly now: number;
  /**
   * Whether an answer of `retry` would be the last one for now, asked once it is there: then whoever stands in for the
   * receiver is told. Absent: only what is refused goes on to others.
   * @param afterMs what the receiver asked to wait
   */
  readonly isLast?: (afterMs: number | undefined) => boolean;
}

export type NotificationResult =
  /** @property insteadOf why those before the one that took it did not; absent when the first one took it */
  | {
      readonly kind: 'delivered';
      readonly reference?: Readonly<Record<string, string>>;
      readonly insteadOf?: readonly string[];
    }
  /** @property afterMs what the receiver asked for by Retry-After */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number }
  /** It will never be taken: a setting is wrong, or the receiver is gone. No secret in the reason. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface NotificationSender {
  /** Never throws for what the receiver does. */
  send(
    target: NotificationTarget,
    content: NotificationContent,
    context: NotificationContext,
  ): Promise<NotificationResult>;
}
