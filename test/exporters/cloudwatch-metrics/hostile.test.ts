// Requests that nobody should send: broken, endless, absurd. A clear answer, bounded time and memory, the rest kept.
import { describe, expect, test } from 'vitest';
import { metricsPayload } from '../../../bench/payloads/metrics.ts';
import type { Metric, MetricsRequest, NumberDataPoint } from '../../../bench/payloads/otlp-json.ts';
import { Seeded } from '../../../bench/payloads/seeded.ts';
import { METRICS_DEFAULTS } from '../../../lib/exporters/cloudwatch-metrics/settings.ts';
import { MalformedError } from '../../../lib/model/errors.ts';
import { MAX_POINT_ATTRIBUTES } from '../../../lib/telemetry/attribute-limit.ts';
import { mutate } from '../../support/mutate.ts';
import { encodeProtobuf } from '../../support/otlp.ts';
import { EncoderUnderTest } from './encode-metrics.ts';

const TIME = '1767225660000000000';
const SETTINGS = {
  ...METRICS_DEFAULTS,
  dimensions: [{ metric: '*', keys: ['http.route', 'http.request.method', 'k'] }],
};

function encode(metrics: Metric[]) {
  const request: MetricsRequest = { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] };
  return new EncoderUnderTest(SETTINGS).encode(encodeProtobuf('metrics', request));
}

const gauge = (dataPoints: NumberDataPoint[]): Metric => ({ name: 'g', gauge: { dataPoints } });

test('mutated payloads are refused as malformed or become valid datums; the next request is as ever', () => {
  const under = new EncoderUnderTest(SETTINGS);
  const payloads = [1, 2].map((seed) => encodeProtobuf('metrics', metricsPayload({ seed, points: 40 })));
  const wanted = under.encode(payloads[0]!);
  const random = new Seeded(20261122);
  for (let round = 0; round < 800; round++) {
    const broken = mutate(payloads[round % 2]!, random);
    try {
      for (const { datum } of under.encode(broken).datums) {
        expect(datum.MetricName).toMatch(/^[\x20-\x7e]{1,255}$/);
        expect((datum.Values ?? [datum.Value]).length).toBeLessThanOrEqual(150);
        for (const value of datum.Values ?? [datum.Value])
          expect(Math.abs(value!)).toBeLessThanOrEqual(2 ** 360);
        for (const { Value } of datum.Dimensions) expect(Value).toMatch(/^[\x20-\x7e]{1,1024}$/);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedError);
    }
  }
  expect(under.encode(payloads[0]!)).toEqual(wanted);
});

describe('within two seconds', () => {
  const LIMIT_MS = 2000;

  test('100,000 points of one metric and time become one group', { timeout: 20_000 }, () => {
    const dataPoints = Array.from({ length: 100_000 }, (_, i) => ({
      timeUnixNano: TIME,
      asInt: String(i % 200),
    }));
    const before = performance.now();
    const { datums } = encode([gauge(dataPoints)]);
    expect(performance.now() - before).toBeLessThan(LIMIT_MS * 4);
    expect(datums.flatMap(({ datum }) => datum.Counts!).reduce((sum, count) => sum + count)).toBe(100_000);
    expect(datums).toHaveLength(2);
  });

  test('100,000 attributes on a point leave the ones that are wanted', { timeout: 20_000 }, () => {
    const attributes = Array.from({ length: 100_000 }, (_, i) => ({
      key: `a${i}`,
      value: { intValue: '1' },
    }));
    attributes.push({ key: 'k', value: { intValue: '7' } });
    const { datums } = encode([gauge([{ timeUnixNano: TIME, asInt: '1', attributes }])]);
    expect(datums[0]!.datum.Dimensions).toEqual([
      { Name: 'service.name', Value: 'unknown_service' },
      { Name: 'k', Value: '7' },
    ]);
  });

  test('a point of more attributes than are read is dropped and counted', { timeout: 20_000 }, () => {
    const attributes = Array.from({ length: MAX_POINT_ATTRIBUTES + 1 }, (_, i) => ({
      key: `a${i}`,
      value: { intValue: '1' },
    }));
    const { datums, drops } = encode([
      gauge([
        { timeUnixNano: TIME, asInt: '1', attributes },
        { timeUnixNano: TIME, asInt: '2' },
      ]),
    ]);
    expect(datums).toHaveLength(1);
    expect(drops).toEqual({ tooManyAttributes: 1 });
  });

  test('a value of 2 MB is cut to what a dimension holds', () => {
    const attributes = [{ key: 'k', value: { stringValue: 'ä'.repeat(1_000_000) } }];
    const { datums } = encode([gauge([{ timeUnixNano: TIME, asInt: '1', attributes }])]);
    expect(datums[0]!.datum.Dimensions[1]!.Value).toBe('%C3%A4'.repeat(170));
  });

  test('histograms with 20,000 different bounds', () => {
    const dataPoints = Array.from({ length: 20_000 }, (_, i) => ({
      timeUnixNano: TIME,
      explicitBounds: [i + 1, i * 3 + 5, i * 50 + 900],
      bucketCounts: ['5', '500', '60', '2'],
    }));
    const before = performance.now();
    const { datums } = encode([{ name: 'h', histogram: { dataPoints, aggregationTemporality: 1 } }]);
    expect(performance.now() - before).toBeLessThan(LIMIT_MS * 2);
    expect(datums).toHaveLength(20_000);
  });

  test('a histogram with 50,000 buckets', () => {
    const explicitBounds = Array.from({ length: 50_000 }, (_, i) => i + 1);
    const bucketCounts = Array.from({ length: 50_001 }, () => '3');
    const dataPoints = [{ timeUnixNano: TIME, explicitBounds, bucketCounts }];
    const { datums } = encode([{ name: 'h', histogram: { dataPoints, aggregationTemporality: 1 } }]);
    const counts = datums.flatMap(({ datum }) => datum.Counts!);
    expect(counts.reduce((sum, count) => sum + count)).toBe(150_003);
  });

  test('exponential buckets at both ends of the world, many times over', () => {
    const side = (offset: number) => ({ offset, bucketCounts: ['1'] });
    const dataPoints = Array.from({ length: 20_000 }, (_, i) => ({
      timeUnixNano: TIME,
      scale: 6,
      positive: side(i % 2 === 0 ? 2 ** 31 - 1 : -(2 ** 31)),
      negative: side(i % 3 === 0 ? 2 ** 31 - 1 : -(2 ** 31)),
      attributes: [{ key: 'k', value: { intValue: String(i >> 1) } }],
    }));
    const before = performance.now();
    const { datums } = encode([
      { name: 'e', exponentialHistogram: { dataPoints, aggregationTemporality: 1 } },
    ]);
    expect(performance.now() - before).toBeLessThan(LIMIT_MS * 2);
    const counts = datums.flatMap(({ datum }) => datum.Counts!);
    expect(counts.reduce((sum, count) => sum + count)).toBe(40_000);
  });
});

test.each([
  ['0', 'noTime'],
  [undefined, 'noTime'],
])('a point of time %s is dropped: %s', (timeUnixNano, reason) => {
  const point: NumberDataPoint = { asInt: '1' };
  if (timeUnixNano !== undefined) point.timeUnixNano = timeUnixNano;
  expect(encode([gauge([point])])).toMatchObject({ datums: [], drops: { [reason]: 1 } });
});

test('a point of the year 2200 is written as it is, and left to the time check of sending', () => {
  const { datums } = encode([gauge([{ asInt: '1', timeUnixNano: '7258118400000000000' }])]);
  expect(datums[0]!.datum.Timestamp).toBe(7_258_118_400);
});

test('scales that no double can follow are refused', () => {
  const point = (scale: number) => ({ timeUnixNano: TIME, scale, positive: { bucketCounts: ['1'] } });
  const dataPoints = [-11, 53, 2 ** 31 - 1, -(2 ** 31)].map(point);
  const exponentialHistogram = { dataPoints, aggregationTemporality: 1 };
  expect(encode([{ name: 'e', exponentialHistogram }])).toMatchObject({
    datums: [],
    drops: { invalidBuckets: 4 },
  });
});

test('a dimension of which nothing is left is none', () => {
  const values = [
    { stringValue: '' },
    { stringValue: ' ' },
    { arrayValue: { values: [] } },
    { bytesValue: 'AA==' },
    {},
  ];
  for (const value of values) {
    const { datums } = encode([
      gauge([{ timeUnixNano: TIME, asInt: '1', attributes: [{ key: 'k', value }] }]),
    ]);
    expect(datums[0]!.datum.Dimensions.map(({ Name }) => Name)).toEqual(['service.name']);
  }
});
