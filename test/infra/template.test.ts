// The deployed resources: sizes, encryption, tiers, queues, doors, alarms and what `cdk destroy` keeps.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileConfig } from '../../lib/config/compile.ts';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { STACK_OUTPUTS } from '../../lib/model/stack-outputs.ts';
import { synthesize } from './synthesize.ts';

const standard = synthesize({});
const hardened: TidewatchConfig = {
  ingest: { door: 'httpApi', throttle: { requestsPerSecond: 50, burst: 70 }, reservedConcurrency: 30 },
  export: { maxConcurrency: 4 },
  tiers: { hot: '14d', coldFrom: '40d', frozenFrom: '140d', expireAfter: '900d' },
  deployment: {
    stackName: 'Shop',
    encryption: 'customerKey',
    removal: 'destroy',
    functionLogRetention: '30d',
    alarms: { emails: ['ops@example.com'] },
  },
};
const custom = synthesize(hardened);

describe('functions', () => {
  test('run Node.js 24 on arm64 with the sizes they need', () => {
    const sizes = standard.ofType('AWS::Lambda::Function').map(({ properties }) => properties);
    expect(sizes).toMatchObject([
      {
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        MemorySize: 512,
        Timeout: 10,
        Handler: 'index.handler',
      },
      {
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        MemorySize: 1024,
        Timeout: 60,
        Handler: 'index.handler',
      },
    ]);
  });

  test('hold the bundle and their slice of the configuration side by side, without the source map', () => {
    const { runtime } = compileConfig({});
    const configs = standard.ofType('AWS::Lambda::Function').map(({ properties }) => {
      const hash = (properties.Code.S3Key as string).replace('.zip', '');
      const file = (name: string) => readFileSync(join(standard.folder, `asset.${hash}`, name), 'utf8');
      expect(file('index.mjs')).toContain('handler');
      expect(() => file('index.mjs.map')).toThrow('ENOENT');
      return JSON.parse(file('config.json'));
    });
    const { receiver, xray, metrics, spanMetrics, logs } = runtime;
    expect(configs).toEqual([{ receiver }, { xray, metrics, spanMetrics, logs }]);
  });

  test('are deployed anew when the configuration changes, although their code does not', () => {
    const changed = synthesize({ xray: { indexAllAttributes: true } });
    const keys = (template: typeof standard) =>
      template.ofType('AWS::Lambda::Function').map(({ properties }) => properties.Code.S3Key);
    expect(keys(changed)[0]).toBe(keys(standard)[0]);
    expect(keys(changed)[1]).not.toBe(keys(standard)[1]);
  });

  test('write to log groups that forget', () => {
    const days = (template: typeof standard) =>
      template.ofType('AWS::Logs::LogGroup').map(({ properties }) => properties.RetentionInDays);
    expect(days(standard)).toEqual([14, 14]);
    expect(days(custom)).toEqual([30, 30]);
  });
});

describe('the telemetry queue', () => {
  const [queue] = standard
    .ofType('AWS::SQS::Queue')
    .filter(({ logicalId }) => /TelemetryQueue/.test(logicalId));

  test('keeps messages 14 days, hides them six time-outs and gives them up after 1,000 deliveries', () => {
    expect(queue?.properties).toMatchObject({
      MessageRetentionPeriod: 14 * 86_400,
      VisibilityTimeout: 6 * 60,
      RedrivePolicy: { maxReceiveCount: 1000 },
    });
  });

  test('is read in batches with partial answers and bounded concurrency', () => {
    expect(standard.ofType('AWS::Lambda::EventSourceMapping')[0]?.properties).toMatchObject({
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
    expect(custom.ofType('AWS::Lambda::EventSourceMapping')[0]?.properties.ScalingConfig).toEqual({
      MaximumConcurrency: 4,
    });
  });
});

test('the alert queue keeps order in each message group and takes explicit deduplication ids', () => {
  const fifo = standard.ofType('AWS::SQS::Queue').filter(({ properties }) => properties.FifoQueue === true);
  expect(fifo).toHaveLength(2);
  for (const { properties } of fifo) {
    expect(properties).toMatchObject({
      ContentBasedDeduplication: false,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  }
});

test('queues, bucket and topic refuse what is not sent over TLS', () => {
  const denying = ['AWS::SQS::QueuePolicy', 'AWS::S3::BucketPolicy', 'AWS::SNS::TopicPolicy'].flatMap(
    (type) => standard.ofType(type),
  );
  expect(denying).toHaveLength(6);
  for (const { properties } of denying) {
    expect(properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  }
});

describe('data at rest', () => {
  test('is encrypted with keys of AWS unless told otherwise', () => {
    for (const { properties } of standard.ofType('AWS::SQS::Queue')) {
      expect(properties.SqsManagedSseEnabled).toBe(true);
    }
    expect(standard.ofType('AWS::S3::Bucket')[0]?.properties.BucketEncryption).toEqual({
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    });
    expect(standard.ofType('AWS::KMS::Key')).toEqual([]);
  });

  test('is all encrypted with one rotating key of the stack when told so', () => {
    const key = { 'Fn::GetAtt': [expect.stringMatching(/^TidewatchKey/), 'Arn'] };
    const id = expect.anything();
    expect(custom.ofType('AWS::KMS::Key')).toMatchObject([{ properties: { EnableKeyRotation: true } }]);
    for (const { properties } of custom.ofType('AWS::SQS::Queue')) {
      expect(properties.KmsMasterKeyId).toEqual(key);
    }
    for (const { properties } of custom.ofType('AWS::Logs::LogGroup')) {
      expect(properties.KmsKeyId).toEqual(key);
    }
    expect(custom.ofType('AWS::SNS::Topic')[0]?.properties.KmsMasterKeyId).toEqual(id);
    expect(custom.ofType('AWS::DynamoDB::Table')[0]?.properties.SSESpecification).toEqual({
      KMSMasterKeyId: key,
      SSEEnabled: true,
      SSEType: 'KMS',
    });
    expect(custom.ofType('AWS::S3::Bucket')[0]?.properties.BucketEncryption).toMatchObject({
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { KMSMasterKeyID: key, SSEAlgorithm: 'aws:kms' },
        },
      ],
    });
  });
});

describe('the archive', () => {
  const rules = (template: typeof standard) =>
    template.ofType('AWS::S3::Bucket')[0]?.properties.LifecycleConfiguration.Rules;

  test('moves what is worth moving to Glacier Instant Retrieval on day 31 and to Deep Archive on day 121', () => {
    expect(rules(standard)).toEqual([
      {
        Id: 'tiers',
        Prefix: 'raw/',
        Status: 'Enabled',
        ObjectSizeGreaterThan: '131071',
        Transitions: [
          { StorageClass: 'GLACIER_IR', TransitionInDays: 31 },
          { StorageClass: 'DEEP_ARCHIVE', TransitionInDays: 121 },
        ],
      },
      { Id: 'pending', Prefix: 'pending/', Status: 'Enabled', ExpirationInDays: 30 },
      { Id: 'outbox', Prefix: 'outbox/', Status: 'Enabled', ExpirationInDays: 2 },
      {
        Id: 'cleanup',
        Status: 'Enabled',
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      },
    ]);
  });

  test('follows the tiers of the configuration and deletes only when told', () => {
    expect(rules(custom)).toMatchObject([
      { Transitions: [{ TransitionInDays: 40 }, { TransitionInDays: 140 }] },
      { Id: 'expire', Prefix: 'raw/', ExpirationInDays: 900 },
      { Id: 'pending' },
      { Id: 'outbox' },
      { Id: 'cleanup' },
    ]);
  });

  test('is private, versioned and owned by the account', () => {
    expect(standard.ofType('AWS::S3::Bucket')[0]?.properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
  });
});

test('the state table is on demand, can be restored to any second and forgets expired rows', () => {
  expect(standard.ofType('AWS::DynamoDB::Table')[0]?.properties).toMatchObject({
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  });
});

describe('cdk destroy', () => {
  const kept = (template: typeof standard) =>
    template.resources
      .filter(({ deletionPolicy }) => deletionPolicy !== undefined && deletionPolicy !== 'Delete')
      .map(({ type }) => type);

  test('keeps the archive bucket and the state table, and nothing else', () => {
    expect(kept(standard).toSorted()).toEqual(['AWS::DynamoDB::Table', 'AWS::S3::Bucket']);
  });

  test('keeps the key too, without which what is kept could not be read', () => {
    const both = synthesize({ deployment: { encryption: 'customerKey' } });
    expect(kept(both).toSorted()).toEqual(['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::S3::Bucket']);
  });

  test('keeps nothing when told so', () => {
    expect(kept(custom)).toEqual([]);
  });
});

describe('the door', () => {
  test('is a Function URL that anybody may call, with both permissions this takes', () => {
    expect(standard.ofType('AWS::Lambda::Url')).toMatchObject([{ properties: { AuthType: 'NONE' } }]);
    expect(standard.ofType('AWS::Lambda::Permission').map(({ properties }) => properties)).toMatchObject([
      { Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE' },
      { Action: 'lambda:InvokeFunction', Principal: '*', InvokedViaFunctionUrl: true },
    ]);
    expect(standard.ofType('AWS::ApiGatewayV2::Api')).toEqual([]);
  });

  test('can be an HTTP API whose only route takes every path and method, with throttling', () => {
    expect(custom.ofType('AWS::ApiGatewayV2::Route')).toMatchObject([
      { properties: { RouteKey: '$default' } },
    ]);
    expect(custom.ofType('AWS::ApiGatewayV2::Integration')).toMatchObject([
      { properties: { IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' } },
    ]);
    expect(custom.ofType('AWS::ApiGatewayV2::Stage')).toMatchObject([
      {
        properties: {
          StageName: '$default',
          AutoDeploy: true,
          DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 70 },
        },
      },
    ]);
    expect(custom.ofType('AWS::Lambda::Url')).toEqual([]);
  });

  test('lets no more executions run than were reserved', () => {
    const [ingest, exporting] = custom.ofType('AWS::Lambda::Function');
    expect(ingest?.properties.ReservedConcurrentExecutions).toBe(30);
    expect(exporting?.properties.ReservedConcurrentExecutions).toBeUndefined();
  });
});

describe('alarms', () => {
  const alarms = standard.ofType('AWS::CloudWatch::Alarm').map(({ properties }) => properties);

  test('watch dead letters, waiting time, crashes, throttling, drops and refusals that are our fault', () => {
    const metrics = alarms.map((alarm) => `${alarm.Namespace} ${alarm.MetricName}`).toSorted();
    expect(metrics).toEqual([
      'AWS/Lambda Errors',
      'AWS/Lambda Errors',
      'AWS/Lambda Throttles',
      'AWS/Lambda Throttles',
      'AWS/SQS ApproximateAgeOfOldestMessage',
      'AWS/SQS ApproximateAgeOfOldestMessage',
      'AWS/SQS ApproximateNumberOfMessagesVisible',
      'AWS/SQS ApproximateNumberOfMessagesVisible',
      ...Array.from({ length: 6 }, () => 'Tidewatch dropped'),
      ...Array.from({ length: 3 }, () => 'Tidewatch refusedRequests'),
    ]);
  });

  test('say what to do, and tell the topic when they begin and when they end', () => {
    for (const alarm of alarms) {
      expect(alarm.AlarmDescription.length).toBeGreaterThan(20);
      expect(alarm.AlarmActions).toEqual([{ Ref: expect.stringMatching(/Topic/) }]);
      expect(alarm.OKActions).toEqual(alarm.AlarmActions);
      expect(alarm.TreatMissingData).toBe('notBreaching');
    }
  });

  test('may be published to the topic, whose own policy replaces the default one', () => {
    expect(standard.ofType('AWS::SNS::TopicPolicy')[0]?.properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    );
  });

  test('reach people by e-mail, or through a topic that exists', () => {
    expect(custom.ofType('AWS::SNS::Subscription')).toMatchObject([
      { properties: { Protocol: 'email', Endpoint: 'ops@example.com' } },
    ]);
    const topicArn = 'arn:aws:sns:eu-west-1:123456789012:ops';
    const given = synthesize({ deployment: { alarms: { topicArn } } });
    expect(given.ofType('AWS::SNS::Topic')).toEqual([]);
    expect(given.ofType('AWS::CloudWatch::Alarm')[0]?.properties.AlarmActions).toEqual([topicArn]);
  });
});

test('the outputs have the names by which the command line finds a deployment', () => {
  const ofParts = ['ApiUrl', 'AlertsUrl', 'DetectAnomaliesFunctionName', 'AnomalyBucketName'];
  const always = STACK_OUTPUTS.filter((name) => !ofParts.includes(name));
  expect(Object.keys(standard.outputs).toSorted()).toEqual(always.toSorted());
  expect(custom.stack.stackName).toBe('Shop');
});
