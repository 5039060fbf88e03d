// The walk at the door against the walk of the exporters: what the one lets in, the other can read.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logsPayload } from '../../../bench/payloads/logs.ts';
import { metricsPayload } from '../../../bench/payloads/metrics.ts';
import { Seeded } from '../../../bench/payloads/seeded.ts';
import { tracesPayload } from '../../../bench/payloads/traces.ts';
import { MalformedError } from '../../../lib/model/errors.ts';
import { SIGNALS, type Signal } from '../../../lib/model/signal.ts';
import { type Inspection, inspect } from '../../../lib/receivers/otlp/inspect.ts';
import { MAX_ATTRIBUTES } from '../../../lib/telemetry/attribute-limit.ts';
import { LOG_ATTRIBUTES, SPAN_ATTRIBUTES } from '../../../lib/wire/otlp-fields.ts';
import { logsRequest, metricsRequest, tracesRequest } from '../../support/arbitrary-otlp.ts';
import { mutate } from '../../support/mutate.ts';
import { encodeProtobuf, type OtlpRequest } from '../../support/otlp.ts';
import { walkWithViews } from './walk-with-views.ts';

const ARBITRARY: Readonly<Record<Signal, fc.Arbitrary<OtlpRequest>>> = {
  traces: tracesRequest,
  metrics: metricsRequest,
  logs: logsRequest,
};

const SMALL: Readonly<Record<Signal, Buffer>> = {
  traces: encodeProtobuf('traces', tracesPayload({ spans: 6 })),
  metrics: encodeProtobuf('metrics', metricsPayload({ points: 8 })),
  logs: encodeProtobuf('logs', logsPayload({ records: 6 })),
};

/** The inspection, or the error of a walk. */
function attempt<T>(walk: () => T): T | MalformedError {
  try {
    return walk();
  } catch (error) {
    if (error instanceof MalformedError) return error;
    throw error;
  }
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/** A length-delimited field. */
function field(number: number, ...content: (Buffer | number[])[]): Buffer {
  const bytes = Buffer.concat(content.map((part) => Buffer.from(part as Buffer)));
  return Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes]);
}

const TRACE_ID = field(1, Buffer.alloc(16, 1));
const SPAN_ID = field(2, Buffer.alloc(8, 1));
const inSpan = (...fields: Buffer[]) => field(1, field(2, field(2, TRACE_ID, SPAN_ID, ...fields)));

/** A value inside so many arrays. Written from the inside out, since each length depends on what is inside. */
function nested(depth: number): Buffer {
  const innermost = field(1, Buffer.from('x'));
  const heads: Buffer[] = [];
  let length = innermost.length;
  const wrap = (number: number) => {
    const head = Buffer.from([(number << 3) | 2, ...varint(length)]);
    heads.push(head);
    length += head.length;
  };
  for (let i = 0; i < depth; i++) {
    wrap(1);
    wrap(5);
  }
  return Buffer.concat([...heads.reverse(), innermost]);
}

describe.each(SIGNALS)('inspect %s', (signal) => {
  it('counts every item of generated requests and rejects none', () => {
    fc.assert(
      fc.property(ARBITRARY[signal], (request) => {
        const otlp = encodeProtobuf(signal, request);
        const inspection = inspect(signal, otlp);
        expect(inspection.items).toBe(walkWithViews(signal, otlp).items);
        expect(inspection.rejected.size).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('lets nothing in that the views of the exporters cannot read, and rejects the same items', () => {
    const random = new Seeded(7);
    let accepted = 0;
    for (let round = 0; round < 2_000; round++) {
      const otlp = mutate(SMALL[signal], random);
      const inspection = attempt(() => inspect(signal, otlp));
      if (inspection instanceof MalformedError) continue;
      accepted += 1;
      const seen = walkWithViews(signal, otlp);
      expect(Object.fromEntries(inspection.rejected)).toEqual(Object.fromEntries(seen.rejected));
      // A metric that names two kinds of data counts with both at the door and with the last one behind it.
      if (signal !== 'metrics') expect(inspection.items).toBe(seen.items);
    }
    expect(accepted).toBeGreaterThan(100);
  });

  it('throws nothing but MalformedError for bytes without sense', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const result: Inspection | MalformedError = attempt(() => inspect(signal, Buffer.from(bytes)));
        if (!(result instanceof MalformedError)) walkWithViews(signal, Buffer.from(bytes));
      }),
      { numRuns: 500 },
    );
  });
});

describe('inspect', () => {
  it.each<[string, Buffer]>([
    ['a length beyond the end of the body', Buffer.from([0x0a, 0x7f, 0x00])],
    ['a length beyond the end of its message', field(1, [0x12, 0x05, 0x00])],
    ['a length of 2^63', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])],
    ['a varint that does not end', Buffer.alloc(20, 0xff)],
    ['field number 0', Buffer.from([0x02, 0x00])],
    ['an event that is cut off', inSpan(field(11, [0x12, 0x09, 0x41]))],
    ['a link attribute that is cut off', inSpan(field(13, field(4, [0x0a, 0x10])))],
    [
      'a value that is cut off inside a map',
      inSpan(field(9, field(2, field(6, field(1, field(2, [0x0a, 0x05])))))),
    ],
    ['a status that is cut off', inSpan(field(15, [0x18]))],
    ['a fixed64 that is cut off', inSpan(Buffer.from([0x39, 1, 2, 3]))],
  ])('refuses %s', (_, otlp) => {
    expect(() => inspect('traces', otlp)).toThrow(MalformedError);
  });

  it('refuses packed numbers of an odd length', () => {
    const histogram = field(9, field(1, field(6, [1, 2, 3])));
    expect(() => inspect('metrics', field(1, field(2, field(2, histogram))))).toThrow(
      'packed numbers of 3 bytes',
    );
  });

  it('takes values nested 10,000 deep and looks no deeper than anyone reads', () => {
    const otlp = inSpan(field(9, field(2, nested(10_000))));
    expect(inspect('traces', otlp).items).toBe(1);
    const broken = inSpan(field(9, field(2, nested(100).subarray(0, -1), [0xff])));
    expect(() => inspect('traces', broken)).not.toThrow();
  });

  it('takes a span with 100,000 attributes, and one attribute of 2 MB, within a second', () => {
    const many = Array.from({ length: 100_000 }, (_, i) => field(9, field(1, Buffer.from(`key${i}`))));
    const large = field(9, field(2, field(1, Buffer.alloc(2_000_000, 'x'))));
    const otlp = inSpan(Buffer.concat([...many, large]));
    const before = process.cpuUsage();
    expect(inspect('traces', otlp).items).toBe(1);
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(1_000_000);
  });

  it('steps over unknown fields of every wire type', () => {
    const unknown = Buffer.from([
      0xf8, 0x3e, 5, 0xf9, 0x3e, 1, 2, 3, 4, 5, 6, 7, 8, 0xfd, 0x3e, 1, 2, 3, 4, 0xfa, 0x3e, 1, 0,
    ]);
    expect(inspect('traces', Buffer.concat([unknown, inSpan(unknown)])).items).toBe(1);
  });

  it.each([
    ['traces', 'spans', SPAN_ATTRIBUTES],
    ['logs', 'log records', LOG_ATTRIBUTES],
  ] as const)('warns about %s with more attributes than are kept', (signal, items, tag) => {
    const attribute = field(tag >> 3, field(1, Buffer.from('k')));
    const item = (count: number) =>
      field(
        2,
        ...(signal === 'traces' ? [TRACE_ID, SPAN_ID] : []),
        ...Array.from({ length: count }, () => attribute),
      );
    const otlp = field(1, field(2, item(MAX_ATTRIBUTES), item(MAX_ATTRIBUTES + 1)));
    expect(inspect(signal, otlp)).toEqual({
      items: 2,
      rejected: new Map(),
      warnings: [
        `1 ${items} have more than ${MAX_ATTRIBUTES} attributes; kept with the first ${MAX_ATTRIBUTES}`,
      ],
    });
  });

  it('warns about metrics of a kind it does not know', () => {
    const otlp = field(1, field(2, field(2, field(1, Buffer.from('m')), field(20, [0x08, 1]))));
    expect(inspect('metrics', otlp)).toMatchObject({
      items: 0,
      warnings: ['1 metrics hold no data of a known kind; ignored'],
    });
  });
});
