// Ids that X-Ray asks for and OTLP does not have: hashes, so that the same span sent again has the same ids.
import { hash } from 'node:crypto';

/** What an id is made for; part of what is hashed. */
export type MadeUpPurpose = 'exception' | 'service-segment';

/**
 * @param traceId hex @param segmentId hex @param index of the exception within its segment; 0 where there is one
 * @returns 16 hex digits, not all zero
 */
export function madeUpId(traceId: string, segmentId: string, purpose: MadeUpPurpose, index: number): string {
  const id = hash('sha256', `${traceId}/${segmentId}/${purpose}/${index}`, 'hex').slice(0, 16);
  return id === '0000000000000000' ? '0000000000000001' : id;
}
