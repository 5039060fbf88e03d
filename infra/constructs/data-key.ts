// One KMS key for everything the stack keeps, for those who want to hold it (`encryption: 'customerKey'`).
import { Annotations, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { DeploymentSettings } from '../../lib/config/deployment.ts';
import { removalPolicy } from '../removal.ts';

/** A key that rotates each year, which CloudWatch Logs may use for this account's log groups. */
export function dataKey(scope: Construct, id: string, removal: DeploymentSettings['removal']): Key {
  const { account, partition, region } = Stack.of(scope);
  const key = new Key(scope, id, {
    description: 'Tidewatch: archive, state, queues, topic and log groups',
    enableKeyRotation: true,
    removalPolicy: removalPolicy(removal),
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Decrypt*', 'kms:Encrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*`,
        },
      },
    }),
  );
  return key;
}

/** Warns where the configuration asks for a key of the stack, and a construct used alone was not given one. */
export function warnWithoutKey(
  scope: Construct,
  { encryption }: Pick<DeploymentSettings, 'encryption'>,
  given: IKey | undefined,
): void {
  if (encryption !== 'customerKey' || given !== undefined) return;
  Annotations.of(scope).addWarningV2(
    'tidewatch:encryptionKey',
    'deployment.encryption is customerKey, but this construct was given no encryptionKey: AWS manages its keys. Pass dataKey(this, "Key", "keep") of tidewatch/constructs/data-key, the same to each construct.',
  );
}
