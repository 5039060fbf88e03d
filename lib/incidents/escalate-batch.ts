// A batch of wake-ups of incidents and of held pages, side by side; one that failed comes again.
import type { WakeUp } from '../model/wake-up.ts';
import { escalate } from './escalate.ts';
import type { EntryKind } from './incident/incident.ts';
import type { EscalationPorts } from './ports.ts';

export interface EscalationBatch {
  readonly failedMessageIds: readonly string[];
  readonly counts: readonly { readonly name: string; readonly reason: string; readonly count: number }[];
  /** Sentences for the function's log. */
  readonly log: readonly string[];
}

/** Entries that a person who looks after Tidewatch wants to know of. */
const LOGGED: readonly EntryKind[] = ['notTold', 'nobodyOnCall', 'noneReached', 'exhausted'];

/** @param now epoch milliseconds, read again for each call */
export async function escalateBatch(
  ports: EscalationPorts,
  messages: readonly { readonly messageId: string; readonly body: string }[],
  now: () => number,
): Promise<EscalationBatch> {
  const counts = new Map<string, number>();
  const log: string[] = [];
  const count = (name: string, reason: string): void => {
    const key = `${name} ${reason}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  const failed = await Promise.all(
    messages.map(async ({ messageId, body }) => {
      const wakeUp = readWakeUp(body);
      if (wakeUp === undefined) {
        count('rejectedWakeUps', 'malformed');
        return [];
      }
      try {
        const { outcome, results, entries } = await escalate(wakeUp, ports, now);
        count('wakeUps', outcome);
        for (const result of results) count('pages', result);
        for (const { kind, text } of entries) {
          count('escalations', kind);
          if (LOGGED.includes(kind)) log.push(`incident ${wakeUp.id}: ${text}`);
        }
        return [];
      } catch (error) {
        log.push(`${wakeUp.kind} ${wakeUp.id}: ${error instanceof Error ? error.message : String(error)}`);
        count('wakeUps', 'failed');
        return [messageId];
      }
    }),
  );
  const list = [...counts].map(([key, times]) => {
    const [name = '', reason = ''] = key.split(' ');
    return { name, reason, count: times };
  });
  return { failedMessageIds: failed.flat(), counts: list, log };
}

function readWakeUp(body: string): WakeUp | undefined {
  try {
    const { kind, id, generation, dueAt } = (JSON.parse(body) ?? {}) as Partial<WakeUp>;
    if (kind !== 'escalation' && kind !== 'reminder') return undefined;
    if (typeof id !== 'string' || id === '') return undefined;
    if (typeof generation !== 'number' || typeof dueAt !== 'number') return undefined;
    return { kind, id, generation, dueAt };
  } catch {
    return undefined;
  }
}
