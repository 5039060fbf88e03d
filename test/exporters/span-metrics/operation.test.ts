import { describe, expect, it } from 'vitest';
import { operationOf } from '../../../lib/exporters/span-metrics/operation.ts';
import { KEY, type SpanFacts, type SpanKey } from '../../../lib/exporters/span-metrics/span-attributes.ts';
import { templated } from '../../../lib/exporters/span-metrics/templated.ts';
import { SPAN_KINDS } from '../../../lib/telemetry/span-view.ts';

type Attributes = Readonly<Record<string, string>>;

const SERVER_NAMES: readonly (readonly [
  says: string,
  name: string,
  attributes: Attributes,
  operation: string,
])[] = [
  [
    'route with its method',
    'GET',
    { 'http.route': '/orders/:id', 'http.request.method': 'GET' },
    'GET /orders/:id',
  ],
  ['route without a method', 'handler', { 'http.route': '/orders/:id' }, '/orders/:id'],
  [
    'route in the name',
    'GET /users/:id',
    { 'http.request.method': 'GET', 'url.path': '/users/7' },
    'GET /users/:id',
  ],
  [
    'path in the name',
    'GET /users/ann',
    { 'http.request.method': 'GET', 'url.path': '/users/ann' },
    'GET _other',
  ],
  ['unknown method', 'x', { 'http.request.method': 'FETCH' }, '_OTHER _other'],
  ['rpc', 'x', { 'rpc.service': 'shop.Orders', 'rpc.method': 'Place' }, 'shop.Orders/Place'],
  ['path that no attribute explains', 'GET /users/alice/photos', {}, 'GET _other'],
  ['bare path that no attribute explains', '/users/alice/photos', {}, '_other'],
  ['template that no attribute explains', 'GET /users/{user}', {}, 'GET /users/{user}'],
  ['ids in a name', 'load user 4711', {}, 'load user *'],
  ['an address of a person', 'login alice@example.com', {}, 'login *'],
  ['a digest without digits', 'load deadbeefcafe', {}, 'load *'],
  ['an empty name', '', {}, '_other'],
];

describe('the operation of a server span', () => {
  it.each(SERVER_NAMES)('%s', (_says, name, attributes, operation) => {
    const values = new Map(Object.entries(attributes).map(([key, value]) => [KEY[key as SpanKey], value]));
    const facts: SpanFacts = { name, text: (key) => values.get(key), whole: () => undefined };
    expect(operationOf(facts, SPAN_KINDS.server)).toBe(operation);
  });
});

describe('templated', () => {
  it('keeps words, versions and short numbers in words', () => {
    expect(templated('orders-v2 decade facade')).toBe('orders-v2 decade facade');
  });

  it('changes nothing when done twice', () => {
    for (const [, name] of SERVER_NAMES) expect(templated(templated(name))).toBe(templated(name));
  });
});
