// What the deployed functions may do: nothing with `*` but what is listed here, each with its condition.
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { slo } from '../../lib/config/define.ts';
import { loadedWith, readSources } from '../support/import-graph.ts';
import { type Synthesized, synthesize } from './synthesize.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const template = synthesize({
  metrics: { namespace: 'Shop/{service.name}' },
  logs: { group: '/shop/{service.name}' },
});

/** With every domain that has a function of its own. */
const complete = synthesize({
  slos: [slo.lambda('orders').availability(0.999)],
  alerting: {
    route: { receiver: 'pages' },
    receivers: [{ name: 'pages', escalation: [{ policy: 'shop' }] }],
    cloudwatchAlarms: true,
  },
  onCall: {
    people: { ada: { contacts: { email: [{ to: 'ada@example.com', from: 'tidewatch@example.com' }] } } },
    policies: { shop: { steps: [{ tell: [{ person: 'ada' }] }] } },
  },
  anomalies: {
    logPatterns: { groups: ['/tidewatch/*'] },
    canary: { metrics: [{ namespace: 'Shop', metric: 'Errors', statistic: 'Sum' }] },
  },
});

function statementsOf(role: RegExp, { ofType }: Synthesized = template): readonly Statement[] {
  return ofType('AWS::IAM::Policy')
    .filter((policy) => role.test(policy.logicalId))
    .flatMap((policy) => policy.properties.PolicyDocument.Statement as Statement[]);
}

/** Every statement of every role, with resources as text. */
const statements = statementsOf(/./).map((statement) => ({
  effect: statement.Effect,
  actions: [statement.Action].flat(),
  resources: [statement.Resource].flat().map((resource) => JSON.stringify(resource)),
  condition: statement.Condition,
}));

describe('roles', () => {
  test('have no managed policies, which would allow more than one function needs', () => {
    for (const role of template.ofType('AWS::IAM::Role')) {
      expect(role.properties.ManagedPolicyArns, role.logicalId).toBeUndefined();
    }
    expect(template.ofType('AWS::IAM::Role')).toHaveLength(2);
  });

  test('allow no action by wildcard', () => {
    expect(
      statements.flatMap((statement) => statement.actions).filter((action) => action.includes('*')),
    ).toEqual([]);
  });

  test('name `*` as the resource only where the service knows no resources', () => {
    const open = statements.filter((statement) => statement.resources.includes('"*"'));
    expect(open.map((statement) => [statement.actions, statement.condition])).toEqual([
      [['xray:PutTraceSegments'], undefined],
      [
        ['cloudwatch:PutMetricData'],
        { StringLike: { 'cloudwatch:namespace': ['Shop/*', 'Tidewatch/Spans'] } },
      ],
    ]);
  });

  test('end a resource with `*` only below the prefixes of the archive and the log groups', () => {
    const partly = statements
      .filter((statement) => !statement.resources.includes('"*"'))
      .flatMap((statement) =>
        statement.resources
          .filter((resource) => resource.includes('*'))
          .map((resource) => [statement.actions, resource]),
      );
    expect(partly).toEqual([
      [['s3:PutObject'], expect.stringMatching(/"\/pending\/\*"/)],
      [['s3:GetObject'], expect.stringMatching(/"\/pending\/\*"/)],
      [['s3:PutObject'], expect.stringMatching(/"\/raw\/\*"/)],
      [
        ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:PutRetentionPolicy'],
        expect.stringMatching(/":log-group:\/shop\/\*"/),
      ],
      [['logs:DescribeLogGroups'], expect.stringMatching(/":log-group:\*"/)],
    ]);
  });

  test('reach only the partitions of the state table that are theirs', () => {
    const leadingKeys = (role: RegExp) =>
      statementsOf(role)
        .filter((statement) => [statement.Action].flat().some((action) => action.startsWith('dynamodb:')))
        .map((statement) => [statement.Action, statement.Condition]);
    expect(leadingKeys(/IngestOtlp/)).toEqual([
      ['dynamodb:GetItem', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['key#*'] } }],
    ]);
    expect(leadingKeys(/ExportTelemetry/)).toEqual([
      [
        ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        {
          'ForAllValues:StringLike': {
            'dynamodb:LeadingKeys': ['progress#*', 'series#*', 'loggroups#*', 'names#*'],
          },
        },
      ],
    ]);
  });

  test('let the ingest function do nothing but look up keys, queue and store bodies and log', () => {
    const actions = statementsOf(/IngestOtlp/).flatMap((statement) => statement.Action);
    expect(actions.toSorted()).toEqual([
      'dynamodb:GetItem',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:PutObject',
      'sqs:SendMessage',
    ]);
  });
});

/** Calls that functions make by name, and the action that IAM wants for each. */
const ACTIONS: Readonly<Record<string, string>> = {
  ...same('dynamodb', 'BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan'),
  ...same('dynamodb', 'BatchWriteItem'),
  // A transaction has no action of its own: each item in it needs the action of the single call.
  TransactWriteItems: 'dynamodb:PutItem',
  TransactGetItems: 'dynamodb:GetItem',
  ...same('sqs', 'SendMessage', 'DeleteMessage'),
  // A batch has no action of its own either.
  SendMessageBatch: 'sqs:SendMessage',
  ChangeMessageVisibilityBatch: 'sqs:ChangeMessageVisibility',
  ...same('logs', 'CreateLogGroup', 'CreateLogStream', 'PutLogEvents', 'PutRetentionPolicy'),
  ...same('logs', 'DescribeLogGroups', 'DescribeLogStreams'),
  ...same('cloudwatch', 'GetMetricData', 'ListMetrics', 'DescribeAlarms', 'ListTagsForResource'),
  ...same('logs', 'FilterLogEvents'),
  ...same('xray', 'GetServiceGraph'),
  ...same('codedeploy', 'PutLifecycleEventHookExecutionStatus'),
};

/** Named in an adapter that several functions load, and not made by these. */
const NOT_MADE: Readonly<Record<string, readonly string[]>> = {
  'functions/evaluate-slos.ts': ['DeleteItem', 'BatchWriteItem'],
  // It reads due rows, nothing else; notify and escalate remove them.
  'functions/sweep-timers.ts': [
    'BatchGetItem',
    'BatchWriteItem',
    'DeleteItem',
    'GetItem',
    'PutItem',
    'TransactWriteItems',
    'UpdateItem',
  ],
};

const sources = readSources('lib', 'functions');
const handlers = sources.map(({ file }) => file).filter((file) => /^functions\/[^/]+\.ts$/.test(file));

describe.each(handlers)('the role of %s', (file) => {
  const role = new RegExp(basename(file, '.ts').replaceAll('-', ''), 'i');

  // The emulator does not enforce policies: what is called but not allowed would only fail on AWS.
  test('allows every call that is named in the code it loads', () => {
    const code = loadedWith(file, sources).map(({ text }) => text);
    const named = Object.keys(ACTIONS)
      .filter((call) => code.some((text) => text.includes(`'${call}'`)))
      .filter((call) => !NOT_MADE[file]?.includes(call));
    const granted = statementsOf(role, complete).flatMap((statement) => statement.Action);
    expect(named.length).toBeGreaterThan(0);
    expect(granted).toEqual(expect.arrayContaining(named.map((call) => ACTIONS[call])));
  });
});

test('a key of the stack is used through kms:Decrypt and kms:GenerateDataKey on that key alone', () => {
  const own = synthesize({ deployment: { encryption: 'customerKey' } });
  const kms = own
    .ofType('AWS::IAM::Policy')
    .flatMap((policy) => policy.properties.PolicyDocument.Statement as Statement[])
    .filter((statement) => [statement.Action].flat().some((action) => action.startsWith('kms:')));
  expect(kms.length).toBeGreaterThan(1);
  for (const statement of kms) {
    expect([statement.Action].flat().every((action) => !action.includes('*'))).toBe(true);
    expect(statement.Resource).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^TidewatchKey/), 'Arn'] });
  }
});

function same(service: string, ...calls: readonly string[]): Record<string, string> {
  return Object.fromEntries(calls.map((call) => [call, `${service}:${call}`]));
}
