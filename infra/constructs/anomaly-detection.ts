// Anomalies: the function detect-anomalies with its schedules and the bucket of its state, and record-changes, which
// notes deployments as EventBridge tells of them. Can be used alone: what is not given it makes.
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { CanaryGateSettings } from '../../lib/anomaly/canary/settings.ts';
import { CHANGE_SOURCES, LAMBDA_CALLS } from '../../lib/anomaly/changes/change-event.ts';
import type { LogWatchSettings } from '../../lib/anomaly/log-watch/settings.ts';
import {
  type AnomalySettings,
  CADENCE_MS,
  type Cadence,
  SCORE_NAMESPACE,
} from '../../lib/anomaly/watch/settings.ts';
import { STATE_PREFIX } from '../../lib/aws/state-keys.ts';
import { type CompiledConfig, compileConfig } from '../../lib/config/compile.ts';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { acknowledge, acknowledgeWildcard } from '../acknowledge.ts';
import { grantKey, grantLogReading, grantMetricReading, grantMetrics } from '../policies.ts';
import { removalPolicy } from '../removal.ts';
import { AlertBus } from './alert-bus.ts';
import { BundledFunction } from './bundled-function.ts';
import { warnWithoutKey } from './data-key.ts';
import { callEveryMinutes } from './every-minutes.ts';
import { StackAlarms } from './stack-alarms.ts';
import { StateTable } from './state-table.ts';

/** Enough for 10,000 metrics; a rebuild from history that takes longer goes on in the next run. */
const DETECT_TIMEOUT = Duration.minutes(4);
/** Four shards of 500 metrics at a time, 10 MB each, and their points. */
const DETECT_MEMORY_MB = 1024;
const RECORD_TIMEOUT = Duration.seconds(15);
const RECORD_MEMORY_MB = 256;
const GATE_MEMORY_MB = 256;
/** Fifty thousand lines at a time. */
const LOGS_MEMORY_MB = 512;
const LOGS_MINUTES = 5;
/** Until the last points are there and CodeDeploy has its answer. */
const GATE_MARGIN = Duration.minutes(3);
const HOOK_PREFIX = 'CodeDeployHook_';
/** All objects of the state are below it. */
const OBJECT_PREFIX = 'anomaly/';

export interface AnomalyDetectionProps {
  /** Has `anomalies`. */
  readonly config: TidewatchConfig;
  readonly stateTable?: StateTable;
  readonly alertBus?: AlertBus;
  readonly alarms?: StackAlarms;
  /** Encrypts what this construct makes; undefined leaves that to keys that AWS manages. */
  readonly encryptionKey?: IKey | undefined;
  /** Folder that holds one folder for each built function; default: what `npm run build` makes. */
  readonly bundles?: string | undefined;
}

export class AnomalyDetection extends Construct {
  readonly stateTable: StateTable;
  readonly alertBus: AlertBus;
  readonly alarms: StackAlarms;
  readonly bucket: Bucket;
  readonly detect: BundledFunction;
  readonly record: BundledFunction;
  /** The gate of deployments; name its function as a hook in an appspec. Only with anomalies.canary. */
  readonly gate: BundledFunction | undefined;
  /** Only with anomalies.logPatterns. */
  readonly logs: BundledFunction | undefined;
  private readonly encryptionKey: IKey | undefined;

  /** @throws ConfigError that lists every problem of the configuration; Error when it has no anomalies */
  constructor(scope: Construct, id: string, props: AnomalyDetectionProps) {
    super(scope, id);
    const { encryptionKey, bundles } = props;
    this.encryptionKey = encryptionKey;
    const compiled = compileConfig(props.config);
    const { deployment, runtime } = compiled;
    if (runtime.anomaly === undefined)
      throw new Error('AnomalyDetection has nothing to watch: expected anomalies in the configuration');
    warnWithoutKey(this, deployment, encryptionKey);
    const { removal } = deployment;
    this.alarms = props.alarms ?? new StackAlarms(this, 'Alarms', { settings: deployment, encryptionKey });
    this.stateTable = props.stateTable ?? new StateTable(this, 'State', { removal, encryptionKey });
    this.alertBus = props.alertBus ?? new AlertBus(this, 'AlertBus', { alarms: this.alarms, encryptionKey });
    this.bucket = this.makeBucket(compiled);
    this.detect = this.makeDetect(compiled, runtime.anomaly, bundles);
    this.record = this.makeRecord(compiled, bundles);
    if (runtime.canary !== undefined) this.gate = this.makeGate(compiled, runtime.canary, bundles);
    if (runtime.logWatch !== undefined) this.logs = this.makeLogs(compiled, runtime.logWatch, bundles);
  }

  /** Not versioned, unlike the archive: each object is written anew every five minutes. */
  private makeBucket({ deployment }: CompiledConfig): Bucket {
    const bucket = new Bucket(this, 'Detectors', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      ...(this.encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : {
            encryption: BucketEncryption.KMS,
            encryptionKey: this.encryptionKey,
            bucketKeyEnabled: true,
          }),
      removalPolicy: removalPolicy(deployment.removal),
      autoDeleteObjects: deployment.removal === 'destroy',
    });
    acknowledge(bucket, {
      finding: 'AwsSolutions-S1',
      reason:
        'holds states of detectors that one function writes and reads and that are rebuilt from metrics when lost: an access log would say nothing',
    });
    return bucket;
  }

  private makeDetect(
    { deployment }: CompiledConfig,
    settings: AnomalySettings,
    bundles: string | undefined,
  ): BundledFunction {
    const made = new BundledFunction(this, 'DetectAnomalies', {
      name: 'detect-anomalies',
      description: 'Tidewatch: watched metrics to scores, incidents with ranked causes, and alerts',
      memoryMb: DETECT_MEMORY_MB,
      timeout: DETECT_TIMEOUT,
      config: { anomaly: settings },
      resources: {
        stateTable: this.stateTable.table.tableName,
        anomalyBucket: this.bucket.bucketName,
        alertQueueUrl: this.alertBus.queue.queueUrl,
      },
      logDays: deployment.functionLogDays,
      alarms: this.alarms,
      encryptionKey: this.encryptionKey,
      bundles,
    });
    this.stateTable.grant(made.role, 'query', [STATE_PREFIX.change]);
    this.alertBus.grantSend(made.role);
    this.grantObjects(made.role);
    grantMetricReading(made.role);
    made.role.addToPolicy(
      new PolicyStatement({
        actions: ['cloudwatch:ListMetrics', 'xray:GetServiceGraph'],
        resources: ['*'],
      }),
    );
    acknowledge(made.role, {
      finding: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'cloudwatch:ListMetrics and xray:GetServiceGraph know no resources; both only read',
    });
    const publishes = settings.watches.some(({ publishScore }) => publishScore);
    if (publishes) grantMetrics(made.role, [SCORE_NAMESPACE]);
    grantKey(made.role, this.encryptionKey);
    const cadences = [...new Set(settings.watches.map(({ every }) => every))].sort() as Cadence[];
    const minutesOf = (every: Cadence): number => CADENCE_MS[every] / 60_000;
    for (const every of cadences) {
      callEveryMinutes(this, `Every${every}`, made.lambda, {
        description: `Looks for anomalies in metrics that are watched each ${every}`,
        minutes: minutesOf(every),
        input: { every },
      });
    }
    const shortest = Math.min(...cadences.map(minutesOf));
    this.alarms.whenFunctionIsNotCalled(this, 'detect-anomalies', made.lambda, shortest);
    return made;
  }

  private makeRecord({ deployment }: CompiledConfig, bundles: string | undefined): BundledFunction {
    const made = new BundledFunction(this, 'RecordChanges', {
      name: 'record-changes',
      description: 'Tidewatch: notes deployments, so that an anomaly after one names it',
      memoryMb: RECORD_MEMORY_MB,
      timeout: RECORD_TIMEOUT,
      config: {},
      resources: { stateTable: this.stateTable.table.tableName },
      logDays: deployment.functionLogDays,
      alarms: this.alarms,
      encryptionKey: this.encryptionKey,
      bundles,
    });
    this.stateTable.grant(made.role, 'put', [STATE_PREFIX.change]);
    const target = new LambdaTarget(made.lambda, { retryAttempts: 2 });
    new Rule(this, 'Deployments', {
      description: 'Deployments that AWS services tell of themselves',
      eventPattern: { source: Object.keys(CHANGE_SOURCES), detailType: Object.values(CHANGE_SOURCES) },
      targets: [target],
    });
    // Lambda tells of changes through CloudTrail only; without a trail these events do not come.
    new Rule(this, 'LambdaChanges', {
      description: 'Changes of Lambda functions, as CloudTrail tells of them',
      eventPattern: {
        source: ['aws.lambda'],
        detailType: ['AWS API Call via CloudTrail'],
        detail: { eventName: [...LAMBDA_CALLS] },
      },
      targets: [target],
    });
    return made;
  }

  private makeGate(
    { deployment }: CompiledConfig,
    settings: CanaryGateSettings,
    bundles: string | undefined,
  ): BundledFunction {
    const made = new BundledFunction(this, 'CanaryHook', {
      name: 'canary-hook',
      description: 'Tidewatch: compares a new version with the old one, as a lifecycle hook of CodeDeploy',
      memoryMb: GATE_MEMORY_MB,
      timeout: Duration.millis(settings.watchMs).plus(GATE_MARGIN),
      config: { canary: settings },
      resources: {},
      logDays: deployment.functionLogDays,
      alarms: this.alarms,
      encryptionKey: this.encryptionKey,
      bundles,
    });
    // AWSCodeDeployRoleForLambda may call functions of such names and no others.
    const { stackName } = Stack.of(this);
    (made.lambda.node.defaultChild as CfnFunction).functionName = `${HOOK_PREFIX}${stackName}`.slice(0, 64);
    grantMetricReading(made.role);
    const groups = Stack.of(this).formatArn({
      service: 'codedeploy',
      resource: 'deploymentgroup',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    made.role.addToPolicy(
      new PolicyStatement({
        actions: ['codedeploy:PutLifecycleEventHookExecutionStatus'],
        resources: [groups],
      }),
    );
    acknowledgeWildcard(
      made.role,
      groups,
      'any deployment of the account may name this function as its hook',
    );
    return made;
  }

  private makeLogs(
    { deployment }: CompiledConfig,
    settings: LogWatchSettings,
    bundles: string | undefined,
  ): BundledFunction {
    const made = new BundledFunction(this, 'WatchLogs', {
      name: 'watch-logs',
      description: 'Tidewatch: lines of log groups to patterns, and alerts on those that change',
      memoryMb: LOGS_MEMORY_MB,
      timeout: DETECT_TIMEOUT,
      config: { logWatch: settings },
      resources: {
        anomalyBucket: this.bucket.bucketName,
        alertQueueUrl: this.alertBus.queue.queueUrl,
      },
      logDays: deployment.functionLogDays,
      alarms: this.alarms,
      encryptionKey: this.encryptionKey,
      bundles,
    });
    this.alertBus.grantSend(made.role);
    this.grantObjects(made.role);
    grantLogReading(made.role, settings.groups);
    grantKey(made.role, this.encryptionKey);
    callEveryMinutes(this, 'LogsEvery5m', made.lambda, {
      description: 'Looks for new, vanished and surging log patterns',
      minutes: LOGS_MINUTES,
      input: { every: '5m' },
    });
    this.alarms.whenFunctionIsNotCalled(made, 'watch-logs', made.lambda, LOGS_MINUTES);
    return made;
  }

  private grantObjects(role: Role): void {
    const objects = this.bucket.arnForObjects(`${OBJECT_PREFIX}*`);
    role.addToPolicy(
      new PolicyStatement({ actions: ['s3:GetObject', 's3:PutObject'], resources: [objects] }),
    );
    acknowledgeWildcard(role, objects, 'objects below anomaly/ are numbered, as many as the metrics need');
    // Who may not list the bucket gets 403 for what is not there yet, not 404.
    role.addToPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
  }
}
