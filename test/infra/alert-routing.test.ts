// Alert routing as it is deployed: its functions, what each may do, its queues and its alarms.
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { AlertRouting } from '../../infra/constructs/alert-routing.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { synthesize, tinyBundles } from './synthesize.ts';

const config = {
  alerting: {
    route: { receiver: 'team' },
    receivers: [{ name: 'team', webhook: [{ url: { secret: 'hook' } }] }],
  },
} as const;
const { ofType } = synthesize(config);
const named = (type: string, id: RegExp) => ofType(type).filter(({ logicalId }) => id.test(logicalId));

interface Statement {
  readonly Action: string | readonly string[];
  readonly Condition?: {
    readonly 'ForAllValues:StringLike': { readonly 'dynamodb:LeadingKeys': readonly string[] };
  };
}

/** What a function may do: actions, and the prefixes of rows for those on the table. */
function rights(role: RegExp): { actions: string[]; rows: string[] } {
  const statements = named('AWS::IAM::Policy', role).flatMap(
    ({ properties }) => properties.PolicyDocument.Statement as Statement[],
  );
  return {
    actions: [...new Set(statements.flatMap(({ Action }) => [Action].flat()))].toSorted(),
    rows: statements
      .flatMap(({ Condition }) => Condition?.['ForAllValues:StringLike']['dynamodb:LeadingKeys'] ?? [])
      .toSorted(),
  };
}

describe('alert routing', () => {
  test('is not deployed where nothing makes or takes alerts', () => {
    const without = synthesize({}).ofType('AWS::Lambda::Function');
    expect(without.filter(({ logicalId }) => /RouteAlerts|Notify|SweepTimers/.test(logicalId))).toEqual([]);
  });

  test('can be used alone, and makes what it needs', () => {
    const stack = new Stack(new App({ outdir: temporaryFolder() }), 'Mine');
    new AlertRouting(stack, 'Alerting', { config, bundles: tinyBundles() });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::S3::Bucket', 1);
    // Alerts, wake-ups of groups and of incidents, each with its dead letters.
    template.resourceCountIs('AWS::SQS::Queue', 6);
  });

  test('says what is missing where the configuration has no alerting', () => {
    const stack = new Stack(new App({ outdir: temporaryFolder() }), 'Mine');
    expect(() => new AlertRouting(stack, 'Alerting', { config: {}, bundles: tinyBundles() })).toThrow(
      'expected alerting',
    );
  });

  test('route-alerts touches alerts, groups and timers, and wakes groups', () => {
    expect(rights(/RouteAlerts/).rows).toEqual(['alert#*', 'due#*', 'group#*', 'inhibit#*']);
    expect(rights(/RouteAlerts/).actions).toContain('sqs:SendMessage');
  });

  test('notify touches groups, timers and what was told, reads what mutes, and reads its secrets', () => {
    const { rows, actions } = rights(/AlertingNotifyRole/);
    expect(rows).toEqual(['due#*', 'group#*', 'inhibit#*', 'notified#*', 'outbox#*', 'silence#*']);
    expect(actions).toContain('secretsmanager:GetSecretValue');
    expect(actions.filter((action) => /^(ses|sns|events|ssm):/.test(action))).toEqual([]);
  });

  test('sweep-timers reads timers and silences and nothing else of the table', () => {
    expect(rights(/SweepTimers/).rows).toEqual(['due#*', 'silence#*']);
    expect(rights(/SweepTimers/).actions.filter((action) => action.startsWith('dynamodb:'))).toEqual([
      'dynamodb:Query',
    ]);
  });

  test('notify ends before the lease of a flush does', () => {
    expect(named('AWS::Lambda::Function', /AlertingNotify/)[0]?.properties.Timeout).toBe(80);
  });

  test('queues are read in batches of which a part may come back', () => {
    for (const { properties } of named('AWS::Lambda::EventSourceMapping', /Alerting/)) {
      expect(properties).toMatchObject({ BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] });
    }
  });

  test('an alarm rings when the heartbeat stops, and silence of the metric is a stop', () => {
    expect(named('AWS::CloudWatch::Alarm', /HeartbeatAlarm/)[0]?.properties).toMatchObject({
      MetricName: 'heartbeat',
      Namespace: 'Tidewatch',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      EvaluationPeriods: 5,
    });
  });

  test('the heartbeat of another deployment in the account does not count', () => {
    const [alarm] = named('AWS::CloudWatch::Alarm', /HeartbeatAlarm/);
    expect(alarm?.properties.Dimensions).toContainEqual({
      Name: 'Reason',
      Value: { Ref: expect.stringContaining('AlertingNotify') },
    });
  });
});
