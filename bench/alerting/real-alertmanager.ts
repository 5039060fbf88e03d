// A real Alertmanager under the same load: started on loopback, fed by its API, its CPU read from the kernel.
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configText, makeAlerts, makeSilences } from './load.ts';

export interface RealFigures {
  /** From the end of the posts to the delivery of all alerts to a webhook. */
  readonly flushCpuS: number;
  /** Alerts in that notification: those that nothing mutes. */
  readonly listed: number;
  /** Posting all alerts into groups by alert name and cluster. */
  readonly intakeCpuS: number;
}

const GROUP_WAIT_S = 12;
/** Alerts of one POST. */
const BATCH = 1_000;
const START_MS = 10_000;
/** After the delivery, for what the flush still writes down. */
const SETTLE_MS = 500;
/** USER_HZ, which Linux fixes for /proc. */
const TICKS_PER_S = 100;

/** @returns undefined where no Alertmanager is on the PATH or named by TIDEWATCH_ALERTMANAGER, or none starts */
export async function measureAlertmanager(
  progress: (text: string) => void,
): Promise<RealFigures | undefined> {
  const binary = findBinary();
  if (binary === undefined) {
    progress('no prometheus-alertmanager here; set TIDEWATCH_ALERTMANAGER to measure beside it');
    return undefined;
  }
  const flush = await under(binary, [], async (am) => {
    await postAlerts(am);
    const before = cpuSeconds(am.process);
    const listed = await am.delivered;
    await sleep(SETTLE_MS);
    return { listed, flushCpuS: cpuSeconds(am.process) - before };
  });
  const intake = await under(binary, ['alertname', 'cluster'], async (am) => {
    const before = cpuSeconds(am.process);
    await postAlerts(am);
    return cpuSeconds(am.process) - before;
  });
  if (flush === undefined || intake === undefined) {
    progress('the Alertmanager here does not start');
    return undefined;
  }
  return { ...flush, intakeCpuS: intake };
}

interface Running {
  readonly process: ChildProcess;
  readonly url: string;
  /** Number of alerts in the first notification. */
  readonly delivered: Promise<number>;
}

async function under<T>(
  binary: string,
  groupBy: readonly string[],
  measure: (running: Running) => Promise<T>,
): Promise<T | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'alertmanager-'));
  let tell: (alerts: number) => void = () => {};
  const delivered = new Promise<number>((resolve) => {
    tell = resolve;
  });
  const hook = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.end();
      tell((JSON.parse(Buffer.concat(chunks).toString()) as { alerts: unknown[] }).alerts.length);
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  const { port } = hook.address() as AddressInfo;
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, configText(`http://127.0.0.1:${port}/`, groupBy, `${GROUP_WAIT_S}s`));
  const free = await freePort();
  const child = spawn(
    binary,
    [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${free}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  try {
    const url = `http://127.0.0.1:${free}`;
    if (!(await isReady(url, child))) return undefined;
    for (const matchers of makeSilences()) {
      await post(`${url}/api/v2/silences`, {
        matchers: matchers.map((one) => ({ ...one, isEqual: true })),
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
        createdBy: 'bench',
        comment: 'bench',
      });
    }
    return await measure({ process: child, url, delivered });
  } finally {
    child.kill();
    hook.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function postAlerts({ url }: Running): Promise<void> {
  const alerts = makeAlerts().map((alert) => ({
    ...alert,
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
  }));
  for (let from = 0; from < alerts.length; from += BATCH) {
    await post(`${url}/api/v2/alerts`, alerts.slice(from, from + BATCH));
  }
}

async function post(url: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`Alertmanager answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

async function isReady(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const ready = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return true;
    await sleep(100);
  }
  return false;
}

/** User and system time of a process so far. Source: proc(5), fields 14 and 15 of stat. */
function cpuSeconds({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name may hold blanks; it ends with the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

function findBinary(): string | undefined {
  const { TIDEWATCH_ALERTMANAGER: named, PATH = '' } = process.env;
  const candidates =
    named !== undefined
      ? [named]
      : PATH.split(delimiter).flatMap((folder) =>
          ['prometheus-alertmanager', 'alertmanager'].map((name) => join(folder, name)),
        );
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
