// Scores and bands of chosen metrics as CloudWatch metrics, for dashboards and for alarms of one's own.
import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { PublishedScore, ScorePublisher } from '../anomaly/ports.ts';
import { sdkFailure } from './sdk-failure.ts';

/** Datums of one call. Source: CloudWatch API reference, PutMetricData, 2026-11. */
const MAX_DATUMS = 1_000;
/** Characters of a dimension value. Source: the same, Dimension. */
const MAX_VALUE_CHARS = 1_024;

export class CloudWatchScorePublisher implements ScorePublisher {
  private readonly namespace: string;
  private readonly client: CloudWatchClient;

  constructor(namespace: string, client: CloudWatchClient = new CloudWatchClient()) {
    this.namespace = namespace;
    this.client = client;
  }

  async publish(scores: readonly PublishedScore[]): Promise<void> {
    const datums = scores.flatMap(datumsOf);
    for (let at = 0; at < datums.length; at += MAX_DATUMS) {
      const MetricData = datums.slice(at, at + MAX_DATUMS);
      try {
        await this.client.send(new PutMetricDataCommand({ Namespace: this.namespace, MetricData }));
      } catch (error) {
        throw sdkFailure(error, 'PutMetricData');
      }
    }
  }
}

function datumsOf({ component, metric, statistic, time, score, low, high }: PublishedScore): MetricDatum[] {
  const of = metric.dimensions.map(({ name, value }) => `${name}=${value}`).join(',');
  const Dimensions = [
    { Name: 'component', Value: dimensionValue(component) },
    { Name: 'metric', Value: dimensionValue(`${metric.name} ${statistic} ${of}`) },
  ];
  const datum = (MetricName: string, Value: number): MetricDatum[] =>
    Number.isFinite(Value) ? [{ MetricName, Dimensions, Timestamp: new Date(time), Value }] : [];
  return [...datum('AnomalyScore', score), ...datum('ExpectedLow', low), ...datum('ExpectedHigh', high)];
}

/** Printable ASCII, as CloudWatch wants it. */
function dimensionValue(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '_').slice(0, MAX_VALUE_CHARS) || '_';
}
