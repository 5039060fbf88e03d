// CloudWatch alarms of this account and Region as alerts: EventBridge tells of each change, and every five minutes those
// that last are sent again. Can be used alone: what is not given it makes.
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ALARM_REPEAT_MS } from '../../lib/alerting/inputs/cloudwatch-alarm.ts';
import { compileConfig } from '../../lib/config/compile.ts';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { acknowledgeWildcard } from '../acknowledge.ts';
import { AlertBus } from './alert-bus.ts';
import { BundledFunction } from './bundled-function.ts';
import { warnWithoutKey } from './data-key.ts';
import { callEveryMinutes } from './every-minutes.ts';
import { StackAlarms } from './stack-alarms.ts';

const TIMEOUT = Duration.seconds(30);
const MEMORY_MB = 256;
const RETRIES = 2;

export interface AlarmEventsProps {
  /** Has `alerting.cloudwatchAlarms`. */
  readonly config: TidewatchConfig;
  readonly alertBus?: AlertBus;
  readonly alarms?: StackAlarms;
  /** Encrypts what this construct makes; undefined leaves that to keys that AWS manages. */
  readonly encryptionKey?: IKey | undefined;
  /** Folder that holds one folder for each built function; default: what `npm run build` makes. */
  readonly bundles?: string | undefined;
}

export class AlarmEvents extends Construct {
  readonly function: BundledFunction;

  /** @throws ConfigError that lists every problem of the configuration; Error when it does not ask for alarms */
  constructor(scope: Construct, id: string, props: AlarmEventsProps) {
    super(scope, id);
    const { encryptionKey } = props;
    const { deployment, runtime } = compileConfig(props.config);
    warnWithoutKey(this, deployment, encryptionKey);
    const { alerting } = runtime;
    if (alerting?.alarms === undefined)
      throw new Error('AlarmEvents takes nothing: expected alerting.cloudwatchAlarms in the configuration');
    const alarms = props.alarms ?? new StackAlarms(this, 'Alarms', { settings: deployment, encryptionKey });
    const bus = props.alertBus ?? new AlertBus(this, 'AlertBus', { alarms, encryptionKey });
    this.function = new BundledFunction(this, 'ReceiveEvents', {
      name: 'receive-events',
      description: 'Tidewatch: CloudWatch alarms to the alert queue',
      memoryMb: MEMORY_MB,
      timeout: TIMEOUT,
      config: { alerting },
      resources: { alertQueueUrl: bus.queue.queueUrl },
      logDays: deployment.functionLogDays,
      alarms,
      encryptionKey,
      bundles: props.bundles,
    });
    bus.grantSend(this.function.role);
    grantAlarmReading(this.function.role);
    new Rule(this, 'Changes', {
      description: 'Changes of CloudWatch alarms',
      eventPattern: { source: ['aws.cloudwatch'], detailType: ['CloudWatch Alarm State Change'] },
      targets: [new LambdaTarget(this.function.lambda, { retryAttempts: RETRIES })],
    });
    callEveryMinutes(this, 'Lasting', this.function.lambda, {
      description: 'Alarms that last are sent again as alerts',
      minutes: ALARM_REPEAT_MS / 60_000,
    });
  }
}

function grantAlarmReading(role: Role): void {
  const alarms = Stack.of(role).formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:ListTagsForResource'],
      resources: [alarms],
    }),
  );
  acknowledgeWildcard(role, alarms, 'which alarms there are is not known before they change');
}
