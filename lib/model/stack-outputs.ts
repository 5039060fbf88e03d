// Names of the CloudFormation outputs of a deployment: the infrastructure writes them, the command line reads them.

export const STACK_OUTPUTS = [
  'IngestUrl',
  'IngestFunctionName',
  'ExportFunctionName',
  'StateTableName',
  'ArchiveBucketName',
  'TelemetryQueueUrl',
  'TelemetryDeadLetterQueueUrl',
  'AlertQueueUrl',
  'AlertDeadLetterQueueUrl',
  'AlarmTopicArn',
  /** Only where there is an API. */
  'ApiUrl',
  /** The same address under the name by which senders of alerts know it. */
  'AlertsUrl',
  /** Only where metrics are watched for anomalies. */
  'DetectAnomaliesFunctionName',
  'AnomalyBucketName',
] as const;

export type StackOutput = (typeof STACK_OUTPUTS)[number];
