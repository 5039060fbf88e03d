// The independent codec that tests hold the product against: protobufjs over otlp.proto.
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import type { LogsRequest, MetricsRequest, TracesRequest } from '../../bench/payloads/otlp-json.ts';
import type { Signal } from '../../lib/model/signal.ts';

export type OtlpRequest = TracesRequest | LogsRequest | MetricsRequest;

// Its own limit of 100 messages is below what Tidewatch keeps: 64 maps in each other are 192 messages.
protobuf.Reader.recursionLimit = 1000;
protobuf.util.recursionLimit = 1000;

const { root } = protobuf.parse(readFileSync(new URL('./otlp.proto', import.meta.url), 'utf8'));

/** The protobufjs type of a message in otlp.proto, such as `TracesRequest` or `Span`. */
export function otlpType(name: string): protobuf.Type {
  return root.lookupType(`otlp.${name}`);
}

const REQUEST_TYPES = {
  traces: otlpType('TracesRequest'),
  logs: otlpType('LogsRequest'),
  metrics: otlpType('MetricsRequest'),
} satisfies Record<Signal, protobuf.Type>;

const ID_FIELDS = new Set(['traceId', 'spanId', 'parentSpanId']);

/** OTLP protobuf of a request in OTLP/JSON form (ids in hex, 64-bit integers as decimal strings). */
export function encodeProtobuf(signal: Signal, request: OtlpRequest): Buffer {
  return encodeMessage(REQUEST_TYPES[signal], request);
}

/** Protobuf of any message of otlp.proto given in OTLP/JSON form. */
export function encodeMessage(type: protobuf.Type, value: object): Buffer {
  const message = type.fromObject(mapIds(value, (hex) => Buffer.from(hex, 'hex')) as object);
  return Buffer.from(type.encode(message).finish());
}

/** The request in OTLP/JSON form: only fields that were on the wire, ids in lower-case hex, NaN as a string. */
export function decodeProtobuf(signal: 'traces', bytes: Uint8Array): TracesRequest;
export function decodeProtobuf(signal: 'logs', bytes: Uint8Array): LogsRequest;
export function decodeProtobuf(signal: 'metrics', bytes: Uint8Array): MetricsRequest;
export function decodeProtobuf(signal: Signal, bytes: Uint8Array): OtlpRequest;
export function decodeProtobuf(signal: Signal, bytes: Uint8Array): OtlpRequest {
  return decodeMessage(REQUEST_TYPES[signal], bytes) as OtlpRequest;
}

/** Any message of otlp.proto in OTLP/JSON form. */
export function decodeMessage(type: protobuf.Type, bytes: Uint8Array): Record<string, unknown> {
  const object = type.toObject(type.decode(bytes), { longs: String, bytes: String, json: true });
  return mapIds(object, (base64) => Buffer.from(base64, 'base64').toString('hex')) as Record<string, unknown>;
}

// protobufjs writes bytes as base64 in JSON; OTLP wants ids, and only those, in hex.
function mapIds(value: unknown, convert: (text: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapIds(item, convert));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      ID_FIELDS.has(key) && typeof inner === 'string' ? convert(inner) : mapIds(inner, convert),
    ]),
  );
}
