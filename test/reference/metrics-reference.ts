// OTLP metrics → PutMetricData datums on plain objects: what the encoder is held against. Slow and obvious.
import type {
  AnyValue,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  KeyValue,
  Metric,
  MetricsRequest,
  NumberDataPoint,
  SummaryDataPoint,
} from '../../bench/payloads/otlp-json.ts';
import { asciiText, renderNamespace } from '../../lib/exporters/cloudwatch-metrics/names.ts';
import type { MetricsSettings } from '../../lib/exporters/cloudwatch-metrics/settings.ts';
import { cloudWatchUnit } from '../../lib/exporters/cloudwatch-metrics/units.ts';
import {
  clamp,
  coarserIndex,
  explicitPairs,
  exponentialPairs,
  type Pair,
  type ReferenceExtent,
} from './metrics-distribution.ts';

export interface Datum {
  MetricName: string;
  Unit: string;
  StorageResolution?: number;
  Dimensions: { Name: string; Value: string }[];
  Timestamp: number;
  Value?: number;
  Values?: number[];
  Counts?: number[];
}

export interface ReferenceResult {
  readonly datums: { namespace: string; datum: Datum }[];
  readonly drops: Record<string, number>;
  /** Points of cumulative series, which are not in `datums`. */
  readonly cumulative: number;
}

interface Group {
  readonly namespace: string;
  readonly head: Pick<Datum, 'MetricName' | 'Unit' | 'Dimensions' | 'Timestamp'>;
  readonly how: 'sum' | 'list' | 'explicit' | 'exponential';
  readonly factor: number;
  readonly values: number[];
  readonly histograms: HistogramDataPoint[];
  readonly exponentials: ExponentialHistogramDataPoint[];
  points: number;
}

const NO_POINT = 1;

/** The datums of everything that needs no earlier state. */
export function referenceDatums(request: MetricsRequest, settings: MetricsSettings): ReferenceResult {
  const groups = new Map<string, Group>();
  const drops: Record<string, number> = {};
  const layouts = new Map<string, number>();
  let cumulative = 0;
  const drop = (reason: string) => {
    drops[reason] = (drops[reason] ?? 0) + 1;
  };
  let resourceNumber = 0;
  for (const { resource, scopeMetrics } of request.resourceMetrics ?? []) {
    if ((scopeMetrics ?? []).length === 0) continue;
    const attributes = unique(resource?.attributes);
    const text = (key: string) => plainText(attributes.get(key));
    const namespace = renderNamespace(settings.namespaceTemplate, text);
    resourceNumber++;
    for (const { metrics } of scopeMetrics ?? []) {
      for (const metric of metrics ?? []) {
        const data = dataOf(metric);
        if (data === undefined) continue;
        const isSummary = data.kind === 'summary';
        const name = asciiText(metric.name ?? '', 256);
        const { unit, factor } = cloudWatchUnit(metric.unit ?? '');
        const rule = settings.dimensions.find(({ metric: pattern }) => matches(pattern, metric.name ?? ''));
        const keys = [...new Set(rule?.keys ?? [])].filter((key) => key !== 'service.name').sort();
        for (const point of data.points) {
          const timeMs = Number(BigInt(point.timeUnixNano ?? 0) / 1_000_000n);
          if (name === '') drop('noName');
          else if (name.length > 255 - (isSummary ? 6 : 0)) drop('nameTooLong');
          else if (((point.flags ?? 0) & NO_POINT) !== 0) drop('noRecordedValue');
          else if (timeMs === 0) drop('noTime');
          else {
            const dimensions = [
              {
                Name: 'service.name',
                Value: asciiText(text('service.name') ?? '', 1024) || 'unknown_service',
              },
              ...keys.flatMap((key) =>
                dimension(key, unique(point.attributes).get(key), attributes.get(key)),
              ),
            ];
            const add = (
              how: Group['how'],
              variant: string,
              fill: (group: Group) => void,
              more: Datum['Dimensions'] = [],
            ) => {
              const head = {
                MetricName: name,
                Unit: unit,
                Dimensions: [...dimensions, ...more],
                Timestamp: timeMs / 1000,
              };
              const key = JSON.stringify([namespace, head, how, variant]);
              const group = groups.get(key) ?? {
                namespace,
                head,
                how,
                factor,
                values: [],
                histograms: [],
                exponentials: [],
                points: 0,
              };
              groups.set(key, group);
              group.points++;
              fill(group);
            };
            switch (data.kind) {
              case 'gauge':
              case 'sum': {
                const value = numberOf(point as NumberDataPoint);
                const scaled = value === undefined ? Number.NaN : value * factor;
                if (value === undefined) drop('noValue');
                else if (!Number.isFinite(scaled)) drop('notFinite');
                else if (Math.abs(scaled) > 2 ** 360) drop('outOfRange');
                else if (data.kind === 'gauge') add('list', '', ({ values }) => values.push(scaled));
                else if (data.temporality !== 2) add('sum', '', ({ values }) => values.push(scaled));
                else if (!data.monotonic)
                  add('sum', `${resourceNumber}`, ({ values }) => values.push(scaled));
                else cumulative++;
                break;
              }
              case 'histogram': {
                const histogram = point as HistogramDataPoint;
                const counts = histogram.bucketCounts ?? [];
                const bounds =
                  counts.length === 0 ? [] : (histogram.explicitBounds ?? []).map((b) => b * factor);
                const ascending = bounds.every(
                  (b, i) => b > (bounds[i - 1] ?? Number.NEGATIVE_INFINITY) && b < Infinity,
                );
                if (ascending && !layouts.has(String(bounds))) layouts.set(String(bounds), layouts.size);
                if (!ascending || (counts.length > 0 && counts.length !== bounds.length + 1))
                  drop('invalidBuckets');
                else if (data.temporality === 2) cumulative++;
                else add('explicit', JSON.stringify(bounds), (group) => group.histograms.push(histogram));
                break;
              }
              case 'exponential': {
                const histogram = point as ExponentialHistogramDataPoint;
                const scale = histogram.scale ?? 0;
                if (scale < -10 || scale > 52) drop('invalidBuckets');
                else if (data.temporality === 2) cumulative++;
                else {
                  const variant = String(Math.min(6, scale));
                  add('exponential', variant, (group) => group.exponentials.push(histogram));
                }
                break;
              }
              case 'summary': {
                const summary = point as SummaryDataPoint;
                for (const { quantile = 0, value = 0 } of summary.quantileValues ?? []) {
                  const scaled = value * factor;
                  if (!Number.isFinite(scaled) || !Number.isFinite(quantile)) drop('notFinite');
                  else if (Math.abs(scaled) > 2 ** 360) drop('outOfRange');
                  else if (keys.length > 28) drop('tooManyDimensions');
                  else {
                    const label = [{ Name: 'quantile', Value: String(quantile) }];
                    add('list', 'quantile', ({ values }) => values.push(scaled), label);
                  }
                }
                if (Number.isFinite(summary.sum ?? 0)) cumulative++;
                else drop('notFinite');
                break;
              }
            }
          }
        }
      }
    }
  }
  const datums: ReferenceResult['datums'] = [];
  for (const group of groups.values()) {
    const made = datumsOf(group, layouts, settings.storageResolution);
    if (made.length === 0) drops.empty = (drops.empty ?? 0) + group.points;
    datums.push(...made.map((datum) => ({ namespace: group.namespace, datum })));
  }
  return { datums, drops, cumulative };
}

function datumsOf(group: Group, layouts: ReadonlyMap<string, number>, resolution: number): Datum[] {
  const head = { ...group.head, ...(resolution === 1 && { StorageResolution: 1 }) };
  const { values, factor } = group;
  if (group.how === 'sum') {
    const total = values.reduce((sum, value) => sum + value);
    return [{ ...head, Value: clamp(total) }];
  }
  if (group.how === 'list' && values.length === 1) return [{ ...head, Value: clamp(values[0]!) }];
  const pairs = group.how === 'list' ? listPairs(values) : histogramPairs(group, layouts, factor);
  const datums: Datum[] = [];
  for (let from = 0; from < pairs.length; from += 150) {
    const part = pairs.slice(from, from + 150);
    datums.push({ ...head, Values: part.map(([value]) => value), Counts: part.map(([, count]) => count) });
  }
  return datums;
}

function listPairs(values: readonly number[]): Pair[] {
  const counts = new Map<number, number>();
  for (const value of [...values].sort((a, b) => a - b)) {
    const kept = clamp(value);
    counts.set(kept, (counts.get(kept) ?? 0) + 1);
  }
  return [...counts];
}

function histogramPairs(group: Group, layouts: ReadonlyMap<string, number>, factor: number): Pair[] {
  const points = [...group.histograms, ...group.exponentials];
  const total = (field: 'sum' | 'min' | 'max', join: (a: number, b: number) => number) =>
    points.map((point) => (point[field] ?? Number.NaN) * factor).reduce(join);
  const extent: ReferenceExtent = {
    sum: total('sum', (a, b) => a + b),
    min: total('min', (a, b) => Math.min(a, b)),
    max: total('max', (a, b) => Math.max(a, b)),
    exact: true,
  };
  if (group.how === 'explicit') {
    const first = group.histograms[0]!;
    const bounds =
      (first.bucketCounts ?? []).length === 0 ? [] : (first.explicitBounds ?? []).map((b) => b * factor);
    const counts: number[] = new Array(bounds.length + 1).fill(0);
    for (const { bucketCounts = [], count } of group.histograms) {
      const all = bucketCounts.length === 0 ? [count ?? '0'] : bucketCounts;
      for (const [i, one] of all.entries()) counts[i]! += Number(one);
    }
    return explicitPairs(bounds, counts, extent, layouts.get(String(bounds))!);
  }
  const sides = { positive: new Map<number, number>(), negative: new Map<number, number>() };
  for (const point of group.exponentials) {
    for (const side of ['positive', 'negative'] as const) {
      for (const [i, count] of (point[side]?.bucketCounts ?? []).entries()) {
        if (Number(count) === 0) continue;
        const index = coarserIndex((point[side]!.offset ?? 0) + i, point.scale ?? 0);
        sides[side].set(index, (sides[side].get(index) ?? 0) + Number(count));
      }
    }
  }
  const buckets = {
    ...sides,
    scale: Math.min(6, group.exponentials[0]!.scale ?? 0),
    zeroCount: group.exponentials.reduce((sum, { zeroCount }) => sum + Number(zeroCount ?? 0), 0),
    zeroThreshold: Math.max(...group.exponentials.map(({ zeroThreshold }) => (zeroThreshold ?? 0) * factor)),
  };
  return exponentialPairs(buckets, factor, extent);
}

type Point = NumberDataPoint | HistogramDataPoint | ExponentialHistogramDataPoint | SummaryDataPoint;

interface Data {
  readonly kind: 'gauge' | 'sum' | 'histogram' | 'exponential' | 'summary';
  readonly points: readonly Point[];
  readonly temporality?: number | undefined;
  readonly monotonic?: boolean | undefined;
}

function dataOf(metric: Metric): Data | undefined {
  const { gauge, sum, histogram, exponentialHistogram, summary } = metric;
  if (gauge) return { kind: 'gauge', points: gauge.dataPoints ?? [] };
  if (sum) {
    const { dataPoints, aggregationTemporality, isMonotonic } = sum;
    return {
      kind: 'sum',
      points: dataPoints ?? [],
      temporality: aggregationTemporality,
      monotonic: isMonotonic,
    };
  }
  if (histogram) {
    return {
      kind: 'histogram',
      points: histogram.dataPoints ?? [],
      temporality: histogram.aggregationTemporality,
    };
  }
  if (exponentialHistogram) {
    const { dataPoints, aggregationTemporality } = exponentialHistogram;
    return { kind: 'exponential', points: dataPoints ?? [], temporality: aggregationTemporality };
  }
  return summary ? { kind: 'summary', points: summary.dataPoints ?? [] } : undefined;
}

function matches(pattern: string, metric: string): boolean {
  return pattern.endsWith('*') ? metric.startsWith(pattern.slice(0, -1)) : pattern === metric;
}

function numberOf({ asDouble, asInt }: NumberDataPoint): number | undefined {
  if (asInt !== undefined) return Number(BigInt(asInt));
  return asDouble === undefined ? undefined : Number(asDouble);
}

/** Of a repeated key the last value counts. */
function unique(attributes: readonly KeyValue[] | undefined): Map<string, AnyValue | undefined> {
  return new Map((attributes ?? []).map(({ key, value }) => [key ?? '', value]));
}

function dimension(
  key: string,
  own: AnyValue | undefined,
  ofResource: AnyValue | undefined,
): Datum['Dimensions'] {
  for (const value of [own, ofResource]) {
    const text = asciiText(plainText(value) ?? '', 1024);
    if (text !== '') return [{ Name: asciiText(key.startsWith(':') ? `_${key}` : key, 255), Value: text }];
  }
  return [];
}

function plainText(value: AnyValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  if ('stringValue' in value) return value.stringValue as string;
  if ('boolValue' in value) return String(value.boolValue);
  if ('intValue' in value) return String(value.intValue);
  return 'doubleValue' in value ? String(value.doubleValue) : undefined;
}
