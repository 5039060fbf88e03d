// Changes of budgets on DynamoDB, and `tidewatch slo` with AWS credentials on the state table of a stack.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { findDeployment, output } from '../../lib/aws/deployment.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import { createSignedClient } from '../../lib/aws/signed-client.ts';
import { DynamoSloChangeStore } from '../../lib/aws/slo-change-store.ts';
import { DynamoSloStore } from '../../lib/aws/slo-store.ts';
import { awsEnvironment, withoutAws } from '../../lib/local/environment.ts';
import { describeChangeStore } from '../slo/changes/change-store-suite.ts';
import { ROOT } from '../support/import-graph.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { emulatorForThisFile } from './support/emulator.ts';

const STACK = 'Budgets';
const emulator = emulatorForThisFile('test-slo-commands');

const TEMPLATE = {
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      },
    },
  },
  Outputs: { StateTableName: { Value: { Ref: 'Table' } } },
};

const CONFIG = `import { defineTidewatch, slo } from ${JSON.stringify(join(ROOT, 'lib/config/define.ts'))};
export default defineTidewatch({
  slos: [slo.lambda('orders').availability(0.999, { name: 'orders', policy: slo.standardPolicy })],
});
`;

let table = '';
let config = '';

beforeAll(async () => {
  const client = new CloudFormationClient(emulator().client);
  await client.send(new CreateStackCommand({ StackName: STACK, TemplateBody: JSON.stringify(TEMPLATE) }));
  await waitUntilStackCreateComplete({ client, maxWaitTime: 30, minDelay: 1 }, { StackName: STACK });
  table = output(await findDeployment(STACK, client), 'StateTableName');
  config = join(temporaryFolder(), 'tidewatch.config.ts');
  writeFileSync(config, CONFIG);
});

function tidewatch(...args: readonly string[]) {
  const where = ['--stack', STACK, '--config', config, '--json'];
  const env = { ...withoutAws(), ...awsEnvironment(emulator().endpoint) };
  const command = [join(ROOT, 'lib/cli/main.ts'), 'slo', ...args, ...where];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env });
  return { status, stderr, json: stdout === '' ? undefined : JSON.parse(stdout) };
}

describe('changes on DynamoDB', () => {
  describeChangeStore(() => new DynamoSloChangeStore(table, new DynamoDBClient(emulator().client)));
});

describe('tidewatch slo on the state table', () => {
  test('opens and closes a gate by what the evaluation left there', async () => {
    expect(tidewatch('gate', 'orders')).toMatchObject({ status: 1, json: { reason: 'noStatus' } });
    const env = awsEnvironment(emulator().endpoint);
    const store = new DynamoSloStore(table, createSignedClient({ env }), { budget: new RetryBudget() });
    const now = Date.now();
    const status = {
      slo: 'orders',
      remaining: -0.5,
      budgetState: 'exhausted',
      actions: ['notify', 'requireApproval', 'freeze'],
      evaluatedAt: now,
      burnRate: 20,
      timeToExhaustionMs: 0,
      badEvents: 150,
      allowedEvents: 100,
      remainingMinutes: -21.6,
      firing: ['page'],
      measuredTo: now,
      lastDataAt: now,
    } as const;
    const row = { version: 1, at: now, state: '', recent: new Uint8Array(0), outbox: '', status };
    expect(await store.commit({ slo: 'orders', row, hours: new Map() })).toBe('committed');
    expect(tidewatch('gate', 'orders')).toMatchObject({
      status: 1,
      json: { gate: 'closed', reason: 'frozen', remaining: -0.5, opensAbove: 0.15 },
    });
    expect(tidewatch('status')).toMatchObject({
      status: 0,
      json: [{ slo: 'orders', budgetState: 'exhausted', firing: ['page'] }],
    });
    const made = tidewatch('override', 'orders', '--for', '1h', '--reason', 'a fix', '--author', 'ada');
    expect(made).toMatchObject({ status: 0, json: { kind: 'override', madeBy: 'cli' } });
    expect(tidewatch('gate', 'orders')).toMatchObject({ status: 0, json: { reason: 'overridden' } });
    expect(tidewatch('withdraw', 'orders', made.json.id, '--reason', 'done')).toMatchObject({ status: 0 });
    expect(tidewatch('gate', 'orders').status).toBe(1);
  });
});
