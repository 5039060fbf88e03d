// GetMetricData for whoever reads metrics: what is asked for, page by page, and what is said of each series.
import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { RetryableError } from '../model/errors.ts';
import { sdkFailure } from './sdk-failure.ts';

/** Queries of one call. Source: CloudWatch API reference, GetMetricData, 2026-11. */
export const MAX_QUERIES = 500;
/** Points of one answer at most. Source: the same, MaxDatapoints. */
const MAX_POINTS = 100_800;

/** A series without math. */
export interface MetricDataSeries {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: readonly (readonly [name: string, value: string])[];
  /** Such as `Sum` or `p95`. */
  readonly statistic: string;
  /** Of another account, where cross-account observability shares it. */
  readonly account?: string | undefined;
}

export interface MetricDataRead {
  /** At most MAX_QUERIES. */
  readonly series: readonly MetricDataSeries[];
  /** Epoch milliseconds, [from, to). */
  readonly from: number;
  readonly to: number;
  readonly periodMs: number;
}

/** What one page says of one series. */
export interface MetricDataPart {
  /** Its place in what was asked for. */
  readonly place: number;
  readonly points: readonly { readonly time: number; readonly value: number }[];
  /** `more`: the rest is on a later page, or did not come when there is none. */
  readonly state: 'complete' | 'more' | 'forbidden' | 'unavailable';
  /** In CloudWatch's words, may be empty. */
  readonly why: string;
}

/**
 * The answer to one read, page by page.
 * @param timeLeft milliseconds; asked before each page
 * @throws RetryableError `timeout` when no time is left; RetryableError and PermanentError of sdkFailure
 */
export async function* metricDataPages(
  client: CloudWatchClient,
  { series, from, to, periodMs }: MetricDataRead,
  timeLeft: () => number = () => Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly MetricDataPart[]> {
  const MetricDataQueries = series.map((one, place) => queryOf(one, place, periodMs));
  let NextToken: string | undefined;
  do {
    const left = timeLeft();
    if (left <= 0) throw new RetryableError('timeout', 'GetMetricData: no time was left to read it');
    const command = new GetMetricDataCommand({
      MetricDataQueries,
      StartTime: new Date(from),
      EndTime: new Date(to),
      ScanBy: 'TimestampAscending',
      MaxDatapoints: MAX_POINTS,
      ...(NextToken !== undefined && { NextToken }),
    });
    const answer = await asked(client, command, left);
    yield partsOf(answer, series.length);
    NextToken = answer.NextToken || undefined;
  } while (NextToken !== undefined);
}

async function asked(
  client: CloudWatchClient,
  command: GetMetricDataCommand,
  left: number,
): Promise<GetMetricDataCommandOutput> {
  try {
    return await client.send(
      command,
      Number.isFinite(left) ? { abortSignal: AbortSignal.timeout(left) } : {},
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') {
      throw new RetryableError('timeout', 'GetMetricData: no answer in time', { cause: error });
    }
    throw sdkFailure(error, 'GetMetricData');
  }
}

function partsOf({ MetricDataResults = [] }: GetMetricDataCommandOutput, asked: number): MetricDataPart[] {
  const parts: MetricDataPart[] = [];
  for (const { Id, StatusCode, Timestamps = [], Values = [], Messages = [] } of MetricDataResults) {
    const place = Number(Id?.slice(1));
    if (!(place >= 0 && place < asked)) continue;
    parts.push({
      place,
      points: Timestamps.map((time, at) => ({ time: time.getTime(), value: Values[at]! })),
      state: stateOf(StatusCode),
      why: Messages.map(({ Code, Value }) => `${Code ?? ''} ${Value ?? ''}`.trim()).join('; '),
    });
  }
  return parts;
}

function stateOf(status: string | undefined): MetricDataPart['state'] {
  if (status === 'Complete') return 'complete';
  if (status === 'Forbidden') return 'forbidden';
  return status === 'InternalError' ? 'unavailable' : 'more';
}

function queryOf(
  { namespace, metric, dimensions, statistic, account }: MetricDataSeries,
  place: number,
  periodMs: number,
): MetricDataQuery {
  return {
    Id: `m${place}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
      },
      Period: periodMs / 1_000,
      Stat: statistic,
    },
    ...(account !== undefined && { AccountId: account }),
  };
}
