// What ingest-otlp costs before it has answered once: a process loads the built function and handles one request of
// 32 spans, with its AWS calls answered on loopback. Used by the bench and by test/ingest-size.test.ts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { hashSecret } from '../lib/keys/ingest-key.ts';
import { RECEIVER_DEFAULTS } from '../lib/receivers/otlp/settings.ts';
import { functionBundle } from '../scripts/function-bundle.ts';

const ENTRY = fileURLToPath(new URL('../functions/ingest-otlp.ts', import.meta.url));
const SECRET = 'a'.repeat(43);
const KEY = `tw_coldstart001_${SECRET}`;

/**
 * Runs in the measured processes. `bare` is Node itself. `floor` is what no code of ours can save: it loads the parts
 * of Node that are needed, hashes, signs, unpacks the body, and posts twice.
 */
const CHILD = `
const [, , what, eventFile] = process.argv;
const builtin = process.getBuiltinModule;
const event = () => JSON.parse(builtin('node:fs').readFileSync(eventFile, 'utf8'));
if (what === 'floor') {
  const { createHash, createHmac } = builtin('node:crypto');
  const { gunzipSync } = builtin('node:zlib');
  const http = builtin('node:http');
  builtin('node:https');
  const body = gunzipSync(Buffer.from(event().body, 'base64'));
  createHmac('sha256', 'key').update(createHash('sha256').update(body).digest('hex')).digest('hex');
  const agent = new http.Agent({ keepAlive: true });
  for (let call = 0; call < 2; call++) {
    await new Promise((resolve) => {
      const request = http.request(process.env.AWS_ENDPOINT_URL, { agent, method: 'POST' }, (response) => {
        response.on('data', () => {});
        response.on('end', resolve);
      });
      request.end(body);
    });
  }
} else if (what !== 'bare') {
  const { handler } = await import(what);
  const result = await handler(event(), { getRemainingTimeInMillis: () => 10_000 });
  if (result.statusCode !== 200) throw new Error(JSON.stringify(result));
}
const { user, system } = process.cpuUsage();
process.stdout.write(String((user + system) / 1000));
`;

export interface ColdStart {
  /** Size of the minified bundle, bytes. */
  readonly bundleBytes: number;
  /** CPU of each process in milliseconds, user and system, all threads: alternating rounds. */
  readonly bareCpuMs: readonly number[];
  readonly floorCpuMs: readonly number[];
  readonly oursCpuMs: readonly number[];
}

/** Bundles ingest-otlp as the build does, with its configuration. @returns size in bytes */
export async function bundleIngest(folder: string): Promise<number> {
  const outfile = join(folder, 'index.mjs');
  await build({ ...functionBundle(ENTRY, outfile), sourcemap: false });
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ receiver: RECEIVER_DEFAULTS }));
  return statSync(outfile).size;
}

/**
 * Measures start and first request in processes of their own, bare Node, the floor and ours in turn.
 * @param body OTLP protobuf of a traces request
 */
export async function measureColdStart(body: Uint8Array, rounds: number): Promise<ColdStart> {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-cold-'));
  const server = http.createServer(answer);
  try {
    const bundleBytes = await bundleIngest(folder);
    const child = join(folder, 'child.mjs');
    writeFileSync(child, CHILD);
    const event = join(folder, 'event.json');
    writeFileSync(event, JSON.stringify(eventOf(body)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const env = environment((server.address() as AddressInfo).port);
    const bareCpuMs: number[] = [];
    const floorCpuMs: number[] = [];
    const oursCpuMs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      bareCpuMs.push(await run([child, 'bare'], env));
      floorCpuMs.push(await run([child, 'floor', event], env));
      oursCpuMs.push(await run([child, join(folder, 'index.mjs'), event], env));
    }
    return { bundleBytes, bareCpuMs, floorCpuMs, oursCpuMs };
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  }
}

/** DynamoDB knows the one key; SQS takes everything. */
function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  request.resume().on('end', () => {
    const item = {
      hash: { S: hashSecret(SECRET) },
      tenant: { S: 'default' },
      scopes: { SS: ['ingest:traces'] },
    };
    const isKey = request.headers['x-amz-target'] === 'DynamoDB_20120810.GetItem';
    response.end(JSON.stringify(isKey ? { Item: item } : { MessageId: '1' }));
  });
}

function eventOf(body: Uint8Array): object {
  return {
    version: '2.0',
    rawPath: '/v1/traces',
    requestContext: { http: { method: 'POST' } },
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
      authorization: `Bearer ${KEY}`,
    },
    body: gzipSync(body).toString('base64'),
    isBase64Encoded: true,
  };
}

function environment(port: number): NodeJS.ProcessEnv {
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'cold',
    AWS_SECRET_ACCESS_KEY: 'start',
    AWS_SESSION_TOKEN: 'token',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    TIDEWATCH_STATE_TABLE: 'state',
    TIDEWATCH_ARCHIVE_BUCKET: 'archive',
    TIDEWATCH_TELEMETRY_QUEUE_URL: `http://127.0.0.1:${port}/queue`,
  };
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`measured process ended with ${code}`);
  return Number(Buffer.concat(chunks).toString());
}
