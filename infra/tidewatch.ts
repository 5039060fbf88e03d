// The whole of Tidewatch as one construct: `new Tidewatch(this, 'Tidewatch', { config })`.
import { Annotations, CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { compileConfig } from '../lib/config/compile.ts';
import type { TidewatchConfig } from '../lib/config/define.ts';
import type { StackOutput } from '../lib/model/stack-outputs.ts';
import { AlarmEvents } from './constructs/alarm-events.ts';
import { AlertBus } from './constructs/alert-bus.ts';
import { AlertRouting } from './constructs/alert-routing.ts';
import { AnomalyDetection } from './constructs/anomaly-detection.ts';
import { Api } from './constructs/api.ts';
import { dataKey } from './constructs/data-key.ts';
import { Escalation } from './constructs/escalation.ts';
import { SloEvaluation } from './constructs/slo-evaluation.ts';
import { StackAlarms } from './constructs/stack-alarms.ts';
import { StateTable } from './constructs/state-table.ts';
import { TelemetryArchive } from './constructs/telemetry-archive.ts';
import { TelemetryIngest } from './constructs/telemetry-ingest.ts';

export interface TidewatchProps {
  /** What `defineTidewatch({ … })` gives. */
  readonly config: TidewatchConfig;
  /** Folder that holds one folder for each built function; default: what `npm run build` makes. */
  readonly bundles?: string;
}

export class Tidewatch extends Construct {
  readonly stateTable: StateTable;
  readonly archive: TelemetryArchive;
  readonly alarms: StackAlarms;
  readonly ingest: TelemetryIngest;
  readonly alertBus: AlertBus;
  /** Only with SLOs in the configuration. */
  readonly slos: SloEvaluation | undefined;
  /** Only with anomalies in the configuration. */
  readonly anomalies: AnomalyDetection | undefined;

  /** Only with onCall in the configuration. */
  readonly escalation: Escalation | undefined;
  /** Only where something makes alerts. */
  readonly alerting: AlertRouting | undefined;

  /** Only where CloudWatch alarms are taken as alerts. */
  readonly alarmEvents: AlarmEvents | undefined;
  /** Only where something is configured that an API is for. */
  readonly api: Api | undefined;

  /** @throws ConfigError that lists every problem of the configuration */
  constructor(scope: Construct, id: string, props: TidewatchProps) {
    super(scope, id);
    const { config, bundles } = props;
    const { deployment, runtime, warnings } = compileConfig(config);
    for (const { path, message } of warnings) {
      Annotations.of(this).addWarningV2(`tidewatch:${path}`, `${path}: ${message}`);
    }
    const { removal } = deployment;
    const encryptionKey = deployment.encryption === 'customerKey' ? dataKey(this, 'Key', removal) : undefined;
    this.alarms = new StackAlarms(this, 'Alarms', { settings: deployment, encryptionKey });
    this.stateTable = new StateTable(this, 'State', { removal, encryptionKey });
    this.archive = new TelemetryArchive(this, 'Archive', { tiers: runtime.tiers, removal, encryptionKey });
    this.alertBus = new AlertBus(this, 'AlertBus', { alarms: this.alarms, encryptionKey });
    this.ingest = new TelemetryIngest(this, 'Ingest', {
      config,
      stateTable: this.stateTable,
      archive: this.archive,
      alarms: this.alarms,
      encryptionKey,
      bundles,
    });
    if (runtime.slo !== undefined) {
      const { stateTable, alertBus, alarms } = this;
      const shared = { config, stateTable, alertBus, alarms, encryptionKey, bundles };
      this.slos = new SloEvaluation(this, 'Slos', shared);
    }
    if (runtime.anomaly !== undefined) {
      const { stateTable, alertBus, alarms } = this;
      const shared = { config, stateTable, alertBus, alarms, encryptionKey, bundles };
      this.anomalies = new AnomalyDetection(this, 'Anomalies', shared);
    }
    if (runtime.alerting !== undefined) {
      const { stateTable, archive, alertBus, alarms } = this;
      const shared = { config, stateTable, archive, alertBus, alarms, encryptionKey, bundles };
      this.alerting = new AlertRouting(this, 'Alerting', shared);
      if (runtime.onCall !== undefined) {
        const { alerting: routing } = this;
        this.escalation = new Escalation(this, 'Escalation', { config, routing, encryptionKey, bundles });
      }
    }
    if (runtime.alerting?.alarms !== undefined) {
      const { alertBus, alarms } = this;
      this.alarmEvents = new AlarmEvents(this, 'AlarmEvents', {
        config,
        alertBus,
        alarms,
        encryptionKey,
        bundles,
      });
    }
    if (runtime.alerting !== undefined || runtime.slo !== undefined || runtime.onCall !== undefined) {
      const { stateTable, alertBus, alarms, escalation, alerting: routing } = this;
      const shared = { config, stateTable, alertBus, alarms, encryptionKey, bundles };
      const incidents = routing && escalation && { routing, escalation };
      this.api = new Api(this, 'Api', { ...shared, incidents });
      if (routing !== undefined && incidents === undefined) routing.apiUrl = this.api.url;
    }
    this.addOutputs();
  }

  /** Output names are a contract: the command line and the local stack find a deployment by them. */
  private addOutputs(): void {
    const { queue } = this.ingest;
    const outputs: Readonly<Partial<Record<StackOutput, readonly [value: string, description: string]>>> = {
      IngestUrl: [this.ingest.url, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
      IngestFunctionName: [this.ingest.ingest.lambda.functionName, 'Function that takes OTLP in'],
      ExportFunctionName: [this.ingest.export.lambda.functionName, 'Function that sends to the destinations'],
      StateTableName: [this.stateTable.table.tableName, 'Keys and state'],
      ArchiveBucketName: [this.archive.bucket.bucketName, 'Everything received'],
      TelemetryQueueUrl: [queue.queue.queueUrl, 'Accepted, not yet exported'],
      TelemetryDeadLetterQueueUrl: [queue.deadLetters.queueUrl, 'Telemetry that could not be exported'],
      AlertQueueUrl: [this.alertBus.queue.queueUrl, 'Alerts to be routed'],
      AlertDeadLetterQueueUrl: [this.alertBus.deadLetters.queueUrl, 'Alerts that could not be routed'],
      AlarmTopicArn: [this.alarms.topic.topicArn, "The stack's own alarms"],
      ...(this.anomalies !== undefined && {
        DetectAnomaliesFunctionName: [
          this.anomalies.detect.lambda.functionName,
          'Function that looks for anomalies',
        ],
        AnomalyBucketName: [this.anomalies.bucket.bucketName, 'States of detectors, open incidents'],
      }),
      ...(this.api !== undefined && {
        ApiUrl: [this.api.url, 'Alerts, SLOs, incidents'],
        AlertsUrl: [this.api.url, 'What Prometheus, Grafana and amtool are pointed at, as an Alertmanager'],
      }),
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description }).overrideLogicalId(name);
    }
  }
}
