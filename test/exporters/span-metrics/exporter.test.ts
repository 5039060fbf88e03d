// Spans in, the datums of Tidewatch/Spans out; against a CloudWatch that is strict and a store that may fail.
import { beforeEach, describe, expect, test } from 'vitest';
import { Seeded } from '../../../bench/payloads/seeded.ts';
import { tracesPayload } from '../../../bench/payloads/traces.ts';
import { RetryableError } from '../../../lib/model/errors.ts';
import type { Datum } from '../../reference/metrics-reference.ts';
import { mutate } from '../../support/mutate.ts';
import { encodeProtobuf } from '../../support/otlp.ts';
import { percentile } from '../cloudwatch-metrics/encode-metrics.ts';
import {
  CLIENT,
  count,
  deliver,
  exporterWith,
  NOW,
  operations,
  request,
  reset,
  served,
  service,
  span,
} from './deliveries.ts';

beforeEach(reset);

/** Name, second dimension and value of everything stored. */
const shown = (datums: readonly Datum[] = service.stored.map(({ datum }) => datum)) =>
  datums.map(({ MetricName, Dimensions, Value, Values }) => [
    MetricName,
    Dimensions[1]!.Value,
    Value ?? Values,
  ]);

test('a served span is a request with a duration, errors and faults, zeros written', async () => {
  expect(await deliver([request([served('/cart')])])).toMatchObject([{ kind: 'done' }]);
  expect(service.stored.map(({ namespace, datum }) => ({ namespace, ...datum }))).toEqual(
    [
      { MetricName: 'Requests', Unit: 'Count', Value: 1 },
      { MetricName: 'Errors', Unit: 'Count', Value: 0 },
      { MetricName: 'Faults', Unit: 'Count', Value: 0 },
      { MetricName: 'Duration', Unit: 'Milliseconds', Values: [100], Counts: [1] },
    ].map((datum) => ({
      ...datum,
      namespace: 'Tidewatch/Spans',
      Dimensions: [
        { Name: 'service', Value: 'shop' },
        { Name: 'operation', Value: 'GET /cart' },
      ],
      Timestamp: (NOW - 60_000) / 1000,
    })),
  );
  expect(count('counted')).toBe(1);
});

test('spans of one operation and minute are counted together', async () => {
  await deliver([
    request([served('/a'), served('/a', 404), served('/a', 500), served('/b'), served('/a', 503)]),
  ]);
  expect(shown().filter(([name]) => name !== 'Duration')).toEqual([
    ['Requests', 'GET /a', 4],
    ['Errors', 'GET /a', 1],
    ['Faults', 'GET /a', 2],
    ['Requests', 'GET /b', 1],
    ['Errors', 'GET /b', 0],
    ['Faults', 'GET /b', 0],
  ]);
});

test('with service totals all operations of a service are one series more, its durations too', async () => {
  const spans = [served('/a'), served('/a', 404), served('/b', 500)];
  await deliver(
    [request([...spans, span(CLIENT, { 'server.address': 'pay.shop' })])],
    exporterWith({ serviceTotals: true }),
  );
  const totals = service.stored.map(({ datum }) => datum).filter(({ Dimensions }) => Dimensions.length === 1);
  expect(
    totals.map(({ MetricName, Dimensions, Value, Values, Counts }) => [
      MetricName,
      Dimensions[0],
      Value ?? [Values, Counts],
    ]),
  ).toEqual(
    [
      ['Requests', 3],
      ['Errors', 1],
      ['Faults', 1],
      ['Duration', [[100], [3]]],
    ].map(([name, value]) => [name, { Name: 'service', Value: 'shop' }, value]),
  );
  expect(service.stored).toHaveLength(4 + 4 + 4 + 2);
});

test('a calling span is a call with its faults, by remote', async () => {
  const call = (host: string, status: number) =>
    span(CLIENT, { 'server.address': host, 'http.response.status_code': status });
  await deliver([request([call('pay.shop', 200), call('pay.shop', 500), call('stock.shop', 404)])]);
  expect(shown()).toEqual([
    ['Calls', 'pay.shop', 2],
    ['CallFaults', 'pay.shop', 1],
    ['Calls', 'stock.shop', 1],
    ['CallFaults', 'stock.shop', 0],
  ]);
  expect(service.stored[0]!.datum.Dimensions[1]!.Name).toBe('remote');
});

test('internal spans are not counted, and broken ones are counted as such', async () => {
  const broken = served('/a', 200, 1, { spanId: '0'.repeat(16) });
  const timeless = served('/a', 200, 1, { endTimeUnixNano: '0' });
  await deliver([request([span(1, {}), broken, timeless])]);
  expect(service.calls).toHaveLength(0);
  expect([count('counted'), count('dropped', 'invalidSpanId'), count('dropped', 'noTime')]).toEqual([
    0, 1, 1,
  ]);
});

test('percentiles of durations are within one percent, and minimum and maximum exact', async () => {
  const random = new Seeded(4);
  const millis = Array.from({ length: 4000 }, () => Math.round(10 ** (random.fraction() * 4) * 1e6) / 1e6);
  await deliver([request(millis.map((duration) => served('/a', 200, duration)))]);
  const datums = service.stored
    .map(({ datum }) => datum)
    .filter(({ MetricName }) => MetricName === 'Duration');
  const sorted = [...millis].sort((a, b) => a - b);
  for (const share of [0.5, 0.9, 0.99, 0.999]) {
    const wanted = sorted[Math.ceil(share * millis.length) - 1]!;
    expect(Math.abs(percentile(datums, share) / wanted - 1)).toBeLessThan(0.01);
  }
  const values = datums.flatMap(({ Values }) => Values!);
  expect([Math.min(...values), Math.max(...values)]).toEqual([sorted[0], sorted.at(-1)]);
});

test('operations above the cap are counted under _other, and told', async () => {
  const routes = Array.from({ length: 205 }, (_, i) => served(`/r${i}`));
  await deliver([request([...routes, served('/r204')])]);
  const requests = shown().filter(([name]) => name === 'Requests');
  expect(requests).toHaveLength(201);
  expect(requests.at(-1)).toEqual(['Requests', '_other', 6]);
  expect(count('capped', 'operations')).toBe(6);
});

test('a span that ended before it started took no time', async () => {
  await deliver([request([served('/a', 200, -5)])]);
  expect(shown().at(-1)).toEqual(['Duration', 'GET /a', [0]]);
});

test('a service without a name is an unknown service', async () => {
  const spans = [served('/a')];
  const otlp = encodeProtobuf('traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
  await deliver([{ ...request([]), otlp }]);
  expect(service.stored[0]!.datum.Dimensions[0]).toEqual({ Name: 'service', Value: 'unknown_service' });
});

test('nothing is counted when it is switched off', async () => {
  expect(await deliver([request([served('/a')])], exporterWith({ enabled: false }))).toMatchObject([
    { kind: 'done' },
  ]);
  expect([service.calls.length, operations.loads]).toEqual([0, 0]);
});

describe('in trouble', () => {
  test('a redelivery after throttling counts nothing twice', async () => {
    const big = request(Array.from({ length: 190 * 2 }, (_, i) => served(`/r${i % 190}`)));
    const more = request(
      Array.from({ length: 190 }, (_, i) => span(CLIENT, { 'server.address': `h${i}` })),
      'other',
    );
    service.fault = (_, number) => (number === 1 ? undefined : 'throttle');
    expect(await deliver([big, more])).toMatchObject([
      { kind: 'done' },
      { kind: 'retry', reason: 'throttled' },
    ]);
    service.fault = () => undefined;
    expect(await deliver([more])).toMatchObject([{ kind: 'done' }]);
    const total = (name: string) =>
      service.stored.reduce((sum, { datum }) => sum + (datum.MetricName === name ? datum.Value! : 0), 0);
    expect([total('Requests'), total('Calls')]).toEqual([380, 190]);
  });

  test('a request waits while nobody knows which names have a place', async () => {
    operations.pause = async () => {
      throw new RetryableError('unavailable', 'no table');
    };
    expect(await deliver([request([served('/a')])])).toMatchObject([
      { kind: 'retry', reason: 'unavailable' },
    ]);
    operations.pause = async () => undefined;
    expect(await deliver([request([served('/a')])])).toMatchObject([{ kind: 'done' }]);
  });
});

test('mutated requests are poison or counted, and never more than that', { timeout: 60_000 }, async () => {
  const random = new Seeded(11);
  const otlp = encodeProtobuf('traces', tracesPayload({ seed: 1, spans: 24 }));
  const exporter = exporterWith();
  for (let round = 0; round < 300; round++) {
    const broken = { ...request([]), otlp: mutate(otlp, random) };
    const [outcome] = await deliver([broken], exporter);
    if (outcome!.kind === 'poison') expect(outcome).toMatchObject({ reason: 'malformed' });
    else expect(outcome!.kind).toBe('done');
  }
});
