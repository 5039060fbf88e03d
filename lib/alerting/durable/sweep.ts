// Each minute: timers whose message was lost or not sent yet, the heartbeat, and silences about to end.
import type { Alert } from '../../model/alert.ts';
import type { DueRow, SilenceStore, TimerRows } from '../ports.ts';
import { type Count, Counts } from './counts.ts';
import { heartbeatAlert } from './heartbeat.ts';
import { silenceReminders } from './silence-reminder.ts';

/** A row that becomes due before the next sweep has come is announced by this one. */
const AHEAD_MS = 60_000;
/** A message may take so long before it counts as lost. */
const PATIENCE_MS = 30_000;
const PARALLEL_CALLS = 16;

export interface SweepPorts {
  readonly timers: TimerRows;
  readonly alerts: { send(alerts: readonly Alert[], now: number): Promise<void> };
  readonly silences: Pick<SilenceStore, 'list'>;
  /** See BeyondSettings. */
  readonly silenceReminderMs: number;
}

export interface SweepResult {
  readonly counts: readonly Count[];
  /** What went wrong; the next sweep tries again. */
  readonly failures: readonly unknown[];
}

/** Whether a row needs a message now. */
export function needsMessage({ wakeUp, announced }: DueRow, now: number): boolean {
  return wakeUp.dueAt <= (announced ? now - PATIENCE_MS : now + AHEAD_MS);
}

/** @param now epoch milliseconds of the schedule's event */
export async function sweep(ports: SweepPorts, now: number): Promise<SweepResult> {
  const { timers, alerts, silences, silenceReminderMs } = ports;
  const counts = new Counts();
  const failures: unknown[] = [];
  const attempt = async (name: string, reason: string, task: () => Promise<void>): Promise<void> => {
    try {
      await task();
      counts.add(name, reason);
    } catch (error) {
      failures.push(error);
      counts.add('sweepFailures', reason);
    }
  };
  await attempt('heartbeats', 'sent', () => alerts.send([heartbeatAlert(now)], now));
  if (silenceReminderMs > 0) {
    await attempt('reminders', 'sent', async () => {
      const due = silenceReminders(await silences.list(), now, silenceReminderMs);
      if (due.length > 0) await alerts.send(due, now);
    });
  }
  const rows = (await timers.due(now + AHEAD_MS)).filter((row) => needsMessage(row, now));
  let next = 0;
  const work = async (): Promise<void> => {
    for (let row = rows[next++]; row !== undefined; row = rows[next++]) {
      const { wakeUp, announced } = row;
      await attempt(announced ? 'lostWakeUps' : 'wakeUps', wakeUp.kind, () => timers.announce(wakeUp));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_CALLS }, work));
  return { counts: counts.list(), failures };
}
