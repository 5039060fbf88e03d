// What is written down of a running stack, so that `down`, `status` and a second `up` know it.
import { readFileSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PermanentError } from '../model/errors.ts';
import type { LocalPaths } from './paths.ts';

/** One resource of the deployed stack. */
export interface LocalResource {
  readonly logicalId: string;
  /** CloudFormation's: AWS::SQS::Queue. */
  readonly type: string;
  readonly physicalId: string;
}

/** What `tidewatch local up --json` prints. */
export interface LocalEndpoints {
  /** OTEL_EXPORTER_OTLP_ENDPOINT; null where the app has no such output. */
  readonly ingestUrl: string | null;
  readonly ingestKey: string | null;
  readonly alertsUrl: string | null;
  readonly consoleUrl: string | null;
  /** AWS_ENDPOINT_URL by service; `default` serves all. */
  readonly awsEndpoints: Readonly<Record<string, string>>;
  readonly resources: readonly LocalResource[];
}

export interface LocalState {
  readonly version: 1;
  /** `starting` until the deployment is done. */
  readonly phase: 'starting' | 'ready';
  readonly pid: number;
  /** The emulator's, http://127.0.0.1:PORT. */
  readonly endpoint: string;
  readonly project: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Stack outputs by their name, of all stacks of the app. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly endpoints: LocalEndpoints;
}

/** The recorded state; undefined when nothing is recorded, or nothing that can be read. */
export function readState(paths: LocalPaths): LocalState | undefined {
  try {
    const state = JSON.parse(readFileSync(paths.state, 'utf8')) as Partial<LocalState>;
    const fits = state.version === 1 && typeof state.pid === 'number' && typeof state.endpoint === 'string';
    return fits ? (state as LocalState) : undefined;
  } catch {
    return undefined;
  }
}

/** Records the state, readable by its owner alone: it holds a key. */
export async function writeState(paths: LocalPaths, state: LocalState): Promise<void> {
  await mkdir(dirname(paths.state), { recursive: true });
  const draft = `${paths.state}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, paths.state);
}

export async function removeState(paths: LocalPaths): Promise<void> {
  await rm(paths.state, { force: true });
}

/**
 * Keeps a second `up` or `down` of the same stack out while `work` runs. A lock whose holder is gone is taken over.
 * @throws PermanentError naming the process that is at work
 */
export async function withLock<T>(paths: LocalPaths, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(paths.lock), { recursive: true });
  await takeLock(paths.lock);
  try {
    return await work();
  } finally {
    await rm(paths.lock, { force: true });
  }
}

async function takeLock(lock: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(lock, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number(readFileSync(lock, 'utf8'));
      if (isAlive(holder)) {
        throw new PermanentError(
          'rejected',
          `another tidewatch local command (process ${holder}) is at work here: wait for it`,
        );
      }
      await rm(lock, { force: true });
    }
  }
  throw new PermanentError('rejected', `cannot take ${lock}`);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
