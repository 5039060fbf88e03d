// Input made to hurt: the encoder answers with valid documents of at most 64 KB, or with MalformedError.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeyValue, Resource, Span, SpanEvent } from '../../../bench/payloads/otlp-json.ts';
import { Seeded } from '../../../bench/payloads/seeded.ts';
import { tracesPayload } from '../../../bench/payloads/traces.ts';
import type { XraySettings } from '../../../lib/exporters/xray/settings.ts';
import { MalformedError } from '../../../lib/model/errors.ts';
import { MAX_ATTRIBUTES } from '../../../lib/telemetry/attribute-limit.ts';
import { mutate } from '../../support/mutate.ts';
import { encodeProtobuf } from '../../support/otlp.ts';
import { encodeTexts } from './encode-documents.ts';

const MAX_BYTES = 65_536;
const SPAN: Span = {
  traceId: '6921c0de5b8efff798038103d269b633',
  spanId: '00000000000000aa',
  name: 'GET /cart',
  kind: 2,
  startTimeUnixNano: '1763819742000000001',
  endTimeUnixNano: '1763819743000000002',
};

function requestOf(spans: Span[], resource: Resource = {}): Buffer {
  return encodeProtobuf('traces', { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
}

interface Shown {
  readonly name: string;
  readonly cause?: { exceptions: Record<string, unknown>[] };
  readonly http?: { request: { url?: string } };
  readonly links?: unknown[];
  readonly annotations?: Record<string, unknown>;
  readonly metadata: { default: Record<string, unknown>; otel: Record<string, unknown> };
}

/** The only document, which must be small enough. */
function documentOf(span: Partial<Span>, resource?: Resource, settings?: Partial<XraySettings>): Shown {
  const { texts } = encodeTexts(requestOf([{ ...SPAN, ...span }], resource), settings);
  expect(texts).toHaveLength(1);
  expect(Buffer.byteLength(texts[0]!)).toBeLessThanOrEqual(MAX_BYTES);
  return JSON.parse(texts[0]!) as Shown;
}

const text = (key: string, stringValue: string): KeyValue => ({ key, value: { stringValue } });

function exception(type: string, frames: number, width = 40): SpanEvent {
  const lines = Array.from(
    { length: frames },
    (_, i) => `    at f${i} (/app/${'d'.repeat(width)}/${i}.js:${i}:1)`,
  );
  return {
    name: 'exception',
    timeUnixNano: '1763819742500000000',
    attributes: [
      text('exception.type', type),
      text('exception.message', 'm'),
      text('exception.stacktrace', [`${type}: m`, ...lines].join('\n')),
    ],
  };
}

const NODE: Resource = {
  attributes: [text('service.name', 'shop'), text('telemetry.sdk.language', 'nodejs')],
};

describe('a document that would be larger than 64 KB', () => {
  test('loses stack frames first, and says how many', () => {
    const { cause, metadata } = documentOf(
      { events: [exception('Error', 3_000)], attributes: [text('k', 'v')] },
      NODE,
    );
    const { stack, truncated } = cause!.exceptions[0]! as { stack: unknown[]; truncated: number };
    expect(stack.length).toBeGreaterThanOrEqual(50);
    expect(stack.length + truncated).toBe(3_000);
    expect(metadata.default.k).toBe('v');
  });

  test('then exceptions, the last one kept says how many', () => {
    const events = Array.from({ length: 900 }, (_, i) => exception(`E${i}`, 8));
    const { exceptions } = documentOf({ events }, NODE).cause!;
    const last = exceptions.at(-1)!;
    expect(exceptions[0]!.type).toBe('E0');
    expect(exceptions.length + (last.skipped as number)).toBe(900);
  });

  test('then long values of the metadata, with a mark', () => {
    const attributes = [text('big', 'é'.repeat(2_000_000)), text('small', 'kept')];
    const { metadata } = documentOf({ attributes });
    expect(metadata.default.small).toBe('kept');
    expect(metadata.default.big).toMatch(/^é+… \[cut\]$/);
  });

  test('then whole attributes, and says how many', () => {
    const attributes = Array.from({ length: 100_000 }, (_, i) => text(`key.${i}`, `value ${i}`));
    const { metadata } = documentOf({ attributes });
    const kept = Object.keys(metadata.default).length;
    expect(kept).toBeGreaterThan(1_000);
    expect(kept + (metadata.otel.attributes_left_out as number)).toBe(MAX_ATTRIBUTES);
    expect(metadata.otel.dropped_attributes_count).toBe(100_000 - MAX_ATTRIBUTES);
  });

  test('then other long texts and links', () => {
    const attributes = [
      text('http.request.method', 'GET'),
      text('url.full', `https://h/${'p'.repeat(2_000_000)}`),
    ];
    const links = Array.from({ length: 5_000 }, (_, i) => ({
      traceId: SPAN.traceId!,
      spanId: (i + 1).toString(16).padStart(16, '0'),
    }));
    const shown = documentOf({ kind: 3, attributes, links });
    expect(shown.http!.request.url).toMatch(/^https:\/\/h\/p+… \[cut\]$/);
    expect(shown.links!.length + (shown.metadata.otel.links_left_out as number)).toBe(5_000);
  });

  test.each<[string, Partial<Span>, Resource?]>([
    ['a value of 2 MB of control characters', { attributes: [text('k', '\u0001'.repeat(2_000_000))] }],
    ['a key of 2 MB', { attributes: [text('k'.repeat(2_000_000), 'v')] }],
    ['a name of 2 MB', { name: 'n'.repeat(2_000_000) }],
    [
      'bytes of 2 MB',
      { attributes: [{ key: 'k', value: { bytesValue: Buffer.alloc(2_000_000, 7).toString('base64') } }] },
    ],
    [
      'a list of 300,000 values',
      {
        attributes: [
          {
            key: 'k',
            value: {
              arrayValue: { values: Array.from({ length: 300_000 }, (_, i) => ({ intValue: `${i}` })) },
            },
          },
        ],
      },
    ],
    ['a message of 2 MB', { status: { code: 2, message: 'é'.repeat(2_000_000) } }],
    ['a trace state of 2 MB', { traceState: 'x'.repeat(2_000_000) }],
    ['a stack of 2 MB in one line', { events: [exception('Error', 1, 2_000_000)] }, NODE],
    ['a stack of 40,000 frames', { events: [exception('Error', 40_000)] }, NODE],
    ['20,000 events', { events: Array.from({ length: 20_000 }, (_, i) => ({ name: `e${i}` })) }],
    [
      'a metadata object of 2 MB',
      { attributes: [text('aws.xray.metadata.a', `{"a":"${'x'.repeat(2_000_000)}"}`)] },
    ],
    [
      'a metadata object of 150 KB',
      { attributes: [text('aws.xray.metadata.a', `{"a":"${'x'.repeat(150_000)}"}`)] },
    ],
    [
      'a statement of 2 MB',
      { kind: 3, attributes: [text('db.system', 'mysql'), text('db.statement', 's'.repeat(2_000_000))] },
    ],
    ['a user of 2 MB', { attributes: [text('enduser.id', 'u'.repeat(2_000_000))] }],
    ['a log group of 2 MB', {}, { attributes: [text('service.name', 's'.repeat(2_000_000))] }],
    [
      'a resource of 2 MB',
      {},
      { attributes: Array.from({ length: 40 }, (_, i) => text(`a${i}`, 'r'.repeat(50_000))) },
    ],
    [
      'an ECS resource with names of 2 MB',
      {},
      {
        attributes: [
          text('cloud.provider', 'aws'),
          text('cloud.platform', 'aws_ecs'),
          text('aws.ecs.cluster.arn', 'a'.repeat(2_000_000)),
          text('container.image.tag', 't'.repeat(2_000_000)),
        ],
      },
    ],
  ])('is cut to fit: %s', (_, span, resource) => {
    documentOf(span, resource);
    documentOf(span, resource, { indexAllAttributes: true });
  });

  test('is counted as cut', () => {
    expect(encodeTexts(requestOf([{ ...SPAN, name: 'small' }])).cut).toBe(0);
    expect(encodeTexts(requestOf([{ ...SPAN, traceState: 'x'.repeat(100_000) }])).cut).toBe(1);
  });

  test('is left alone when it is 64 KB as X-Ray counts them, whatever its escapes in the call', () => {
    const shown = documentOf({ attributes: [text('k', '"\\'.repeat(15_000))] });
    expect(shown.metadata.default.k).toBe('"\\'.repeat(15_000));
  });
});

test('many spans share a resource of 2 MB without growing with it', () => {
  const resource = { attributes: Array.from({ length: 40 }, (_, i) => text(`a${i}`, 'r'.repeat(50_000))) };
  const { texts } = encodeTexts(
    requestOf(
      Array.from({ length: 200 }, () => SPAN),
      resource,
    ),
  );
  expect(texts).toHaveLength(200);
  for (const each of texts) expect(Buffer.byteLength(each)).toBeLessThanOrEqual(MAX_BYTES);
});

test.each([
  [5_000, 'nested deeper than'],
  // Every level costs a byte or two for the lengths of all around it: its value alone is too large for a document.
  [10_000, 'bytes, too large for X-Ray'],
])('%i values inside each other end in a mark', (levels, mark) => {
  // By hand: protobufjs would need as many levels of objects. ArrayValue in AnyValue, over and over.
  let inner: Buffer = Buffer.from([0x0a, 1, 0x78]);
  for (let depth = 0; depth < levels; depth++) inner = field(0x2a, field(0x0a, inner));
  const attribute = Buffer.concat([field(0x0a, Buffer.from('deep')), field(0x12, inner)]);
  const ids = Buffer.concat([field(0x0a, Buffer.alloc(16, 7)), field(0x12, Buffer.alloc(8, 7))]);
  const span = Buffer.concat([ids, field(0x4a, attribute)]);
  const otlp = field(0x0a, field(0x12, field(0x12, span)));
  for (const settings of [{}, { indexAllAttributes: true }, { indexedAttributes: ['deep'] }]) {
    const { texts } = encodeTexts(otlp, settings);
    expect(JSON.stringify(JSON.parse(texts[0]!).metadata.default.deep)).toContain(mark);
  }
});

test('metadata objects that nest 100,000 deep are texts like others', () => {
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const attribute = text('aws.xray.metadata.a', deep.slice(0, 150_000));
  expect(documentOf({ attributes: [attribute] }).metadata.default['aws.xray.metadata.a']).toContain(
    '… [cut]',
  );
  const shallow = `{"a":${'['.repeat(400)}${']'.repeat(400)}}`;
  const { metadata } = documentOf({ attributes: [text('aws.xray.metadata.a', shallow)] });
  expect(JSON.stringify((metadata as unknown as Record<string, unknown>).a)).toBe(shallow);
});

test('broken UTF-8 becomes U+FFFD and the document stays valid', () => {
  const otlp = requestOf([
    { ...SPAN, name: 'abcd', kind: 1, parentSpanId: '00000000000000bb', attributes: [text('wxyz', 'efgh')] },
  ]);
  for (const mark of ['bcd', 'xyz', 'fgh']) otlp[otlp.indexOf(mark)] = 0xff;
  const { name, metadata } = JSON.parse(encodeTexts(otlp).texts[0]!) as Shown;
  // Names have no place for it.
  expect(name).toBe('acd');
  expect(metadata.default).toEqual({ 'w\ufffdyz': 'e\ufffdgh' });
});

describe('times', () => {
  const timesOf = (startTimeUnixNano: string, endTimeUnixNano: string) => {
    const [written] = encodeTexts(requestOf([{ ...SPAN, startTimeUnixNano, endTimeUnixNano }])).texts;
    return /"start_time":([^,]+),"end_time":([^,}]+)/.exec(written!)?.slice(1);
  };

  test.each([
    ['0', '0', '0.000000000', '0.000000000'],
    ['0', '1763819742000000001', '1763819742.000000001', '1763819742.000000001'],
    ['1763819742000000009', '0', '1763819742.000000009', '1763819742.000000009'],
    ['1763819742000000009', '1763819741999999999', '1763819742.000000009', '1763819742.000000009'],
    ['7258118400123456789', '7258118400123456790', '7258118400.123456789', '7258118400.123456790'],
    ['999999999', '18446744073709551615', '0.999999999', '18446744073.709551615'],
  ])('%s to %s', (start, end, expectedStart, expectedEnd) => {
    expect(timesOf(start, end)).toEqual([expectedStart, expectedEnd]);
  });
});

test('spans without ids are left out and counted', () => {
  const { texts, rejected } = encodeTexts(
    requestOf([
      { ...SPAN, traceId: '' },
      { ...SPAN, traceId: '0'.repeat(32) },
      { ...SPAN, spanId: '' },
      { ...SPAN, spanId: '0'.repeat(16) },
      SPAN,
    ]),
  );
  expect(texts).toHaveLength(1);
  expect(rejected).toEqual(['invalidTraceId', 'invalidTraceId', 'invalidSpanId', 'invalidSpanId']);
});

test('mutated payloads give valid documents or MalformedError, nothing else', () => {
  const random = new Seeded(7);
  const payload = encodeProtobuf('traces', tracesPayload({ spans: 24 }));
  for (let i = 0; i < 2_000; i++) expectDocuments(mutate(payload, random));
});

test('any bytes give valid documents or MalformedError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expectDocuments(Buffer.from(bytes))),
    { numRuns: 1_000 },
  );
});

function expectDocuments(otlp: Buffer): void {
  try {
    for (const document of encodeTexts(otlp).texts) {
      JSON.parse(document);
      if (Buffer.byteLength(document) > MAX_BYTES) throw new Error(`${Buffer.byteLength(document)} bytes`);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedError);
  }
}

/** A length-delimited protobuf field. */
function field(tag: number, payload: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = payload.length; ; rest >>>= 7) {
    if (rest < 128) {
      length.push(rest);
      break;
    }
    length.push((rest & 127) | 128);
  }
  return Buffer.concat([Buffer.from([tag, ...length]), payload]);
}
