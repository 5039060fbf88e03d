// A batch of wake-ups: each group does what is due, side by side; a wake-up that failed comes again.
import type { WakeUp } from '../../model/wake-up.ts';
import { Counts } from './counts.ts';
import type { Attempt } from './flush-session.ts';
import { GroupNotifier, type NotifierPorts } from './group-notifier.ts';
import type { BatchResult, QueueMessage } from './route-batch.ts';

/** Carries out the wake-ups of a batch. */
export async function notifyBatch(
  ports: Omit<NotifierPorts, 'onAttempt'>,
  messages: readonly QueueMessage[],
): Promise<BatchResult> {
  const counts = new Counts();
  const log: string[] = [];
  const onAttempt = ({ receiver, integration, result }: Attempt): void => {
    const [kind = integration] = integration.split('/');
    counts.add(ATTEMPTS[result.kind], kind);
    if (result.kind !== 'delivered') {
      log.push(`receiver ${receiver}, ${integration}: ${result.kind}: ${result.reason}`);
    } else if (result.insteadOf !== undefined) {
      counts.add('toldOtherwise', kind);
      log.push(`receiver ${receiver}, ${integration}: told otherwise: ${result.insteadOf.join('; ')}`);
    }
  };
  const notifier = new GroupNotifier({ ...ports, onAttempt });
  const failed = await Promise.all(
    messages.map(async ({ messageId, body }) => {
      const wakeUp = readWakeUp(body);
      if (wakeUp === undefined) {
        counts.add('rejectedWakeUps', 'malformed');
        return [];
      }
      try {
        counts.add('wakeUps', await notifier.wake(wakeUp));
        return [];
      } catch (error) {
        log.push(`group ${wakeUp.id}: ${error instanceof Error ? error.message : String(error)}`);
        counts.add('wakeUps', 'failed');
        return [messageId];
      }
    }),
  );
  return { failedMessageIds: failed.flat(), counts: counts.list(), log };
}

const ATTEMPTS = {
  delivered: 'notifications',
  retry: 'failedAttempts',
  refused: 'refusedNotifications',
} as const;

function readWakeUp(body: string): WakeUp | undefined {
  try {
    const value = JSON.parse(body) as Partial<WakeUp> | null;
    const { kind, id, generation, dueAt } = value ?? {};
    if (kind !== 'group' && kind !== 'outbox') return undefined;
    if (typeof id !== 'string' || !Number.isFinite(generation) || !Number.isFinite(dueAt)) return undefined;
    return value as WakeUp;
  } catch {
    return undefined;
  }
}
