// Input made to hurt: the encoder answers with valid, bounded events, or with MalformedError.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logsPayload } from '../../../bench/payloads/logs.ts';
import type { KeyValue, LogRecord, Resource } from '../../../bench/payloads/otlp-json.ts';
import { LogEventEncoder } from '../../../lib/exporters/cloudwatch-logs/encode.ts';
import { LOGS_DEFAULTS } from '../../../lib/exporters/cloudwatch-logs/settings.ts';
import { textParts } from '../../../lib/exporters/cloudwatch-logs/text-parts.ts';
import { MalformedError } from '../../../lib/model/errors.ts';
import { MAX_ATTRIBUTES } from '../../../lib/telemetry/attribute-limit.ts';
import { LogWalker } from '../../../lib/telemetry/walk.ts';
import { encodeProtobuf } from '../../support/otlp.ts';
import { encodeCalls, SOURCE } from './encode-events.ts';

const ONE_EVENT = 1_048_576 - 26;

function requestOf(records: LogRecord[], resource: Resource = {}): Buffer {
  return encodeProtobuf('logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords: records }] }] });
}

function onlyMessage(otlp: Buffer): string {
  const calls = encodeCalls(otlp);
  expect(calls.flatMap((call) => call.logEvents)).toHaveLength(1);
  return calls[0]!.logEvents[0]!.message;
}

const text = (key: string, stringValue: string): KeyValue => ({ key, value: { stringValue } });

describe('a record larger than an event', () => {
  test.each<[string, LogRecord]>([
    [
      'a body of 2 MB beside attributes of 1 MB',
      { body: { stringValue: 'x'.repeat(2_000_000) }, attributes: [text('big', 'y'.repeat(1_000_000))] },
    ],
    ['an attribute of 2 MB', { attributes: [text('big', 'y'.repeat(2_000_000)), text('small', 'kept')] }],
    ['bytes of 2 MB', { body: { bytesValue: Buffer.alloc(2_000_000, 7).toString('base64') } }],
    ['a severity text of 2 MB', { severityText: 's'.repeat(2_000_000) }],
    ['an event name of 2 MB', { eventName: 'e'.repeat(2_000_000) }],
    ['a key of 2 MB', { attributes: [text('k'.repeat(2_000_000), 'v')] }],
    [
      '8,000 attributes of 200 bytes',
      {
        attributes: Array.from({ length: 8_000 }, (_, i) =>
          text(`key.${i}`, `value ${i} ${'z'.repeat(200)}`),
        ),
      },
    ],
    [
      'a list of 300,000 values',
      { body: { arrayValue: { values: Array.from({ length: 300_000 }, () => ({ intValue: '12345' })) } } },
    ],
  ])('%s is cut to fit and says so', (_, record) => {
    const message = onlyMessage(
      requestOf([{ ...record, traceId: 'ab'.repeat(16) }], { attributes: [text('service.name', 's')] }),
    );
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(ONE_EVENT);
    const parsed = JSON.parse(message);
    expect(parsed.truncatedFromBytes).toBeGreaterThan(ONE_EVENT);
    expect(parsed.traceId).toBe('ab'.repeat(16));
    expect(parsed.resource.attributes['service.name']).toBe('s');
    expect(parsed.recordId).toBe(`${SOURCE.ingestId}-0`);
  });

  test('keeps what is small beside what is cut', () => {
    const attributes = [text('big', 'é'.repeat(2_000_000)), text('small', 'kept')];
    const { attributes: kept } = JSON.parse(onlyMessage(requestOf([{ attributes }])));
    expect(kept.small).toBe('kept');
    expect(kept.big).toMatch(/^é+…$/);
  });

  test('is not cut when only its escapes make it larger', () => {
    const quotes = '"'.repeat(400_000);
    const parsed = JSON.parse(onlyMessage(requestOf([{ body: { stringValue: quotes } }])));
    expect(parsed.body).toBe(quotes);
    expect(parsed.truncatedFromBytes).toBeUndefined();
  });
});

test('a record of 100,000 attributes has the first of them, and says how many are missing', () => {
  const attributes = Array.from({ length: 100_000 }, (_, i) => text(`key.${i}`, `value ${i}`));
  const parsed = JSON.parse(onlyMessage(requestOf([{ attributes, droppedAttributesCount: 7 }])));
  expect(Object.keys(parsed.attributes)).toHaveLength(MAX_ATTRIBUTES);
  expect(parsed.attributes['key.0']).toBe('value 0');
  expect(parsed.droppedAttributesCount).toBe(100_000 - MAX_ATTRIBUTES + 7);
});

interface Part {
  readonly body: string;
  readonly part?: number;
  readonly parts?: number;
  readonly recordId: string;
  readonly traceId?: string;
  readonly attributes?: Record<string, unknown>;
  readonly resource: { attributes: Record<string, unknown> };
}

/** The events of one record, in order. */
function partsOf(record: LogRecord): Part[] {
  const events = encodeCalls(requestOf([record], { attributes: [text('service.name', 's')] })).flatMap(
    (call) => call.logEvents,
  );
  for (const { message } of events) expect(Buffer.byteLength(message)).toBeLessThanOrEqual(ONE_EVENT);
  expect(new Set(events.map(({ timestamp }) => timestamp)).size).toBe(1);
  return events.map(({ message }) => JSON.parse(message) as Part);
}

describe('a record whose body is longer than an event', () => {
  test.each([
    ['2 MB', 'x'.repeat(2_000_000), 2],
    ['2 MB of control characters', '\u0001'.repeat(2_000_000), 12],
    ['2 MB of three-byte characters', '語'.repeat(700_000), 3],
    ['2 MB of four-byte characters', `a${'😀'.repeat(500_000)}`, 2],
    ['2 MB of quotes', '"\\'.repeat(1_000_000), 4],
    ['a few bytes too many', 'x'.repeat(ONE_EVENT - 150), 2],
  ])('is split into events: %s', (_, body, parts) => {
    const events = partsOf({
      body: { stringValue: body },
      traceId: 'ab'.repeat(16),
      attributes: [text('small', 'kept')],
    });
    expect(events.map((event) => event.body).join('') === body).toBe(true);
    expect(events.map((event) => [event.part, event.parts])).toEqual(
      Array.from({ length: parts }, (_unused, i) => [i + 1, parts]),
    );
    expect(events.map((event) => event.recordId)).toEqual(
      Array.from({ length: parts }, (_unused, i) => `${SOURCE.ingestId}-0${i === 0 ? '' : `.${i + 1}`}`),
    );
    expect(events.map((event) => event.attributes)).toEqual([
      { small: 'kept' },
      ...Array.from({ length: parts - 1 }, () => undefined),
    ]);
    for (const event of events) {
      expect(event.traceId).toBe('ab'.repeat(16));
      expect(event.resource.attributes['service.name']).toBe('s');
    }
  });

  test('and the records beside it stay single events', () => {
    const records = ['before', 'x'.repeat(3_000_000), 'behind'].map((stringValue) => ({
      body: { stringValue },
    }));
    const ids = encodeCalls(requestOf(records)).flatMap((call) =>
      call.logEvents.map(({ message }) => (JSON.parse(message) as Part).recordId.slice(33)),
    );
    expect(ids).toEqual(['0', '1', '1.2', '1.3', '2']);
  });

  test('of broken UTF-8 is split too, and every event is valid', () => {
    const broken = Buffer.alloc(2_000_000, 0x80);
    const otlp = field(0x0a, field(0x12, field(0x12, field(0x2a, field(0x0a, broken)))));
    const events = encodeCalls(otlp).flatMap((call) => call.logEvents);
    expect(events.length).toBeGreaterThan(5);
    for (const { message } of events) {
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(ONE_EVENT);
      expect((JSON.parse(message) as Part).body).toMatch(/^\ufffd+$/);
    }
  });
});

test('text is cut between characters, and every piece surely fits', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.uint8Array({ maxLength: 60 }),
      fc.integer({ min: 10, max: 60 }),
      (text_, noise, maxBytes) => {
        for (const bytes of [Buffer.from(text_), Buffer.from(noise)]) {
          const ends = textParts(bytes, 0, bytes.length, maxBytes);
          const pieces = ends.map((end, i) => bytes.toString('utf8', ends[i - 1] ?? 0, end));
          for (const piece of pieces)
            expect(Buffer.byteLength(JSON.stringify(piece)) - 2).toBeLessThanOrEqual(maxBytes);
          if (bytes.toString() === text_) expect(pieces.join('')).toBe(text_);
          expect(ends.at(-1)).toBe(bytes.length);
        }
      },
    ),
  );
});

test('a resource of 2 MB is cut once and does not multiply', () => {
  const attributes = [
    text('service.name', 's'),
    ...Array.from({ length: 40 }, (_, i) => text(`a${i}`, 'r'.repeat(50_000))),
  ];
  const records = Array.from({ length: 200 }, () => ({ body: { stringValue: 'line' } }));
  const calls = encodeCalls(requestOf(records, { attributes }));
  const messages = calls.flatMap((call) => call.logEvents.map((event) => event.message));
  expect(messages).toHaveLength(200);
  for (const message of messages) expect(message.length).toBeLessThan(70_000);
  expect(JSON.parse(messages[0]!).resource.truncatedFromBytes).toBeGreaterThan(2_000_000);
});

test('a request grows to a bounded multiple of its size: past it records do without their resource', () => {
  const attributes = Array.from({ length: 300 }, (_, i) => text(`a${i}`, 'r'.repeat(120)));
  const otlp = requestOf(
    Array.from({ length: 50_000 }, () => ({})),
    { attributes },
  );
  const encoder = new LogEventEncoder(LOGS_DEFAULTS, Number.POSITIVE_INFINITY);
  encoder.begin({ ...SOURCE, otlp }, 0, undefined);
  new LogWalker().walk(otlp, [encoder]);
  expect(encoder.end()).toMatchObject({ to: 50_000, last: true });
  expect(encoder.size).toBeLessThan(64 * otlp.length + 50_000 * 150 + 200_000);
});

test('10,000 values inside each other end in a mark', () => {
  // By hand: protobufjs would need 10,000 levels of objects. ArrayValue in AnyValue, over and over.
  let inner: Buffer = Buffer.from([0x0a, 1, 0x78]);
  for (let depth = 0; depth < 10_000; depth++) inner = field(0x2a, field(0x0a, inner));
  const record = field(0x2a, inner);
  const otlp = field(0x0a, field(0x12, field(0x12, record)));
  expect(onlyMessage(otlp)).toContain('nested deeper than');
});

test('broken UTF-8 becomes U+FFFD and the event stays valid', () => {
  const otlp = requestOf([{ body: { stringValue: 'abcd' }, attributes: [text('wxyz', 'efgh')] }]);
  for (const mark of ['bcd', 'xyz', 'fgh']) otlp[otlp.indexOf(mark)] = 0xff;
  expect(JSON.parse(onlyMessage(otlp))).toMatchObject({
    body: 'a\ufffdcd',
    attributes: { 'w\ufffdyz': 'e\ufffdgh' },
  });
});

test('mutated payloads give valid events or MalformedError, nothing else', () => {
  const payload = encodeProtobuf('logs', logsPayload({ records: 12 }));
  const mutation = fc.record({ at: fc.nat(payload.length - 1), byte: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.array(mutation, { minLength: 1, maxLength: 6 }),
      fc.nat(payload.length),
      (mutations, cut) => {
        const bytes = Buffer.from(payload);
        for (const { at, byte } of mutations) bytes[at] = byte;
        const otlp = mutations.length % 3 === 0 ? bytes.subarray(0, cut) : bytes;
        try {
          for (const { logEvents } of encodeCalls(otlp))
            for (const { message } of logEvents) JSON.parse(message);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError);
        }
      },
    ),
    { numRuns: 1500 },
  );
});

test('any bytes give valid events or MalformedError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        encodeCalls(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError);
      }
    }),
    { numRuns: 1000 },
  );
});

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
