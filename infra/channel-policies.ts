// What a function needs to tell receivers: the secrets that their fields refer to, and the AWS services that some
// channels are. Calls to addresses on the internet need no permission.
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { inOrder } from '../lib/model/in-order.ts';
import type { NotificationTarget, SecretReference } from '../lib/model/notification.ts';
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts';
import { grantPutEvents } from './policies.ts';
import { grantSecrets } from './secret-policies.ts';

/** Lets a function tell these receivers, by the channels that are AWS services, with the secrets they refer to. */
export function grantChannels(role: Role, targets: readonly NotificationTarget[]): void {
  grantSecrets(
    role,
    targets.flatMap(({ fields }) => secretReferences(fields)),
  );
  const stack = Stack.of(role);
  const all = targets.flatMap((target) => {
    const { first, others } = inOrder(target);
    return [first, ...others];
  });
  const ofKind = (kind: string) => all.filter((target) => target.kind === kind).map(({ fields }) => fields);
  if (ofKind('email').length > 0) grantMail(role);
  for (const { topic_arn } of ofKind('sns')) {
    const isFixed = typeof topic_arn === 'string' && topic_arn.startsWith('arn:');
    const resource = isFixed ? topic_arn : '*';
    role.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [resource] }));
    if (isFixed) continue;
    acknowledge(role, {
      finding: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'telephone numbers, and topics that a template names, are no resources that a policy can list',
    });
  }
  for (const { event_bus } of ofKind('eventbridge')) {
    grantPutEvents(role, typeof event_bus === 'string' ? event_bus : 'default');
  }
  if (ofKind('opsitem').length > 0) {
    role.addToPolicy(
      new PolicyStatement({
        actions: ['ssm:CreateOpsItem', 'ssm:UpdateOpsItem'],
        resources: [stack.formatArn({ service: 'ssm', resource: 'opsitem', resourceName: '*' })],
      }),
    );
    acknowledgeWildcard(
      role,
      stack.formatArn({ service: 'ssm', resource: 'opsitem', resourceName: '*' }),
      'OpsItems get their ids when they are made',
    );
    role.addToPolicy(new PolicyStatement({ actions: ['ssm:DescribeOpsItems'], resources: ['*'] }));
    acknowledge(role, {
      finding: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'ssm:DescribeOpsItems knows no resources; it tells which OpsItem a group has',
    });
  }
}

function grantMail(role: Role): void {
  const identities = Stack.of(role).formatArn({ service: 'ses', resource: 'identity', resourceName: '*' });
  const sets = Stack.of(role).formatArn({ service: 'ses', resource: 'configuration-set', resourceName: '*' });
  role.addToPolicy(new PolicyStatement({ actions: ['ses:SendEmail'], resources: [identities, sets] }));
  for (const arn of [identities, sets]) {
    acknowledgeWildcard(
      role,
      arn,
      'a sender is authorised by the identity of its address or of its domain, whichever the account has verified',
    );
  }
}

/** Every reference within a value. */
export function secretReferences(value: unknown): SecretReference[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(secretReferences);
  const { secret, key, parameter } = value as Record<string, unknown>;
  const names = Object.keys(value).toSorted().join();
  if (names === 'secret' && typeof secret === 'string') return [{ secret }];
  if (names === 'key,secret' && typeof secret === 'string' && typeof key === 'string')
    return [{ secret, key }];
  if (names === 'parameter' && typeof parameter === 'string') return [{ parameter }];
  return Object.values(value).flatMap(secretReferences);
}
