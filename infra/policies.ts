// What functions may do, statement by statement, each as narrow as the service allows. L2 grants are not used where
// they would grant more, such as kms:ReEncrypt* or dynamodb:Scan.
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts';

/** Reading and writing what the stack's own key encrypts; nothing to grant when AWS keeps the keys. */
export function grantKey(role: Role, key: IKey | undefined): void {
  if (key === undefined) return;
  role.addToPolicy(
    new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }),
  );
}

export function grantSend(role: Role, queue: IQueue): void {
  role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }));
}

/**
 * Segments to X-Ray, and metrics to these namespaces only.
 * @param namespaces as the condition wants them: `*` stands for any text
 */
export function grantTracesAndMetrics(role: Role, namespaces: readonly string[]): void {
  role.addToPolicy(new PolicyStatement({ actions: ['xray:PutTraceSegments'], resources: ['*'] }));
  role.addToPolicy(
    new PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringLike: { 'cloudwatch:namespace': [...namespaces] } },
    }),
  );
  acknowledge(role, {
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'xray:PutTraceSegments and cloudwatch:PutMetricData know no resources; the latter is narrowed to namespaces',
  });
}

/**
 * Metrics to these namespaces only.
 * @param namespaces as the condition wants them: `*` stands for any text
 */
export function grantMetrics(role: Role, namespaces: readonly string[]): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringLike: { 'cloudwatch:namespace': [...namespaces] } },
    }),
  );
  acknowledge(role, {
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'cloudwatch:PutMetricData knows no resources; it is narrowed to namespaces',
  });
}

/** Reading any metric of the account: which ones is up to the configuration. */
export function grantMetricReading(role: Role): void {
  role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }));
  acknowledge(role, {
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'cloudwatch:GetMetricData knows neither resources nor conditions on namespaces',
  });
}

/** Events to one bus. @param bus its name, such as `default` */
export function grantPutEvents(role: Role, bus: string): void {
  const arn = Stack.of(role).formatArn({ service: 'events', resource: 'event-bus', resourceName: bus });
  role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [arn] }));
}

/**
 * Making log groups below a prefix, setting and checking their retention, and writing to them.
 * @param prefix fixed text that all groups start with, such as `/tidewatch/`
 */
export function grantLogGroups(role: Role, prefix: string): void {
  const groups = logGroupArn(role, `${prefix}*`);
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'logs:PutRetentionPolicy',
      ],
      resources: [groups],
    }),
  );
  acknowledgeWildcard(
    role,
    groups,
    'log groups are named after services, which are not known before their logs arrive',
  );
  const all = logGroupArn(role, '*');
  role.addToPolicy(new PolicyStatement({ actions: ['logs:DescribeLogGroups'], resources: [all] }));
  acknowledgeWildcard(
    role,
    all,
    'a list is authorised on log-group::log-stream:, whatever prefix it asks for; names and retentions are all it tells',
  );
}

/**
 * Reading log groups, and listing all of them.
 * @param groups names, or prefixes followed by `*`
 */
export function grantLogReading(role: Role, groups: readonly string[]): void {
  const resources = groups.map((group) => logGroupArn(role, group.endsWith('*') ? group : `${group}:*`));
  role.addToPolicy(new PolicyStatement({ actions: ['logs:FilterLogEvents'], resources }));
  for (const resource of resources) {
    acknowledgeWildcard(
      role,
      resource,
      'a log group is read with all its streams, and groups are named by prefix',
    );
  }
  const all = logGroupArn(role, '*');
  role.addToPolicy(new PolicyStatement({ actions: ['logs:DescribeLogGroups'], resources: [all] }));
  acknowledgeWildcard(role, all, 'a list of log groups is authorised on all of them; names are all it tells');
}

function logGroupArn(role: Role, name: string): string {
  return Stack.of(role).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
