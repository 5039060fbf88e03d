// The usual way from OTLP to PutMetricData: objects in, a datum object a point, JSON.stringify.
import { integer, type PlainAttribute, plain, record, seconds } from './accessors.ts';

interface PlainBuckets {
  offset?: number;
  bucketCounts?: (string | number)[];
}

interface PlainPoint {
  attributes?: PlainAttribute[];
  timeUnixNano?: string;
  asInt?: string | null;
  asDouble?: number | null;
  bucketCounts?: (string | number)[];
  explicitBounds?: number[];
  scale?: number;
  zeroCount?: string;
  count?: string;
  sum?: number | null;
  positive?: PlainBuckets | null;
  quantileValues?: { quantile: number; value: number }[];
}

interface PlainMetric {
  name: string;
  unit?: string;
  gauge?: { dataPoints?: PlainPoint[] } | null;
  sum?: { dataPoints?: PlainPoint[] } | null;
  histogram?: { dataPoints?: PlainPoint[] } | null;
  exponentialHistogram?: { dataPoints?: PlainPoint[] } | null;
  summary?: { dataPoints?: PlainPoint[] } | null;
}

/** An ExportMetricsServiceRequest as protobufjs or JSON.parse give it. */
export interface PlainMetrics {
  resourceMetrics?: {
    resource?: { attributes?: PlainAttribute[] } | null;
    scopeMetrics?: { metrics?: PlainMetric[] }[];
  }[];
}

const UNITS: Readonly<Record<string, string>> = {
  ms: 'Milliseconds',
  s: 'Seconds',
  By: 'Bytes',
  '%': 'Percent',
};
const DATUMS_PER_CALL = 1000;

/** Request bodies of PutMetricData. */
export function metricBodies(request: PlainMetrics): Buffer[] {
  const data: Record<string, unknown>[] = [];
  for (const { resource, scopeMetrics } of request.resourceMetrics ?? []) {
    const service = record(resource?.attributes)['service.name'];
    for (const { metrics } of scopeMetrics ?? []) {
      for (const metric of metrics ?? []) addMetric(data, metric, String(service));
    }
  }
  const bodies: Buffer[] = [];
  for (let i = 0; i < data.length; i += DATUMS_PER_CALL) {
    const MetricData = data.slice(i, i + DATUMS_PER_CALL);
    bodies.push(Buffer.from(JSON.stringify({ Namespace: 'Bench', MetricData })));
  }
  return bodies;
}

function addMetric(data: Record<string, unknown>[], metric: PlainMetric, service: string): void {
  const kind =
    metric.sum ?? metric.gauge ?? metric.histogram ?? metric.exponentialHistogram ?? metric.summary;
  for (const point of kind?.dataPoints ?? []) {
    const dimensions = [{ Name: 'service.name', Value: service }];
    for (const { key, value } of point.attributes ?? [])
      dimensions.push({ Name: key, Value: String(plain(value)) });
    const datum = {
      MetricName: metric.name,
      Dimensions: dimensions,
      Timestamp: seconds(point.timeUnixNano),
      Unit: UNITS[metric.unit ?? ''] ?? 'None',
    };
    if (metric.summary) data.push(...summaryDatums(datum, point));
    else data.push({ ...datum, ...values(metric, point) });
  }
}

function values(metric: PlainMetric, point: PlainPoint): Record<string, unknown> {
  if (metric.histogram) return explicitValues(point);
  if (metric.exponentialHistogram) return exponentialValues(point);
  return { Value: point.asDouble ?? integer(point.asInt) };
}

interface Datum {
  readonly MetricName: string;
  readonly Dimensions: readonly { Name: string; Value: string }[];
}

/** A series for each quantile, and count and sum, as the collector's `detailed_metrics` writes them. */
function summaryDatums(datum: Datum, point: PlainPoint): Record<string, unknown>[] {
  const { MetricName, Dimensions } = datum;
  const quantiles = (point.quantileValues ?? []).map(({ quantile, value }) => ({
    ...datum,
    Dimensions: [...Dimensions, { Name: 'quantile', Value: String(quantile) }],
    Value: value,
  }));
  return [
    ...quantiles,
    { ...datum, MetricName: `${MetricName}_count`, Unit: 'Count', Value: integer(point.count) },
    { ...datum, MetricName: `${MetricName}_sum`, Value: point.sum ?? 0 },
  ];
}

function explicitValues(point: PlainPoint): Record<string, unknown> {
  const bounds = point.explicitBounds ?? [];
  const Values: number[] = [];
  const Counts: number[] = [];
  for (const [index, bucketCount] of (point.bucketCounts ?? []).entries()) {
    const count = integer(bucketCount);
    if (count === 0) continue;
    const low = bounds[index - 1] ?? 0;
    Values.push((low + (bounds[index] ?? low)) / 2);
    Counts.push(count);
  }
  return { Values, Counts };
}

function exponentialValues(point: PlainPoint): Record<string, unknown> {
  const base = 2 ** (2 ** -(point.scale ?? 0));
  const Values: number[] = [];
  const Counts: number[] = [];
  const zeros = integer(point.zeroCount);
  if (zeros > 0) {
    Values.push(0);
    Counts.push(zeros);
  }
  const offset = point.positive?.offset ?? 0;
  for (const [index, bucketCount] of (point.positive?.bucketCounts ?? []).entries()) {
    const count = integer(bucketCount);
    if (count === 0) continue;
    Values.push((base ** (offset + index) + base ** (offset + index + 1)) / 2);
    Counts.push(count);
  }
  return { Values, Counts };
}
