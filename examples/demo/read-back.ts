// Reads what arrived, with the ordinary AWS SDK clients: X-Ray, CloudWatch, CloudWatch Logs and S3 of the stack.
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { BatchGetTracesCommand, GetTraceSummariesCommand, XRayClient } from '@aws-sdk/client-xray';

/** One segment or subsegment of a trace, as far as the waterfall shows it. */
export interface TraceRow {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly name: string;
  /** What was done: method and path, statement, or the exception. */
  readonly detail: string;
  /** Epoch seconds. */
  readonly start: number;
  readonly end: number;
  readonly isFault: boolean;
}

export interface LatencyRow {
  readonly service: string;
  readonly operation: string;
  readonly requests: number;
  readonly faults: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

interface Document {
  readonly id: string;
  readonly parent_id?: string;
  readonly name: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly fault?: boolean;
  readonly http?: {
    readonly request?: { readonly method?: string; readonly url?: string };
    readonly response?: { readonly status?: number };
  };
  readonly sql?: { readonly sanitized_query?: string };
  readonly cause?: { readonly exceptions?: readonly { readonly type?: string; readonly message?: string }[] };
}

const POLL_MS = 1000;

/** Asks until `read` gives a value. @throws Error naming what did not come in time */
export async function eventually<T>(
  what: string,
  timeoutMs: number,
  read: () => Promise<T | undefined>,
): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > until) throw new Error(`${what} did not arrive within ${timeoutMs / 1000} s`);
    await sleep(POLL_MS);
  }
}

/** Clients of one stack and the questions the demo asks. */
export class ReadBack {
  private readonly xray: XRayClient;
  private readonly cloudwatch: CloudWatchClient;
  private readonly logs: CloudWatchLogsClient;
  private readonly s3: S3Client;
  private readonly since: Date;

  /** @param endpoint the stack's AWS endpoint @param since nothing older is looked at */
  constructor(endpoint: string, since: Date) {
    const config = {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    this.xray = new XRayClient(config);
    this.cloudwatch = new CloudWatchClient(config);
    this.logs = new CloudWatchLogsClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
    this.since = since;
  }

  /** How many traces X-Ray has, and the id of one that matches the filter expression. */
  async traces(filter: string): Promise<{ readonly count: number; readonly newest: string | undefined }> {
    let count = 0;
    let newest: string | undefined;
    let token: string | undefined;
    do {
      const page = await this.xray.send(
        new GetTraceSummariesCommand({
          StartTime: this.since,
          EndTime: this.end(),
          FilterExpression: filter,
          NextToken: token,
        }),
      );
      count += page.TraceSummaries?.length ?? 0;
      newest = page.TraceSummaries?.at(-1)?.Id ?? newest;
      token = page.NextToken;
    } while (token !== undefined);
    return { count, newest };
  }

  /** All segments of a trace, in the order of their start. */
  async trace(id: string): Promise<TraceRow[]> {
    const answer = await this.xray.send(new BatchGetTracesCommand({ TraceIds: [id] }));
    const rows = (answer.Traces?.[0]?.Segments ?? []).map((segment) =>
      traceRow(JSON.parse(segment.Document ?? '{}')),
    );
    return rows.sort((a, b) => a.start - b.start);
  }

  /** Requests, faults and percentiles of each operation, from the span metrics. */
  async latencies(): Promise<LatencyRow[]> {
    const metrics = await this.cloudwatch.send(
      new ListMetricsCommand({ Namespace: 'Tidewatch/Spans', MetricName: 'Duration' }),
    );
    return Promise.all((metrics.Metrics ?? []).map((metric) => this.latency(metric.Dimensions ?? [])));
  }

  private async latency(
    dimensions: { Name?: string | undefined; Value?: string | undefined }[],
  ): Promise<LatencyRow> {
    const Dimensions = dimensions.map(({ Name, Value }) => ({ Name, Value }));
    const query = (Id: string, MetricName: string, Stat: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'Tidewatch/Spans', MetricName, Dimensions }, Period: 3600, Stat },
    });
    const answer = await this.cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(this.since.getTime() - 3_600_000),
        EndTime: this.end(),
        MetricDataQueries: [
          query('requests', 'Requests', 'Sum'),
          query('faults', 'Faults', 'Sum'),
          query('p50', 'Duration', 'p50'),
          query('p90', 'Duration', 'p90'),
          query('p99', 'Duration', 'p99'),
        ],
      }),
    );
    const value = (id: string): number => {
      const values = answer.MetricDataResults?.find((result) => result.Id === id)?.Values ?? [];
      return id === 'requests' || id === 'faults'
        ? values.reduce((a, b) => a + b, 0)
        : Math.max(0, ...values);
    };
    const dimension = (name: string): string => dimensions.find(({ Name }) => Name === name)?.Value ?? '';
    return {
      service: dimension('service'),
      operation: dimension('operation'),
      requests: value('requests'),
      faults: value('faults'),
      p50: value('p50'),
      p90: value('p90'),
      p99: value('p99'),
    };
  }

  /** Log lines of a trace in the groups of the given services. @param traceId 32 hex digits */
  async logLines(
    services: readonly string[],
    traceId: string,
  ): Promise<{ service: string; message: string }[]> {
    const lines: { service: string; at: number; message: string }[] = [];
    for (const service of services) {
      const answer = await this.logs.send(
        new FilterLogEventsCommand({ logGroupName: `/tidewatch/${service}`, filterPattern: `"${traceId}"` }),
      );
      for (const event of answer.events ?? []) {
        lines.push({ service, at: event.timestamp ?? 0, message: event.message ?? '' });
      }
    }
    return lines.sort((a, b) => a.at - b.at);
  }

  /** Archived objects below a prefix: key and size in bytes. */
  async archived(bucket: string, prefix: string): Promise<{ key: string; bytes: number }[]> {
    const answer = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    return (answer.Contents ?? []).map(({ Key, Size }) => ({ key: Key ?? '', bytes: Size ?? 0 }));
  }

  private end(): Date {
    return new Date(Date.now() + 60_000);
  }
}

function traceRow(document: Document): TraceRow {
  return {
    id: document.id,
    parentId: document.parent_id,
    name: document.name,
    detail: detail(document),
    start: document.start_time,
    end: document.end_time,
    isFault: document.fault === true,
  };
}

function detail({ http, sql, cause }: Document): string {
  const exception = cause?.exceptions?.[0];
  if (exception !== undefined) return `${exception.type}: ${exception.message}`;
  if (sql?.sanitized_query !== undefined) return sql.sanitized_query;
  if (http?.request === undefined) return '';
  const path = http.request.url?.replace(/^https?:\/\/[^/]+/, '') ?? '';
  return `${http.request.method ?? ''} ${path} ${http.response?.status ?? ''}`.trim();
}
