// What the API of alert routing needs from outside; lib/aws implements it.
import type { SentAlert } from '../../model/alert.ts';
import type { AlertmanagerConfig } from '../config/parse-tree.ts';
import type { AlertingStores } from '../ports.ts';

export interface AlertSender {
  /** Resolves when all are on the queue. @param now epoch milliseconds @throws RetryableError, PermanentError */
  send(alerts: readonly SentAlert[], now: number): Promise<void>;
}

export interface AlertmanagerPorts {
  readonly stores: Pick<AlertingStores, 'alerts' | 'sources' | 'silences'>;
  readonly queue: AlertSender;
  readonly rules: AlertmanagerConfig;
  /** An id that no silence has, such as randomUUID of node:crypto. */
  readonly newId: () => string;
  /** Epoch milliseconds at which this instance started. */
  readonly startedAt: number;
}
