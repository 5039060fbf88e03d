// One run over the watched log groups: the lines of the windows since the last run → patterns → alerts.
import { PermanentError } from '../../model/errors.ts';
import type { AlertSink, LogLines, StoredObject, VersionedObjects } from '../ports.ts';
import { type Count, RunCounts, reasonOf } from '../run/run-counts.ts';
import { nextPatternAlerts, type OpenPatternAlert } from './pattern-alerts.ts';
import { decodeTable, encodeTable, nextTable, type PatternTable } from './pattern-table.ts';
import type { LogWatchSettings } from './settings.ts';

export interface LogWatchPorts {
  readonly objects: VersionedObjects;
  readonly lines: LogLines;
  readonly alerts: AlertSink;
  /** Epoch milliseconds by the wall clock, for the deadline only. */
  readonly clock: () => number;
}

export interface LogWatchOutcome {
  readonly counts: readonly Count[];
  readonly facts: Readonly<Record<string, number>>;
  readonly failure: unknown;
}

/** A window of lines. */
const WINDOW_MS = 300_000;
/** Lines arrive this long after what they tell. */
const SETTLE_MS = 120_000;
/** Lines read of a group and window; what a group writes beyond is left out, and counted. */
const LINES_MAX = 50_000;

/** What is kept of a group. */
interface GroupState extends PatternTable {
  readonly open: readonly OpenPatternAlert[];
}

/** @throws what listing the groups throws; a group that cannot be read is counted and left for the next run */
export async function watchLogs(
  ports: LogWatchPorts,
  settings: LogWatchSettings,
  nowMs: number,
  deadlineMs: number,
): Promise<LogWatchOutcome> {
  const counts = new RunCounts();
  const facts = { groups: 0, lines: 0, changes: 0, alerts: 0 };
  let failure: unknown;
  const groups = await ports.lines.groups(settings.groups);
  const first = groups.length === 0 ? 0 : Math.floor(nowMs / WINDOW_MS) % groups.length;
  const ordered = [...groups.slice(first), ...groups.slice(0, first)];
  for (const [at, group] of ordered.entries()) {
    if (ports.clock() >= deadlineMs) {
      counts.left('logGroupsNotRead', 'postponed', ordered.length - at);
      break;
    }
    try {
      const told = await watchGroup(ports, settings, group, nowMs, counts);
      facts.groups++;
      facts.lines += told.lines;
      facts.changes += told.changes;
      facts.alerts += told.alerts;
    } catch (error) {
      failure ??= error;
      counts.left('logGroupsNotRead', reasonOf(error));
    }
  }
  return { counts: counts.list(), facts, failure };
}

async function watchGroup(
  { objects, lines, alerts }: LogWatchPorts,
  settings: LogWatchSettings,
  group: string,
  nowMs: number,
  counts: RunCounts,
): Promise<{ lines: number; changes: number; alerts: number }> {
  const none = { lines: 0, changes: 0, alerts: 0 };
  const key = `anomaly/patterns/${encodeURIComponent(group)}`;
  const stored = await objects.load(key);
  const before = readable(stored, counts);
  const until = Math.floor((nowMs - SETTLE_MS) / WINDOW_MS) * WINDOW_MS;
  if (before !== undefined && until <= before.until) return none;
  const read = await lines.read(group, until - WINDOW_MS, until, LINES_MAX);
  if (read.isCut) counts.left('logWindowsCut', 'tooManyLines');
  const { table, changes, counts: found } = nextTable(before, read.lines, until);
  const { severity } = settings;
  const told = nextPatternAlerts(before?.open ?? [], changes, found, { group, severity }, nowMs);
  counts.left('patternChangesNotTold', 'tooMany', told.untold);
  const state: GroupState = { ...table, open: told.open };
  // Another run was faster: it told what there was to tell.
  if ((await objects.save(key, encodeTable(state), stored?.version)) === 'conflict') return none;
  if (told.alerts.length > 0) await alerts.send(told.alerts, nowMs);
  return { lines: read.lines.length, changes: changes.length, alerts: told.alerts.length };
}

/** A table that cannot be read is begun anew. */
function readable(stored: StoredObject | undefined, counts: RunCounts): GroupState | undefined {
  if (stored === undefined) return undefined;
  try {
    return decodeTable(stored.bytes) as GroupState;
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    counts.left('statesLearnedAnew', 'damaged');
    return undefined;
  }
}
