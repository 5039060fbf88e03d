// Points of CloudWatch metrics by GetMetricData, 500 series a call. CloudWatch refuses a whole call for one series that
// it does not take: then the call is halved until that series stands alone.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { MetricHistory, Point, SeriesQuery } from '../anomaly/ports.ts';
import { PermanentError, RetryableError } from '../model/errors.ts';
import { MAX_QUERIES, type MetricDataRead, type MetricDataSeries, metricDataPages } from './metric-data.ts';

/** Calls at the same time; the quota is 50 a second an account and Region, and others read too. */
const CALLS_AT_ONCE = 4;
/** Refused series of one read: more are a fault of the request itself, and looking for each would be many calls. */
const REFUSED_MAX = 20;

/** Series of one call, from a place on. */
interface Part {
  readonly start: number;
  readonly end: number;
}

export class CloudWatchMetricHistory implements MetricHistory {
  private readonly client: CloudWatchClient;

  constructor(client: CloudWatchClient = new CloudWatchClient({ maxAttempts: 5 })) {
    this.client = client;
  }

  /**
   * A series that CloudWatch refuses has no points.
   * @throws RetryableError, also when only some points of a series came; PermanentError when CloudWatch refuses every
   *   series or more than REFUSED_MAX, or forbids reading
   */
  async read(
    queries: readonly SeriesQuery[],
    stepMs: number,
    fromMs: number,
    toMs: number,
  ): Promise<readonly (readonly Point[])[]> {
    const found: Point[][] = queries.map(() => []);
    if (toMs <= fromMs) return found;
    const parts: Part[] = [];
    for (let start = 0; start < queries.length; start += MAX_QUERIES) {
      parts.push({ start, end: Math.min(start + MAX_QUERIES, queries.length) });
    }
    let refused = 0;
    const worker = async (): Promise<void> => {
      for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
        const { start, end } = part;
        const series = queries.slice(start, end).map(seriesOf);
        try {
          await this.readPart({ series, from: fromMs, to: toMs, periodMs: stepMs }, start, found);
        } catch (error) {
          if (!(error instanceof PermanentError) || error.reason !== 'rejected') throw error;
          const middle = (start + end) >> 1;
          if (end - start > 1) parts.push({ start, end: middle }, { start: middle, end });
          else if (++refused === queries.length || refused > REFUSED_MAX) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: CALLS_AT_ONCE }, worker));
    return found.map((points) => points.sort((a, b) => a.time - b.time));
  }

  private async readPart(read: MetricDataRead, start: number, found: readonly Point[][]): Promise<void> {
    const open = new Set(read.series.keys());
    for await (const parts of metricDataPages(this.client, read)) {
      for (const { place, points, state, why } of parts) {
        if (state === 'unavailable' || state === 'forbidden') {
          throw new RetryableError('unavailable', `GetMetricData: ${state} ${why}`.trim());
        }
        found[start + place]!.push(...points);
        if (state === 'complete') open.delete(place);
      }
    }
    if (open.size === 0) return;
    throw new RetryableError('unavailable', `GetMetricData: ${open.size} series came in part only`);
  }
}

function seriesOf({ metric, statistic }: SeriesQuery): MetricDataSeries {
  const { namespace, name, dimensions } = metric;
  return {
    namespace,
    metric: name,
    dimensions: dimensions.map((one) => [one.name, one.value] as const),
    statistic,
  };
}
