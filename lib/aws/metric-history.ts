// Points of CloudWatch metrics by GetMetricData, 500 series a call, page by page.
import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { MetricHistory, Point, SeriesQuery } from '../anomaly/ports.ts';
import { RetryableError } from '../model/errors.ts';
import { sdkFailure } from './sdk-failure.ts';

/** Queries of one call. Source: CloudWatch API reference, GetMetricData, 2026-11. */
const MAX_QUERIES = 500;
/** Points of one answer. Source: the same. */
const MAX_POINTS = 100_800;
/** Calls at the same time; the quota is 50 a second an account and Region, and others read too. */
const CALLS_AT_ONCE = 4;

export class CloudWatchMetricHistory implements MetricHistory {
  private readonly client: CloudWatchClient;

  constructor(client: CloudWatchClient = new CloudWatchClient({ maxAttempts: 5 })) {
    this.client = client;
  }

  async read(
    queries: readonly SeriesQuery[],
    stepMs: number,
    fromMs: number,
    toMs: number,
  ): Promise<readonly (readonly Point[])[]> {
    const found: Point[][] = queries.map(() => []);
    if (toMs <= fromMs) return found;
    const starts: number[] = [];
    for (let start = 0; start < queries.length; start += MAX_QUERIES) starts.push(start);
    const worker = async (): Promise<void> => {
      for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
        await this.readSome(queries, start, stepMs, fromMs, toMs, found);
      }
    };
    await Promise.all(Array.from({ length: CALLS_AT_ONCE }, worker));
    return found.map((points) => points.sort((a, b) => a.time - b.time));
  }

  private async readSome(
    queries: readonly SeriesQuery[],
    start: number,
    stepMs: number,
    fromMs: number,
    toMs: number,
    found: readonly Point[][],
  ): Promise<void> {
    const MetricDataQueries = queries
      .slice(start, start + MAX_QUERIES)
      .map((query, at) => written(query, `m${start + at}`, stepMs));
    let NextToken: string | undefined;
    do {
      let answer: Awaited<ReturnType<typeof this.ask>>;
      try {
        answer = await this.ask(MetricDataQueries, fromMs, toMs, NextToken);
      } catch (error) {
        throw sdkFailure(error, 'GetMetricData');
      }
      for (const { Id, StatusCode, Timestamps = [], Values = [], Messages } of answer.MetricDataResults ??
        []) {
        if (StatusCode === 'InternalError' || StatusCode === 'Forbidden') {
          const why = Messages?.map(({ Value }) => Value).join('; ') ?? '';
          throw new RetryableError('unavailable', `GetMetricData: ${StatusCode} ${why}`.trim());
        }
        const points = found[Number(Id?.slice(1))];
        for (const [at, time] of Timestamps.entries()) {
          points?.push({ time: time.getTime(), value: Values[at]! });
        }
      }
      NextToken = answer.NextToken;
    } while (NextToken !== undefined && NextToken !== '');
  }

  private ask(
    MetricDataQueries: MetricDataQuery[],
    fromMs: number,
    toMs: number,
    NextToken: string | undefined,
  ) {
    return this.client.send(
      new GetMetricDataCommand({
        MetricDataQueries,
        StartTime: new Date(fromMs),
        EndTime: new Date(toMs),
        ScanBy: 'TimestampAscending',
        MaxDatapoints: MAX_POINTS,
        ...(NextToken !== undefined && { NextToken }),
      }),
    );
  }
}

function written({ metric, statistic }: SeriesQuery, Id: string, stepMs: number): MetricDataQuery {
  return {
    Id,
    MetricStat: {
      Metric: {
        Namespace: metric.namespace,
        MetricName: metric.name,
        Dimensions: metric.dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
      },
      Period: stepMs / 1000,
      Stat: statistic,
    },
  };
}
