// Values of SLOs as CloudWatch metrics by PutMetricData, 1,000 a call.
import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { MetricPublisher, SloDatum } from '../slo/ports.ts';
import { sdkFailure } from './sdk-failure.ts';

/** Datums of one call. Source: CloudWatch API reference, PutMetricData, 2026-11. */
const MAX_DATUMS = 1_000;
/** Values lie within ±2^360. Source: the same, MetricDatum. */
const MAX_VALUE = 2 ** 360;

export class CloudWatchMetricPublisher implements MetricPublisher {
  private readonly namespace: string;
  private readonly dimension: string;
  private readonly client: CloudWatchClient;

  /** @param dimension name of the one that says which SLO */
  constructor(
    namespace: string,
    dimension: string,
    client: CloudWatchClient = new CloudWatchClient({ maxAttempts: 4 }),
  ) {
    this.namespace = namespace;
    this.dimension = dimension;
    this.client = client;
  }

  async publish(datums: readonly SloDatum[], at: number): Promise<void> {
    const Timestamp = new Date(at);
    const MetricData = datums
      .filter(({ value }) => Number.isFinite(value) && Math.abs(value) <= MAX_VALUE)
      .map(
        ({ metric, slo, window, value }): MetricDatum => ({
          MetricName: metric,
          Dimensions: [
            { Name: this.dimension, Value: slo },
            ...(window === undefined ? [] : [{ Name: 'Window', Value: window }]),
          ],
          Timestamp,
          Value: value,
          Unit: 'None',
        }),
      );
    for (let from = 0; from < MetricData.length; from += MAX_DATUMS) {
      const some = MetricData.slice(from, from + MAX_DATUMS);
      try {
        await this.client.send(new PutMetricDataCommand({ Namespace: this.namespace, MetricData: some }));
      } catch (error) {
        throw sdkFailure(error, 'PutMetricData');
      }
    }
  }
}
