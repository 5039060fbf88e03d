// Escalation as it is deployed: a function, its queue and its secret, only with `onCall`, and no more than it needs.
import { describe, expect, test } from 'vitest';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { type Synthesized, synthesize } from './synthesize.ts';

const config: TidewatchConfig = {
  alerting: {
    route: { receiver: 'pages' },
    receivers: [{ name: 'pages', escalation: [{ policy: 'shop' }] }],
  },
  onCall: {
    people: {
      ada: {
        contacts: {
          pagerduty: [{ routingKey: { secret: 'tidewatch/ada' } }],
          webhook: [{ url: { parameter: '/tidewatch/hook' } }],
        },
      },
      ben: { contacts: { email: [{ to: 'ben@example.com', from: 'tidewatch@example.com' }] } },
    },
    policies: { shop: { steps: [{ tell: [{ person: 'ada' }] }, { tell: [{ person: 'ben' }] }] } },
    slack: { signingSecret: { secret: 'tidewatch/slack' } },
  },
};
const template = synthesize(config);

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: { readonly 'ForAllValues:StringLike'?: { readonly 'dynamodb:LeadingKeys': string[] } };
}

function statements({ ofType }: Synthesized, role: RegExp): readonly Statement[] {
  return ofType('AWS::IAM::Policy')
    .filter(({ logicalId }) => role.test(logicalId))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement as Statement[]);
}

const named = ({ ofType }: Synthesized, type: string, name: RegExp) =>
  ofType(type).filter(({ logicalId }) => name.test(logicalId));

test('is not there without onCall', () => {
  const { onCall: _, ...rest } = config;
  const without = synthesize({ ...rest, alerting: { ...rest.alerting, receivers: [{ name: 'pages' }] } });
  expect(named(without, 'AWS::Lambda::Function', /Escalat/)).toEqual([]);
  expect(without.ofType('AWS::SecretsManager::Secret')).toEqual([]);
});

describe('with onCall', () => {
  test('is a function that reads wake-ups, a few at a time, with partial answers', () => {
    const [escalate] = named(template, 'AWS::Lambda::Function', /Escalat/);
    expect(escalate?.properties).toMatchObject({ Timeout: 60, MemorySize: 512, Runtime: 'nodejs24.x' });
    const mapping = named(template, 'AWS::Lambda::EventSourceMapping', /Escalat/);
    expect(mapping).toMatchObject([
      { properties: { BatchSize: 5, FunctionResponseTypes: ['ReportBatchItemFailures'] } },
    ]);
  });

  test('has dead letters of its own, with an alarm, and one for incidents that nobody acknowledges', () => {
    expect(named(template, 'AWS::SQS::Queue', /Escalat/)).toHaveLength(2);
    const alarms = named(template, 'AWS::CloudWatch::Alarm', /Escalat/).map(
      ({ properties }) => properties.MetricName,
    );
    expect(alarms.toSorted()).toEqual([
      'ApproximateAgeOfOldestMessage',
      'ApproximateNumberOfMessagesVisible',
      'Errors',
      'Throttles',
      'escalations',
    ]);
  });

  test('signs links with a secret that is made here and that nobody has to know', () => {
    expect(template.ofType('AWS::SecretsManager::Secret')).toMatchObject([
      { properties: { GenerateSecretString: { PasswordLength: 64 } } },
    ]);
  });

  test('encrypts the secret and the queue with the key of the stack where there is one', () => {
    const keyed = synthesize({ ...config, deployment: { encryption: 'customerKey' } });
    const key = { 'Fn::GetAtt': [expect.stringMatching(/^TidewatchKey/), 'Arn'] };
    expect(keyed.ofType('AWS::SecretsManager::Secret')[0]?.properties.KmsKeyId).toEqual(key);
    for (const { properties } of named(keyed, 'AWS::SQS::Queue', /Escalat/)) {
      expect(properties.KmsMasterKeyId).toEqual(key);
    }
    const actions = statements(keyed, /Escalate/).flatMap(({ Action }) => Action);
    expect(actions).toContain('kms:Decrypt');
  });

  test('leads links to the API', () => {
    const [escalate] = named(template, 'AWS::Lambda::Function', /Escalat/);
    const { TIDEWATCH_API_URL, TIDEWATCH_LINK_SECRET } = escalate!.properties.Environment.Variables;
    expect(JSON.stringify(TIDEWATCH_API_URL)).toContain('FunctionUrl');
    expect(TIDEWATCH_LINK_SECRET).toEqual({ Ref: expect.stringContaining('LinkSecret') });
  });

  test('may touch incidents, on-call and timers only, and read the secrets of contacts only', () => {
    const allowed = statements(template, /Escalate/);
    const keys = allowed.flatMap(
      ({ Condition }) => Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [],
    );
    expect([...new Set(keys)].toSorted()).toEqual(['due#*', 'incident#*', 'oncall#*']);
    const secrets = allowed.filter(({ Action }) =>
      [Action].flat().some((action) => /Secret|Parameter/.test(action)),
    );
    const text = JSON.stringify(secrets.map(({ Resource }) => Resource));
    expect(text).toContain('secret:tidewatch/ada-??????');
    expect(text).toContain('parameter/tidewatch/hook');
    expect(text).not.toContain('slack');
    expect(JSON.stringify(allowed)).toContain('ses:SendEmail');
    expect(JSON.stringify(allowed)).not.toContain('sns:Publish');
  });

  test.each([/Escalate/, /^TidewatchApi/])(
    'lets %s read the secret that signs links, by its own ARN',
    (role) => {
      const resources = statements(template, role)
        .filter(({ Action }) => Action === 'secretsmanager:GetSecretValue')
        .flatMap(({ Resource }) => Resource);
      expect(resources).toContainEqual({ Ref: expect.stringContaining('LinkSecret') });
    },
  );

  test('lists the secrets of many people in managed policies, since a role has 10,240 characters', () => {
    const people = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [
        `person${i}`,
        { contacts: { pagerduty: [{ routingKey: { secret: `tidewatch/pagerduty-of-person-${i}` } }] } },
      ]),
    );
    const policies = {
      shop: {
        steps: [
          {
            tell: Object.keys(people)
              .map((person) => ({ person }))
              .slice(0, 20),
          },
        ],
      },
    };
    const many = synthesize({ ...config, onCall: { people, policies } });
    const written = (document: unknown) =>
      JSON.stringify(document)
        .replaceAll(/\{"Ref":"AWS::Partition"\}/g, 'aws')
        .replaceAll(/\{"Ref":"AWS::Region"\}/g, 'ap-southeast-2')
        .replaceAll(/\{"Ref":"AWS::AccountId"\}/g, '123456789012')
        .replaceAll(/\{"Fn::Join":\["",\[(.*?)\]\]\}/g, (_, parts: string) => parts.replaceAll(/[",]/g, ''));
    for (const { properties } of named(many, 'AWS::IAM::Policy', /Escalate/)) {
      expect(written(properties.PolicyDocument).length).toBeLessThan(10_240);
    }
    const managed = many.ofType('AWS::IAM::ManagedPolicy');
    expect(managed.length).toBeGreaterThan(2);
    for (const { properties } of managed)
      expect(written(properties.PolicyDocument).length).toBeLessThan(6_144);
    const all = JSON.stringify([...managed, ...named(many, 'AWS::IAM::Policy', /Escalate/)]);
    for (const i of [0, 99, 199]) expect(all).toContain(`pagerduty-of-person-${i}-??????`);
  });

  test('lets notify open incidents', () => {
    const keys = statements(template, /Notify/).flatMap(
      ({ Condition }) => Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [],
    );
    expect(keys).toContain('incident#*');
    const [notify] = named(template, 'AWS::Lambda::Function', /Notify/);
    expect(Object.keys(notify?.properties.Environment.Variables)).toContain('TIDEWATCH_ESCALATE_QUEUE_URL');
  });
});
