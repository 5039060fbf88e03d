// What is worth watching of each service, so that `{ preset: 'lambda' }` is enough. Data: one row a metric.
// Source: the services' own lists of CloudWatch metrics and dimensions, AWS documentation, 2026-11.
import type { MissingPoint } from '../watch/settings.ts';

export type PresetName = 'spans' | 'lambda' | 'apiGateway' | 'alb' | 'dynamodb' | 'sqs' | 'rds';

export interface PresetMetric {
  readonly metric: string;
  readonly statistic: string;
  /** Names of its dimensions; the first is what the metric is of. */
  readonly dimensions: readonly string[];
  /** Counts are not published while nothing happens. */
  readonly missing: MissingPoint;
  readonly minimum: number;
  readonly maximum?: number;
}

export interface Preset {
  /** Undefined where the configuration names it: the span metrics. */
  readonly namespace: string | undefined;
  readonly metrics: readonly PresetMetric[];
}

/** Sum over a period; nothing published means nothing happened. */
const count = (metric: string, ...dimensions: string[]): PresetMetric => ({
  metric,
  statistic: 'Sum',
  dimensions,
  missing: 'zero',
  minimum: 0,
});

/** A size, a time or a level, by the statistic that shows its trouble. */
const level = (metric: string, statistic: string, ...dimensions: string[]): PresetMetric => ({
  metric,
  statistic,
  dimensions,
  missing: 'skip',
  minimum: 0,
});

const percentage = (metric: string, statistic: string, ...dimensions: string[]): PresetMetric => ({
  ...level(metric, statistic, ...dimensions),
  maximum: 100,
});

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  spans: {
    namespace: undefined,
    metrics: [
      count('Requests', 'service', 'operation'),
      count('Errors', 'service', 'operation'),
      count('Faults', 'service', 'operation'),
      level('Duration', 'p95', 'service', 'operation'),
      count('CallFaults', 'service', 'remote'),
    ],
  },
  lambda: {
    namespace: 'AWS/Lambda',
    metrics: [
      count('Invocations', 'FunctionName'),
      count('Errors', 'FunctionName'),
      count('Throttles', 'FunctionName'),
      level('Duration', 'p95', 'FunctionName'),
      level('ConcurrentExecutions', 'Maximum', 'FunctionName'),
      level('IteratorAge', 'Maximum', 'FunctionName'),
    ],
  },
  apiGateway: {
    namespace: 'AWS/ApiGateway',
    metrics: [
      count('Count', 'ApiName'),
      count('4XXError', 'ApiName'),
      count('5XXError', 'ApiName'),
      level('Latency', 'p95', 'ApiName'),
      // HTTP APIs have their own names and only an id.
      count('Count', 'ApiId'),
      count('4xx', 'ApiId'),
      count('5xx', 'ApiId'),
      level('Latency', 'p95', 'ApiId'),
    ],
  },
  alb: {
    namespace: 'AWS/ApplicationELB',
    metrics: [
      count('RequestCount', 'LoadBalancer'),
      count('HTTPCode_ELB_5XX_Count', 'LoadBalancer'),
      count('HTTPCode_Target_5XX_Count', 'LoadBalancer'),
      count('RejectedConnectionCount', 'LoadBalancer'),
      count('TargetConnectionErrorCount', 'LoadBalancer'),
      level('TargetResponseTime', 'p95', 'LoadBalancer'),
      level('UnHealthyHostCount', 'Maximum', 'TargetGroup', 'LoadBalancer'),
    ],
  },
  dynamodb: {
    namespace: 'AWS/DynamoDB',
    metrics: [
      count('ConsumedReadCapacityUnits', 'TableName'),
      count('ConsumedWriteCapacityUnits', 'TableName'),
      count('ReadThrottleEvents', 'TableName'),
      count('WriteThrottleEvents', 'TableName'),
      count('SystemErrors', 'TableName', 'Operation'),
      level('SuccessfulRequestLatency', 'Average', 'TableName', 'Operation'),
    ],
  },
  sqs: {
    namespace: 'AWS/SQS',
    metrics: [
      count('NumberOfMessagesSent', 'QueueName'),
      level('ApproximateAgeOfOldestMessage', 'Maximum', 'QueueName'),
      level('ApproximateNumberOfMessagesVisible', 'Maximum', 'QueueName'),
    ],
  },
  rds: {
    namespace: 'AWS/RDS',
    metrics: [
      percentage('CPUUtilization', 'Average', 'DBInstanceIdentifier'),
      percentage('EBSByteBalance%', 'Minimum', 'DBInstanceIdentifier'),
      percentage('EBSIOBalance%', 'Minimum', 'DBInstanceIdentifier'),
      level('DatabaseConnections', 'Maximum', 'DBInstanceIdentifier'),
      level('FreeStorageSpace', 'Minimum', 'DBInstanceIdentifier'),
      level('FreeableMemory', 'Minimum', 'DBInstanceIdentifier'),
      level('ReadLatency', 'Average', 'DBInstanceIdentifier'),
      level('WriteLatency', 'Average', 'DBInstanceIdentifier'),
      level('DiskQueueDepth', 'Average', 'DBInstanceIdentifier'),
    ],
  },
};

export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];
