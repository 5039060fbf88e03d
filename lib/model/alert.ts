// The alert contract: what evaluators put on the alert queue and the router takes from it.

/** How loud an alert is; the router derives P1–P4 from it. */
export type AlertSeverity = 'page' | 'ticket' | 'info';

/**
 * One alert as Prometheus and Alertmanager know it. Its identity is the label set, so nothing that changes while
 * it fires is a label. While it fires it is sent on each change and every 5 minutes with `endsAt` = now + 15 min;
 * a resolve has `endsAt` = now.
 */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly startsAt: number;
  /** Epoch milliseconds. */
  readonly endsAt: number;
  /** Where a person finds what fired. */
  readonly generatorUrl: string;
  /** Which evaluator sent it, such as `slo` or `anomaly`. */
  readonly source: string;
}

/** An alert on the queue: one that was posted without an end has none, so that its end is known to be a time-out. */
export type SentAlert = Omit<Alert, 'endsAt'> & { readonly endsAt?: number };
