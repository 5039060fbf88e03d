// Everything switched on at once, held to what CloudFormation, IAM and Lambda take, and to what a second deployment in
// the same account needs.
import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { slo, type TidewatchConfig } from '../../lib/config/define.ts';
import { type Resource, type Synthesized, synthesize } from './synthesize.ts';

const GATED = 300;
const SLOS = 1_000;

const config: TidewatchConfig = {
  slos: Array.from({ length: SLOS }, (_, i) =>
    slo.lambda(`function-${i}`).availability(0.999, i < GATED ? { policy: slo.standardPolicy } : {}),
  ),
  anomalies: {
    logPatterns: { groups: ['/aws/lambda/shop-*'] },
    canary: { metrics: [{ namespace: 'Shop', metric: 'Errors', statistic: 'Sum' }] },
  },
  alerting: {
    cloudwatchAlarms: true,
    route: { receiver: 'team' },
    receivers: [
      {
        name: 'team',
        slack: [{ appToken: { secret: 'tidewatch/slack' }, channel: '#alerts' }],
        email: [{ to: 'team@example.com', from: 'tidewatch@example.com' }],
        sns: [{ topicArn: 'arn:aws:sns:eu-central-1:123456789012:alerts' }],
        opsitem: [{ category: 'Availability' }],
        eventbridge: [{ eventBus: 'alerts' }],
        escalation: [{ policy: 'shop' }],
      },
    ],
  },
  onCall: {
    people: { ada: { contacts: { sns: [{ phoneNumber: '+4915100000000' }] } } },
    policies: { shop: { steps: [{ tell: [{ person: 'ada' }] }] } },
    slack: { signingSecret: { secret: 'tidewatch/slack-signing' } },
  },
  deployment: { stackName: 'Everything', encryption: 'customerKey' },
};
const template = synthesize(config);

/** Logical ids that a value refers to. */
function references(value: unknown, { resources }: Synthesized): Set<string> {
  const ids = new Set(resources.map(({ logicalId }) => logicalId));
  const text = JSON.stringify(value) ?? '';
  const named = text.matchAll(/\{"(?:Ref":"|Fn::GetAtt":\[")(\w+)"/g);
  return new Set([...named].map(([, id]) => id!).filter((id) => ids.has(id)));
}

describe('everything at once', () => {
  test('fits into a stack: resources, outputs, size of the template', () => {
    expect(template.resources.length).toBeLessThanOrEqual(500);
    expect(Object.keys(template.outputs).length).toBeLessThanOrEqual(200);
    expect(statSync(template.templateFile).size).toBeLessThan(1_000_000);
  });

  test('has no resources that wait for each other', () => {
    const needs = new Map(
      template.resources.map(({ logicalId, properties }) => [logicalId, references(properties, template)]),
    );
    const made = new Set<string>();
    for (let before = -1; before < made.size; ) {
      before = made.size;
      for (const [id, others] of needs) if ([...others].every((other) => made.has(other))) made.add(id);
    }
    expect([...needs.keys()].filter((id) => !made.has(id))).toEqual([]);
  });

  test('names nothing that a second deployment would name too', () => {
    const names = ['FunctionName', 'QueueName', 'TopicName', 'BucketName', 'TableName', 'RoleName'];
    const fixed = template.resources
      .filter(({ type }) => !/Permission|EventSourceMapping/.test(type))
      .flatMap(({ properties }) =>
        [...names, 'LogGroupName', 'AlarmName', 'ManagedPolicyName'].map((name) => properties?.[name]),
      )
      .filter((name) => name !== undefined);
    expect(fixed).toHaveLength(GATED + 1);
    for (const name of fixed) expect(name).toMatch(/^(Everything-slo-gate-|CodeDeployHook_Everything$)/);
  });

  test('encrypts all that keeps something with the key of the stack', () => {
    const keyOf = ({ type, properties }: Resource): unknown =>
      ({
        'AWS::SQS::Queue': properties?.KmsMasterKeyId,
        'AWS::SNS::Topic': properties?.KmsMasterKeyId,
        'AWS::Logs::LogGroup': properties?.KmsKeyId,
        'AWS::SecretsManager::Secret': properties?.KmsKeyId,
        'AWS::DynamoDB::Table': properties?.SSESpecification?.KMSMasterKeyId,
        'AWS::S3::Bucket':
          properties?.BucketEncryption?.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault
            .KMSMasterKeyID,
      })[type];
    const keeping =
      /^AWS::(SQS::Queue|SNS::Topic|Logs::LogGroup|SecretsManager::Secret|DynamoDB::Table|S3::Bucket)$/;
    const kept = template.resources.filter(({ type }) => keeping.test(type));
    expect(kept.length).toBeGreaterThan(20);
    for (const resource of kept) {
      expect(keyOf(resource), resource.logicalId).toEqual({
        'Fn::GetAtt': [expect.stringMatching(/^TidewatchKey/), 'Arn'],
      });
    }
  });

  test('keeps log lines for a time, and has room in each role and environment', () => {
    const lambdas = template.ofType('AWS::Lambda::Function');
    expect(template.ofType('AWS::Logs::LogGroup')).toHaveLength(lambdas.length);
    for (const { properties } of template.ofType('AWS::Logs::LogGroup')) {
      expect(properties.RetentionInDays).toBeGreaterThan(0);
    }
    for (const { properties } of lambdas) {
      expect(JSON.stringify(properties.Environment ?? {}).length).toBeLessThan(4_096);
      expect(properties.LoggingConfig.LogGroup).toBeDefined();
    }
    for (const { properties } of template.ofType('AWS::IAM::Policy')) {
      expect(JSON.stringify(properties.PolicyDocument).length).toBeLessThan(10_240);
      for (const { Action } of properties.PolicyDocument.Statement) {
        expect([Action].flat().filter((action: string) => action.includes('*'))).toEqual([]);
      }
    }
  });

  test('reads each queue in batches that the service takes, ten of a FIFO queue and without a window', () => {
    for (const { properties } of template.ofType('AWS::Lambda::EventSourceMapping')) {
      const [queue] = references(properties.EventSourceArn, template);
      const isFifo = template.resources.find(({ logicalId }) => logicalId === queue)?.properties.FifoQueue;
      expect(properties.BatchSize).toBeLessThanOrEqual(10);
      expect(properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      if (isFifo) expect(properties.MaximumBatchingWindowInSeconds).toBeUndefined();
    }
  });
});
