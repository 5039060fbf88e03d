// What a deployed function reads when it starts: its slice of the compiled configuration, and the names of its
// resources. The only place besides the SDK that reads process.env; no zod, the configuration was checked at synth.
import { readFileSync } from 'node:fs';
import type { AlertingSettings } from '../alerting/settings.ts';
import type { CanaryGateSettings } from '../anomaly/canary/settings.ts';
import type { LogWatchSettings } from '../anomaly/log-watch/settings.ts';
import type { AnomalySettings } from '../anomaly/watch/settings.ts';
import type { TierSettings } from '../archive/settings.ts';
import type { LogsSettings } from '../exporters/cloudwatch-logs/settings.ts';
import type { MetricsSettings } from '../exporters/cloudwatch-metrics/settings.ts';
import type { SpanMetricsSettings } from '../exporters/span-metrics/settings.ts';
import type { XraySettings } from '../exporters/xray/settings.ts';
import type { OnCallSettings } from '../incidents/settings.ts';
import type { ReceiverSettings } from '../receivers/otlp/settings.ts';
import type { SloRuntimeSettings } from '../slo/settings.ts';

/** The compiled configuration; `config.json` beside a function holds the parts it needs. */
export interface RuntimeConfig {
  readonly receiver: ReceiverSettings;
  readonly xray: XraySettings;
  readonly metrics: MetricsSettings;
  readonly spanMetrics: SpanMetricsSettings;
  readonly logs: LogsSettings;
  readonly tiers: TierSettings;
  /** Absent when nothing makes alerts. */
  readonly alerting?: AlertingSettings;
  /** Absent without `onCall`. */
  readonly onCall?: OnCallSettings;
  /** Absent without SLOs. */
  readonly slo?: SloRuntimeSettings;
  /** Absent without `anomalies`. */
  readonly anomaly?: AnomalySettings;
  /** Absent without `anomalies.canary`. */
  readonly canary?: CanaryGateSettings;
  /** Absent without `anomalies.logPatterns`. */
  readonly logWatch?: LogWatchSettings;
}

/** Names of environment variables that the constructs set; each holds the name or URL of a resource. */
export const ENVIRONMENT = {
  stateTable: 'TIDEWATCH_STATE_TABLE',
  archiveBucket: 'TIDEWATCH_ARCHIVE_BUCKET',
  telemetryQueueUrl: 'TIDEWATCH_TELEMETRY_QUEUE_URL',
  telemetryDeadLetterQueueUrl: 'TIDEWATCH_TELEMETRY_DEAD_LETTER_QUEUE_URL',
  alertQueueUrl: 'TIDEWATCH_ALERT_QUEUE_URL',
  apiUrl: 'TIDEWATCH_API_URL',
  notifyQueueUrl: 'TIDEWATCH_NOTIFY_QUEUE_URL',
  escalateQueueUrl: 'TIDEWATCH_ESCALATE_QUEUE_URL',
  linkSecret: 'TIDEWATCH_LINK_SECRET',
  anomalyBucket: 'TIDEWATCH_ANOMALY_BUCKET',
} as const;

export type ResourceName = keyof typeof ENVIRONMENT;

/**
 * Reads the configuration that lies beside the running bundle.
 * @param bundleUrl `import.meta.url` of the function
 */
export function readRuntimeConfig<K extends keyof RuntimeConfig>(bundleUrl: string): Pick<RuntimeConfig, K> {
  return JSON.parse(readFileSync(new URL('./config.json', bundleUrl), 'utf8')) as Pick<RuntimeConfig, K>;
}

/**
 * The name or URL of a resource of this deployment.
 * @throws Error when the function was deployed without it
 */
export function resource(name: ResourceName): string {
  const value = optionalResource(name);
  if (value === undefined) {
    throw new Error(
      `environment variable ${ENVIRONMENT[name]} is not set; deploy the function with Tidewatch's constructs`,
    );
  }
  return value;
}

/** The same where a deployment may go without; undefined then. */
export function optionalResource(name: ResourceName): string | undefined {
  return process.env[ENVIRONMENT[name]] || undefined;
}

/** The name of the running function, which no other deployment in the account and Region has. */
export function functionName(): string {
  return process.env.AWS_LAMBDA_FUNCTION_NAME ?? '';
}
