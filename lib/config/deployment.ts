// What the infrastructure is told besides the functions' own settings; defaults are in one constant.

/** Where requests come in. */
export type DoorSettings =
  | { readonly kind: 'functionUrl' }
  | { readonly kind: 'httpApi'; readonly requestsPerSecond: number; readonly burst: number };

export interface DeploymentSettings {
  readonly stackName: string;
  readonly door: DoorSettings;
  /** Concurrent executions kept for the ingest function; undefined shares the account's. */
  readonly ingestReservedConcurrency?: number;
  /** Export functions at the same time. */
  readonly exportMaxConcurrency: number;
  readonly removal: 'keep' | 'destroy';
  readonly encryption: 'aws' | 'customerKey';
  /** Days, one of CloudWatch's retention values. */
  readonly functionLogDays: number;
  /** An SNS topic that exists; undefined makes one. */
  readonly alarmTopicArn?: string;
  readonly alarmEmails: readonly string[];
  /** False leaves out the alarms of gates; undefined makes them. */
  readonly sloGateAlarms?: false;
}

export const DEPLOYMENT_DEFAULTS: DeploymentSettings = {
  stackName: 'Tidewatch',
  door: { kind: 'functionUrl' },
  exportMaxConcurrency: 10,
  removal: 'keep',
  encryption: 'aws',
  functionLogDays: 14,
  alarmEmails: [],
};

/** What an HTTP API lets through unless told otherwise: well below the Region's quota of 10,000 and 5,000. */
export const THROTTLE_DEFAULTS = { requestsPerSecond: 1_000, burst: 500 } as const;
