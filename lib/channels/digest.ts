// The name under which a receiver knows a group: the same for everything that is said about it.
import { createHash } from 'node:crypto';

/** SHA-256 of the group key, as Alertmanager makes dedup keys and aliases of it. @returns 64 hexadecimal digits */
export function groupDigest(groupKey: string): string {
  return createHash('sha256').update(groupKey).digest('hex');
}
