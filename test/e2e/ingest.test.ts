// The deployed stack from end to end: official SDKs send over OTLP/HTTP protobuf and JSON while destinations throttle,
// fail and functions are killed; then every span, point and record in the backends is compared with what was sent.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultRule } from '../../lib/local/admin-client.ts';
import { packageRoot } from '../../lib/local/paths.ts';
import { type LocalStack, startStack, stopStack } from '../../lib/local/stack.ts';
import { Activity } from './activity.ts';
import { SdkService } from './sdk-service.ts';
import { archivedItems, type SegmentDocument, storedRecords, storedSegments, storedTotal } from './stored.ts';

const options = { project: packageRoot(), name: 'test-e2e', say: console.error };
const SETTLE_TIMEOUT_MS = 150_000;

let stack: LocalStack;

beforeAll(async () => {
  await stopStack(options);
  stack = await startStack(options);
});
afterAll(() => stopStack(options));

interface Sender {
  readonly service: SdkService;
  readonly activity: Activity;
}

function sender(name: string, encoding: 'protobuf' | 'json', temporality: 'delta' | 'cumulative'): Sender {
  const { ingestUrl, ingestKey } = stack.endpoints;
  const service = new SdkService({ name, encoding, temporality, ingestUrl: ingestUrl!, key: ingestKey! });
  return { service, activity: new Activity(service) };
}

/** Sends bursts of requests from all senders, flushing after each. */
async function send(senders: readonly Sender[], bursts: number, requestsPerBurst: number): Promise<void> {
  let number = 0;
  for (let burst = 0; burst < bursts; burst++) {
    for (let i = 0; i < requestsPerBurst; i++) {
      number += 1;
      for (const { activity } of senders) activity.request(number);
    }
    await Promise.all(senders.map(({ service }) => service.flush()));
  }
}

/** Waits until everything sent is stored, making handed-back messages visible at once instead of after their back-off. */
async function settle(senders: readonly Sender[]): Promise<void> {
  const until = Date.now() + SETTLE_TIMEOUT_MS;
  for (;;) {
    await stack.admin.releaseMessages();
    await sleep(1500);
    const missing = await missingItems(senders);
    if (missing === '') return;
    if (Date.now() > until) throw new Error(`not stored in time: ${missing}`);
  }
}

async function missingItems(senders: readonly Sender[]): Promise<string> {
  const segments = await storedSegments(stack);
  const missing: string[] = [];
  for (const { service, activity } of senders) {
    const spans = service.spans.filter((span) => !segments.has(span.spanContext().spanId)).length;
    if (spans > 0) missing.push(`${spans} spans of ${service.name}`);
    const bodies = new Set((await storedRecords(stack, service.name)).map(({ body }) => body));
    const records = service.logs.filter((record) => !bodies.has(record.body)).length;
    if (records > 0) missing.push(`${records} records of ${service.name}`);
    const orders = await storedTotal(stack, 'Tidewatch/Metrics', 'e2e.orders', service.name);
    if (orders.sum < activity.measured.orders)
      missing.push(`${activity.measured.orders - orders.sum} orders of ${service.name}`);
    const values = await storedTotal(stack, 'Tidewatch/Metrics', 'e2e.order.value', service.name);
    if (values.count < activity.measured.values)
      missing.push(`${activity.measured.values - values.count} values of ${service.name}`);
    const requests = await storedTotal(stack, 'Tidewatch/Spans', 'Requests', service.name);
    if (requests.sum < activity.measured.orders)
      missing.push(`${activity.measured.orders - requests.sum} requests of ${service.name}`);
  }
  const sent = senders.reduce((sum, { service }) => sum + service.spans.length, 0);
  const { spans } = await archivedItems(stack, namesOf(senders));
  if (spans < sent) missing.push(`${sent - spans} archived spans`);
  return missing.join(', ');
}

const namesOf = (senders: readonly Sender[]): Set<string> =>
  new Set(senders.map(({ service }) => service.name));

const seconds = ([whole, nanos]: readonly [number, number]): number => whole + nanos / 1e9;

/** A stored document says what the span said. */
function expectSame(span: ReadableSpan, document: SegmentDocument): void {
  const { traceId, spanId } = span.spanContext();
  expect(document.trace_id).toBe(`1-${traceId.slice(0, 8)}-${traceId.slice(8)}`);
  expect(document.id).toBe(spanId);
  expect(document.parent_id).toBe(span.parentSpanContext?.spanId);
  expect(document.start_time).toBeCloseTo(seconds(span.startTime), 5);
  expect(document.end_time).toBeCloseTo(seconds(span.endTime), 5);
  expect(document.fault ?? false).toBe(span.attributes['http.response.status_code'] === 500);
  const { attributes } = span;
  if (attributes['http.request.method'] !== undefined) {
    expect(document.http?.request?.method).toBe(attributes['http.request.method']);
    expect(document.http?.response?.status).toBe(attributes['http.response.status_code']);
  }
  if (attributes['db.query.text'] !== undefined) {
    expect(document.sql?.sanitized_query).toBe(attributes['db.query.text']);
  }
  if (attributes['e2e.number'] !== undefined) {
    expect(document.metadata?.default?.['e2e.number']).toBe(attributes['e2e.number']);
    expect(document.metadata?.default?.['e2e.name']).toBe(attributes['e2e.name']);
  }
  const exception = span.events.find(({ name }) => name === 'exception');
  if (exception !== undefined) {
    const stored = document.cause?.exceptions?.[0];
    expect(stored?.type).toBe(exception.attributes?.['exception.type']);
    expect(stored?.message).toBe(exception.attributes?.['exception.message']);
    expect(stored?.stack?.length).toBeGreaterThan(0);
  }
}

/** Nothing is missing, all is as it was sent. @returns how many log records repeat */
async function compare(
  senders: readonly Sender[],
): Promise<{ repeatedRecords: number; repeatedOrders: number }> {
  const segments = await storedSegments(stack);
  const sentSpans = senders.flatMap(({ service }) => service.spans);
  expect(segments.size).toBe(sentSpans.length);
  for (const span of sentSpans) expectSame(span, segments.get(span.spanContext().spanId)!);
  let repeatedRecords = 0;
  let repeatedOrders = 0;
  for (const { service, activity } of senders) {
    const records = await storedRecords(stack, service.name);
    const distinct = new Map(records.map((record) => [record.recordId, record]));
    repeatedRecords += records.length - distinct.size;
    expect(distinct.size).toBe(service.logs.length);
    const byBody = new Map([...distinct.values()].map((record) => [record.body, record]));
    for (const log of service.logs) {
      const record = byBody.get(log.body);
      expect(record?.severityText).toBe(log.severityText);
      expect(record?.traceId).toBe(log.spanContext?.traceId);
      expect(record?.spanId).toBe(log.spanContext?.spanId);
      expect(record?.attributes?.['e2e.number']).toBe(log.attributes['e2e.number']);
    }
    const orders = await storedTotal(stack, 'Tidewatch/Metrics', 'e2e.orders', service.name);
    repeatedOrders += orders.sum - activity.measured.orders;
  }
  const archived = await archivedItems(stack, namesOf(senders));
  expect(archived.spans).toBe(sentSpans.length);
  expect(archived.records).toBe(senders.reduce((sum, { service }) => sum + service.logs.length, 0));
  return { repeatedRecords, repeatedOrders };
}

async function run(senders: readonly Sender[], work: () => Promise<void>) {
  await stack.admin.clearRecords();
  try {
    await work();
    await stack.admin.clearFaults();
    await settle(senders);
    return await compare(senders);
  } finally {
    await stack.admin.clearFaults();
    await Promise.all(senders.map(({ service }) => service.shutdown()));
  }
}

describe('what official SDKs send over protobuf and JSON', () => {
  test('is all stored as it was sent, exactly once, while destinations throttle and fail', async () => {
    const senders = [sender('cart', 'protobuf', 'delta'), sender('billing', 'json', 'cumulative')];
    const faults: FaultRule[] = [
      { service: 'xray', operation: 'PutTraceSegments', kind: 'throttle', rate: 0.3, seed: 1 },
      { service: 'xray', operation: 'PutTraceSegments', kind: 'unprocessed', rate: 0.1, seed: 2 },
      { service: 'logs', operation: 'PutLogEvents', kind: 'throttle', rate: 0.3, seed: 3 },
      { service: 'monitoring', operation: 'PutMetricData', kind: 'error', rate: 0.3, seed: 4 },
      { service: 's3', operation: 'PutObject', kind: 'error', rate: 0.3, seed: 5 },
    ];
    const repeated = await run(senders, async () => {
      await stack.admin.setFaults(faults);
      await send(senders, 6, 20);
      const injected = await stack.admin.faults();
      expect(injected.reduce((sum, fault) => sum + fault.injected, 0)).toBeGreaterThan(0);
    });
    expect(repeated).toEqual({ repeatedRecords: 0, repeatedOrders: 0 });
  });

  test('survives kills and double deliveries: nothing is lost, repeats are at most the calls in flight', async () => {
    const senders = [sender('kiosk', 'protobuf', 'delta'), sender('returns', 'json', 'cumulative')];
    const requestsPerBurst = 20;
    let interruptions = 0;
    const repeated = await run(senders, async () => {
      await stack.admin.setFaults([
        { service: 'logs', operation: 'PutLogEvents', kind: 'slow', delayMs: 300 },
        { service: 'sqs', kind: 'duplicate', rate: 0.1, seed: 6 },
      ]);
      const sending = send(senders, 6, requestsPerBurst);
      for (let round = 0; round < 4; round++) {
        await sleep(2500);
        interruptions += await stack.admin.killFunctions('Export');
      }
      await sending;
      for (const fault of await stack.admin.faults())
        if (fault.kind === 'duplicate') interruptions += fault.injected;
    });
    // The call in flight holds the records of one batch of messages, of which each sender has at most one burst each.
    expect(interruptions).toBeGreaterThan(0);
    expect(repeated.repeatedRecords).toBeLessThanOrEqual(interruptions * senders.length * requestsPerBurst);
    expect(repeated.repeatedOrders).toBeLessThanOrEqual(interruptions * senders.length * requestsPerBurst);
  });
});
