// Short names for long texts: a group's id holds whole label sets.
import { createHash } from 'node:crypto';

/** What a group is stored and its timer is set under. @returns 32 hexadecimal digits */
export function groupRef(groupId: string): string {
  return createHash('sha256').update(groupId).digest('hex').slice(0, 32);
}

/**
 * The same for every attempt of one flush to tell one integration, and for nothing else: a group that ends and comes
 * again counts its flushes anew, but not at the same time.
 */
export function deliveryKey(
  groupId: string,
  flush: { readonly number: number; readonly begunAt: number },
  receiver: string,
  integration: string,
): string {
  const parts = [groupId, flush.number, flush.begunAt, receiver, integration];
  return createHash('sha256').update(parts.join('\u0000')).digest('hex');
}
