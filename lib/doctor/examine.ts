// What is well and what is not with a deployment, checked from outside: one finding a check, with what to do.
import { STACK_OUTPUTS, type StackOutput } from '../model/stack-outputs.ts';
import type { DeploymentProbe } from './ports.ts';

export interface Finding {
  readonly check: string;
  readonly result: 'ok' | 'failed' | 'skipped';
  /** What was seen; when it failed, also what to do. */
  readonly detail: string;
}

export interface Patient {
  readonly stackName: string;
  readonly status: string;
  readonly outputs: Readonly<Partial<Record<StackOutput, string>>>;
  /** Where requests go; default: the stack's IngestUrl. */
  readonly ingestUrl?: string | undefined;
  /** An ingest key; without one only refusals are checked. */
  readonly key?: string | undefined;
}

type Outcome = Pick<Finding, 'result' | 'detail'>;

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const SUPPORTED_RUNTIME = 'nodejs24.x';

const ok = (detail: string): Outcome => ({ result: 'ok', detail });
const failed = (detail: string): Outcome => ({ result: 'failed', detail });
const skipped = (detail: string): Outcome => ({ result: 'skipped', detail });

/** Runs every check, whatever the others say. A check that cannot be done has failed, with the reason. */
export async function examine(patient: Patient, probe: DeploymentProbe): Promise<readonly Finding[]> {
  const { outputs } = patient;
  const ingestUrl = patient.ingestUrl ?? outputs.IngestUrl;
  const queue = (name: StackOutput, judge: (waiting: number, inFlight: number) => Outcome) =>
    needs(outputs[name], async (url) => {
      const { waiting, inFlight } = await probe.queueDepth(url);
      return judge(waiting, inFlight);
    });
  const answer = (expected: number, method: string, path: string, headers: Record<string, string> = {}) =>
    needs(ingestUrl, (url) =>
      expectStatus(probe, expected, method, `${url.replace(/\/+$/, '')}${path}`, headers),
    );
  const deadLetters = (waiting: number): Outcome =>
    waiting === 0 ? ok('empty') : failed(`${waiting} dead letters: tidewatch redrive --dry-run says why`);
  const withKey =
    patient.key === undefined ? undefined : { ...PROTOBUF, authorization: `Bearer ${patient.key}` };

  const checks: Readonly<Record<string, () => Promise<Outcome> | Outcome>> = {
    stack: () => stackOutcome(patient),
    'ingest refuses without a key': answer(401, 'POST', '/v1/traces', PROTOBUF),
    'ingest refuses other methods': answer(405, 'GET', '/v1/traces'),
    'ingest refuses other paths': answer(404, 'POST', '/v1/nothing', PROTOBUF),
    'ingest takes an empty request':
      withKey === undefined
        ? () => skipped('give a key with --key to try it')
        : answer(200, 'POST', '/v1/traces', withKey),
    'state table': needs(outputs.StateTableName, async (table) => {
      const status = await probe.tableStatus(table);
      return status === 'ACTIVE' ? ok(status) : failed(`${status}, expected ACTIVE`);
    }),
    'archive bucket': needs(outputs.ArchiveBucketName, async (bucket) => {
      await probe.bucketExists(bucket);
      return ok(bucket);
    }),
    'telemetry queue': queue('TelemetryQueueUrl', (waiting, inFlight) =>
      ok(`${waiting} waiting, ${inFlight} being exported`),
    ),
    'telemetry dead letters': queue('TelemetryDeadLetterQueueUrl', deadLetters),
    'alert dead letters': queue('AlertDeadLetterQueueUrl', deadLetters),
    alarms: async () => {
      const raised = await probe.raisedAlarms(patient.stackName);
      if (raised.length === 0) return ok('none raised');
      return failed(raised.map(({ name, description }) => `${name}: ${description}`).join('; '));
    },
    runtimes: async () => {
      const runtimes = Object.entries(await probe.runtimes(patient.stackName));
      const old = runtimes.filter(([, runtime]) => runtime !== SUPPORTED_RUNTIME);
      if (old.length === 0) return ok(`${runtimes.length} functions on ${SUPPORTED_RUNTIME}`);
      const list = old.map(([name, runtime]) => `${name} on ${runtime}`).join(', ');
      return failed(`expected ${SUPPORTED_RUNTIME}, got ${list}: deploy again with this version`);
    },
  };
  return Promise.all(
    Object.entries(checks).map(async ([check, run]): Promise<Finding> => {
      try {
        return { check, ...(await run()) };
      } catch (error) {
        return { check, ...failed(`could not be checked: ${wordsOf(error)}`) };
      }
    }),
  );
}

function stackOutcome({ status, outputs, stackName }: Patient): Outcome {
  if (!/^(CREATE|UPDATE|IMPORT)_COMPLETE$|^UPDATE_COMPLETE_CLEANUP_IN_PROGRESS$/.test(status)) {
    return failed(`${stackName} is ${status}: look at its events and deploy again`);
  }
  const missing = STACK_OUTPUTS.filter((name) => outputs[name] === undefined);
  if (missing.length === 0) return ok(`${stackName} is ${status}`);
  return failed(`outputs are missing (${missing.join(', ')}): deploy again with this version`);
}

/** A check of something whose name comes from the stack's outputs. */
function needs(value: string | undefined, run: (value: string) => Promise<Outcome>): () => Promise<Outcome> {
  return async () => (value === undefined ? failed('the stack has no such output') : run(value));
}

async function expectStatus(
  probe: DeploymentProbe,
  expected: number,
  method: string,
  url: string,
  headers: Record<string, string>,
): Promise<Outcome> {
  const body = method === 'POST' ? new Uint8Array() : undefined;
  const { status, contentType } = await probe.request(method, url, headers, body);
  if (status === expected) return ok(`${status} ${contentType}`.trim());
  const gateway =
    status === 403 ? ' (403 comes from AWS: is the Function URL public, in an allowed account?)' : '';
  return failed(`${method} ${url}: expected ${expected}, got ${status}${gateway}`);
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message || error.name}${cause}`;
}
