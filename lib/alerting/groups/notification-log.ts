// What each integration was last told about a group, and whether there is a reason to tell it more.

export interface LogEntry {
  /** When it was told; epoch milliseconds. */
  readonly at: number;
  /** Fingerprints that were firing, and resolved, in what it was told. */
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
  /** Fingerprints of which it may have been told that they fire: it was asked, and never gave an answer that counts. */
  readonly doubtful?: ReadonlySet<string>;
  /** Fingerprints of those that it was told flap. */
  readonly flapping?: ReadonlySet<string>;
  /** The entry may be forgotten from here on; it counts until it is. */
  readonly expiresAt: number;
}

/** Why an integration is told, or that it is not. */
export type NotificationReason =
  | 'firstNotification'
  | 'newAlerts'
  | 'allResolved'
  | 'someResolved'
  | 'repeatDue'
  /** An alert has begun to flap, or still fires now that it no longer does; beyond Alertmanager. */
  | 'flapping'
  | 'steady'
  | 'none';

export interface NotifyRules {
  readonly sendResolved: boolean;
  readonly repeatIntervalMs: number;
}

/**
 * Whether a group's state is news to an integration.
 * @param now the tick's time, not the clock's: a late tick repeats as if it were in time
 */
export function notificationReason(
  entry: LogEntry | undefined,
  firing: ReadonlySet<string>,
  resolved: ReadonlySet<string>,
  { sendResolved, repeatIntervalMs }: NotifyRules,
  now: number,
): NotificationReason {
  if (entry === undefined) return firing.size > 0 ? 'firstNotification' : 'none';
  if (!isSubset(firing, entry.firing)) return entry.firing.size === 0 ? 'firstNotification' : 'newAlerts';
  // Regardless of sendResolved, so that the log is cleared of what fired.
  if (firing.size === 0)
    return entry.firing.size > 0 || entry.doubtful !== undefined ? 'allResolved' : 'none';
  if (sendResolved && !isSubset(resolved, entry.resolved)) return 'someResolved';
  return entry.at < now - repeatIntervalMs ? 'repeatDue' : 'none';
}

/** Whether flapping is news to an integration that has no other reason to be told. */
export function flappingReason(
  entry: LogEntry | undefined,
  firing: ReadonlySet<string>,
  flapping: ReadonlySet<string>,
): NotificationReason {
  const told = entry?.flapping ?? new Set<string>();
  if (!isSubset(flapping, told)) return 'flapping';
  for (const id of told) if (firing.has(id) && !flapping.has(id)) return 'steady';
  return 'none';
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  if (part.size > whole.size) return false;
  for (const id of part) if (!whole.has(id)) return false;
  return true;
}
