// What a span is counted as: its operation or remote, and whether it is an error or a fault.
import { describe, expect, test } from 'vitest';
import { operationOf } from '../../../lib/exporters/span-metrics/operation.ts';
import { remoteOf } from '../../../lib/exporters/span-metrics/remote.ts';
import { KEY, type SpanFacts, type SpanKey } from '../../../lib/exporters/span-metrics/span-attributes.ts';
import { spanOutcome } from '../../../lib/exporters/span-metrics/span-outcome.ts';
import { templated } from '../../../lib/exporters/span-metrics/templated.ts';
import { SPAN_KINDS, STATUS_CODES } from '../../../lib/telemetry/span-view.ts';

type Attributes = Partial<Record<SpanKey, string | number>>;

function facts(attributes: Attributes, name = 'span'): SpanFacts {
  const values = new Map(Object.entries(attributes).map(([key, value]) => [KEY[key as SpanKey], value]));
  return {
    name,
    text: (key) => (values.has(key) ? String(values.get(key)) || undefined : undefined),
    whole: (key) => {
      const value = values.get(key);
      return typeof value === 'number' ? value : undefined;
    },
  };
}

describe('the operation of a SERVER span', () => {
  const rows: [string, Attributes, string, string][] = [
    [
      'the route with its method',
      { 'http.route': '/users/{id}', 'http.request.method': 'GET' },
      'GET',
      'GET /users/{id}',
    ],
    ['by the old names', { 'http.route': '/users/:id', 'http.method': 'post' }, 'x', 'POST /users/:id'],
    ['a route without a method', { 'http.route': '/users' }, 'x', '/users'],
    [
      'never a raw path',
      { 'http.request.method': 'GET', 'url.path': '/users/4711' },
      'GET /users/4711',
      'GET _other',
    ],
    [
      'nor one without ids',
      { 'http.request.method': 'GET', 'url.path': '/wp-admin' },
      'GET /wp-admin',
      'GET _other',
    ],
    ['nor the old target', { 'http.method': 'GET', 'http.target': '/x?y=1' }, 'GET /x', 'GET _other'],
    [
      'a route that is only in the name',
      { 'http.method': 'GET', 'http.target': '/u/7?q' },
      'GET /u/:id',
      'GET /u/:id',
    ],
    ['no name with an id in it', { 'http.method': 'GET', 'http.target': '/u/7/x' }, 'GET /u/7', 'GET _other'],
    ['a made-up method is none', { 'http.request.method': 'HACK', 'http.route': '/' }, 'x', '_OTHER /'],
    ['rpc service and method', { 'rpc.service': 'shop.Cart', 'rpc.method': 'Add' }, 'x', 'shop.Cart/Add'],
    [
      'rpc method with its service',
      { 'rpc.service': 'Cart', 'rpc.method': 'shop.Cart/Add' },
      'x',
      'shop.Cart/Add',
    ],
    [
      'what the SDK of AWS calls so',
      { 'aws.local.operation': 'GET /pets', 'http.route': '/x' },
      'x',
      'GET /pets',
    ],
    ['else the name without ids', {}, 'load user 4711', 'load user *'],
    ['and something for nothing', {}, '', '_other'],
  ];
  test.each(rows)('%s', (_, attributes, name, wanted) => {
    expect(operationOf(facts(attributes, name), SPAN_KINDS.server)).toBe(wanted);
  });
});

describe('the operation of a CONSUMER span', () => {
  const rows: [string, Attributes, string][] = [
    [
      'operation and destination',
      { 'messaging.operation.type': 'process', 'messaging.destination.name': 'orders' },
      'process orders',
    ],
    [
      'by the old name',
      { 'messaging.operation': 'receive', 'messaging.destination.name': 'orders' },
      'receive orders',
    ],
    [
      'its template',
      { 'messaging.destination.template': '/c/{id}', 'messaging.destination.name': '/c/7' },
      'process /c/{id}',
    ],
    [
      'a queue for one client',
      { 'messaging.destination.name': 'q-8', 'messaging.destination.temporary': 'true' },
      'process _temporary',
    ],
    ['a queue with an id', { 'messaging.destination.name': 'reply-5f2b9c01aa' }, 'process *'],
  ];
  test.each(rows)('%s', (_, attributes, wanted) => {
    expect(operationOf(facts(attributes), SPAN_KINDS.consumer)).toBe(wanted);
  });
});

describe('the remote of a CLIENT or PRODUCER span', () => {
  const rows: [string, Attributes, string][] = [
    ['the service that is named', { 'peer.service': 'payment', 'server.address': 'x' }, 'payment'],
    ['by its new name', { 'service.peer.name': 'payment' }, 'payment'],
    [
      'the AWS service',
      { 'rpc.system': 'aws-api', 'rpc.service': 'DynamoDB', 'db.system.name': 'dynamodb' },
      'DynamoDB',
    ],
    [
      'a database and its host',
      { 'db.system.name': 'postgresql', 'server.address': 'db.shop' },
      'postgresql@db.shop',
    ],
    ['a database by the old name', { 'db.system': 'redis' }, 'redis'],
    ['a queue', { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' }, 'kafka orders'],
    ['a broker', { 'messaging.system': 'kafka' }, 'kafka'],
    ['an rpc service', { 'rpc.system': 'grpc', 'rpc.service': 'shop.Cart' }, 'shop.Cart'],
    ['a host', { 'server.address': 'api.example.com' }, 'api.example.com'],
    ['a host with a port', { 'http.host': 'API.example.com:8443' }, 'api.example.com'],
    ['the host of a URL', { 'url.full': 'https://u:p@api.example.com:8443/x/7?y' }, 'api.example.com'],
    ['no address', { 'server.address': '10.2.3.4' }, '_ip'],
    ['no address of six', { 'url.full': 'http://[2001:db8::1]:80/' }, '_ip'],
    ['no address for a service', { 'peer.service': '10.2.3.4' }, '_ip'],
    ['nor one with a port', { 'service.peer.name': '10.2.3.4:8080' }, '_ip'],
    ['nor one of six', { 'aws.remote.service': '2001:db8::1' }, '_ip'],
    ['nor one of six with a port', { 'server.address': '[2001:db8::1]:443' }, '_ip'],
    ['nor a name made of one', { 'server.address': 'ip-10-2-3-4.ec2.internal' }, '_ip'],
    ['a service with a colon', { 'peer.service': 'shop:cart' }, 'shop:cart'],
    ['a name that only starts like one', { 'peer.service': 'ip-10-2-locator' }, 'ip-10-2-locator'],
    ['a version', { 'peer.service': 'cart 1.2.3.4' }, 'cart 1.2.3.4'],
    ['something for nothing', {}, '_other'],
  ];
  test.each(rows)('%s', (_, attributes, wanted) => expect(remoteOf(facts(attributes))).toBe(wanted));
});

describe('a span is', () => {
  const { unset, error, ok } = STATUS_CODES;
  const rows: [string, Attributes, number, string][] = [
    ['success', {}, unset, 'success'],
    ['success, said so', {}, ok, 'success'],
    ['a fault by its status', {}, error, 'fault'],
    ['an error at 404', { 'http.response.status_code': 404 }, unset, 'error'],
    ['an error at 429 whatever its status', { 'http.status_code': 429 }, error, 'error'],
    ['a fault at 503', { 'http.response.status_code': 503 }, unset, 'fault'],
    ['a fault at 200 with an error', { 'http.response.status_code': 200 }, error, 'fault'],
    ['an error at gRPC NOT_FOUND', { 'rpc.grpc.status_code': 5 }, unset, 'error'],
    ['a fault at gRPC UNAVAILABLE', { 'rpc.grpc.status_code': 14 }, unset, 'fault'],
    ['a fault at 302 with an error', { 'http.status_code': 302 }, error, 'fault'],
    ['a fault at a status that is none, with an error', { 'http.status_code': 600 }, error, 'fault'],
    ['success at a status that is none', { 'http.status_code': 0 }, unset, 'success'],
    ['an error at 404 that is said to be ok', { 'http.status_code': 404 }, ok, 'error'],
    ['success at gRPC OK', { 'rpc.grpc.status_code': 0 }, unset, 'success'],
    ['a fault at gRPC OK with an error', { 'rpc.grpc.status_code': 0 }, error, 'fault'],
  ];
  test.each(rows)('%s', (_, attributes, status, wanted) => {
    expect(spanOutcome(facts(attributes), status)).toBe(wanted);
  });
});

test.each([
  ['orders-v2', 'orders-v2'],
  ['load user 4711', 'load user *'],
  ['/files/5f2b9c01-aaaa-bbbb-cccc-0123456789ab/x', '/files/*/x'],
  ['batch 12.5', 'batch *'],
  ['SELECT shop.orders', 'SELECT shop.orders'],
  ['GET /x?id=7', 'GET /x'],
  ['s3', 's3'],
])('%s is templated as %s', (name, wanted) => expect(templated(name)).toBe(wanted));
