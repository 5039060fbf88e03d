// Which metrics there are, by ListMetrics: those that had data in the last two weeks.
import { CloudWatchClient, paginateListMetrics } from '@aws-sdk/client-cloudwatch';
import type { MetricCatalogue, MetricIdentity } from '../anomaly/ports.ts';
import { sdkFailure } from './sdk-failure.ts';

export class CloudWatchMetricCatalogue implements MetricCatalogue {
  private readonly client: CloudWatchClient;

  constructor(client: CloudWatchClient = new CloudWatchClient({ maxAttempts: 5 })) {
    this.client = client;
  }

  async list(namespace: string, name: string | undefined): Promise<readonly MetricIdentity[]> {
    const found: MetricIdentity[] = [];
    const request = { Namespace: namespace, ...(name !== undefined && { MetricName: name }) };
    try {
      for await (const { Metrics = [] } of paginateListMetrics({ client: this.client }, request)) {
        for (const { MetricName = '', Dimensions = [] } of Metrics) {
          const dimensions = Dimensions.map(({ Name = '', Value = '' }) => ({ name: Name, value: Value }));
          dimensions.sort((a, b) => (a.name < b.name ? -1 : 1));
          found.push({ namespace, name: MetricName, dimensions });
        }
      }
    } catch (error) {
      throw sdkFailure(error, 'ListMetrics');
    }
    return found;
  }
}
