// A function may do what its channels need, and those that are told in their place.
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { expect, test } from 'vitest';
import { grantChannels } from '../../infra/channel-policies.ts';

test('channels that are told when another cannot be are granted with their secrets', () => {
  const stack = new Stack(new App(), 'test');
  const role = new Role(stack, 'role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  grantChannels(role, [
    {
      kind: 'pagerduty',
      fields: {
        routing_key: { secret: 'first' },
        otherwise: [
          { kind: 'sns', fields: { topic_arn: 'arn:aws:sns:eu-west-1:123456789012:alerts' } },
          { kind: 'webhook', fields: { url: { parameter: '/second' } } },
        ],
      },
    },
  ]);
  const text = JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(text).toContain('"sns:Publish"');
  expect(text).toContain('arn:aws:sns:eu-west-1:123456789012:alerts');
  expect(text).toContain('secret:first-??????');
  expect(text).toContain('parameter/second');
});
