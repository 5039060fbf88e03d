// The archive bucket: everything received, raw, and the bodies that were too large for the queue. Lifecycle rules
// make the tiers: warm is S3 Standard, cold Glacier Instant Retrieval, frozen Deep Archive.
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { TierSettings } from '../../lib/archive/settings.ts';
import type { DeploymentSettings } from '../../lib/config/deployment.ts';
import { acknowledge, acknowledgeWildcard } from '../acknowledge.ts';
import { grantKey } from '../policies.ts';
import { removalPolicy } from '../removal.ts';

/** Where bodies wait that were too large for the queue. */
export const PENDING_PREFIX = 'pending/';
/** What is to be told and does not fit into a row; see lib/aws/outbox-bodies.ts. */
export const OUTBOX_PREFIX = 'outbox/';
/** Where everything received is kept. */
export const RAW_PREFIX = 'raw/';

/** Twice the 14 days that the telemetry queue keeps its messages, and then some. */
const PENDING_DAYS = 30;
/** A delivery is over, or given up, within hours. */
const OUTBOX_DAYS = 2;
/** An overwritten or deleted object can be brought back for this long. */
const NONCURRENT_DAYS = 30;
const TIERS_RULE = 'tiers';
const ABORT_UPLOAD_DAYS = 7;
/** Glacier classes bill at least 128 KB (Instant Retrieval) or 40 KB more (Deep Archive) an object: small ones stay. */
const SMALLEST_MOVED_BYTES = 128 * 1024;

export interface TelemetryArchiveProps {
  readonly tiers: TierSettings;
  readonly removal: DeploymentSettings['removal'];
  /** Undefined leaves encryption to S3's own keys. */
  readonly encryptionKey?: IKey | undefined;
}

export class TelemetryArchive extends Construct {
  readonly bucket: Bucket;
  private readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: TelemetryArchiveProps) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    const rules = lifecycleRules(props.tiers);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      ...(props.encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey: props.encryptionKey, bucketKeyEnabled: true }),
      lifecycleRules: rules,
      removalPolicy: removalPolicy(props.removal),
      autoDeleteObjects: props.removal === 'destroy',
    });
    // CloudFormation takes this number as text; the L2 construct writes it as a number.
    (this.bucket.node.defaultChild as CfnBucket).addPropertyOverride(
      `LifecycleConfiguration.Rules.${rules.findIndex((rule) => rule.id === TIERS_RULE)}.ObjectSizeGreaterThan`,
      String(SMALLEST_MOVED_BYTES - 1),
    );
    acknowledge(this.bucket, {
      finding: 'AwsSolutions-S1',
      reason:
        'a server access log would hold an object for nearly each object of the archive; CloudTrail data events say who read what',
    });
  }

  /** Writing objects below a prefix. */
  grantPut(role: Role, prefix: string): void {
    this.grant(role, 's3:PutObject', prefix);
  }

  /** Reading objects below a prefix. Who may not list the bucket gets 403 for what is gone, not 404. */
  grantGet(role: Role, prefix: string): void {
    this.grant(role, 's3:GetObject', prefix);
    role.addToPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
  }

  private grant(role: Role, action: string, prefix: string): void {
    const objects = this.bucket.arnForObjects(`${prefix}*`);
    role.addToPolicy(new PolicyStatement({ actions: [action], resources: [objects] }));
    acknowledgeWildcard(role, objects, `objects below ${prefix} are named by time and digest`);
    grantKey(role, this.encryptionKey);
  }
}

function lifecycleRules(tiers: TierSettings): LifecycleRule[] {
  return [
    {
      id: TIERS_RULE,
      prefix: RAW_PREFIX,
      objectSizeGreaterThan: SMALLEST_MOVED_BYTES - 1,
      transitions: [
        {
          storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL,
          transitionAfter: Duration.days(tiers.coldFromDay),
        },
        { storageClass: StorageClass.DEEP_ARCHIVE, transitionAfter: Duration.days(tiers.frozenFromDay) },
      ],
    },
    ...(tiers.expireOnDay === undefined
      ? []
      : [{ id: 'expire', prefix: RAW_PREFIX, expiration: Duration.days(tiers.expireOnDay) }]),
    { id: 'pending', prefix: PENDING_PREFIX, expiration: Duration.days(PENDING_DAYS) },
    { id: 'outbox', prefix: OUTBOX_PREFIX, expiration: Duration.days(OUTBOX_DAYS) },
    {
      id: 'cleanup',
      abortIncompleteMultipartUploadAfter: Duration.days(ABORT_UPLOAD_DAYS),
      noncurrentVersionExpiration: Duration.days(NONCURRENT_DAYS),
    },
  ];
}
