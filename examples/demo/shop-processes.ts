// Starts and stops the three services of the shop, each a process of its own as in a container.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const SHOP = fileURLToPath(new URL('../shop/', import.meta.url));

/** A service has this long to flush its telemetry after SIGTERM. */
const STOP_TIMEOUT_MS = 20_000;

export interface Shop {
  readonly storefrontUrl: string;
  /** Stops all services; each flushes its telemetry first. */
  stop(): Promise<void>;
}

/** What `tidewatch keys create` prints, for one service. */
function telemetryEnvironment(service: string, ingestUrl: string, key: string): Record<string, string> {
  return {
    OTEL_SERVICE_NAME: service,
    OTEL_RESOURCE_ATTRIBUTES: `service.instance.id=${service}-1,service.version=1.4.2,deployment.environment.name=demo`,
    OTEL_EXPORTER_OTLP_ENDPOINT: ingestUrl,
    OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${key}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_BSP_SCHEDULE_DELAY: '1000',
    OTEL_BLRP_SCHEDULE_DELAY: '1000',
    OTEL_METRIC_EXPORT_INTERVAL: '5000',
  };
}

/** Starts stock, orders and storefront and waits until each listens. */
export async function startShop(ingestUrl: string, key: string): Promise<Shop> {
  const processes: ChildProcess[] = [];
  const start = async (service: string, others: Record<string, string> = {}): Promise<string> => {
    const port = await freePort();
    const child = spawn(process.execPath, ['--import', './telemetry.ts', `./${service}.ts`], {
      cwd: SHOP,
      env: {
        ...process.env,
        ...telemetryEnvironment(service, ingestUrl, key),
        ...others,
        PORT: String(port),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.push(child);
    await Promise.race([
      once(child.stdout as NodeJS.ReadableStream, 'data'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`service ${service} ended with ${code} before it listened`);
      }),
    ]);
    return `http://127.0.0.1:${port}`;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map(stopProcess));
  };
  try {
    const stockUrl = await start('stock');
    const ordersUrl = await start('orders', { STOCK_URL: stockUrl });
    const storefrontUrl = await start('storefront', { STOCK_URL: stockUrl, ORDERS_URL: ordersUrl });
    return { storefrontUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
