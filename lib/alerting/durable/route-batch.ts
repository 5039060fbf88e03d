// A batch off the alert queue: bodies are read, what is no alert is counted and left, the rest is routed in order.
import { PermanentError } from '../../model/errors.ts';
import { type IntakePorts, type IntakeResult, type QueuedAlert, takeAlerts } from './alert-intake.ts';
import { type Count, Counts } from './counts.ts';

export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
}

export interface BatchResult {
  readonly failedMessageIds: readonly string[];
  readonly counts: readonly Count[];
  /** Sentences for the function's log. */
  readonly log: readonly string[];
}

/** Reasons that lie in what was to be written; missing rights or a table that is gone are nobody's alert's fault. */
const NEVER_STORED: ReadonlySet<string> = new Set(['rejected', 'tooLarge']);

/** Rejections that are written out; the rest are only counted. */
const MAX_LOGGED = 5;

/**
 * Routes the alerts of a batch. Messages of a FIFO queue stand or fall together: if one was left behind, a later one of
 * the same alert must not come before it. An alert that can never be stored is refused: it would keep all others of its
 * message group waiting for an hour.
 * @param now epoch milliseconds
 */
export async function routeBatch(
  ports: IntakePorts,
  messages: readonly QueueMessage[],
  now: number,
): Promise<BatchResult> {
  const counts = new Counts();
  const log: string[] = [];
  const alerts: QueuedAlert[] = [];
  for (const { messageId, body } of messages) {
    const read = readAlerts(body);
    alerts.push(...read.alerts);
    counts.add('rejectedAlerts', 'malformed', read.malformed);
    if (read.malformed > 0) log.push(`message ${messageId} of the alert queue holds what is no alert`);
  }
  try {
    const { written, unchanged, rejected } = await takeStorable(ports, alerts, now);
    counts.add('alerts', 'written', written);
    counts.add('alerts', 'unchanged', unchanged);
    for (const { reason } of rejected) counts.add('rejectedAlerts', reason);
    for (const { index, reason } of rejected.slice(0, MAX_LOGGED)) {
      log.push(
        `an alert ${alerts[index]!.labels.alertname ?? ''} from ${alerts[index]!.source ?? 'the API'} was refused: ${reason}`,
      );
    }
    return { failedMessageIds: [], counts: counts.list(), log };
  } catch (error) {
    log.push(`alerts go back to the queue: ${error instanceof Error ? error.message : String(error)}`);
    return {
      failedMessageIds: messages.map(({ messageId }) => messageId),
      counts: [{ name: 'failedBatches', reason: reasonOf(error), count: 1 }],
      log,
    };
  }
}

/** Takes all but those that the store will never take; halves are tried until these are found. */
async function takeStorable(
  ports: IntakePorts,
  alerts: readonly QueuedAlert[],
  now: number,
): Promise<IntakeResult> {
  try {
    return await takeAlerts(ports, alerts, now);
  } catch (error) {
    if (!(error instanceof PermanentError) || !NEVER_STORED.has(error.reason)) throw error;
    if (alerts.length === 0) throw error;
    if (alerts.length === 1)
      return { written: 0, unchanged: 0, rejected: [{ index: 0, reason: 'notStorable' }] };
  }
  const half = Math.ceil(alerts.length / 2);
  const first = await takeStorable(ports, alerts.slice(0, half), now);
  const second = await takeStorable(ports, alerts.slice(half), now);
  return {
    written: first.written + second.written,
    unchanged: first.unchanged + second.unchanged,
    rejected: [
      ...first.rejected,
      ...second.rejected.map(({ index, reason }) => ({ index: index + half, reason })),
    ],
  };
}

function readAlerts(body: string): { alerts: QueuedAlert[]; malformed: number } {
  const list = (json(body) as { readonly alerts?: unknown } | null | undefined)?.alerts;
  if (!Array.isArray(list)) return { alerts: [], malformed: 1 };
  const alerts = list.filter(isAlert);
  return { alerts, malformed: list.length - alerts.length };
}

function isAlert(value: unknown): value is QueuedAlert {
  if (typeof value !== 'object' || value === null) return false;
  const { labels, annotations, startsAt, endsAt, generatorUrl, source } = value as Record<string, unknown>;
  return (
    isTexts(labels) &&
    (annotations === undefined || isTexts(annotations)) &&
    [startsAt, endsAt].every((time) => time === undefined || Number.isFinite(time)) &&
    [generatorUrl, source].every((text) => text === undefined || typeof text === 'string')
  );
}

function isTexts(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'reason' in error ? String(error.reason) : 'internal';
}
