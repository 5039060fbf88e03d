// From a message to the bytes the exporters read: fetch when the body lies in the bucket, then unpack under its cap.
import type { ExportRequest } from '../exporters/exporter.ts';
import { PermanentError, RetryableError } from '../model/errors.ts';
import type { TelemetryMessage } from '../model/telemetry-message.ts';
import { decompress } from '../wire/compression.ts';
import type { RetryReason } from './backoff.ts';
import type { BodyStore, PoisonReason } from './ports.ts';

export type Loaded =
  | { readonly kind: 'request'; readonly request: ExportRequest }
  | {
      readonly kind: 'retry';
      readonly reason: RetryReason;
      readonly detail: string;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: 'poison'; readonly reason: PoisonReason; readonly detail: string };

/** A missing object is looked for in this many deliveries before the message counts as poison. */
export const MISSING_BODY_DELIVERIES = 5;

/** @param receiveCount of the delivery, >= 1 @returns never rejects for what a store or a body does */
export async function loadRequest(
  message: TelemetryMessage,
  receiveCount: number,
  bodies: BodyStore,
): Promise<Loaded> {
  const { ingestId, tenant, signal, acceptedAtMs, body } = message;
  try {
    const packed =
      body.kind === 'inline' ? Buffer.from(body.base64, 'base64') : await bodies.load(body.key, body.bytes);
    const cap = message.decompressedBytes;
    const otlp = decompress(packed, message.encoding, cap, cap);
    return { kind: 'request', request: { ingestId, tenant, signal, acceptedAtMs, otlp } };
  } catch (error) {
    if (error instanceof RetryableError) {
      return { kind: 'retry', reason: error.reason, detail: error.message, retryAfterMs: error.retryAfterMs };
    }
    if (!(error instanceof PermanentError)) throw error;
    switch (error.reason) {
      case 'notFound':
        return receiveCount < MISSING_BODY_DELIVERIES
          ? { kind: 'retry', reason: 'bodyMissing', detail: error.message, retryAfterMs: undefined }
          : { kind: 'poison', reason: 'bodyMissing', detail: error.message };
      case 'malformed':
      case 'tooLarge':
        return { kind: 'poison', reason: error.reason, detail: error.message };
      default:
        // Denied, misconfigured: ours to repair, not the message's fault.
        return { kind: 'retry', reason: 'unavailable', detail: error.message, retryAfterMs: undefined };
    }
  }
}
