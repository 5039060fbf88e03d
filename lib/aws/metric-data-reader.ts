// The metrics of SLOs by GetMetricData: plain metrics, no math, page by page; what did not come is said for each metric.
import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { CloudWatchSource, MetricRead, MetricReader, MetricSeries, ReadFailure } from '../slo/ports.ts';
import { sdkFailure } from './sdk-failure.ts';

/** Points of one answer at most. Source: CloudWatch API reference, GetMetricData, MaxDatapoints, 2026-11. */
const MAX_POINTS = 100_800;
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
    const queries = sources.map((source, place) => queryOf(source, place, periodMs));
    const end = (stop: Failed): MetricSeries[] =>
      states.map((state, place) => {
        if (state === 'complete') return { kind: 'complete', values: values[place]! };
        return state === 'open' ? stop : state;
      });
    let NextToken: string | undefined;
    do {
      const left = deadlineMs - this.now();
      if (left <= 0) return end(failed('outOfTime', 'no time was left to read it'));
      let answer: GetMetricDataCommandOutput;
      try {
        answer = await this.client(region).send(
          new GetMetricDataCommand({
            MetricDataQueries: queries,
            StartTime: new Date(from),
            EndTime: new Date(to),
            ScanBy: 'TimestampAscending',
            MaxDatapoints: MAX_POINTS,
            ...(NextToken !== undefined && { NextToken }),
          }),
          Number.isFinite(left) ? { abortSignal: AbortSignal.timeout(left) } : {},
        );
      } catch (error) {
        return end(failureOf(error));
      }
      for (const { Id, StatusCode, Timestamps = [], Values = [], Messages } of answer.MetricDataResults ??
        []) {
        const place = Number(Id?.slice(1));
        if (states[place] === undefined) continue;
        for (const [at, time] of Timestamps.entries()) values[place]!.set(time.getTime(), Values[at]!);
        const why =
          Messages?.map(({ Code, Value }) => `${Code ?? ''} ${Value ?? ''}`.trim()).join('; ') ?? '';
        if (StatusCode === 'Complete') states[place] = 'complete';
        else if (StatusCode === 'Forbidden')
          states[place] = failed('forbidden', why || 'reading it is forbidden');
        else if (StatusCode === 'InternalError')
          states[place] = failed('unavailable', why || 'CloudWatch failed');
      }
      NextToken = answer.NextToken || undefined;
    } while (NextToken !== undefined);
    return end(failed('partial', 'CloudWatch gave only some of its points'));
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

function queryOf(
  { namespace, metric, dimensions, statistic, account }: CloudWatchSource,
  place: number,
  periodMs: number,
): MetricDataQuery {
  return {
    Id: `m${place}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: periodMs / 1_000,
      Stat: statistic,
    },
    ...(account !== undefined && { AccountId: account }),
  };
}

function failed(reason: ReadFailure, message: string): Failed {
  return { kind: 'failed', reason, message };
}

function failureOf(error: unknown): Failed {
  const isAbort = error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
  if (isAbort) return failed('outOfTime', 'CloudWatch did not answer in time');
  const { reason, message } = sdkFailure(error, 'GetMetricData');
  switch (reason) {
    case 'throttled':
      return failed('throttled', message);
    case 'denied':
      return failed('forbidden', message);
    case 'rejected':
      return failed('rejected', message);
    default:
      return failed('unavailable', message);
  }
}
