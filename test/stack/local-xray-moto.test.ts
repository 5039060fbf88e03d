// A second opinion on PutTraceSegments and BatchGetTraces: moto's X-Ray, installed only for this test.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetTracesCommand, PutTraceSegmentsCommand, XRayClient } from '@aws-sdk/client-xray';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../lib/local/emulator.ts';
import { clientSettings } from '../../lib/local/environment.ts';
import { localPaths, packageRoot } from '../../lib/local/paths.ts';
import { ensurePython } from '../../lib/local/python.ts';
import { emulatorForThisFile } from './support/emulator.ts';
import { segment, traceId } from './support/segments.ts';

const emulator = emulatorForThisFile('test-xray-moto');
let moto: ChildProcess | undefined;
let theirs: XRayClient | undefined;

beforeAll(async () => {
  const paths = localPaths(packageRoot());
  const requirements = join(paths.recipe, 'requirements-moto.txt');
  const folder = `${paths.virtualEnvironment}-moto`;
  try {
    const python = await ensurePython({ folder, requirements, say: console.error });
    const port = await freePort();
    moto = spawn(join(python, '..', 'moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
      stdio: 'ignore',
    });
    const endpoint = `http://127.0.0.1:${port}`;
    for (let tries = 0; tries < 200 && !(await answers(endpoint)); tries++) await sleep(100);
    theirs = new XRayClient({ ...clientSettings(endpoint), maxAttempts: 1 });
  } catch (error) {
    console.error(
      `no comparison with moto, it cannot be installed here: ${(error as Error).message.split('\n')[0]}`,
    );
  }
});
afterAll(() => {
  moto?.kill('SIGKILL');
});

async function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/moto-api/`).then(
    (response) => response.ok,
    () => false,
  );
}

/** What a client sees of one put: the id and the code of each document that was not processed. */
async function refused(client: XRayClient, documents: readonly string[]) {
  const answer = await client.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: [...documents] }));
  return answer.UnprocessedTraceSegments?.map((item) => [item.Id ?? undefined, item.ErrorCode]);
}

async function read(client: XRayClient, ids: readonly string[]) {
  const answer = await client.send(new BatchGetTracesCommand({ TraceIds: [...ids] }));
  // Without the trace's own id, which moto leaves out while a segment is in progress.
  const traces = answer.Traces?.map((trace) => trace.Segments);
  return { traces, unprocessed: answer.UnprocessedTraceIds };
}

describe('moto and the local X-Ray', () => {
  const parent = segment();
  const child = segment({
    trace_id: parent.trace_id,
    parent_id: parent.id,
    type: 'subsegment',
    start_time: Date.now() / 1000,
  });
  const cases: readonly [string, readonly (string | Record<string, unknown>)[]][] = [
    ['a segment and its subsegment', [parent, { ...child, end_time: child.start_time }]],
    ['a segment in progress', [segment({ in_progress: true, end_time: undefined })]],
    ['text that is no JSON', ['garbage', '', segment()].map((d) => d)],
    ['a missing name', [segment({ name: undefined }), segment()]],
    ['a missing start', [segment({ start_time: undefined })]],
    ['a missing trace id', [segment({ trace_id: undefined })]],
    ['neither an end nor in_progress', [segment({ end_time: undefined })]],
    [
      'annotations, metadata, http and a cause',
      [
        segment({
          annotations: { a: 'text', n: 1.5, b: false },
          metadata: { default: { deep: [1, { x: null }] } },
          http: { response: { status: 404 } },
          cause: { exceptions: [{ id: '00000000000000ff', message: 'no' }] },
        }),
      ],
    ],
  ];
  test.for(cases)('agree on %s', async ([, documents], { skip }) => {
    if (theirs === undefined) return skip('moto cannot be installed here');
    const ours = new XRayClient(emulator().client);
    const texts = documents.map((document) =>
      typeof document === 'string' ? document : JSON.stringify(document),
    );
    expect(await refused(ours, texts)).toEqual(await refused(theirs, texts));
    const ids = documents.flatMap((d) =>
      typeof d === 'string' || d.trace_id === undefined ? [] : [d.trace_id as string],
    );
    const asked = [...new Set(ids), traceId()];
    expect(await read(ours, asked)).toEqual(await read(theirs, asked));
  });
});
