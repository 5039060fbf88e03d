// Starts the official OpenTelemetry SDK; everything it needs comes from the OTEL_* variables that `keys create` prints.
// Loaded before anything else: `node --import ./telemetry.ts ./orders.ts`.
import { createRequire } from 'node:module';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] });
sdk.start();
// The instrumentation hooks into require; the ES modules of the shop then see the same, instrumented module.
createRequire(import.meta.url)('node:http');

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    sdk.shutdown().finally(() => process.exit(0));
  });
}
