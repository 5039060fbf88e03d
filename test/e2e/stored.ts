// What the backends hold after a run, in a form that can be compared with what the SDK sent.
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { LogsRequest, Resource, TracesRequest } from '../../bench/payloads/otlp-json.ts';
import { readDistinct } from '../../lib/archive/read-distinct.ts';
import type { StoredDatum } from '../../lib/local/admin-client.ts';
import { clientSettings } from '../../lib/local/environment.ts';
import type { LocalStack } from '../../lib/local/stack.ts';
import { decodeProtobuf } from '../support/otlp.ts';

/** A segment document, as far as the tests look at it. */
export interface SegmentDocument {
  readonly trace_id: string;
  readonly id: string;
  readonly parent_id?: string;
  readonly name: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly fault?: boolean;
  readonly http?: {
    readonly request?: { readonly url?: string; readonly method?: string };
    readonly response?: { readonly status?: number };
  };
  readonly sql?: { readonly sanitized_query?: string };
  readonly cause?: {
    readonly exceptions?: readonly {
      readonly type?: string;
      readonly message?: string;
      readonly stack?: readonly unknown[];
    }[];
  };
  readonly metadata?: { readonly default?: Readonly<Record<string, unknown>> };
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** Segment documents by id. X-Ray keeps one document an id, however often it was put. */
export async function storedSegments(stack: LocalStack): Promise<Map<string, SegmentDocument>> {
  const segments = await stack.admin.segments();
  return new Map(
    segments.map(({ segmentId, document }) => [segmentId, JSON.parse(document) as SegmentDocument]),
  );
}

/** A log record as PutLogEvents stored it. */
export interface StoredRecord {
  readonly recordId: string;
  readonly body: unknown;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly severityText?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export async function storedRecords(stack: LocalStack, service: string): Promise<StoredRecord[]> {
  const events = await stack.admin.logEvents(`/tidewatch/${service}`);
  return events.map(({ message }) => JSON.parse(message) as StoredRecord);
}

/** How many observations a datum stands for, and their sum. */
function total(datum: StoredDatum): { count: number; sum: number } {
  if (datum.Values === undefined) return { count: 1, sum: datum.Value ?? 0 };
  const counts = datum.Counts ?? datum.Values.map(() => 1);
  return {
    count: counts.reduce((a, b) => a + b, 0),
    sum: datum.Values.reduce((sum, value, index) => sum + value * (counts[index] ?? 0), 0),
  };
}

/** Count and sum over all datums of a metric whose dimensions name this value. */
export async function storedTotal(
  stack: LocalStack,
  namespace: string,
  metric: string,
  service: string,
): Promise<{ count: number; sum: number }> {
  const datums = await stack.admin.metricData(namespace);
  return datums
    .filter(
      (datum) => datum.MetricName === metric && datum.Dimensions?.some(({ Value }) => Value === service),
    )
    .map(total)
    .reduce((a, b) => ({ count: a.count + b.count, sum: a.sum + b.sum }), { count: 0, sum: 0 });
}

/** How many spans and records of these services the archive holds, repeated requests left out. */
export async function archivedItems(
  stack: LocalStack,
  services: ReadonlySet<string>,
): Promise<{ spans: number; records: number }> {
  const s3 = new S3Client({ ...clientSettings(stack.endpoint), forcePathStyle: true });
  const Bucket = stack.outputs.ArchiveBucketName;
  async function* objects(): AsyncGenerator<Uint8Array> {
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: 'raw/' })) {
      for (const { Key } of page.Contents ?? []) {
        const object = await s3.send(new GetObjectCommand({ Bucket, Key }));
        yield (await object.Body?.transformToByteArray()) ?? new Uint8Array();
      }
    }
  }
  const isOurs = (resource: Resource | undefined): boolean => {
    const name = resource?.attributes?.find(({ key }) => key === 'service.name')?.value;
    return services.has((name as { stringValue?: string } | undefined)?.stringValue ?? '');
  };
  const items = { spans: 0, records: 0 };
  for await (const { signal, otlp } of readDistinct(objects())) {
    const request = decodeProtobuf(signal, otlp) as TracesRequest & LogsRequest;
    for (const { resource, scopeSpans } of request.resourceSpans ?? []) {
      if (!isOurs(resource)) continue;
      for (const { spans } of scopeSpans ?? []) items.spans += spans?.length ?? 0;
    }
    for (const { resource, scopeLogs } of request.resourceLogs ?? []) {
      if (!isOurs(resource)) continue;
      for (const { logRecords } of scopeLogs ?? []) items.records += logRecords?.length ?? 0;
    }
  }
  s3.destroy();
  return items;
}
