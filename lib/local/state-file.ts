// What is written down of a running stack, so that `down`, `status` and a second `up` know it.
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
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
  /** Sends and looks at alerts, silences them, acknowledges, and asks for SLOs. */
  readonly alertsKey: string | null;
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
    held.delete(paths.lock);
    await rm(paths.lock, { force: true });
  }
}

/** Locks of this very process: one that names this process but is not here is left from an earlier one of its number. */
const held = new Set<string>();

async function takeLock(lock: string): Promise<void> {
  // Linked into place when its content is complete: nobody reads a lock without its holder.
  const draft = `${lock}.${process.pid}-${randomUUID()}`;
  await writeFile(draft, String(process.pid));
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      // Both at once: another call of this process must not find the lock and not know that it is held.
      if (linked(draft, lock)) {
        held.add(lock);
        return;
      }
      const holder = Number(readFileSync(lock, 'utf8'));
      if (holder === process.pid ? held.has(lock) : isAlive(holder)) {
        throw new PermanentError(
          'rejected',
          `another tidewatch local command (process ${holder}) is at work here: wait for it`,
        );
      }
      await rm(lock, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new PermanentError('rejected', `cannot take ${lock}`);
}

/** @returns false when the lock is taken */
function linked(draft: string, lock: string): boolean {
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
