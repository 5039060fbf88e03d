// The one state table: keys, progress, baselines; later SLO, alert and timer rows. Each function may touch the
// partitions that start with its own prefixes and no others.
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { DeploymentSettings } from '../../lib/config/deployment.ts';
import { grantKey } from '../policies.ts';
import { removalPolicy } from '../removal.ts';

export interface StateTableProps {
  readonly removal: DeploymentSettings['removal'];
  /** Undefined leaves encryption to a key that DynamoDB owns. */
  readonly encryptionKey?: IKey | undefined;
}

const ACTIONS = {
  read: ['dynamodb:GetItem'],
  readWrite: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  query: ['dynamodb:Query'],
  put: ['dynamodb:PutItem'],
  /** What StateRows does: rows together, in transactions, and taken out. */
  rows: [
    'dynamodb:BatchGetItem',
    'dynamodb:BatchWriteItem',
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
  ],
} as const;

/** Not TableV2: that wants to know the Region at synth as soon as it has a key of the stack. */
export class StateTable extends Construct {
  readonly table: Table;
  private readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: StateTableProps) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      ...(props.encryptionKey === undefined
        ? { encryption: TableEncryption.DEFAULT }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: props.encryptionKey }),
      removalPolicy: removalPolicy(props.removal),
    });
  }

  /**
   * Lets a function at the partitions whose key starts with one of the prefixes.
   * @param prefixes such as `key#`, see lib/aws/state-keys.ts
   */
  grant(role: Role, access: keyof typeof ACTIONS, prefixes: readonly string[]): void {
    role.addToPolicy(
      new PolicyStatement({
        actions: [...ACTIONS[access]],
        resources: [this.table.tableArn],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': prefixes.map((prefix) => `${prefix}*`) },
        },
      }),
    );
    grantKey(role, this.encryptionKey);
  }
}
