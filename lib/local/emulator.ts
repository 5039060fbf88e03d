// Starts and stops the emulator: a process of its own that outlives the command that started it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PermanentError } from '../model/errors.ts';
import { LocalAdmin } from './admin-client.ts';
import { emulatorEnvironment } from './environment.ts';
import type { LocalPaths } from './paths.ts';

export interface RunningEmulator {
  readonly pid: number;
  /** http://127.0.0.1:PORT */
  readonly endpoint: string;
}

/** How long a start may take: about a second on an idle machine. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
/** A process with this in its command line is a launcher of ours; a recorded pid may be someone else's by now. */
const COMMAND_MARK = '-m launcher';

/**
 * Starts the launcher, detached.
 * @param port 0 = a free one
 * @param onStarted called with the pid before anything is awaited, so that it is recorded even if this is interrupted
 * @throws PermanentError with the log's last lines when it does not come up
 */
export async function startEmulator(
  paths: LocalPaths,
  python: string,
  options: {
    readonly port?: number;
    readonly signal?: AbortSignal | undefined;
    readonly onStarted?: (emulator: RunningEmulator) => void;
  } = {},
): Promise<RunningEmulator> {
  const port = options.port !== undefined && options.port !== 0 ? options.port : await freePort();
  await rm(paths.temporary, { recursive: true, force: true });
  mkdirSync(paths.temporary, { mode: 0o700 });
  layRuntimeModules(paths);
  options.signal?.throwIfAborted();
  const log = openSync(paths.emulatorLog, 'w');
  const child = spawn(python, COMMAND_MARK.split(' '), {
    cwd: paths.recipe,
    env: emulatorEnvironment(port, paths),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const emulator = { pid: await pidOf(child), endpoint: `http://127.0.0.1:${port}` };
  options.onStarted?.(emulator);
  child.unref();
  try {
    await waitUntilHealthy(emulator.endpoint, child, paths, options.signal);
  } catch (error) {
    await stopEmulator(emulator.pid, paths);
    throw error;
  }
  return emulator;
}

/**
 * Ends an emulator and the functions it runs, and removes its temporary files. It holds nothing worth a slow shutdown.
 * @returns whether it was running
 */
export async function stopEmulator(pid: number, paths: LocalPaths): Promise<boolean> {
  const running = isEmulator(pid);
  if (running) {
    // The launcher leads a process group of its own: its functions' workers end with it.
    process.kill(-pid, 'SIGKILL');
    for (let waited = 0; isEmulator(pid) && waited < 5000; waited += POLL_MS) await sleep(POLL_MS);
  }
  await rm(paths.temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return running;
}

/** Whether the process is alive and a launcher of ours. */
export function isEmulator(pid: number): boolean {
  return commandOf(pid)?.includes(COMMAND_MARK) === true;
}

/** The command line of a live process, from /proc or, where there is none, from ps. */
function commandOf(pid: number): string | undefined {
  try {
    if (!existsSync('/proc/self/cmdline')) {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    }
    // Empty once the process has ended and only waits to be collected.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return undefined;
  }
}

/** Whether an emulator answers at the endpoint. */
export async function isHealthy(endpoint: string): Promise<boolean> {
  return new LocalAdmin(endpoint).isHealthy();
}

async function waitUntilHealthy(
  endpoint: string,
  child: ChildProcess,
  paths: LocalPaths,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await isHealthy(endpoint))) {
    signal?.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline) {
      const lines = readFileSync(paths.emulatorLog, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
      throw new PermanentError(
        'rejected',
        `the emulator did not start; ${paths.emulatorLog} ends with\n${lines}`,
      );
    }
    await sleep(POLL_MS);
  }
}

/** Lambda's Node runtime brings the AWS SDK and nothing else: links to the project's packages of these scopes. */
function layRuntimeModules(paths: LocalPaths): void {
  rmSync(paths.runtimeModules, { recursive: true, force: true });
  mkdirSync(paths.runtimeModules, { recursive: true });
  for (const scope of ['@aws-sdk', '@smithy']) {
    const packages = join(paths.project, 'node_modules', scope);
    if (existsSync(packages)) symlinkSync(packages, join(paths.runtimeModules, scope));
  }
}

async function pidOf(child: ChildProcess): Promise<number> {
  if (child.pid !== undefined) return child.pid;
  const cause = await new Promise((resolve) => child.once('error', resolve));
  throw new PermanentError('rejected', 'the emulator could not be started', { cause });
}

/** A loopback port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no loopback port');
  return address.port;
}
