// fast-check arbitraries for requests full of the attributes that the X-Ray rules look at, with values of any kind.
import fc from 'fast-check';
import type { AnyValue, KeyValue, Span, TracesRequest } from '../../../bench/payloads/otlp-json.ts';
import {
  APPLICATION_SIGNALS,
  AWS_CALL,
  DB,
  EXCEPTION,
  HTTP,
  MESSAGING,
  NET,
  RESOURCE,
  RPC,
  XRAY,
} from '../../../lib/model/semantic-conventions.ts';
import { anyValue, spanId, text, timeUnixNano, traceId } from '../../support/arbitrary-otlp.ts';

const SPAN_KEYS = [
  ...Object.values(HTTP),
  ...Object.values(NET),
  ...Object.values(DB),
  ...Object.values(RPC),
  ...Object.values(MESSAGING),
  ...Object.values(AWS_CALL),
  ...Object.values(APPLICATION_SIGNALS),
  ...Object.values(XRAY).map((key) => (key.endsWith('.') ? `${key}shop` : key)),
  'aws.xray.metadata.default',
  'aws.xray.metadata.otel',
  'otel.resource.service.name',
  'peer.service',
  'enduser.id',
  'app.plain',
  'app plain',
  'app_plain',
];

/** Texts that mean something to one rule or another. */
const TEXTS = [
  'GET',
  '200',
  '404',
  '429',
  '503',
  '80',
  '443',
  '8080',
  'http',
  'https',
  'http://shop.example.com:8080/cart?q=1',
  'https://shop.example.com/cart',
  '/cart/7',
  '?q=1',
  'q=1',
  '',
  'shop.example.com',
  '2001:db8::1',
  '10.1.2.3',
  '10.1.2.3:80',
  'postgresql',
  'PostgreSQL',
  'redis',
  'aws-api',
  'LOCAL_ROOT',
  'AWS.SDK.SQS',
  'AWS::',
  'jdbc:mysql://db.example.com:3306/x',
  'RECEIVED',
  'aws',
  'azure',
  'aws_ecs',
  'aws_eks',
  'aws_ec2',
  'aws_elastic_beanstalk',
  'fargate',
  'java',
  'nodejs',
  '{"a":1,"otel.resource.x":9007199254740993}',
  '{"app.plain":[1,{}]}',
  'null',
  '[1]',
  '1e999',
  'pay 💳 "now"',
  'a\\b',
  'x'.repeat(250),
  'arn:aws:logs:eu-west-1:1:log-group:/a&/b',
];

const value: fc.Arbitrary<AnyValue> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...TEXTS).map((stringValue) => ({ stringValue })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(0, 80, 200, 404, 443, 503, 8080)
      .map((number) => ({ intValue: String(number) })),
  },
  { weight: 1, arbitrary: fc.constantFrom(80, 200, 503, 0.5).map((doubleValue) => ({ doubleValue })) },
  { weight: 1, arbitrary: fc.boolean().map((boolValue) => ({ boolValue })) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom(...SPAN_KEYS, ...TEXTS), { maxLength: 3 })
      .map((texts) => ({ arrayValue: { values: texts.map((stringValue) => ({ stringValue })) } })),
  },
  { weight: 2, arbitrary: anyValue },
);

function attributesFrom(keys: readonly string[], maxLength: number): fc.Arbitrary<KeyValue[]> {
  return fc.array(fc.record({ key: fc.constantFrom(...keys), value }), { maxLength });
}

const STACKS = [
  'java.lang.Error: x\n\tat a.B.c(B.java:1)\nCaused by: d.E: y\n\tat f.G.h(G.java:2)\n',
  'Error: x\n    at f (file:///app/x.mjs:10:5)\n    at async node:internal/a:1:2',
  'no stack at all',
];

const events = fc.array(
  fc.record({
    timeUnixNano,
    name: fc.constantFrom('exception', 'HTTP request failure', 'message', ''),
    attributes: fc.array(
      fc.record({
        key: fc.constantFrom(
          ...Object.values(EXCEPTION),
          HTTP.statusCode,
          'aws.http.error_message',
          MESSAGING.messageType,
          MESSAGING.oldPayloadSize,
        ),
        value: fc.oneof(
          value,
          fc.constantFrom(...STACKS).map((stringValue) => ({ stringValue })),
        ),
      }),
      { maxLength: 5 },
    ),
  }),
  { maxLength: 3 },
);

const span: fc.Arbitrary<Span> = fc.record({
  traceId: fc.oneof(
    { weight: 20, arbitrary: traceId },
    { weight: 1, arbitrary: fc.constant('0'.repeat(32)) },
  ),
  spanId,
  parentSpanId: fc.oneof(fc.constant(''), spanId, fc.constant('0'.repeat(16))),
  name: fc.oneof(text, fc.constantFrom('GET /cart', 'SELECT *', '')),
  kind: fc.integer({ min: 0, max: 6 }),
  startTimeUnixNano: timeUnixNano,
  endTimeUnixNano: timeUnixNano,
  attributes: attributesFrom(SPAN_KEYS, 14),
  events,
  status: fc.record({ code: fc.integer({ min: 0, max: 2 }), message: fc.oneof(fc.constant(''), text) }),
  flags: fc.constantFrom(0, 0x101, 0x301),
});

/** One or two resources with a few spans each. */
export const xrayRequest: fc.Arbitrary<TracesRequest> = fc
  .array(
    fc.record({
      resource: fc.record({ attributes: attributesFrom(Object.values(RESOURCE), 10) }),
      spans: fc.array(span, { minLength: 1, maxLength: 4 }),
      scope: fc.record({ name: text }),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((resources) => ({
    resourceSpans: resources.map(({ resource, spans, scope }) => ({
      resource,
      scopeSpans: [{ scope, spans }],
    })),
  }));
