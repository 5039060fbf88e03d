// The doctor: what a well deployment looks like, and what each illness is called.
import { describe, expect, test } from 'vitest';
import { examine, type Finding, type Patient } from '../../lib/doctor/examine.ts';
import type { DeploymentProbe, HttpAnswer } from '../../lib/doctor/ports.ts';
import { STACK_OUTPUTS, type StackOutput } from '../../lib/model/stack-outputs.ts';

const outputs = Object.fromEntries(STACK_OUTPUTS.map((name) => [name, `the ${name}`])) as Record<
  StackOutput,
  string
>;
const well: Patient = {
  stackName: 'Tidewatch',
  status: 'UPDATE_COMPLETE',
  outputs: { ...outputs, IngestUrl: 'https://ingest.example' },
  key: 'tw_key',
};

/** A deployment where all is well, but for what a test changes. */
function probe(changes: Partial<DeploymentProbe> = {}): DeploymentProbe {
  return {
    request: async (method, url, headers): Promise<HttpAnswer> => {
      const contentType = 'application/x-protobuf';
      if (!url.endsWith('/v1/traces')) return { status: 404, contentType };
      if (method !== 'POST') return { status: 405, contentType };
      return { status: headers.authorization === 'Bearer tw_key' ? 200 : 401, contentType };
    },
    queueDepth: async () => ({ waiting: 0, inFlight: 0 }),
    raisedAlarms: async () => [],
    runtimes: async () => ({ Ingest: 'nodejs24.x', Export: 'nodejs24.x' }),
    tableStatus: async () => 'ACTIVE',
    bucketExists: async () => undefined,
    ...changes,
  };
}

async function failures(patient: Patient, changes: Partial<DeploymentProbe> = {}): Promise<string[]> {
  const findings = await examine(patient, probe(changes));
  return findings
    .filter(({ result }) => result === 'failed')
    .map(({ check, detail }) => `${check}: ${detail}`);
}

describe('examine', () => {
  test('finds nothing wrong with a deployment that is well', async () => {
    const findings = await examine(well, probe());
    expect(findings.filter(({ result }) => result !== 'ok')).toEqual([]);
    expect(findings.length).toBeGreaterThan(10);
  });

  test('sends no telemetry without a key', async () => {
    const findings = await examine({ ...well, key: undefined }, probe());
    expect(findings.find(({ result }) => result === 'skipped')).toMatchObject({
      check: 'ingest takes an empty request',
    } satisfies Partial<Finding>);
  });

  test('asks the address it is given instead of the one of the stack', async () => {
    const asked = new Set<string>();
    await examine(
      { ...well, ingestUrl: 'http://127.0.0.1:9000/' },
      probe({
        request: async (_method, url) => {
          asked.add(url);
          return { status: 200, contentType: '' };
        },
      }),
    );
    expect([...asked]).toEqual(['http://127.0.0.1:9000/v1/traces', 'http://127.0.0.1:9000/v1/nothing']);
  });

  test.each<[string, Patient, Partial<DeploymentProbe>, readonly string[]]>([
    [
      'a stack that was rolled back',
      { ...well, status: 'UPDATE_ROLLBACK_COMPLETE' },
      {},
      ['stack: Tidewatch is UPDATE_ROLLBACK_COMPLETE: look at its events and deploy again'],
    ],
    [
      'a stack of another kind',
      { ...well, outputs: { ...well.outputs, AlarmTopicArn: undefined } as unknown as Patient['outputs'] },
      {},
      ['stack: outputs are missing (AlarmTopicArn): deploy again with this version'],
    ],
    [
      'a door that is open to all',
      { ...well, key: undefined },
      { request: async (_method, url) => ({ status: url.endsWith('traces') ? 200 : 404, contentType: '' }) },
      [
        'ingest refuses without a key: POST https://ingest.example/v1/traces: expected 401, got 200',
        'ingest refuses other methods: GET https://ingest.example/v1/traces: expected 405, got 200',
      ],
    ],
    [
      'dead letters',
      well,
      { queueDepth: async (url) => ({ waiting: /the TelemetryDead/.test(url) ? 3 : 0, inFlight: 0 }) },
      ['telemetry dead letters: 3 dead letters: tidewatch redrive --dry-run says why'],
    ],
    [
      'a raised alarm',
      well,
      { raisedAlarms: async () => [{ name: 'Tidewatch-Errors', description: 'The function crashes.' }] },
      ['alarms: Tidewatch-Errors: The function crashes.'],
    ],
    [
      'a function on an old runtime',
      well,
      { runtimes: async () => ({ Ingest: 'nodejs20.x' }) },
      ['runtimes: expected nodejs24.x, got Ingest on nodejs20.x: deploy again with this version'],
    ],
    [
      'a table that is being made',
      well,
      { tableStatus: async () => 'CREATING' },
      ['state table: CREATING, expected ACTIVE'],
    ],
    [
      'a bucket that is out of reach, and still does every other check',
      well,
      {
        bucketExists: async () => {
          throw new Error('Access Denied', { cause: new Error('no s3:ListBucket') });
        },
      },
      ['archive bucket: could not be checked: Access Denied (no s3:ListBucket)'],
    ],
  ])('finds %s', async (_illness, patient, changes, expected) => {
    expect(await failures(patient, changes)).toEqual(expected);
  });

  test('explains a 403, which only AWS itself gives', async () => {
    const found = await failures(well, { request: async () => ({ status: 403, contentType: '' }) });
    expect(found[0]).toMatch(/expected 401, got 403 \(403 comes from AWS/);
  });
});
