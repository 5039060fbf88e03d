import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logsPayload } from '../../bench/payloads/logs.ts';
import { metricsPayload } from '../../bench/payloads/metrics.ts';
import { Seeded } from '../../bench/payloads/seeded.ts';
import { tracesPayload } from '../../bench/payloads/traces.ts';
import { MalformedError } from '../../lib/model/errors.ts';
import { SIGNALS, type Signal } from '../../lib/model/signal.ts';
import { logsRequest, metricsRequest, tracesRequest } from '../support/arbitrary-otlp.ts';
import { expectedItems } from '../support/expected-items.ts';
import { mutate } from '../support/mutate.ts';
import { objectsFromViews } from '../support/objects-from-views.ts';
import {
  decodeProtobuf,
  encodeMessage,
  encodeProtobuf,
  type OtlpRequest,
  otlpType,
} from '../support/otlp.ts';
import { writeWireFreely } from '../support/write-wire-freely.ts';

const CASES: Record<Signal, { type: string; payload: OtlpRequest; arbitrary: fc.Arbitrary<OtlpRequest> }> = {
  traces: { type: 'TracesRequest', payload: tracesPayload({ spans: 40 }), arbitrary: tracesRequest },
  logs: { type: 'LogsRequest', payload: logsPayload({ records: 40 }), arbitrary: logsRequest },
  metrics: { type: 'MetricsRequest', payload: metricsPayload({ points: 60 }), arbitrary: metricsRequest },
};

describe.each(SIGNALS)('the views of %s', (signal) => {
  const { type, payload, arbitrary } = CASES[signal];
  const bytes = encodeProtobuf(signal, payload);

  it('give what protobufjs gives', () => {
    expect(objectsFromViews(signal, bytes)).toEqual(expectedItems(signal, decodeProtobuf(signal, bytes)));
  });

  it('give the same whatever the order of fields, with unknown fields, long lengths and numbers unpacked', () => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), (request, seed) => {
        const plain = encodeProtobuf(signal, request);
        const free = writeWireFreely(otlpType(type), plain, seed);
        expect(decodeProtobuf(signal, free)).toEqual(decodeProtobuf(signal, plain));
        const expected = expectedItems(signal, decodeProtobuf(signal, plain));
        expect(objectsFromViews(signal, plain)).toEqual(expected);
        expect(objectsFromViews(signal, free)).toEqual(expected);
      }),
      { numRuns: 150, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('end in items or a MalformedError when bytes are broken, and never in half a request', () => {
    const random = new Seeded(7);
    let whole = 0;
    for (let round = 0; round < 1500; round++) {
      const broken = mutate(bytes, random);
      const items = itemsOrRefusal(signal, broken);
      whole += items === undefined ? 0 : 1;
    }
    expect(whole).toBeGreaterThan(100);
    expect(objectsFromViews(signal, bytes)).toEqual(expectedItems(signal, payload));
  });

  it('refuse a body cut anywhere but between resources', () => {
    const resources = new Set([0]);
    for (let at = 0; at < bytes.length; ) {
      let shift = 0;
      let length = 0;
      for (at += 1; ; at += 1) {
        length |= (bytes[at]! & 127) << shift;
        shift += 7;
        if (bytes[at]! < 128) break;
      }
      at += 1 + length;
      resources.add(at);
    }
    for (let cut = 0; cut < bytes.length; cut += 37) {
      const items = itemsOrRefusal(signal, bytes.subarray(0, cut));
      expect(items !== undefined).toBe(resources.has(cut));
    }
  });
});

describe('a resource or scope', () => {
  it('that comes behind its items, or in two parts, is known when they are delivered', () => {
    const part = (name: string, value: string) =>
      encodeMessage(otlpType('Resource'), { attributes: [{ key: name, value: { stringValue: value } }] });
    const scopeSpans = Buffer.concat([
      field(2, encodeMessage(otlpType('Span'), { name: 'early' })),
      field(1, encodeMessage(otlpType('InstrumentationScope'), { name: 'lib', version: '1' })),
      field(1, encodeMessage(otlpType('InstrumentationScope'), { name: 'other' })),
    ]);
    const body = field(
      1,
      Buffer.concat([
        field(1, part('a', '1')),
        field(2, scopeSpans),
        field(1, part('b', '2')),
        field(1, part('a', '3')),
      ]),
    );
    expect(objectsFromViews('traces', body)).toMatchObject([
      {
        resource: {
          attributes: [
            { key: 'a', value: { stringValue: '3' } },
            { key: 'b', value: { stringValue: '2' } },
          ],
        },
        scope: { name: 'other', version: '1' },
        item: { name: 'early' },
      },
    ]);
  });

  it('that is absent is empty, also after one that was not', () => {
    const named = {
      resource: { attributes: [{ key: 'a', value: {} }] },
      scopeLogs: [{ scope: { name: 's' }, logRecords: [{}] }],
    };
    const bare = { scopeLogs: [{ logRecords: [{}] }] };
    const items = objectsFromViews('logs', encodeProtobuf('logs', { resourceLogs: [named, bare] }));
    expect(items[1]).toMatchObject({ resource: { attributes: [] }, scope: { name: '', attributes: [] } });
  });
});

describe('odd fields', () => {
  it('of an attribute: the last of several values counts, a missing one is absent', () => {
    const twice = Buffer.concat([
      field(1, Buffer.from('k')),
      field(2, Buffer.concat([field(1, Buffer.from('old')), Buffer.from([0x18, 7])])),
    ]);
    const span = Buffer.concat([
      field(9, twice),
      field(9, field(1, Buffer.from('none'))),
      field(9, Buffer.alloc(0)),
    ]);
    expect(objectsFromViews('traces', requestOf(span))[0]!.item.attributes).toEqual([
      { key: 'k', value: { intValue: '7' } },
      { key: 'none', value: undefined },
      { key: '', value: undefined },
    ]);
  });

  it('with the wrong wire type are unknown fields', () => {
    // name (5) as a varint, kind (6) as bytes, flags (16) as eight bytes
    const span = Buffer.from([0x28, 1, 0x32, 1, 9, 0x81, 1, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(objectsFromViews('traces', requestOf(span))[0]!.item).toMatchObject({
      name: '',
      kind: 0,
      flags: 0,
    });
  });

  it('of ids of any length stay as they are', () => {
    const span = encodeMessage(otlpType('Span'), {
      traceId: 'abcd',
      spanId: '00'.repeat(8),
      parentSpanId: 'ff'.repeat(300),
    });
    expect(objectsFromViews('traces', requestOf(span))[0]!.item).toMatchObject({
      traceId: 'abcd',
      spanId: '0000000000000000',
      parentSpanId: 'ff'.repeat(300),
    });
  });
});

function itemsOrRefusal(signal: Signal, bytes: Buffer): unknown[] | undefined {
  try {
    return objectsFromViews(signal, bytes);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

function field(number: number, bytes: Buffer): Buffer {
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}

function requestOf(span: Buffer): Buffer {
  return field(1, field(2, field(2, span)));
}
