// The API in the template: there when something needs it, with leave for what is configured and no more.
import { describe, expect, test } from 'vitest';
import { type Resource, type Synthesized, synthesize } from './synthesize.ts';

const alerting = { route: { receiver: 'a' }, receivers: [{ name: 'a' }] };
const none = synthesize({});
const standard = synthesize({ alerting });
const behindHttpApi = synthesize({ alerting, ingest: { door: 'httpApi' } });

function apiFunction({ ofType }: Synthesized): Resource | undefined {
  return ofType('AWS::Lambda::Function').find(({ logicalId }) => /^Api|Api[A-Z].*Function/.test(logicalId));
}

describe('the API', () => {
  test('is not there when nothing needs it', () => {
    expect(none.outputs.ApiUrl).toBeUndefined();
    expect(apiFunction(none)).toBeUndefined();
  });

  test('is behind a function URL, whose address is an output under two names', () => {
    expect(standard.outputs.ApiUrl.Value).toEqual(standard.outputs.AlertsUrl.Value);
    expect(standard.ofType('AWS::Lambda::Url')).toHaveLength(2);
  });

  test('is behind an HTTP API where telemetry is', () => {
    expect(behindHttpApi.ofType('AWS::Lambda::Url')).toHaveLength(0);
    expect(
      behindHttpApi.ofType('AWS::ApiGatewayV2::Api').map(({ properties }) => properties.Description),
    ).toEqual(['OTLP in', 'Alerts, SLOs, incidents']);
  });

  test('may read alerts, write silences and send to the alert queue, and nothing else', () => {
    const policy = standard
      .ofType('AWS::IAM::Policy')
      .find(({ logicalId }) => /^(Tidewatch)?Api/.test(logicalId));
    const statements = policy?.properties.PolicyDocument.Statement ?? [];
    type Statement = { Action: string | string[]; Condition?: Record<string, Record<string, string[]>> };
    const table = statements.flatMap(({ Action, Condition }: Statement) => {
      const keys = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
      return keys === undefined ? [] : [[[Action].flat().length, keys]];
    });
    expect(table).toEqual([
      [1, ['key#*']],
      [1, ['alert#*', 'inhibit#*', 'silence#*']],
      [4, ['silence#*']],
    ]);
    const others = statements
      .filter(({ Condition }: Statement) => Condition === undefined)
      .flatMap(({ Action }: Statement) => Action);
    expect(others.toSorted()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage']);
  });
});

describe('CloudWatch alarms', () => {
  const taken = synthesize({ alerting: { ...alerting, cloudwatchAlarms: true } });
  const rules = ({ ofType }: Synthesized) =>
    ofType('AWS::Events::Rule').filter(({ logicalId }) => /AlarmEvents/.test(logicalId));

  test('are taken only where they are asked for', () => {
    expect(rules(standard)).toEqual([]);
  });

  test('come by an event of each change and by a schedule', () => {
    expect(
      rules(taken).map(({ properties }) => properties.EventPattern ?? properties.ScheduleExpression),
    ).toEqual([
      { source: ['aws.cloudwatch'], 'detail-type': ['CloudWatch Alarm State Change'] },
      'rate(5 minutes)',
    ]);
  });
});
