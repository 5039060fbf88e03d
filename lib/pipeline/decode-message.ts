// First step behind the queue: the JSON of a delivery becomes a TelemetryMessage, or is found to be none.
import { SIGNALS } from '../model/signal.ts';
import { TELEMETRY_MESSAGE_VERSION, type TelemetryMessage } from '../model/telemetry-message.ts';
import type { PoisonReason } from './ports.ts';

export type Decoded =
  | { readonly kind: 'message'; readonly message: TelemetryMessage }
  | { readonly kind: 'poison'; readonly reason: PoisonReason; readonly detail: string };

/** Above any cap a receiver can be given: OTLP's own recommended limit for a request. */
export const MAX_DECOMPRESSED_BYTES = 64 * 1024 * 1024;

/** The end of the year 9999: later times have no date. */
const MAX_TIME_MS = 253_402_300_799_999;

/** Oversize bodies lie below this prefix of the archive bucket; nothing else may be pointed at. */
export const PENDING_PREFIX = 'pending/';

/** Checks every field, so that nothing behind it has to. Never throws. */
export function decodeMessage(text: string): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return poison('invalidEnvelope', `not JSON: ${(error as Error).message}`);
  }
  if (!isRecord(value)) return poison('invalidEnvelope', 'not a JSON object');
  if (value.version !== TELEMETRY_MESSAGE_VERSION) {
    return poison(
      'unknownVersion',
      `version: expected ${TELEMETRY_MESSAGE_VERSION}, got ${JSON.stringify(value.version)}`,
    );
  }
  const wrong = Object.entries(FIELDS).find(([name, check]) => !check(value[name]));
  if (wrong !== undefined) {
    return poison(
      'invalidEnvelope',
      `${wrong[0]}: not valid: ${JSON.stringify(value[wrong[0]])?.slice(0, 100)}`,
    );
  }
  return { kind: 'message', message: value as unknown as TelemetryMessage };
}

const FIELDS: Record<Exclude<keyof TelemetryMessage, 'version'>, (value: unknown) => boolean> = {
  ingestId: (value) => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value),
  tenant: (value) => typeof value === 'string' && value !== '' && value.length <= 256,
  signal: (value) => (SIGNALS as readonly unknown[]).includes(value),
  encoding: (value) => value === 'identity' || value === 'gzip' || value === 'zstd',
  decompressedBytes: (value) => isCount(value) && value <= MAX_DECOMPRESSED_BYTES,
  acceptedAtMs: (value) => isCount(value) && value <= MAX_TIME_MS,
  body: isBody,
};

function isBody(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (value.kind === 'inline') return typeof value.base64 === 'string';
  return (
    value.kind === 'object' &&
    typeof value.key === 'string' &&
    value.key.startsWith(PENDING_PREFIX) &&
    isCount(value.bytes) &&
    value.bytes <= MAX_DECOMPRESSED_BYTES
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function poison(reason: PoisonReason, detail: string): Decoded {
  return { kind: 'poison', reason, detail };
}
