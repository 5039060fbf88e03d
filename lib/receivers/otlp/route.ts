// Which signal a request is for. The paths count below any prefix, because exporters append them to a base URL.
import { SIGNALS, type Signal } from '../../model/signal.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { OtlpRequest } from './request.ts';

const PATH = /\/v1\/(traces|metrics|logs)\/?$/;
const PATHS = SIGNALS.map((signal) => `/v1/${signal}`).join(', ');

/** The signal of a request, or 404 with a hint, or 405. */
export function route(request: OtlpRequest): { kind: 'route'; signal: Signal } | Refusal {
  const match = PATH.exec(request.path);
  if (match === null) return refuse('unknownPath', `no such path; ${hint(request.path)}`);
  if (request.method !== 'POST') {
    return refuse('wrongMethod', `method: expected POST, got ${request.method.slice(0, 20)}`, {
      allow: 'POST',
    });
  }
  return { kind: 'route', signal: match[1] as Signal };
}

function hint(path: string): string {
  if (/\/v1(development)?\/profiles\/?$/.test(path)) return 'profiles are not supported yet';
  if (path.includes('opentelemetry.proto.collector.')) {
    return 'this is OTLP over gRPC; set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf';
  }
  if (/\/v1\/trace\/?$/.test(path)) return 'did you mean /v1/traces?';
  return `OTLP/HTTP is served at ${PATHS}, also below a prefix; a signal's own endpoint variable takes the whole URL`;
}
