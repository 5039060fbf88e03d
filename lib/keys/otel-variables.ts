// The environment variables that point an OpenTelemetry SDK at a deployment with a key.
// Names: opentelemetry.io/docs/specs/otel/protocol/exporter and configuration/sdk-environment-variables, 2026-11.
import type { Scope } from '../model/scope.ts';
import { SIGNALS } from '../model/signal.ts';

/**
 * Variables in the order to set them. Signals that the key may not send are switched off, so that the SDK does not
 * fail on them each time.
 * @param endpoint without a slash at its end
 * @param key the key's text
 */
export function otelVariables(
  endpoint: string,
  key: string,
  scopes: readonly Scope[],
): Readonly<Record<string, string>> {
  const off = SIGNALS.filter((signal) => !scopes.includes(`ingest:${signal}`));
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${key}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    ...Object.fromEntries(off.map((signal) => [`OTEL_${signal.toUpperCase()}_EXPORTER`, 'none'])),
  };
}
