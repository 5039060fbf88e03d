// The last step before the answer: the body goes compressed onto the queue, or beside it when it is too large.
import type { Signal } from '../../model/signal.ts';
import { TELEMETRY_MESSAGE_VERSION, type TelemetryMessage } from '../../model/telemetry-message.ts';
import { zstdFrame } from '../../wire/compression.ts';
import type { OtlpPorts } from './ports.ts';
import type { ReadBody } from './read-body.ts';
import type { ReceiverSettings } from './settings.ts';

/** Fast: bodies are stored for seconds, and at this level zstd is still smaller than gzip. */
const ZSTD_LEVEL = 1;

export interface Accepted {
  readonly ingestId: string;
  readonly tenant: string;
  readonly signal: Signal;
  readonly acceptedAtMs: number;
}

/**
 * Stores an accepted request; when it resolves, the request is durable.
 * @throws RetryableError, PermanentError of the ports
 */
export async function handOver(
  accepted: Accepted,
  body: ReadBody,
  ports: OtlpPorts,
  settings: ReceiverSettings,
  deadlineMs: number,
): Promise<void> {
  // Before the first wait: the protobuf of a JSON body lies in a buffer that is used again.
  const { encoding, bytes } = body.packed ?? {
    encoding: 'zstd' as const,
    bytes: zstdFrame(body.otlp, ZSTD_LEVEL),
  };
  const message: Omit<TelemetryMessage, 'body'> = {
    version: TELEMETRY_MESSAGE_VERSION,
    ingestId: accepted.ingestId,
    tenant: accepted.tenant,
    signal: accepted.signal,
    encoding,
    decompressedBytes: body.otlp.length,
    acceptedAtMs: accepted.acceptedAtMs,
  };
  if (bytes.length <= settings.maxInlineBytes) {
    const inline: TelemetryMessage = {
      ...message,
      body: { kind: 'inline', base64: bytes.toString('base64') },
    };
    return ports.queue.send(JSON.stringify(inline), deadlineMs);
  }
  const key = pendingKey(accepted);
  await ports.bodies.put(key, bytes, deadlineMs);
  const pointer: TelemetryMessage = { ...message, body: { kind: 'object', key, bytes: bytes.length } };
  return ports.queue.send(JSON.stringify(pointer), deadlineMs);
}

function pendingKey({ acceptedAtMs, ingestId }: Accepted): string {
  return `pending/${new Date(acceptedAtMs).toISOString().slice(0, 10)}/${ingestId}`;
}
