// What the OTLP receiver needs from outside; lib/aws implements these.
import type { KeyRecord } from '../../keys/ingest-key.ts';

export interface KeyLookup {
  /**
   * What is stored of a key; undefined when nothing is.
   * @param deadlineMs epoch milliseconds by which the answer must be there
   * @throws RetryableError when it cannot be found out now, PermanentError when we may not ask
   */
  find(keyId: string, deadlineMs: number): Promise<KeyRecord | undefined>;
}

export interface TelemetryQueue {
  /** Resolves when the message is durable. @throws RetryableError, PermanentError */
  send(text: string, deadlineMs: number): Promise<void>;
}

export interface BodyStore {
  /** Resolves when the object is durable. @param key without a leading slash @throws RetryableError, PermanentError */
  put(key: string, bytes: Uint8Array, deadlineMs: number): Promise<void>;
}

export interface OtlpPorts {
  readonly keys: KeyLookup;
  readonly queue: TelemetryQueue;
  readonly bodies: BodyStore;
}
