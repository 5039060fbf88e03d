// A receiver with everything around it in memory, for tests: keys, queue, bucket, both doors, answers decoded.
import protobuf from 'protobufjs';
import { hashSecret, type KeyRecord } from '../../../lib/keys/ingest-key.ts';
import type { Scope } from '../../../lib/model/scope.ts';
import type { Signal } from '../../../lib/model/signal.ts';
import type { TelemetryMessage } from '../../../lib/model/telemetry-message.ts';
import { handleOtlpRequest } from '../../../lib/receivers/otlp/handle.ts';
import {
  type HttpEvent,
  requestFromEvent,
  resultFromResponse,
} from '../../../lib/receivers/otlp/lambda-event.ts';
import type { OtlpPorts } from '../../../lib/receivers/otlp/ports.ts';
import type { OtlpOutcome } from '../../../lib/receivers/otlp/request.ts';
import { RECEIVER_DEFAULTS, type ReceiverSettings } from '../../../lib/receivers/otlp/settings.ts';

export const NOW_MS = Date.UTC(2026, 10, 24, 12, 30);
export const PROTOBUF = 'application/x-protobuf';
export const JSON_TYPE = 'application/json';

const SECRET = `s_e-${'c'.repeat(39)}`;
const OTHER_SECRET = `s_e-${'d'.repeat(39)}`;

/** Texts of keys by what they are. */
export const KEYS = {
  good: `tw_goodgoodgood_${SECRET}`,
  tracesOnly: `tw_tracesonly01_${SECRET}`,
  revoked: `tw_revokedkey01_${SECRET}`,
  wrongSecret: `tw_goodgoodgood_${OTHER_SECRET}`,
  unknown: `tw_unknownkey01_${SECRET}`,
  malformed: 'tw_short_secret',
} as const;

const ALL: readonly Scope[] = ['ingest:traces', 'ingest:metrics', 'ingest:logs'];

function record(id: string, scopes: readonly Scope[], revokedAt?: number): KeyRecord {
  const key = { id, hash: hashSecret(SECRET), tenant: 'acme', scopes, name: id, createdAt: 0 };
  return revokedAt === undefined ? key : { ...key, revokedAt };
}

const RECORDS = new Map(
  [
    record('goodgoodgood', ALL),
    record('tracesonly01', ['ingest:traces', 'alerts:write']),
    record('revokedkey01', ALL, 1),
  ].map((key) => [key.id, key]),
);

export interface Memory extends OtlpPorts {
  readonly sent: TelemetryMessage[];
  readonly stored: Map<string, Buffer>;
  /** Thrown by the port of that name from now on. */
  readonly failing: { keys?: unknown; queue?: unknown; bodies?: unknown };
}

export function memory(): Memory {
  const failing: Memory['failing'] = {};
  const sent: TelemetryMessage[] = [];
  const stored = new Map<string, Buffer>();
  return {
    sent,
    stored,
    failing,
    keys: {
      async find(keyId) {
        if (failing.keys !== undefined) throw failing.keys;
        return RECORDS.get(keyId);
      },
    },
    queue: {
      async send(text) {
        if (failing.queue !== undefined) throw failing.queue;
        sent.push(JSON.parse(text) as TelemetryMessage);
      },
    },
    bodies: {
      async put(key, bytes) {
        if (failing.bodies !== undefined) throw failing.bodies;
        stored.set(key, Buffer.from(bytes));
      },
    },
  };
}

/** How the two doors hand a request over. They differ in the shape of the path and in the case of headers only. */
export const DOORS: Readonly<Record<string, (request: Sent) => HttpEvent>> = {
  'Function URL': (request) => eventOf(request, '', false),
  'HTTP API': (request) => eventOf(request, '/prod', true),
};

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Hand the body over as text, as a door does that takes it for text. */
  readonly asText?: boolean;
}

function eventOf(sent: Sent, stage: string, mixedCase: boolean): HttpEvent {
  const { method = 'POST', path = '/v1/traces', headers = {}, body = '', asText = false } = sent;
  const bytes = Buffer.from(body);
  const names = Object.entries(headers).map(([name, value]) => [mixedCase ? titleCase(name) : name, value]);
  return {
    rawPath: stage + path,
    headers: Object.fromEntries(names),
    requestContext: { http: { method } },
    body: asText ? bytes.toString('utf8') : bytes.toString('base64'),
    isBase64Encoded: !asText,
  };
}

function titleCase(name: string): string {
  return name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly outcome: OtlpOutcome;
}

/** Sends through a door with the good key, unless headers say otherwise. */
export async function send(
  sent: Sent,
  options: { door?: string; ports?: Memory; settings?: Partial<ReceiverSettings> } = {},
): Promise<Answer> {
  const { door = 'Function URL', ports = memory(), settings = {} } = options;
  const headers = { 'content-type': PROTOBUF, authorization: `Bearer ${KEYS.good}`, ...sent.headers };
  const request = requestFromEvent(DOORS[door]!({ ...sent, headers }), NOW_MS + 8_000);
  const outcome = await handleOtlpRequest(request, ports, { ...RECEIVER_DEFAULTS, ...settings }, NOW_MS);
  const result = resultFromResponse(outcome.response);
  return {
    status: result.statusCode,
    headers: result.headers,
    body: Buffer.from(result.body, result.isBase64Encoded ? 'base64' : 'utf8'),
    outcome,
  };
}

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message PartialTraces { int64 rejected_spans = 1; string error_message = 2; }
  message PartialMetrics { int64 rejected_data_points = 1; string error_message = 2; }
  message PartialLogs { int64 rejected_log_records = 1; string error_message = 2; }
  message Traces { PartialTraces partial_success = 1; }
  message Metrics { PartialMetrics partial_success = 1; }
  message Logs { PartialLogs partial_success = 1; }
`);

const RESPONSES: Readonly<Record<Signal, string>> = { traces: 'Traces', metrics: 'Metrics', logs: 'Logs' };

/** The success answer in OTLP/JSON form, whichever encoding it came in. */
export function decodeSuccess(signal: Signal, answer: Answer): object {
  return decode(RESPONSES[signal], answer);
}

export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  readonly details?: readonly { readonly '@type'?: string; readonly type_url?: string }[];
}

/** The failure answer, whichever encoding it came in. */
export function decodeStatus(answer: Answer): RpcStatus {
  return decode('Status', answer) as RpcStatus;
}

/** The delay in a status's RetryInfo, in seconds. */
export function retryDelay(answer: Answer): number | undefined {
  if (answer.headers['content-type'] === JSON_TYPE) {
    const [info] =
      (JSON.parse(answer.body.toString()) as { details?: { retryDelay: string }[] }).details ?? [];
    return info === undefined ? undefined : Number.parseInt(info.retryDelay, 10);
  }
  const status = root.lookupType('Status').decode(answer.body) as unknown as {
    details: { value: Uint8Array }[];
  };
  const [any] = status.details;
  if (any === undefined) return undefined;
  const info = root.lookupType('RetryInfo').decode(any.value) as unknown as {
    retryDelay: { seconds: unknown };
  };
  return Number(info.retryDelay.seconds);
}

function decode(name: string, answer: Answer): object {
  if (answer.headers['content-type'] === JSON_TYPE) return JSON.parse(answer.body.toString()) as object;
  const type = root.lookupType(name);
  return type.toObject(type.decode(answer.body), { longs: String });
}
