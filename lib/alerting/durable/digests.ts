// Short names for long texts: a group's id holds whole label sets.
import { createHash } from 'node:crypto';

/** What a group is stored and its timer is set under. @returns 32 hexadecimal digits */
export function groupRef(groupId: string): string {
  return createHash('sha256').update(groupId).digest('hex').slice(0, 32);
}

/** What one integration is told, as far as it makes a difference whether it is told again. */
export interface ToldContent {
  readonly groupId: string;
  readonly receiver: string;
  /** Such as `webhook/0`. */
  readonly integration: string;
  /** When it was told something the last time; undefined if never. Epoch milliseconds. */
  readonly toldAt: number | undefined;
  readonly alerts: readonly {
    readonly alert: { readonly fingerprint: string; readonly startsAt: number };
    readonly status: string;
  }[];
}

/**
 * The same for every attempt to tell the same, by whichever flush, until it is known to be told; then never again: the
 * time of the last telling has moved on.
 */
export function deliveryKey({ groupId, receiver, integration, toldAt, alerts }: ToldContent): string {
  const hash = createHash('sha256').update([groupId, receiver, integration, toldAt ?? ''].join('\u0000'));
  for (const { alert, status } of alerts) {
    hash.update(`\u0000${alert.fingerprint} ${status} ${alert.startsAt}`);
  }
  return hash.digest('hex');
}
