// What kind of anomaly it is, in one word that a route or a runbook can match.
import type { KnownAnomaly } from './incident.ts';

export type AnomalyType =
  | 'error_rate_spike'
  | 'response_time_increase'
  | 'traffic_spike'
  | 'traffic_drop'
  | 'unusual_value';

const ERRORS = /fault|error|fail|throttl|reject|[45]xx/i;
const TIMES = /latency|duration|time|age/i;
const TRAFFIC = /request|invocation|calls|count|sent|consumed/i;

/** By the name of the metric and the side of the band on which it is. */
export function anomalyType({ metric, anomaly }: KnownAnomaly): AnomalyType {
  const isLow = anomaly.low !== null && anomaly.value < anomaly.low;
  if (ERRORS.test(metric.name)) return isLow ? 'unusual_value' : 'error_rate_spike';
  if (TIMES.test(metric.name)) return isLow ? 'unusual_value' : 'response_time_increase';
  if (TRAFFIC.test(metric.name)) return isLow ? 'traffic_drop' : 'traffic_spike';
  return 'unusual_value';
}
