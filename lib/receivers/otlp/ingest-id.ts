// The id of a request: the same telemetry sent again by the same key has the same id, see docs/decisions/0030.
import { createHash } from 'node:crypto';
import type { Signal } from '../../model/signal.ts';

const HEX_DIGITS = 32;

/**
 * Digest of who sent what. It is over the decompressed body, because a client that compresses again for its second
 * attempt may write other bytes (gzip holds a time).
 * @param body decompressed, in the encoding it was sent in
 * @returns 32 hex digits
 */
export function ingestId(keyId: string, signal: Signal, body: Uint8Array): string {
  return createHash('sha256').update(`${keyId}\n${signal}\n`).update(body).digest('hex').slice(0, HEX_DIGITS);
}
