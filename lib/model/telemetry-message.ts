// One accepted OTLP request on its way from ingest-otlp to export-telemetry: the unit of durability and idempotency.
import type { Signal } from './signal.ts';

/** How the body of a message is compressed. The content is always an OTLP protobuf Export…ServiceRequest. */
export type BodyEncoding = 'identity' | 'gzip' | 'zstd';

/** Version of the envelope; a reader refuses versions it does not know. */
export const TELEMETRY_MESSAGE_VERSION = 1;

/** Where the body is: in the message itself (base64), or an object of the archive bucket. */
export type MessageBody =
  | { readonly kind: 'inline'; readonly base64: string }
  | { readonly kind: 'object'; readonly key: string; readonly bytes: number };

/** The JSON that is the body of a message on the telemetry queue. */
export interface TelemetryMessage {
  readonly version: typeof TELEMETRY_MESSAGE_VERSION;
  /** 32 hex digits: digest of key id, signal and request body; the same request sent again has the same id. */
  readonly ingestId: string;
  readonly tenant: string;
  readonly signal: Signal;
  readonly encoding: BodyEncoding;
  /** Bytes after decompression, as the receiver measured them; the exporter's cap and buffer size. */
  readonly decompressedBytes: number;
  /** When ingest-otlp accepted the request, epoch milliseconds. */
  readonly acceptedAtMs: number;
  readonly body: MessageBody;
}
