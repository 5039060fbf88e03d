// OTLP in, and on to X-Ray, CloudWatch metrics, CloudWatch Logs and S3: door, ingest-otlp, queue, export-telemetry.
// Can be used alone: what is not given (table, archive, alarms) it makes.
import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { STATE_PREFIX } from '../../lib/aws/state-keys.ts';
import { type CompiledConfig, compileConfig } from '../../lib/config/compile.ts';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { templatePrefix } from '../../lib/config/schema/template.ts';
import type { Destination } from '../../lib/exporters/exporter.ts';
import type { RefusalReason } from '../../lib/receivers/otlp/refusal.ts';
import { grantKey, grantLogGroups, grantSend, grantTracesAndMetrics } from '../policies.ts';
import { BundledFunction } from './bundled-function.ts';
import { warnWithoutKey } from './data-key.ts';
import { DeadLetteredQueue } from './dead-lettered-queue.ts';
import { Door } from './door.ts';
import { StackAlarms } from './stack-alarms.ts';
import { StateTable } from './state-table.ts';
import { PENDING_PREFIX, RAW_PREFIX, TelemetryArchive } from './telemetry-archive.ts';

/** Below the 10 seconds that OTLP exporters wait, so that our 503 (two seconds earlier) is what they see. */
const INGEST_TIMEOUT = Duration.seconds(10);
const INGEST_MEMORY_MB = 512;
const EXPORT_TIMEOUT = Duration.seconds(60);
const EXPORT_MEMORY_MB = 1024;
/** Throttled messages come back again and again; only what fails this often is given up. */
const MAX_RECEIVE_COUNT = 1000;
const BATCH_SIZE = 10;
const BATCH_WINDOW = Duration.seconds(5);
/** Refusals that are no fault of the sender. */
const NOT_STORED: readonly RefusalReason[] = ['unavailable', 'timeout', 'internal'];
/** Who counts drops. */
const DROPPING: readonly (Destination | 'pipeline')[] = [
  'pipeline',
  'xray',
  'span-metrics',
  'cloudwatch-metrics',
  'cloudwatch-logs',
  'archive',
];
const ALARM_AGE = Duration.minutes(15);

export interface TelemetryIngestProps {
  readonly config: TidewatchConfig;
  readonly stateTable?: StateTable;
  readonly archive?: TelemetryArchive;
  readonly alarms?: StackAlarms;
  /** Encrypts what this construct makes; undefined leaves that to keys that AWS manages. */
  readonly encryptionKey?: IKey | undefined;
  /** Folder that holds one folder for each built function; default: what `npm run build` makes. */
  readonly bundles?: string | undefined;
}

export class TelemetryIngest extends Construct {
  readonly url: string;
  readonly stateTable: StateTable;
  readonly archive: TelemetryArchive;
  readonly alarms: StackAlarms;
  readonly queue: DeadLetteredQueue;
  readonly ingest: BundledFunction;
  readonly export: BundledFunction;
  private readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: TelemetryIngestProps) {
    super(scope, id);
    const { encryptionKey } = props;
    const compiled = compileConfig(props.config);
    const { deployment, runtime } = compiled;
    const { removal } = deployment;
    this.encryptionKey = encryptionKey;
    warnWithoutKey(this, deployment, encryptionKey);
    this.alarms = props.alarms ?? new StackAlarms(this, 'Alarms', { settings: deployment, encryptionKey });
    this.stateTable = props.stateTable ?? new StateTable(this, 'State', { removal, encryptionKey });
    this.archive =
      props.archive ??
      new TelemetryArchive(this, 'Archive', { tiers: runtime.tiers, removal, encryptionKey });
    this.queue = new DeadLetteredQueue(this, 'Telemetry', {
      content: 'telemetry',
      kind: 'standard',
      visibilityTimeout: Duration.seconds(6 * EXPORT_TIMEOUT.toSeconds()),
      maxReceiveCount: MAX_RECEIVE_COUNT,
      alarmAge: ALARM_AGE,
      alarms: this.alarms,
      encryptionKey,
    });
    this.ingest = this.makeIngest(compiled, props.bundles);
    this.export = this.makeExport(compiled, props.bundles);
    this.url = new Door(this, 'Door', {
      door: deployment.door,
      lambda: this.ingest.lambda,
      description: 'OTLP in',
      openBecause:
        'each request carries an ingest key, which the function checks; OTLP exporters cannot sign',
    }).url;
  }

  /** Authenticates, checks, and puts the compressed body on the queue; answers only then. */
  private makeIngest({ deployment, runtime }: CompiledConfig, bundles: string | undefined): BundledFunction {
    const made = new BundledFunction(this, 'IngestOtlp', {
      name: 'ingest-otlp',
      description: 'Tidewatch: takes OTLP in and puts it on the telemetry queue',
      memoryMb: INGEST_MEMORY_MB,
      timeout: INGEST_TIMEOUT,
      config: { receiver: runtime.receiver },
      resources: {
        stateTable: this.stateTable.table.tableName,
        archiveBucket: this.archive.bucket.bucketName,
        telemetryQueueUrl: this.queue.queue.queueUrl,
      },
      logDays: deployment.functionLogDays,
      reservedConcurrency: deployment.ingestReservedConcurrency,
      alarms: this.alarms,
      encryptionKey: this.encryptionKey,
      bundles,
    });
    this.stateTable.grant(made.role, 'read', [STATE_PREFIX.key]);
    this.archive.grantPut(made.role, PENDING_PREFIX);
    grantSend(made.role, this.queue.queue);
    grantKey(made.role, this.encryptionKey);
    for (const reason of NOT_STORED) this.alarms.whenIngestCannotStore(made, reason);
    return made;
  }

  /** Takes bodies off the queue and sends them to every destination. */
  private makeExport({ deployment, runtime }: CompiledConfig, bundles: string | undefined): BundledFunction {
    const { xray, metrics, spanMetrics, logs } = runtime;
    const made = new BundledFunction(this, 'ExportTelemetry', {
      name: 'export-telemetry',
      description: 'Tidewatch: telemetry queue to X-Ray, CloudWatch, CloudWatch Logs and S3',
      memoryMb: EXPORT_MEMORY_MB,
      timeout: EXPORT_TIMEOUT,
      config: { xray, metrics, spanMetrics, logs },
      resources: {
        stateTable: this.stateTable.table.tableName,
        archiveBucket: this.archive.bucket.bucketName,
        telemetryQueueUrl: this.queue.queue.queueUrl,
        telemetryDeadLetterQueueUrl: this.queue.deadLetters.queueUrl,
      },
      logDays: deployment.functionLogDays,
      alarms: this.alarms,
      encryptionKey: this.encryptionKey,
      bundles,
    });
    const { progress, series, logGroups, names } = STATE_PREFIX;
    this.stateTable.grant(made.role, 'readWrite', [progress, series, logGroups, names]);
    this.archive.grantGet(made.role, PENDING_PREFIX);
    this.archive.grantPut(made.role, RAW_PREFIX);
    grantSend(made.role, this.queue.deadLetters);
    grantTracesAndMetrics(made.role, [
      `${templatePrefix(runtime.metrics.namespaceTemplate)}*`,
      runtime.spanMetrics.namespace,
    ]);
    grantLogGroups(made.role, templatePrefix(runtime.logs.groupTemplate));
    grantKey(made.role, this.encryptionKey);
    made.lambda.addEventSource(
      new SqsEventSource(this.queue.queue, {
        batchSize: BATCH_SIZE,
        maxBatchingWindow: BATCH_WINDOW,
        maxConcurrency: deployment.exportMaxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    for (const destination of DROPPING) this.alarms.whenTelemetryIsDropped(made, destination);
    return made;
  }
}
