// Whether a span is a success, an error of whoever called, or a fault of whoever was called.
import { STATUS_CODES } from '../../telemetry/span-view.ts';
import { KEY, type SpanFacts } from './span-attributes.ts';

export type SpanOutcome = 'success' | 'error' | 'fault';

/** gRPC codes that mean a fault of the server: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE,
 * DATA_LOSS. Source: OpenTelemetry semantic conventions for gRPC, "Span status" of servers. */
const GRPC_FAULTS: ReadonlySet<number> = new Set([2, 4, 12, 13, 14, 15]);

/**
 * The rule of X-Ray's exporter and of Application Signals: an HTTP status of 400 to 599 decides whatever the span's
 * status says; 4xx is an error, 5xx a fault. Then a gRPC code other than OK decides, which those do not read. With
 * neither, also at HTTP 200, a span with status ERROR is a fault.
 * @param statusCode OTLP's Status.StatusCode
 */
export function spanOutcome(facts: SpanFacts, statusCode: number): SpanOutcome {
  const http = facts.whole(KEY['http.response.status_code']) ?? facts.whole(KEY['http.status_code']);
  if (http !== undefined && http >= 400 && http < 600) return http < 500 ? 'error' : 'fault';
  const grpc = facts.whole(KEY['rpc.grpc.status_code']);
  if (grpc !== undefined && grpc !== 0) return GRPC_FAULTS.has(grpc) ? 'fault' : 'error';
  return statusCode === STATUS_CODES.error ? 'fault' : 'success';
}
