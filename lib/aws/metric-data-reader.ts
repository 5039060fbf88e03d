// The metrics of SLOs by GetMetricData: plain metrics, no math; what did not come is said for each metric.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchSource, MetricRead, MetricReader, MetricSeries, ReadFailure } from '../slo/ports.ts';
import { type MetricDataSeries, metricDataPages } from './metric-data.ts';
import { sdkFailure } from './sdk-failure.ts';

/** Attempts of a call, the first one included; the SDK waits longer from one to the next. */
const MAX_ATTEMPTS = 4;

type Failed = Extract<MetricSeries, { kind: 'failed' }>;

export class CloudWatchMetricReader implements MetricReader {
  private readonly clientOf: (region: string | undefined) => CloudWatchClient;
  private readonly clients = new Map<string | undefined, CloudWatchClient>();
  private readonly now: () => number;

  /** @param clientOf makes the client of a region; undefined is the function's own */
  constructor(
    clientOf: (region: string | undefined) => CloudWatchClient = (region) =>
      new CloudWatchClient({ maxAttempts: MAX_ATTEMPTS, ...(region !== undefined && { region }) }),
    now: () => number = Date.now,
  ) {
    this.clientOf = clientOf;
    this.now = now;
  }

  async read(read: MetricRead, deadlineMs: number): Promise<readonly MetricSeries[]> {
    const series: MetricSeries[] = [];
    const byRegion = Map.groupBy(read.sources.entries(), ([, source]) => source.region);
    await Promise.all(
      [...byRegion].map(async ([region, entries]) => {
        const sources = entries.map(([, source]) => source);
        const found = await this.readRegion(region, { ...read, sources }, deadlineMs);
        for (const [index, [place]] of entries.entries()) series[place] = found[index]!;
      }),
    );
    return series;
  }

  private async readRegion(
    region: string | undefined,
    { sources, from, to, periodMs }: MetricRead,
    deadlineMs: number,
  ): Promise<MetricSeries[]> {
    const values = sources.map(() => new Map<number, number>());
    const states: ('open' | 'complete' | Failed)[] = sources.map(() => 'open');
    const read = { series: sources.map(seriesOf), from, to, periodMs };
    let stop = failed('partial', 'CloudWatch gave only some of its points');
    try {
      for await (const parts of metricDataPages(this.client(region), read, () => deadlineMs - this.now())) {
        for (const { place, points, state, why } of parts) {
          for (const { time, value } of points) values[place]!.set(time, value);
          if (state === 'complete') states[place] = 'complete';
          else if (state === 'forbidden') states[place] = failed(state, why || 'reading it is forbidden');
          else if (state === 'unavailable') states[place] = failed(state, why || 'CloudWatch failed');
        }
      }
    } catch (error) {
      stop = failureOf(error);
    }
    return states.map((state, place): MetricSeries => {
      if (state === 'complete') return { kind: 'complete', values: values[place]! };
      return state === 'open' ? stop : state;
    });
  }

  private client(region: string | undefined): CloudWatchClient {
    let client = this.clients.get(region);
    if (client === undefined) {
      client = this.clientOf(region);
      this.clients.set(region, client);
    }
    return client;
  }
}

function seriesOf({ namespace, metric, dimensions, statistic, account }: CloudWatchSource): MetricDataSeries {
  return { namespace, metric, dimensions: Object.entries(dimensions), statistic, account };
}

function failed(reason: ReadFailure, message: string): Failed {
  return { kind: 'failed', reason, message };
}

const FAILURES: Readonly<Record<string, ReadFailure>> = {
  timeout: 'outOfTime',
  throttled: 'throttled',
  denied: 'forbidden',
  rejected: 'rejected',
};

function failureOf(error: unknown): Failed {
  const { reason, message } = sdkFailure(error, 'GetMetricData');
  return failed(FAILURES[reason] ?? 'unavailable', message);
}
