// What a user writes into tidewatch.config.ts. Everything may be left out; compile.ts checks it and fills in defaults.
import type { AlertingConfig } from './define/alerting.ts';
import type { AnomaliesConfig } from './define/anomalies.ts';
import type { OnCallConfig } from './define/on-call.ts';
import { sloPresets } from './define/slo-presets.ts';
import type { SloConfig, SloOptionsConfig } from './define/slos.ts';

/**
 * A Tidewatch deployment.
 * @example
 * export default defineTidewatch({
 *   ingest: { door: 'httpApi' },
 *   metrics: { dimensions: [{ metric: 'http.server.*', keys: ['http.route'] }] },
 *   deployment: { alarms: { emails: ['ops@example.com'] } },
 * });
 */
export interface TidewatchConfig {
  /** What is taken in, through which door, and how much of it. */
  readonly ingest?: IngestConfig;
  /** What is sent to the telemetry queue's destinations at a time. */
  readonly export?: ExportConfig;
  /** Traces in X-Ray. */
  readonly xray?: XrayConfig;
  /** Metrics in CloudWatch. */
  readonly metrics?: MetricsConfig;
  /** Request, error and duration metrics counted from spans, before any sampling. */
  readonly spanMetrics?: SpanMetricsConfig;
  /** Log records in CloudWatch Logs. */
  readonly logs?: LogsConfig;
  /** How long telemetry lies where. */
  readonly tiers?: TiersConfig;
  /** Service level objectives, evaluated every minute. `slo.*` writes them for the usual services. */
  readonly slos?: readonly SloConfig[];
  /** What is the same for all SLOs, and files with more of them. */
  readonly sloOptions?: SloOptionsConfig;
  /** Metrics that are watched for anomalies; `{}` watches Tidewatch's own span metrics. */
  readonly anomalies?: AnomaliesConfig;
  /** Who is told about which alerts, and when: an alertmanager.yml, or the same in TypeScript. */
  readonly alerting?: AlertingConfig;
  /** Who is called by receivers of kind `escalation`, when, and how long each has to answer. */
  readonly onCall?: OnCallConfig;
  /** How the stack itself is deployed. */
  readonly deployment?: DeploymentConfig;
}

export interface IngestConfig {
  /**
   * `functionUrl` (default) has no extra price, and answers 502 when a function crashes, which OTLP clients retry.
   * `httpApi` adds request throttling and custom domains; a crash is answered with 500, which OTLP clients drop.
   */
  readonly door?: 'functionUrl' | 'httpApi';
  /** Largest request body as received, in bytes, at most 4,718,592: Lambda takes 6 MB with base64. */
  readonly maxBodyBytes?: number;
  /** Largest body after decompression, in bytes, at most 64 MiB. */
  readonly maxDecompressedBytes?: number;
  /** Concurrent executions kept for, and allowed to, the ingest function; what comes above is answered with 429. */
  readonly reservedConcurrency?: number;
  /** Requests that the HTTP API lets through; what comes above is answered with 429. Only with `door: 'httpApi'`. */
  readonly throttle?: ThrottleConfig;
}

export interface ThrottleConfig {
  /** Steady rate. */
  readonly requestsPerSecond: number;
  /** Requests at once above the steady rate. */
  readonly burst: number;
}

export interface ExportConfig {
  /** Export functions at the same time, 2 to 1000. */
  readonly maxConcurrency?: number;
}

export interface XrayConfig {
  /** Attribute keys of spans or resources that X-Ray indexes, so that traces can be searched by them; at most 50. */
  readonly indexedAttributes?: readonly string[];
  /** Index every attribute with a plain value; X-Ray's limit of 50 a segment still holds. */
  readonly indexAllAttributes?: boolean;
  /** Segments a second that X-Ray takes from the account, 1 to 100,000; 2,600 unless the quota was raised. */
  readonly segmentsPerSecond?: number;
}

export interface MetricsConfig {
  /** CloudWatch namespace; `{attribute}` stands for a resource attribute, as in `Shop/{service.name}`. */
  readonly namespace?: string;
  /** Attributes that become dimensions besides `service.name`; the first entry that matches a metric counts. */
  readonly dimensions?: readonly MetricDimensionsConfig[];
  /** `60s` (default), or `1s` for high-resolution metrics, which cost the same and are kept for 3 hours. */
  readonly resolution?: '1s' | '60s';
}

export interface MetricDimensionsConfig {
  /** A metric name, or a prefix followed by `*`. */
  readonly metric: string;
  /** Attribute keys of the resource or the data point, at most 29. */
  readonly keys: readonly string[];
}

export interface SpanMetricsConfig {
  readonly enabled?: boolean;
  readonly namespace?: string;
  /** Operations (or remotes) of a service that get metrics of their own, 1 to 1000; the rest is `_other`. */
  readonly maxOperationsPerService?: number;
}

export interface LogsConfig {
  /** Log group, starting with fixed text; `{attribute}` stands for a resource attribute. */
  readonly group?: string;
  /** Log stream; `{attribute}` stands for a resource attribute. */
  readonly stream?: string;
  /** Log groups made at most, 1 to 5000; the rest goes to `_other`. */
  readonly maxGroups?: number;
}

/** Ages are counted from when the data was stored: "7d", "52w". */
export interface TiersConfig {
  /** How long log records stay in CloudWatch Logs; one of its own retention values. */
  readonly hot?: string;
  /** Age at which archived objects leave S3 Standard (warm) for Glacier Instant Retrieval (cold). */
  readonly coldFrom?: string;
  /** Age at which they go on to Deep Archive (frozen), whence a restore takes 12 to 48 hours. */
  readonly frozenFrom?: string;
  /** Age at which they are deleted; left out, they are kept. */
  readonly expireAfter?: string;
}

export interface DeploymentConfig {
  /** Name of the CloudFormation stack that `cdk deploy` makes. */
  readonly stackName?: string;
  /** What `cdk destroy` does with the archive bucket and the state table: `keep` (default) or `destroy`. */
  readonly removal?: 'keep' | 'destroy';
  /** Encryption at rest with keys that AWS manages (`aws`, default), or a KMS key of this stack (`customerKey`). */
  readonly encryption?: 'aws' | 'customerKey';
  /** How long the functions' own log lines are kept; one of CloudWatch's retention values. */
  readonly functionLogRetention?: string;
  readonly alarms?: AlarmsConfig;
}

export interface AlarmsConfig {
  /** An SNS topic that exists; left out, the stack makes one. */
  readonly topicArn?: string;
  /** Addresses that get the stack's own alarms; each has to confirm once. */
  readonly emails?: readonly string[];
}

/** Gives a configuration its type; nothing is checked here, that is what `tidewatch check` and the deployment do. */
export function defineTidewatch(config: TidewatchConfig): TidewatchConfig {
  return config;
}

/** SLOs of the services that AWS measures, of spans, and of any metric. @example slo.lambda('orders').availability(0.999) */
export const slo = sloPresets;
