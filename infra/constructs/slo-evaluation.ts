// SLOs, evaluated every minute: the function evaluate-slos with its schedule, and an alarm for each gate that
// CodePipeline, CodeDeploy and CloudFormation can watch. Can be used alone: what is not given it makes.
import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { STATE_PREFIX } from '../../lib/aws/state-keys.ts';
import { compileConfig } from '../../lib/config/compile.ts';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { isGated } from '../../lib/slo/gate/gate.ts';
import { SLO_DIMENSION, SLO_METRIC } from '../../lib/slo/published-metrics.ts';
import type { SloRuntimeSettings } from '../../lib/slo/settings.ts';
import { grantKey, grantMetricReading, grantMetrics, grantPutEvents } from '../policies.ts';
import { AlertBus } from './alert-bus.ts';
import { BundledFunction } from './bundled-function.ts';
import { warnWithoutKey } from './data-key.ts';
import { callEveryMinutes } from './every-minutes.ts';
import { StackAlarms } from './stack-alarms.ts';
import { StateTable } from './state-table.ts';

/** A run is over before the next begins. */
const TIMEOUT = Duration.seconds(55);
const MEMORY_MB = 512;
const MINUTES = 1;

export interface SloEvaluationProps {
  /** Has `slos`, or files with them. */
  readonly config: TidewatchConfig;
  readonly stateTable?: StateTable;
  readonly alertBus?: AlertBus;
  readonly alarms?: StackAlarms;
  /** Encrypts what this construct makes; undefined leaves that to keys that AWS manages. */
  readonly encryptionKey?: IKey | undefined;
  /** Folder that holds one folder for each built function; default: what `npm run build` makes. */
  readonly bundles?: string | undefined;
}

export class SloEvaluation extends Construct {
  readonly stateTable: StateTable;
  readonly alertBus: AlertBus;
  readonly alarms: StackAlarms;
  readonly evaluate: BundledFunction;
  /** Alarms of the gates by the name of their SLO. */
  readonly gates: ReadonlyMap<string, Alarm>;

  /** @throws ConfigError that lists every problem of the configuration; Error when it has no SLO */
  constructor(scope: Construct, id: string, props: SloEvaluationProps) {
    super(scope, id);
    const { encryptionKey, bundles } = props;
    const { deployment, runtime } = compileConfig(props.config);
    warnWithoutKey(this, deployment, encryptionKey);
    if (runtime.slo === undefined)
      throw new Error(
        'SloEvaluation has nothing to evaluate: expected slos, or sloOptions.files, in the configuration',
      );
    this.alarms = props.alarms ?? new StackAlarms(this, 'Alarms', { settings: deployment, encryptionKey });
    this.stateTable =
      props.stateTable ?? new StateTable(this, 'State', { removal: deployment.removal, encryptionKey });
    this.alertBus = props.alertBus ?? new AlertBus(this, 'AlertBus', { alarms: this.alarms, encryptionKey });
    this.evaluate = new BundledFunction(this, 'EvaluateSlos', {
      name: 'evaluate-slos',
      description: 'Tidewatch: SLOs from CloudWatch metrics to budgets, alerts and gates, every minute',
      memoryMb: MEMORY_MB,
      timeout: TIMEOUT,
      config: { slo: runtime.slo },
      resources: {
        stateTable: this.stateTable.table.tableName,
        alertQueueUrl: this.alertBus.queue.queueUrl,
      },
      logDays: deployment.functionLogDays,
      alarms: this.alarms,
      encryptionKey,
      bundles,
    });
    this.grant(this.evaluate.role, runtime.slo, encryptionKey);
    for (let shard = 0; shard < runtime.slo.shards; shard++) {
      callEveryMinutes(this, `Schedule${shard}`, this.evaluate.lambda, {
        description: `Evaluates SLOs, part ${shard + 1} of ${runtime.slo.shards}`,
        minutes: MINUTES,
        input: { shard },
      });
    }
    this.alarms.whenFunctionIsNotCalled(this, 'evaluate-slos', this.evaluate.lambda);
    this.alarms.whenSlosAreNotEvaluated(this);
    const gated = deployment.sloGateAlarms === false ? [] : runtime.slo.slos.filter(isGated);
    this.gates = new Map(gated.map(({ name }) => [name, this.gateAlarm(name, runtime.slo!)]));
  }

  private grant(role: Role, settings: SloRuntimeSettings, encryptionKey: IKey | undefined): void {
    this.stateTable.grant(role, 'readWrite', [STATE_PREFIX.slo]);
    this.stateTable.grant(role, 'query', [STATE_PREFIX.slo]);
    this.alertBus.grantSend(role);
    grantMetricReading(role);
    grantMetrics(role, [settings.metricsNamespace]);
    if (settings.events) grantPutEvents(role, 'default');
    grantKey(role, encryptionKey);
  }

  /** In alarm while the gate is closed, without data while nothing evaluates. It tells nobody: it is asked. */
  private gateAlarm(slo: string, { metricsNamespace }: SloRuntimeSettings): Alarm {
    return new Alarm(this, `Gate-${slo}`, {
      alarmName: `${Stack.of(this).stackName}-slo-gate-${slo}`,
      alarmDescription: `The gate of ${slo} is closed: its error budget does not allow deployments. "tidewatch slo gate ${slo}" says why.`,
      metric: new Metric({
        namespace: metricsNamespace,
        metricName: SLO_METRIC.gateClosed,
        dimensionsMap: { [SLO_DIMENSION]: slo },
        period: Duration.minutes(1),
        statistic: Stats.MAXIMUM,
      }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.MISSING,
    });
  }
}
