// The channel `escalation`: a receiver of the routing tree that opens an incident instead of sending a message. notify
// uses it as it uses any other channel; the pages themselves are sent by escalate.
import { PermanentError, RetryableError } from '../model/errors.ts';
import type {
  NotificationContent,
  NotificationContext,
  NotificationResult,
  NotificationTarget,
} from '../model/notification.ts';
import { type DeskPorts, IncidentDesk } from './desk.ts';

export type EscalationChannel = (
  target: NotificationTarget,
  content: NotificationContent,
  context: NotificationContext,
) => Promise<NotificationResult>;

/** The kind of integration. Its only field is `policy`. */
export const ESCALATION_KIND = 'escalation';

/** Opens, refreshes and closes the incident of a group. */
export function escalationChannel(ports: DeskPorts): EscalationChannel {
  const desk = new IncidentDesk(ports);
  return async (target, content, { idempotencyKey, now }) => {
    const { policy } = target.fields;
    if (typeof policy !== 'string' || ports.settings.policies[policy] === undefined) {
      const known = Object.keys(ports.settings.policies).join(', ');
      const reason = `expected the name of an escalation policy (${known}), got ${JSON.stringify(policy)}`;
      return { kind: 'refused', reason };
    }
    try {
      const incident =
        content.status === 'firing'
          ? await desk.fires(policy, content, idempotencyKey, now)
          : await desk.groupResolves(policy, content.groupKey, idempotencyKey, now);
      return { kind: 'delivered', ...(incident !== undefined && { reference: { incident } }) };
    } catch (error) {
      if (error instanceof PermanentError) return { kind: 'refused', reason: error.message };
      const reason = error instanceof Error ? error.message : String(error);
      const afterMs = error instanceof RetryableError ? error.retryAfterMs : undefined;
      return { kind: 'retry', reason, ...(afterMs !== undefined && { afterMs }) };
    }
  };
}
