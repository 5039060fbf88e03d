import { describe, expect, it } from 'vitest';
import { logsPayload } from '../../bench/payloads/logs.ts';
import { metricsPayload } from '../../bench/payloads/metrics.ts';
import { tracesPayload } from '../../bench/payloads/traces.ts';
import { MalformedError } from '../../lib/model/errors.ts';
import type { Signal } from '../../lib/model/signal.ts';
import { transcodeOtlpJson } from '../../lib/wire/otlp-json/transcode.ts';
import { MAX_VALUE_DEPTH } from '../../lib/wire/value-depth.ts';
import { decodeProtobuf, encodeProtobuf, type OtlpRequest } from '../support/otlp.ts';

/** What a body becomes, as OTLP/JSON again, and the warnings. */
function transcode(signal: Signal, json: string | Buffer) {
  const { otlp, warnings } = transcodeOtlpJson(signal, Buffer.from(json));
  return { request: decodeProtobuf(signal, otlp), warnings };
}

/** The span of a request with this one, its members given as JSON text. */
function span(members: string) {
  const { request, warnings } = transcode(
    'traces',
    `{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`,
  );
  return {
    span: (request as ReturnType<typeof tracesPayload>).resourceSpans![0]!.scopeSpans![0]!.spans![0]!,
    warnings,
  };
}

/** The attribute value that this JSON text becomes. */
function value(json: string) {
  const made = span(`"attributes":[{"key":"a","value":${json}}]`);
  return { value: made.span.attributes![0]!.value, warnings: made.warnings };
}

/** The one point of a gauge, its members given as JSON text. */
function point(kind: string, members: string) {
  const { request } = transcode(
    'metrics',
    `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"${kind}":{"dataPoints":[{${members}}]}}]}]}]}`,
  );
  const metric = (request as ReturnType<typeof metricsPayload>).resourceMetrics![0]!.scopeMetrics![0]!
    .metrics![0]!;
  return (metric as Record<string, { dataPoints: unknown[] }>)[kind]!.dataPoints[0];
}

function failure(run: () => unknown): MalformedError {
  try {
    run();
  } catch (error) {
    if (error instanceof MalformedError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('transcodeOtlpJson', () => {
  it.each([
    ['traces', tracesPayload({ spans: 64 })],
    ['logs', logsPayload({ records: 64 })],
    ['metrics', metricsPayload({ points: 200 })],
  ] as [Signal, OtlpRequest][])('turns a %s payload into what protobufjs makes of it', (signal, payload) => {
    const expected = decodeProtobuf(signal, encodeProtobuf(signal, payload));
    expect(transcode(signal, JSON.stringify(payload))).toEqual({ request: expected, warnings: [] });
    expect(transcode(signal, JSON.stringify(payload, null, '\t'))).toEqual({
      request: expected,
      warnings: [],
    });
  });

  it('writes the same bytes again and again, whatever came in between', () => {
    const traces = Buffer.from(JSON.stringify(tracesPayload({ spans: 20 })));
    const first = Buffer.from(transcodeOtlpJson('traces', traces).otlp);
    transcode(
      'traces',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"status":{},"name":"x","traceId":"00"}]}]}]}',
    );
    expect(failure(() => transcode('traces', '{"resourceSpans":[{"resource":{"attributes":[')).reason).toBe(
      'malformed',
    );
    expect(transcodeOtlpJson('traces', traces).otlp.equals(first)).toBe(true);
  });

  it.each(['{}', ' {\r\n\t} ', '{"resourceSpans":[]}', '{"resourceSpans":null}', '\ufeff{}'])(
    'makes an empty request of %j',
    (json) => {
      expect(transcode('traces', json)).toEqual({ request: {}, warnings: [] });
    },
  );

  it('keeps empty envelopes', () => {
    expect(transcode('logs', '{"resourceLogs":[{},{"scopeLogs":[{}]},null]}').request).toEqual({
      resourceLogs: [{}, { scopeLogs: [{}] }, {}],
    });
  });
});

describe('ids', () => {
  it('are hexadecimal in either case', () => {
    const { span: made } = span(
      '"traceId":"0AbcDEF0123456789abcdef012345678","spanId":"00f067aa0ba902B7","parentSpanId":""',
    );
    expect(made).toMatchObject({ traceId: '0abcdef0123456789abcdef012345678', spanId: '00f067aa0ba902b7' });
  });

  it.each([
    ['base64', 'CrzfASNFZ4mrze8BI0VniQ=='],
    ['an odd number of digits', '0abcdef0123456789abcdef01234567'],
    ['escapes that stand for no digits', '\\u0078abcdef0123456789abcdef01234567'],
  ])('given as %s get an invalid length, which refuses their span and not the request', (_form, id) => {
    const made = span(`"traceId":"${id}","spanId":"00f067aa0ba902b7","name":"kept"`);
    expect(made.span).toEqual({ traceId: '00', spanId: '00f067aa0ba902b7', name: 'kept' });
    expect(made.warnings).toEqual(['not hexadecimal: 1 id']);
  });

  it('may hold escapes like any text', () => {
    expect(span('"spanId":"\\u0030\\u0030f067aa0ba902b7"')).toEqual({
      span: { spanId: '00f067aa0ba902b7' },
      warnings: [],
    });
  });

  it('of another length stay as they are', () => {
    expect(span('"traceId":"0abc","spanId":"01"')).toEqual({
      span: { traceId: '0abc', spanId: '01' },
      warnings: [],
    });
  });
});

describe('64-bit integers', () => {
  it.each([
    ['"9223372036854775807"', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['9007199254740993', '9007199254740993'],
    ['"-1"', '-1'],
    ['0', '0'],
    ['-0', '0'],
    ['4294967296', '4294967296'],
    ['-4294967296', '-4294967296'],
    ['1e3', '1000'],
    ['"12.50e2"', '1250'],
    ['7.0', '7'],
    ['1E+18', '1000000000000000000'],
    ['0e999', '0'],
    ['"\\u0034\\u0032"', '42'],
  ])('given as %s keep every digit', (json, expected) => {
    expect(value(`{"intValue":${json}}`)).toEqual({ value: { intValue: expected }, warnings: [] });
  });

  it.each([
    ['1e300', 1e300],
    ['1e+21', 1e21],
    ['9223372036854775808', 2 ** 63],
    ['"1.5"', 1.5],
  ])('of an attribute that are none (%s) are kept as doubles and counted', (json, expected) => {
    expect(value(`{"intValue":${json}}`)).toEqual({
      value: { doubleValue: expected },
      warnings: ['kept as double, not a 64-bit integer: 1 intValue'],
    });
  });

  it('of times are exact and unsigned', () => {
    expect(
      span('"startTimeUnixNano":"18446744073709551615","endTimeUnixNano":1767225600123456789').span,
    ).toEqual({
      startTimeUnixNano: '18446744073709551615',
      endTimeUnixNano: '1767225600123456789',
    });
  });

  it('of points and buckets are exact', () => {
    expect(point('gauge', '"asInt":"-9223372036854775808"')).toEqual({ asInt: '-9223372036854775808' });
    expect(point('histogram', '"count":"3","bucketCounts":["1",2,"18446744073709551615"]')).toEqual({
      count: '3',
      bucketCounts: ['1', '2', '18446744073709551615'],
    });
    expect(
      point('exponentialHistogram', '"scale":-4,"positive":{"offset":-2147483648,"bucketCounts":["300",0]}'),
    ).toEqual({ scale: -4, positive: { offset: -2147483648, bucketCounts: ['300', '0'] } });
  });

  it.each([
    ['"startTimeUnixNano":"18446744073709551616"'],
    ['"startTimeUnixNano":-1'],
    ['"startTimeUnixNano":1.5'],
    ['"startTimeUnixNano":"soon"'],
    ['"startTimeUnixNano":""'],
    ['"startTimeUnixNano":" 1"'],
    ['"startTimeUnixNano":true'],
    ['"droppedEventsCount":4294967296'],
    ['"flags":-1'],
    ['"kind":2147483648'],
  ])('out of the range of their field are malformed: %s', (member) => {
    expect(failure(() => span(member)).message).toMatch(/expected .* at byte \d+/);
  });
});

describe('doubles', () => {
  it.each([
    ['0.1', 0.1],
    ['-0.0', -0],
    ['123456789.123456', 123456789.123456],
    ['0.30000000000000004', 0.30000000000000004],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['5e-324', 5e-324],
    ['9007199254740993', 9007199254740992],
    ['"2.5"', 2.5],
    ['"NaN"', 'NaN'],
    ['"Infinity"', 'Infinity'],
    ['"-Infinity"', '-Infinity'],
  ])('given as %s are read as JavaScript reads them', (json, expected) => {
    expect(value(`{"doubleValue":${json}}`).value).toEqual({ doubleValue: expected });
  });

  it.each(['"nan"', '"1,5"', 'NaN', 'Infinity', '+1', '.5', '1.', '01.5', '1e', '1.e3', '--1', '0x10', '""'])(
    'are not written as %s',
    (json) => {
      expect(() => value(`{"doubleValue":${json}}`)).toThrow(MalformedError);
    },
  );

  it('are packed in bounds', () => {
    expect(point('histogram', '"explicitBounds":[0, 1.5 ,1e3],"sum":-2')).toEqual({
      explicitBounds: [0, 1.5, 1000],
      sum: -2,
    });
  });
});

describe('text', () => {
  it.each([
    ['plain', 'plain'],
    ['\\"\\\\\\/\\b\\f\\n\\r\\t', '"\\/\b\f\n\r\t'],
    ['\\u0041\\u00e9\\u20AC\\ud83c\\udf0a', 'Aé€🌊'],
    ['Zoë 🌊', 'Zoë 🌊'],
    ['\\u0000', '\u0000'],
    ['lone \\ud800 high', 'lone \ufffd high'],
    ['lone \\udc00 low', 'lone \ufffd low'],
    ['two \\ud800\\ud83c\\udf0a', 'two \ufffd🌊'],
    ['high, then escape \\ud800\\n', 'high, then escape \ufffd\n'],
    ['x'.repeat(127), 'x'.repeat(127)],
    ['é'.repeat(64), 'é'.repeat(64)],
    ['x'.repeat(20_000), 'x'.repeat(20_000)],
  ])('%j is unescaped to UTF-8', (json, expected) => {
    expect(value(`{"stringValue":"${json}"}`).value).toEqual({ stringValue: expected });
    expect(span(`"name" : "${json}"`).span.name ?? '').toBe(expected);
  });

  it.each(['a\nb', 'a\u0000', '\\x', '\\u12g4', '\\u123', '\\'])('%j is no JSON string', (json) => {
    expect(() => value(`{"stringValue":"${json}"}`)).toThrow(MalformedError);
    expect(() => span(`"unknown":"${json}"`)).toThrow(MalformedError);
  });

  it('that is not UTF-8 gets U+FFFD and a warning', () => {
    const json = Buffer.from('{"resourceLogs":[{"schemaUrl":"a\xff\xc3b"}]}', 'latin1');
    expect(transcode('logs', json)).toEqual({
      request: { resourceLogs: [{ schemaUrl: 'a\ufffd\ufffdb' }] },
      warnings: ['the body is not valid UTF-8; broken bytes became U+FFFD'],
    });
  });

  it.each([
    ['""', ''],
    ['"AQID/+8="', 'AQID/+8='],
    ['"AQID_-8"', 'AQID/+8='],
    ['"AQID\\/+8="', 'AQID/+8='],
    [`"${'AAAA'.repeat(100)}"`, 'AAAA'.repeat(100)],
  ])('bytes are base64 of either alphabet: %s', (json, expected) => {
    expect(value(`{"bytesValue":${json}}`).value).toEqual({ bytesValue: expected });
  });

  it.each(['"A B"', '"é"', '7', '"AA=A"'])('bytes are nothing else than base64: %s', (json) => {
    expect(() => value(`{"bytesValue":${json}}`)).toThrow(MalformedError);
  });
});

describe('keys', () => {
  it('that are unknown are ignored with all that they hold', () => {
    const json =
      '{"x":[{"name":"no"},[[]],{},"\\"]",-1.5e-3,true,false,null],"name":"yes","y":{"z":[1,{"q":2}]}}';
    expect(
      transcode('traces', `{"resourceSpans":[{"scopeSpans":[{"spans":[${json}]}],"later":{}}]}`),
    ).toEqual({
      request: { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'yes' }] }] }] },
      warnings: [],
    });
  });

  it('in snake_case are ignored and reported', () => {
    const json =
      '{"resource_spans":[{"x_y":1}],"resourceSpans":[{"scope_spans":[],"schema_url":"s","vendor_key":1}]}';
    expect(transcode('traces', json)).toEqual({
      request: { resourceSpans: [{}] },
      warnings: ['OTLP/JSON keys are lowerCamelCase; ignored: resource_spans, scope_spans, schema_url'],
    });
  });

  it('of another signal are reported', () => {
    expect(transcode('traces', '{"resourceLogs":[{"scopeLogs":[]}]}').warnings).toEqual([
      'resourceLogs belongs to another path and was ignored',
    ]);
  });

  it('may be escaped, apart from their colon, and in any order', () => {
    const made = span('"status" : {"message":"m","code":2},\n"\\u006eame":"n","kind"\t:3');
    expect(made.span).toEqual({ status: { message: 'm', code: 2 }, name: 'n', kind: 3 });
  });

  it('that come twice: the last scalar wins, lists are joined', () => {
    const made = span(
      '"name":"a","attributes":[{"key":"x","value":{}}],"name":"b","attributes":[{"key":"y","value":null}]',
    );
    expect(made.span.name).toBe('b');
    expect(made.span.attributes).toEqual([{ key: 'x', value: {} }, { key: 'y' }]);
  });

  it.each([
    '{"value":{"stringValue":"v"},"key":"k"}',
    '{"key":"k","value":{"stringValue":"v"},"more":1}',
    '{"key":"k","value":{"stringValue":"v","more":1}}',
    '{"key":"k","more":1,"value":{"stringValue":"v"}}',
    '{"key":"k","value": {"stringValue":"v"}}',
    '{"key":"k","value":{ "stringValue":"v"} }',
    '{"key" :"k","value":{"stringValue" :"v"}}',
    '{"key":"\\u006b","value":{"stringValue":"\\u0076"}}',
    '{"key":"old","key":"k","value":{"intValue":1},"value":{"stringValue":"v"}}',
  ])('of an attribute may be written as %s', (json) => {
    expect(span(`"attributes":[${json}]`).span.attributes).toEqual([
      { key: 'k', value: { stringValue: 'v' } },
    ]);
  });
});

describe('enums', () => {
  it('are integers, unknown ones kept', () => {
    expect(span('"kind":3,"status":{"code":-7}').span).toEqual({ kind: 3, status: { code: -7 } });
    expect(span('"kind":"4"').span).toEqual({ kind: 4 });
  });

  it('given by name are understood and reported', () => {
    expect(
      span('"kind":"SPAN_KIND_SERVER","status":{"code":"STATUS_CODE_ERROR"},"kind":"SPAN_KIND_CONSUMER"'),
    ).toEqual({
      span: { kind: 5, status: { code: 2 } },
      warnings: ['given by name, OTLP/JSON wants integers: 3 enums'],
    });
    expect(span('"kind":"SPAN_KIND_NEW"').span).toEqual({});
  });
});

describe('nesting', () => {
  /** `depth` arrays, or maps, around an int. */
  function nested(depth: number, kind: 'arrayValue' | 'kvlistValue'): string {
    const [open, close] = kind === 'arrayValue' ? ['', ''] : ['{"key":"k","value":', '}'];
    return `${`{"${kind}":{"values":[${open}`.repeat(depth)}{"intValue":"1"}${`${close}]}}`.repeat(depth)}`;
  }

  it.each(['arrayValue', 'kvlistValue'] as const)(
    'of %ss is kept up to the limit and emptied below it',
    (kind) => {
      expect(value(nested(MAX_VALUE_DEPTH, kind)).warnings).toEqual([]);
      const { value: cut, warnings } = value(nested(MAX_VALUE_DEPTH + 1, kind));
      expect(warnings).toEqual(['emptied, nested deeper than 64: 1 value']);
      const text = JSON.stringify(cut);
      expect(text.split(kind)).toHaveLength(MAX_VALUE_DEPTH + 2);
      expect(text).not.toContain('intValue');
    },
  );

  it('of 10,000 values costs the values below the limit, not the batch', () => {
    const made = span(
      `"name":"kept","attributes":[{"key":"deep","value":${nested(10_000, 'kvlistValue')}}],"kind":2`,
    );
    expect(made.span).toMatchObject({ name: 'kept', kind: 2, attributes: [{ key: 'deep' }] });
    expect(made.warnings).toHaveLength(1);
  });

  it('of a million lists under an unknown key is refused, not crashed on', () => {
    expect(failure(() => span(`"x":${'['.repeat(1_000_000)}`)).message).toContain('nested too deep');
    expect(span(`"x":${'['.repeat(99_999)}${']'.repeat(99_999)},"name":"n"`).span.name).toBe('n');
  });
});

describe('the size', () => {
  const zeros = (count: number) =>
    Buffer.from(
      `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[{"bucketCounts":[${'0,'.repeat(count)}0]}]}}]}]}]}`,
    );

  it('of the protobuf is capped: the zeros of a histogram grow four times', () => {
    const { length } = transcodeOtlpJson('metrics', zeros(10_000)).otlp;
    expect(length).toBeGreaterThan(80_000);
    expect(transcodeOtlpJson('metrics', zeros(10_000), length).otlp).toHaveLength(length);
    for (const maxBytes of [length - 1, 30_000, 0]) {
      expect(() => transcodeOtlpJson('metrics', zeros(10_000), maxBytes)).toThrow(
        expect.objectContaining({
          reason: 'tooLarge',
          message: expect.stringContaining(`${maxBytes} bytes`),
        }),
      );
    }
  });

  it('of what is allocated stays near the cap', () => {
    const json = zeros(5_000_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => transcodeOtlpJson('metrics', json, 12_000_000)).toThrow('as protobuf');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * (12_000_000 + json.length));
  });
});

describe('what is not JSON', () => {
  const whole = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"n","kind":2,"x":[true,1.5,null]}]}]}]}';

  it.each([
    '',
    ' ',
    'null',
    '[]',
    '"text"',
    '{} {}',
    '{}x',
    `${whole},`,
    '{"resourceSpans":[{},]}',
    '{"resourceSpans":[{}{}]}',
    '{"resourceSpans":[,{}]}',
    '{"resourceSpans":[{}],}',
    '{,}',
    "{'resourceSpans':[]}",
    '{resourceSpans:[]}',
    '{"resourceSpans"}',
    '{"resourceSpans":}',
    '{"resourceSpans" []}',
    '{"resourceSpans":[nul]}',
    '{"resourceSpans":{}}',
    '{"resourceSpans":[[]]}',
    '{"resourceSpans":[{"resource":7}]}',
    '{"resourceSpans":[{"schemaUrl":7}]}',
    '{"x":[1,]}',
    '{"x":[1 2]}',
    '{"x":{"a":1,}}',
    '{"x":{"a"}}',
    '{"x":{1:2}}',
    '{"x":[}',
    '{"x":{]}',
    '{"x":tru}',
    '{"x":01}',
    '{"x":-}',
    '{"x":1.}',
    '{"x":"\u0001"}',
    '{/* no */}',
  ])('is malformed: %s', (json) => {
    const error = failure(() => transcode('traces', json));
    expect(error.message).toMatch(/ at byte \d+$/);
    expect(error.offset).toBeLessThanOrEqual(Buffer.byteLength(json));
  });

  it('is found wherever the body is cut', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => transcode('traces', whole.slice(0, length))).toThrow(MalformedError);
    }
    expect(transcode('traces', whole).warnings).toEqual([]);
  });
});
