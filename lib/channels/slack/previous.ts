// One message for a group from its first alert to its end: which message an earlier delivery made.
import type { NotificationContext } from '../../model/notification.ts';

export interface PreviousMessage {
  readonly channel: string;
  readonly ts: string;
}

/** The message to change; undefined if there is none, or what it told of is over. */
export function previousMessage({ previous }: NotificationContext): PreviousMessage | undefined {
  if (previous?.channel === undefined || previous.ts === undefined) return undefined;
  return previous.status === 'resolved' ? undefined : { channel: previous.channel, ts: previous.ts };
}

export function referenceOf(
  message: PreviousMessage,
  status: 'firing' | 'resolved',
): Readonly<Record<string, string>> {
  return { channel: message.channel, ts: message.ts, status };
}
