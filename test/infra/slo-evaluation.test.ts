// The evaluation of SLOs as it is deployed: its calls, what it may do, and the alarms of the gates.
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { SloEvaluation } from '../../infra/constructs/slo-evaluation.ts';
import { slo } from '../../lib/config/define.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { synthesize, tinyBundles } from './synthesize.ts';

const gated = slo.apiGateway('orders').availability(0.999, { policy: slo.standardPolicy });
const plain = slo.lambda('stock').availability(0.99);
const { ofType } = synthesize({ slos: [gated, plain] });

const named = (type: string, id: RegExp) => ofType(type).filter(({ logicalId }) => id.test(logicalId));

describe('evaluate-slos', () => {
  test('is called each minute with the time and its shard', () => {
    const rules = named('AWS::Events::Rule', /SlosSchedule/);
    expect(rules.map(({ properties }) => properties)).toMatchObject([
      {
        ScheduleExpression: 'rate(1 minute)',
        State: 'ENABLED',
        Targets: [
          {
            InputTransformer: {
              InputPathsMap: { time: '$.time' },
              InputTemplate: '{"time":<time>,"shard":0}',
            },
            RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 1 },
          },
        ],
      },
    ]);
  });

  test('is called once for each shard', () => {
    const slos = Array.from({ length: 1001 }, (_, index) => slo.lambda(`f${index}`).availability(0.99));
    const many = synthesize({ slos })
      .ofType('AWS::Events::Rule')
      .filter(({ logicalId }) => logicalId.includes('SlosSchedule'));
    expect(many.map(({ properties }) => properties.Targets[0].InputTransformer.InputTemplate)).toEqual([
      '{"time":<time>,"shard":0}',
      '{"time":<time>,"shard":1}',
      '{"time":<time>,"shard":2}',
    ]);
  });

  test('ends before the next call and knows its SLOs', () => {
    const [lambda] = named('AWS::Lambda::Function', /EvaluateSlos/);
    expect(lambda?.properties).toMatchObject({ Timeout: 55, MemorySize: 512 });
    expect(Object.keys(lambda?.properties.Environment.Variables)).toEqual([
      'TIDEWATCH_STATE_TABLE',
      'TIDEWATCH_ALERT_QUEUE_URL',
    ]);
  });

  test('may read metrics, write its own, send alerts and events, and touch its rows: nothing else', () => {
    const [policy] = named('AWS::IAM::Policy', /EvaluateSlos/);
    const statements = policy?.properties.PolicyDocument.Statement as {
      Action: string | string[];
      Resource: unknown;
      Condition?: unknown;
    }[];
    const ofSlos = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['slo#*'] } };
    expect(statements.map(({ Action, Condition }) => [Action, Condition])).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], undefined],
      [['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], ofSlos],
      ['dynamodb:Query', ofSlos],
      ['sqs:SendMessage', undefined],
      ['cloudwatch:GetMetricData', undefined],
      ['cloudwatch:PutMetricData', { StringLike: { 'cloudwatch:namespace': ['Tidewatch/SLO'] } }],
      ['events:PutEvents', undefined],
    ]);
    expect(JSON.stringify(statements.at(-1)?.Resource)).toContain(':event-bus/default');
  });

  test('raises an alarm when nothing calls it for five minutes', () => {
    const [alarm] = named('AWS::CloudWatch::Alarm', /SlosNotCalled/);
    expect(alarm?.properties).toMatchObject({
      MetricName: 'Invocations',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 5,
      TreatMissingData: 'breaching',
      AlarmActions: [expect.anything()],
    });
  });

  test('raises an alarm when SLOs cannot be evaluated, or alerts not be told', () => {
    const alarms = named('AWS::CloudWatch::Alarm', /SlosNot(Evaluated|Told)/);
    expect(alarms.map(({ properties }) => [properties.MetricName, properties.Dimensions])).toEqual(
      ['notEvaluated', 'notTold'].map((name) => [name, [{ Name: 'Receiver', Value: 'evaluate-slos' }]]),
    );
  });

  test('sends no events when that is switched off', () => {
    const quiet = synthesize({ slos: [plain], sloOptions: { events: false } });
    expect(JSON.stringify(quiet.ofType('AWS::IAM::Policy'))).not.toContain('events:PutEvents');
  });
});

describe('a gate', () => {
  test('has an alarm that pipelines can watch, by a name that can be guessed', () => {
    expect(named('AWS::CloudWatch::Alarm', /SlosGate/).map(({ properties }) => properties)).toEqual([
      {
        AlarmName: 'Tidewatch-slo-gate-orders-availability',
        AlarmDescription: expect.stringContaining('tidewatch slo gate orders-availability'),
        Namespace: 'Tidewatch/SLO',
        MetricName: 'gate_closed',
        Dimensions: [{ Name: 'Slo', Value: 'orders-availability' }],
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'missing',
      },
    ]);
  });
});

describe('gates without alarms', () => {
  test('are for more SLOs than a stack has room for', () => {
    const quiet = synthesize({ slos: [gated], sloOptions: { gateAlarms: false } });
    const alarms = quiet.ofType('AWS::CloudWatch::Alarm').map(({ logicalId }) => logicalId);
    expect(alarms.filter((id) => /SlosGate/.test(id))).toEqual([]);
  });
});

describe('without SLOs', () => {
  test('nothing is deployed for them', () => {
    const types = synthesize({}).resources.map(({ type }) => type);
    expect(types).not.toContain('AWS::Events::Rule');
  });
});

describe('SloEvaluation alone', () => {
  const make = (config: object) => {
    const stack = new Stack(new App({ outdir: temporaryFolder() }), 'Mine');
    new SloEvaluation(stack, 'Slos', { config, bundles: tinyBundles() });
    return Template.fromStack(stack);
  };

  test('makes the table, the alert queue and the topic it needs', () => {
    const template = make({ slos: [plain] });
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.resourceCountIs('AWS::SNS::Topic', 1);
  });

  test('refuses a configuration without SLOs', () => {
    expect(() => make({})).toThrow('SloEvaluation has nothing to evaluate: expected slos');
  });
});
