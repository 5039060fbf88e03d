// The local stack as a whole: emulator, deployment, plain addresses, key. Used by `tidewatch local`, the demo and the
// end-to-end tests alike.
import { existsSync } from 'node:fs';
import { PermanentError } from '../model/errors.ts';
import { LocalAdmin } from './admin-client.ts';
import { type Deployment, deploy } from './deploy.ts';
import { isEmulator, isHealthy, type RunningEmulator, startEmulator, stopEmulator } from './emulator.ts';
import { API_SCOPES, createLocalKey } from './local-key.ts';
import { type LocalPaths, localPaths } from './paths.ts';
import { plainAddress } from './plain-address.ts';
import { ensurePython } from './python.ts';
import {
  type LocalEndpoints,
  type LocalState,
  readState,
  removeState,
  withLock,
  writeState,
} from './state-file.ts';

export interface StartOptions {
  /** Folder of the CDK app; the current one when absent. */
  readonly project?: string;
  /** Stacks of different names run side by side. */
  readonly name?: string;
  /** Loopback port of the AWS endpoint; 0 or absent = a free one. */
  readonly port?: number;
  /** The CDK app's command; the project's cdk.json when absent. */
  readonly app?: string;
  readonly context?: Readonly<Record<string, string>>;
  /** `false`: deploy again to a stack that runs, so that changed code takes effect. */
  readonly reuse?: boolean;
  /** Progress, a line at a time. */
  readonly say?: (line: string) => void;
  /** Interrupts the start; whatever it had started is stopped again. */
  readonly signal?: AbortSignal;
}

export interface LocalStack {
  readonly endpoints: LocalEndpoints;
  /** The emulator's endpoint, http://127.0.0.1:PORT. */
  readonly endpoint: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly admin: LocalAdmin;
  /** True when it ran before and was left as it was. */
  readonly reused: boolean;
}

const NO_ENDPOINTS: LocalEndpoints = {
  ingestUrl: null,
  ingestKey: null,
  alertsUrl: null,
  alertsKey: null,
  consoleUrl: null,
  awsEndpoints: {},
  resources: [],
};

/**
 * Brings the stack up, or finds it up.
 * @throws PermanentError wrongUsage when the machine lacks something; the signal's reason when interrupted
 */
export async function startStack(options: StartOptions = {}): Promise<LocalStack> {
  const paths = localPaths(options.project ?? process.cwd(), options.name);
  return withLock(paths, async () => {
    const running = await findRunning(paths);
    if (running !== undefined && running.phase === 'ready' && options.reuse !== false) {
      options.say?.(`the local stack is up already at ${running.endpoint}`);
      return stackOf(running, true);
    }
    const kept = running?.phase === 'ready' ? running : undefined;
    if (running !== undefined && kept === undefined) await stopEmulator(running.pid, paths);
    try {
      return await bringUp(paths, options, kept);
    } catch (error) {
      if (kept === undefined) await stopRecorded(paths);
      throw error;
    }
  });
}

async function bringUp(paths: LocalPaths, options: StartOptions, kept?: LocalState): Promise<LocalStack> {
  const { signal, say = () => undefined } = options;
  const startedAt = kept?.startedAt ?? new Date().toISOString();
  const stateOf = (emulator: RunningEmulator): LocalState => ({
    version: 1,
    phase: 'starting',
    ...emulator,
    project: paths.project,
    startedAt,
    outputs: {},
    endpoints: NO_ENDPOINTS,
  });
  const emulator = kept ?? (await startRecorded(paths, options, stateOf));
  say(`deploying to ${emulator.endpoint}`);
  const { endpoint, pid } = emulator;
  const deployment = await deploy(paths, { endpoint, app: options.app, context: options.context, signal });
  const state: LocalState = {
    ...stateOf({ pid, endpoint }),
    phase: 'ready',
    outputs: deployment.outputs,
    endpoints: await endpointsOf(endpoint, deployment, kept?.endpoints ?? NO_ENDPOINTS),
  };
  signal?.throwIfAborted();
  await writeState(paths, state);
  return stackOf(state, false);
}

async function startRecorded(
  paths: LocalPaths,
  options: StartOptions,
  stateOf: (emulator: RunningEmulator) => LocalState,
): Promise<RunningEmulator> {
  const { signal, say = () => undefined } = options;
  const requirements = `${paths.recipe}/requirements.txt`;
  const python = await ensurePython({ folder: paths.virtualEnvironment, requirements, say, signal });
  say('starting the emulator');
  let recorded: Promise<void> | undefined;
  const emulator = await startEmulator(paths, python, {
    ...(options.port === undefined ? {} : { port: options.port }),
    signal,
    onStarted: (started) => {
      recorded = writeState(paths, stateOf(started));
    },
  });
  await recorded;
  return emulator;
}

async function endpointsOf(
  endpoint: string,
  { outputs, resources }: Deployment,
  kept: LocalEndpoints,
): Promise<LocalEndpoints> {
  const admin = new LocalAdmin(endpoint);
  const address = async (name: string): Promise<string | null> => {
    const url = outputs[name];
    return url === undefined ? null : plainAddress(admin, url);
  };
  const table = outputs.StateTableName;
  const newKey = async (scopes: readonly string[]) =>
    table === undefined ? null : createLocalKey(endpoint, table, scopes, Date.now());
  const alertsUrl = await address('AlertsUrl');
  return {
    ingestUrl: await address('IngestUrl'),
    ingestKey: kept.ingestKey ?? (await newKey(['ingest'])),
    alertsUrl,
    alertsKey: alertsUrl === null ? null : (kept.alertsKey ?? (await newKey(API_SCOPES))),
    consoleUrl: await address('ConsoleUrl'),
    awsEndpoints: { default: endpoint, xray: endpoint },
    resources,
  };
}

/**
 * Stops the stack by its recorded process and removes what it left.
 * @returns whether it was running
 */
export async function stopStack(options: Pick<StartOptions, 'project' | 'name'> = {}): Promise<boolean> {
  const paths = localPaths(options.project ?? process.cwd(), options.name);
  return withLock(paths, () => stopRecorded(paths));
}

async function stopRecorded(paths: LocalPaths): Promise<boolean> {
  const state = readState(paths);
  const stopped = state !== undefined && (await stopEmulator(state.pid, paths));
  await removeState(paths);
  return stopped;
}

export type StackStatus =
  | { readonly state: 'down' }
  /** A state is recorded, the emulator is gone: killed, or the machine was restarted. */
  | { readonly state: 'stale'; readonly endpoint: string; readonly startedAt: string }
  | { readonly state: 'starting' | 'up'; readonly recorded: LocalState };

/** What runs, by the recorded process and by asking the endpoint. */
export async function stackStatus(
  options: Pick<StartOptions, 'project' | 'name'> = {},
): Promise<StackStatus> {
  const paths = localPaths(options.project ?? process.cwd(), options.name);
  const recorded = existsSync(paths.state) ? readState(paths) : undefined;
  if (recorded === undefined) return { state: 'down' };
  const { endpoint, startedAt } = recorded;
  if (!isEmulator(recorded.pid) || !(await isHealthy(endpoint)))
    return { state: 'stale', endpoint, startedAt };
  return { state: recorded.phase === 'ready' ? 'up' : 'starting', recorded };
}

/** A stack that is up, for a test or a command that needs one. @throws PermanentError when there is none */
export async function connectStack(
  options: Pick<StartOptions, 'project' | 'name'> = {},
): Promise<LocalStack> {
  const status = await stackStatus(options);
  if (status.state !== 'up') {
    throw new PermanentError('notFound', 'no local stack is up: tidewatch local up');
  }
  return stackOf(status.recorded, true);
}

/** The recorded stack when its emulator runs and answers; what is left of a dead one is cleaned away. */
async function findRunning(paths: LocalPaths): Promise<LocalState | undefined> {
  const state = readState(paths);
  if (state === undefined) return undefined;
  if (isEmulator(state.pid) && (await isHealthy(state.endpoint))) return state;
  await stopEmulator(state.pid, paths);
  await removeState(paths);
  return undefined;
}

function stackOf(state: LocalState, reused: boolean): LocalStack {
  const { endpoints, endpoint, outputs } = state;
  return { endpoints, endpoint, outputs, admin: new LocalAdmin(endpoint), reused };
}
