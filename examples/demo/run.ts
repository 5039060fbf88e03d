// `npm run demo`: deploys Tidewatch to the local stack, runs the shop against it and shows what arrived.
// `npm run demo -- --keep` leaves the stack up.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { packageRoot } from '../../lib/local/paths.ts';
import { type LocalStack, stackStatus, startStack, stopStack } from '../../lib/local/stack.ts';
import { acknowledge, burnBudget, burnLines } from './budget.ts';
import { Phone } from './phone.ts';
import { eventually, ReadBack } from './read-back.ts';
import { startShop } from './shop-processes.ts';
import { latencyTable, logLine, waterfall } from './show.ts';
import { visitShop } from './traffic.ts';

const USAGE = `usage: npm run demo [-- --keep]
  --keep   leave the local stack up; "npx tidewatch local status" shows it, "npx tidewatch local down" stops it`;

const CONFIG = join(packageRoot(), 'examples', 'demo', 'demo.config.ts');
const SERVICES = ['storefront', 'orders', 'stock'] as const;
const ROUNDS = 12;
const ARRIVAL_TIMEOUT_MS = 60_000;

const started = performance.now();

function step(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  console.log(`${pc.dim(`${seconds} s`)}  ${text}`);
}

function section(title: string, lines: readonly string[]): void {
  console.log(`\n${pc.bold(title)}`);
  for (const line of lines) console.log(line);
}

async function demo(signal: AbortSignal): Promise<void> {
  step(
    'bringing up the local stack: emulator, cdk bootstrap, cdk deploy (the first time also a Python environment)',
  );
  const stack = await startStack({ context: { config: CONFIG }, reuse: false, say: step, signal });
  await showTelemetry(stack);
  await showBudget(stack);
}

/** Requests of the shop, found again in every destination. */
async function showTelemetry(stack: LocalStack): Promise<void> {
  const { ingestUrl, ingestKey } = stack.endpoints;
  const bucket = stack.outputs.ArchiveBucketName;
  if (ingestUrl === null || ingestKey === null || bucket === undefined) {
    throw new Error('the deployed stack has no IngestUrl, key or ArchiveBucketName');
  }
  step(`deployed; OTLP goes to ${ingestUrl}`);

  const since = new Date(Date.now() - 60_000);
  const shop = await startShop(ingestUrl, ingestKey);
  const traffic = await visitShop(shop.storefrontUrl, ROUNDS).finally(() => shop.stop());
  step(`three instrumented services answered ${traffic.requests} requests, ${traffic.failed} of them failed`);

  const aws = new ReadBack(stack.endpoint, since);
  const { failing } = await eventually(
    `${traffic.requests} traces in X-Ray`,
    ARRIVAL_TIMEOUT_MS,
    async () => {
      const all = await aws.traces('service("storefront")');
      const failed = await aws.traces('service("storefront") AND fault = true');
      return all.count >= traffic.requests && failed.newest !== undefined
        ? { failing: failed.newest }
        : undefined;
    },
  );
  step(`${traffic.requests} traces are in X-Ray`);
  const rows = await aws.trace(failing);
  const latencies = await eventually('span metrics of 5 operations', ARRIVAL_TIMEOUT_MS, async () => {
    const found = await aws.latencies();
    return found.reduce((sum, row) => sum + row.requests, 0) >= traffic.requests ? found : undefined;
  });
  const traceId = failing.slice(2).replace('-', '');
  const lines = await eventually('log lines of the trace', ARRIVAL_TIMEOUT_MS, async () => {
    const found = await aws.logLines(SERVICES, traceId);
    return found.length > 0 ? found : undefined;
  });
  const archived = await eventually('archived objects', ARRIVAL_TIMEOUT_MS, async () => {
    const found = await aws.archived(bucket, 'raw/');
    return found.length > 0 ? found : undefined;
  });

  section(`X-Ray: trace ${failing}, an order that failed`, waterfall(rows));
  section(
    'CloudWatch: latency percentiles by operation (namespace Tidewatch/Spans)',
    latencyTable(latencies),
  );
  section(
    'CloudWatch Logs: the lines of that trace',
    lines.map(({ service, message }) => logLine(service, message)),
  );
  const bytes = archived.reduce((sum, object) => sum + object.bytes, 0);
  section(`S3: ${archived.length} archived objects, ${(bytes / 1024).toFixed(1)} KB of zstd`, [
    ...archived.slice(0, 3).map(({ key, bytes: size }) => `  ${key}  ${size} bytes`),
  ]);
  console.log();
}

/** The failing orders burn a budget: somebody is called, and answers. */
async function showBudget(stack: LocalStack): Promise<void> {
  const phone = await Phone.start(stack.endpoint);
  try {
    const burn = await burnBudget(stack, phone);
    step('the objective of checkouts was missed; the phone of whoever is on call rang');
    section('SLO: the budget of checkouts', burnLines(burn));
    console.log();
    step(`acknowledged by the link of the page: ${await acknowledge(stack, phone)}; nobody else is called`);
  } finally {
    phone.stop();
  }
}

const { values } = parseArgs({
  options: { keep: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
const wasUp = (await stackStatus()).state === 'up';
const keep = wasUp || values.keep;
try {
  await demo(interrupted.signal);
  if (!keep) await stopStack();
  step(
    keep
      ? 'demo passed; the stack is up: "npx tidewatch local status" shows it, "npx tidewatch local down" stops it'
      : 'demo passed: every request became a trace, metrics, log lines and an archived object; the failing ones called somebody',
  );
} catch (error) {
  if (!keep) await stopStack();
  console.error(pc.red(`demo failed: ${(error as Error).message}`));
  process.exitCode = 1;
}
