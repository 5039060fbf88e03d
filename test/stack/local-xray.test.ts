// The X-Ray service of the local stack, through the AWS SDK.
import {
  BatchGetTracesCommand,
  GetServiceGraphCommand,
  GetTraceGraphCommand,
  GetTraceSummariesCommand,
  PutTraceSegmentsCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import { beforeAll, describe, expect, test } from 'vitest';
import { emulatorForThisFile } from './support/emulator.ts';
import { segment, segmentId, traceId } from './support/segments.ts';

const emulator = emulatorForThisFile('test-xray');
let xray: XRayClient;
beforeAll(() => {
  xray = new XRayClient(emulator().client);
});

async function put(...documents: readonly (string | Record<string, unknown>)[]) {
  const texts = documents.map((document) =>
    typeof document === 'string' ? document : JSON.stringify(document),
  );
  const answer = await xray.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: texts }));
  return answer.UnprocessedTraceSegments ?? [];
}

describe('PutTraceSegments', () => {
  const bad: readonly [string, string | Record<string, unknown>, string][] = [
    ['text that is no JSON', 'garbage', 'JSONFormatError'],
    ['a JSON list', '[]', 'JSONFormatError'],
    ['NaN, which JSON has not', '{"id":"0000000000000001","n":NaN}', 'JSONFormatError'],
    ['a missing id', segment({ id: undefined }), 'MissingParam'],
    ['a missing name', segment({ name: undefined }), 'MissingParam'],
    ['a missing trace id', segment({ trace_id: undefined }), 'MissingParam'],
    ['a missing start', segment({ start_time: undefined }), 'MissingParam'],
    ['neither an end nor in_progress', segment({ end_time: undefined }), 'MissingParam'],
    ['an id of 15 digits', segment({ id: '000000000000001' }), 'InvalidParam'],
    ['a W3C trace id', segment({ trace_id: '58406520a006649127e371903a2de979' }), 'InvalidParam'],
    ['a text as time', segment({ end_time: 'now' }), 'InvalidParam'],
    ['an end before the start', segment({ end_time: 1 }), 'InvalidParam'],
    ['a name with a quote', segment({ name: 'a"b' }), 'InvalidParam'],
    ['a name of 201 characters', segment({ name: 'x'.repeat(201) }), 'InvalidParam'],
    ['a subsegment sent alone without parent', segment({ type: 'subsegment' }), 'InvalidParam'],
    ['an inner subsegment without id', segment({ subsegments: [{ name: 'x' }] }), 'InvalidParam'],
    ['65 KB', segment({ metadata: { default: { text: 'x'.repeat(65 * 1024) } } }), 'SegmentTooLarge'],
  ];
  test.each(bad)('refuses %s and keeps the good document beside it', async (_, document, code) => {
    const good = segment();
    const unprocessed = await put(document, good);
    expect(unprocessed.map((item) => item.ErrorCode)).toEqual([code]);
    const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds: [good.trace_id as string] }));
    expect(Traces?.[0]?.Segments?.map((item) => item.Id)).toEqual([good.id]);
  });

  test('takes names in any script, and a document of exactly 64 KB', async () => {
    const fill = (length: number) =>
      segment({ name: '注文 サービス/ü', metadata: { d: 'x'.repeat(length) } });
    const spare = 64 * 1024 - Buffer.byteLength(JSON.stringify(fill(0)));
    expect(await put(fill(spare))).toEqual([]);
    expect(await put(fill(spare + 1))).toHaveLength(1);
  });

  test('takes 50 documents a call and refuses 51', async () => {
    const documents = Array.from({ length: 51 }, () => segment());
    expect(await put(...documents.slice(0, 50))).toEqual([]);
    await expect(put(...documents)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  test('a repeated segment id overwrites, and the admin endpoint tells how often it was put', async () => {
    const first = segment({ in_progress: true, end_time: undefined });
    const second = { ...first, in_progress: undefined, end_time: first.start_time };
    await put(first);
    await put(second);
    const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds: [first.trace_id as string] }));
    expect(Traces?.[0]?.Segments?.map((item) => JSON.parse(item.Document ?? ''))).toEqual([
      JSON.parse(JSON.stringify(second)),
    ]);
    const stored = (await emulator().admin.segments()).filter((item) => item.segmentId === first.id);
    expect(stored.map((item) => item.puts)).toEqual([2]);
  });
});

describe('BatchGetTraces', () => {
  test('gives documents as they were sent, in the order of their start, and names unknown traces', async () => {
    const parent = segment();
    const child = segment({
      trace_id: parent.trace_id,
      parent_id: parent.id,
      type: 'subsegment',
      start_time: (parent.start_time as number) + 0.25,
    });
    const unknown = traceId();
    await put(child, parent);
    const answer = await xray.send(
      new BatchGetTracesCommand({ TraceIds: [parent.trace_id as string, unknown] }),
    );
    expect(answer.UnprocessedTraceIds).toEqual([unknown]);
    expect(answer.Traces?.[0]?.Segments?.map((item) => item.Document)).toEqual(
      [parent, child].map((document) => JSON.stringify(document)),
    );
    expect(answer.Traces?.[0]?.Duration).toBeCloseTo(1, 1);
  });

  test('refuses more than five traces', async () => {
    const six = Array.from({ length: 6 }, traceId);
    await expect(xray.send(new BatchGetTracesCommand({ TraceIds: six }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
  });
});

describe('searching', () => {
  const trace = traceId();
  const root = segment({
    name: 'storefront',
    trace_id: trace,
    fault: true,
    user: 'ann',
    annotations: { tenant: 'acme', size: 3, vip: true, 'http.route': '/orders' },
    http: { request: { method: 'POST', url: 'https://shop.test/orders?x=1' }, response: { status: 503 } },
  });
  const call = segment({
    name: 'stock',
    trace_id: trace,
    parent_id: root.id,
    type: 'subsegment',
    namespace: 'remote',
  });
  const called = segment({
    name: 'stock',
    trace_id: trace,
    parent_id: call.id,
    error: true,
    origin: 'AWS::Lambda',
  });
  const table = segment({
    name: 'DynamoDB',
    trace_id: trace,
    parent_id: called.id,
    type: 'subsegment',
    namespace: 'aws',
    throttle: true,
    error: true,
  });
  beforeAll(async () => {
    expect(await put(root, call, called, table)).toEqual([]);
  });
  const within = () => ({
    StartTime: new Date(Date.now() - 600_000),
    EndTime: new Date(Date.now() + 60_000),
  });
  const find = async (FilterExpression: string) => {
    const answer = await xray.send(new GetTraceSummariesCommand({ ...within(), FilterExpression }));
    return answer.TraceSummaries?.find((summary) => summary.Id === trace);
  };

  test.each([
    'service("storefront")',
    'service("storefront") { fault = true }',
    'service("stock") { error AND !fault }',
    'service(id(name: "stock", type: "AWS::Lambda"))',
    'edge("storefront", "stock")',
    'edge("stock", "DynamoDB") { throttle }',
    'fault',
    'fault = true AND http.status = 503',
    'http.status >= 500 AND http.status < 600',
    'NOT ok AND NOT (http.status = 200 OR http.status = 404)',
    'http.url CONTAINS "shop.test" AND http.method = "POST"',
    'http.url BEGINSWITH "https://" AND http.url ENDSWITH "x=1"',
    'annotation.tenant = "acme"',
    'annotation[size] >= 3 AND annotation.vip = true',
    'annotation.http.route = "/orders"',
    'annotation.tenant',
    'user = "ann"',
    'responsetime > 0.9 AND duration <= 1.5',
    'partial = false',
    'service("nothing") OR service("DynamoDB") { inferred }',
  ])('finds the trace by %s', async (expression) => {
    expect(await find(expression)).toBeDefined();
  });

  test.each([
    'service("storefront") { ok }',
    'edge("stock", "storefront")',
    'ok = true',
    'error',
    'annotation.tenant = "other"',
    'annotation.size = "3"',
    'annotation.nothing',
    'http.status != 503',
    'responsetime > 2 OR duration > 2',
    'service("storefront") AND service("nothing")',
    '!(fault OR error)',
  ])('does not find it by %s', async (expression) => {
    expect(await find(expression)).toBeUndefined();
  });

  test.each(['(((', 'fault =', 'nonsense = 3', 'http.status > "a"', 'service("x"', 'fault fault'])(
    'refuses %s',
    async (expression) => {
      await expect(find(expression)).rejects.toMatchObject({ name: 'InvalidRequestException' });
    },
  );

  test('a summary shows the root: flags, http, annotations, users, services', async () => {
    expect(await find('')).toMatchObject({
      HasFault: true,
      HasError: false,
      IsPartial: false,
      Http: { HttpStatus: 503, HttpMethod: 'POST', HttpURL: 'https://shop.test/orders?x=1' },
      Annotations: {
        tenant: [{ AnnotationValue: { StringValue: 'acme' }, ServiceIds: [{ Name: 'storefront' }] }],
        size: [{ AnnotationValue: { NumberValue: 3 } }],
        vip: [{ AnnotationValue: { BooleanValue: true } }],
      },
      Users: [{ UserName: 'ann' }],
      EntryPoint: { Name: 'storefront' },
    });
  });

  test('summaries come in pages', async () => {
    await put(...Array.from({ length: 50 }, () => segment({ name: 'pages' })));
    await put(...Array.from({ length: 50 }, () => segment({ name: 'pages' })));
    await put(segment({ name: 'pages' }));
    const request = { ...within(), FilterExpression: 'service("pages")' };
    const first = await xray.send(new GetTraceSummariesCommand(request));
    const second = await xray.send(new GetTraceSummariesCommand({ ...request, NextToken: first.NextToken }));
    expect([first.TraceSummaries?.length, second.TraceSummaries?.length]).toEqual([100, 1]);
    expect(second.NextToken).toBeUndefined();
  });

  test('the service graph has a node a service, an edge a caller, and counts what failed', async () => {
    const { Services } = await xray.send(new GetTraceGraphCommand({ TraceIds: [trace] }));
    const named = (name: string, kind?: string) =>
      Services?.find((service) => service.Name === name && (kind === undefined || service.Type === kind));
    const edges = (name: string, kind?: string) =>
      named(name, kind)?.Edges?.map(
        (edge) => Services?.find((s) => s.ReferenceId === edge.ReferenceId)?.Name,
      );
    expect(named('storefront')?.Root).toBe(true);
    expect(edges('storefront', 'client')).toEqual(['storefront']);
    expect(edges('storefront')).toEqual(['stock']);
    expect(edges('stock')).toEqual(['DynamoDB']);
    expect(named('storefront')?.SummaryStatistics?.FaultStatistics?.TotalCount).toBe(1);
    expect(named('DynamoDB', 'AWS::DynamoDB')?.SummaryStatistics?.ErrorStatistics?.ThrottleCount).toBe(1);
    const whole = await xray.send(new GetServiceGraphCommand(within()));
    expect(whole.Services?.map((service) => service.Name)).toEqual(
      expect.arrayContaining(['storefront', 'stock']),
    );
  });

  test('a range above six hours is refused', async () => {
    const StartTime = new Date(Date.now() - 7 * 3600_000);
    await expect(
      xray.send(new GetTraceSummariesCommand({ StartTime, EndTime: new Date() })),
    ).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  test('a trace whose parent has not come is partial', async () => {
    const lonely = segment({ parent_id: segmentId() });
    await put(lonely);
    const answer = await xray.send(
      new GetTraceSummariesCommand({ ...within(), FilterExpression: 'partial' }),
    );
    expect(answer.TraceSummaries?.map((summary) => summary.Id)).toContain(lonely.trace_id);
  });
});
