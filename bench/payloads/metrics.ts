// Metrics of all five kinds: sums, gauges, explicit and exponential histograms and a few summaries.
import type { KeyValue, Metric, MetricsRequest } from './otlp-json.ts';
import { DEFAULT_START_MS, resource, SERVICES } from './resource.ts';
import { attributes, nanos, Seeded } from './seeded.ts';

const BOUNDS = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];
const POINTS_A_METRIC = 10;

export interface MetricsOptions {
  readonly points?: number;
  readonly seed?: number;
  /** Start of the collection interval of one minute, epoch milliseconds. */
  readonly startMs?: number;
}

/** A deterministic metrics request; 500 data points by default over the four services, ten points a metric. */
export function metricsPayload(options: MetricsOptions = {}): MetricsRequest {
  const { points: total = 500, seed = 3, startMs = DEFAULT_START_MS } = options;
  const random = new Seeded(seed);
  return {
    resourceMetrics: SERVICES.map((_, service) => {
      const metrics: Metric[] = [];
      let left = Math.floor(total / SERVICES.length) + (service < total % SERVICES.length ? 1 : 0);
      for (; left > 0; left -= POINTS_A_METRIC) {
        const points = Array.from({ length: Math.min(left, POINTS_A_METRIC) }, (_, index) => ({
          attributes: pointAttributes(random, index),
          startTimeUnixNano: nanos(startMs),
          timeUnixNano: nanos(startMs + 60_000),
        }));
        metrics.push(random.pick(KINDS)(random, metrics.length, points));
      }
      return {
        resource: resource(random, service),
        scopeMetrics: [{ scope: { name: 'bazaar.metrics', version: '3.1.0' }, metrics }],
      };
    }),
  };
}

interface PointBase {
  attributes: KeyValue[];
  startTimeUnixNano: string;
  timeUnixNano: string;
}
type Kind = (random: Seeded, index: number, points: PointBase[]) => Metric;

const sum: Kind = (random, index, points) => ({
  name: `bazaar.orders.placed.${index}`,
  description: 'Orders that were placed and paid for',
  unit: '{order}',
  sum: {
    dataPoints: points.map((point) => ({ ...point, asInt: String(random.below(1_000_000)) })),
    aggregationTemporality: 1 + random.below(2),
    isMonotonic: true,
  },
});

const gauge: Kind = (random, index, points) => ({
  name: `process.memory.usage.${index}`,
  description: 'Memory that the process holds',
  unit: 'By',
  gauge: { dataPoints: points.map((point) => ({ ...point, asDouble: random.fraction() * 1e9 })) },
});

const histogram: Kind = (random, index, points) => ({
  name: `http.server.request.duration.${index}`,
  description: 'How long requests took',
  unit: 'ms',
  histogram: {
    dataPoints: points.map((point) => {
      const counts = Array.from({ length: BOUNDS.length + 1 }, () => random.below(400));
      return {
        ...point,
        count: total(counts),
        sum: random.fraction() * 1e6,
        bucketCounts: counts.map(String),
        explicitBounds: BOUNDS,
        min: random.fraction(),
        max: 9000 + random.fraction() * 1000,
        exemplars: [
          {
            timeUnixNano: point.timeUnixNano,
            asDouble: random.fraction() * 200,
            traceId: random.hex(16),
            spanId: random.hex(8),
          },
        ],
      };
    }),
    aggregationTemporality: 1,
  },
});

const exponentialHistogram: Kind = (random, index, points) => ({
  name: `db.client.operation.duration.${index}`,
  description: 'How long the database took',
  unit: 's',
  exponentialHistogram: {
    dataPoints: points.map((point) => {
      const counts = Array.from({ length: 60 + random.below(100) }, () => random.below(80));
      const zeros = random.below(5);
      return {
        ...point,
        count: total([...counts, zeros]),
        sum: random.fraction() * 1e4,
        scale: 5,
        zeroCount: String(zeros),
        positive: { offset: -40 + random.below(30), bucketCounts: counts.map(String) },
        negative: { offset: 0, bucketCounts: [] },
        min: random.fraction() / 100,
        max: 1 + random.fraction() * 20,
      };
    }),
    aggregationTemporality: 1,
  },
});

const summary: Kind = (random, index, points) => ({
  name: `rpc.server.latency.${index}`,
  description: 'Latency as an old library sums it up',
  unit: 'ms',
  summary: {
    dataPoints: points.map((point) => ({
      ...point,
      count: String(1 + random.below(500)),
      sum: random.fraction() * 1e5,
      quantileValues: [0, 0.5, 0.9, 0.99, 1].map((quantile) => ({
        quantile,
        value: quantile * 300 + random.fraction(),
      })),
    })),
  },
});

const KINDS: readonly Kind[] = [
  sum,
  sum,
  gauge,
  gauge,
  histogram,
  histogram,
  exponentialHistogram,
  exponentialHistogram,
  summary,
];

function total(counts: readonly number[]): string {
  return String(counts.reduce((left, right) => left + right, 0));
}

function pointAttributes(random: Seeded, index: number): KeyValue[] {
  return attributes({
    'http.request.method': random.pick(['GET', 'POST', 'PUT']),
    'http.route': random.pick(['/orders/{order}', '/search', '/health']),
    'http.response.status_code': random.pick([200, 201, 404, 500]),
    'server.address': 'www.bazaar.example',
    'network.protocol.version': '1.1',
    'shop.tenant': `tenant-${index}`,
  });
}
