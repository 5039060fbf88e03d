// Which log groups are watched for new, vanished and surging patterns.
import type { AlertSeverity } from '../../model/alert.ts';

export interface LogWatchSettings {
  /** Names of log groups, or prefixes followed by `*`. */
  readonly groups: readonly string[];
  /** Of a change that is sure, such as a new pattern with an error in it; others are `info`. */
  readonly severity: AlertSeverity;
}

export const LOG_WATCH_DEFAULTS = { severity: 'ticket' } as const;
