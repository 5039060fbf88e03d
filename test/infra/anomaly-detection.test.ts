// The anomaly detection as it is deployed: its calls, what it may do, and how it hears of changes.
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { AnomalyDetection } from '../../infra/constructs/anomaly-detection.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { synthesize, tinyBundles } from './synthesize.ts';

const { ofType } = synthesize({
  anomalies: { watch: [{ preset: 'lambda' }, { preset: 'sqs', every: '1m', publishScore: true }] },
});
const named = (type: string, id: RegExp) => ofType(type).filter(({ logicalId }) => id.test(logicalId));
const statementsOf = (role: RegExp) =>
  named('AWS::IAM::Policy', role).flatMap(
    ({ properties }) =>
      properties.PolicyDocument.Statement as {
        Action: string | string[];
        Resource: unknown;
        Condition?: unknown;
      }[],
  );

describe('detect-anomalies', () => {
  test('is called every five minutes, and each minute for metrics that are watched so often', () => {
    const calls = named('AWS::Events::Rule', /AnomaliesEvery/).map(({ properties }) => [
      properties.ScheduleExpression,
      properties.Targets[0].InputTransformer.InputTemplate,
    ]);
    expect(calls.toSorted()).toEqual([
      ['rate(1 minute)', '{"time":<time>,"every":"1m"}'],
      ['rate(5 minutes)', '{"time":<time>,"every":"5m"}'],
    ]);
    const usual = synthesize({ anomalies: {} }).ofType('AWS::Events::Rule');
    const schedules = usual
      .filter(({ logicalId }) => logicalId.includes('Anomalies'))
      .flatMap(({ properties }) => properties.ScheduleExpression ?? []);
    expect(schedules).toEqual(['rate(5 minutes)']);
  });

  test('may read metrics, traces and changes, keep its state, send alerts and scores: nothing else', () => {
    expect(statementsOf(/DetectAnomalies/).map(({ Action, Condition }) => [Action, Condition])).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], undefined],
      ['dynamodb:Query', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['change#*'] } }],
      ['sqs:SendMessage', undefined],
      [['s3:GetObject', 's3:PutObject'], undefined],
      ['s3:ListBucket', undefined],
      ['cloudwatch:GetMetricData', undefined],
      [['cloudwatch:ListMetrics', 'xray:GetServiceGraph'], undefined],
      ['cloudwatch:PutMetricData', { StringLike: { 'cloudwatch:namespace': ['Tidewatch/Anomalies'] } }],
    ]);
  });

  test('may publish no metrics when no score is published', () => {
    const quiet = synthesize({ anomalies: {} }).ofType('AWS::IAM::Policy');
    const detect = quiet.filter(({ logicalId }) => /DetectAnomalies/.test(logicalId));
    expect(JSON.stringify(detect)).not.toContain('PutMetricData');
  });

  test('raises an alarm when nothing calls it', () => {
    const [alarm] = named('AWS::CloudWatch::Alarm', /AnomaliesNotCalled/);
    expect(alarm?.properties).toMatchObject({ MetricName: 'Invocations', TreatMissingData: 'breaching' });
  });
});

describe('record-changes', () => {
  test('hears of deployments and writes them down, and may do no more', () => {
    const patterns = named('AWS::Events::Rule', /AnomaliesDeployments|AnomaliesLambdaChanges/);
    expect(patterns.map(({ properties }) => properties.EventPattern.source).toSorted()).toEqual([
      ['aws.cloudformation', 'aws.codedeploy', 'aws.ecs', 'aws.appconfig'],
      ['aws.lambda'],
    ]);
    expect(statementsOf(/RecordChanges/).map(({ Action, Condition }) => [Action, Condition])).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], undefined],
      ['dynamodb:PutItem', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['change#*'] } }],
    ]);
  });
});

describe('the gate of deployments', () => {
  const gate = synthesize({
    anomalies: {
      canary: {
        watchFor: '12m',
        metrics: [
          { namespace: 'AWS/Lambda', metric: 'Errors', statistic: 'Sum', dimensions: { FunctionName: 'f' } },
        ],
      },
    },
  });
  const hook = (type: string) => gate.ofType(type).filter(({ logicalId }) => /CanaryHook/.test(logicalId));

  test('has a name that CodeDeploy may call, and the time to watch', () => {
    const [lambda] = hook('AWS::Lambda::Function');
    expect(lambda?.properties).toMatchObject({ FunctionName: 'CodeDeployHook_Tidewatch', Timeout: 900 });
  });

  test('may read metrics and answer CodeDeploy', () => {
    const actions = hook('AWS::IAM::Policy').flatMap(({ properties }) =>
      properties.PolicyDocument.Statement.map(({ Action }: { Action: unknown }) => Action),
    );
    expect(actions).toEqual([
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      'cloudwatch:GetMetricData',
      'codedeploy:PutLifecycleEventHookExecutionStatus',
    ]);
  });

  test('is not deployed unless it is asked for', () => {
    expect(named('AWS::Lambda::Function', /CanaryHook/)).toEqual([]);
  });
});

describe('watch-logs', () => {
  const watched = synthesize({ anomalies: { logPatterns: { groups: ['/tidewatch/*', '/aws/lambda/f'] } } });
  const logs = (type: string) => watched.ofType(type).filter(({ logicalId }) => /Logs/.test(logicalId));

  test('is called every five minutes', () => {
    const [rule] = logs('AWS::Events::Rule');
    expect(rule?.properties).toMatchObject({ ScheduleExpression: 'rate(5 minutes)' });
  });

  test('may read the groups it watches, keep its tables and send alerts', () => {
    const [policy] = watched
      .ofType('AWS::IAM::Policy')
      .filter(({ logicalId }) => /WatchLogs/.test(logicalId));
    const statements = policy?.properties.PolicyDocument.Statement as {
      Action: unknown;
      Resource: unknown;
    }[];
    expect(statements.map(({ Action }) => Action)).toEqual([
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      'sqs:SendMessage',
      ['s3:GetObject', 's3:PutObject'],
      's3:ListBucket',
      'logs:FilterLogEvents',
      'logs:DescribeLogGroups',
    ]);
    expect(JSON.stringify(statements[4]?.Resource)).toMatch(
      /log-group:\/tidewatch\/\*.*log-group:\/aws\/lambda\/f:\*/,
    );
  });
});

describe('AnomalyDetection', () => {
  test('makes the table, queue, bucket and topic it needs when it is used alone', () => {
    const mine = new Stack(new App({ outdir: temporaryFolder() }), 'Mine');
    new AnomalyDetection(mine, 'Anomalies', { config: { anomalies: {} }, bundles: tinyBundles() });
    const template = Template.fromStack(mine);
    template.resourceCountIs('AWS::Lambda::Function', 2);
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.resourceCountIs('AWS::SNS::Topic', 1);
  });

  test('without anything to watch is an error that says what is missing', () => {
    const mine = new Stack(new App({ outdir: temporaryFolder() }), 'Mine');
    expect(() => new AnomalyDetection(mine, 'Anomalies', { config: {}, bundles: tinyBundles() })).toThrow(
      /nothing to watch: expected anomalies in the configuration/,
    );
  });
});
