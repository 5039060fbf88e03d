// A request as a busy shop sends it: four services, traces of some ten spans in six shapes, about 16 attributes each.
import type { Span, SpanEvent, SpanLink, TracesRequest } from './otlp-json.ts';
import { DEFAULT_START_MS, resource, SERVICES } from './resource.ts';
import { attributes, nanos, Seeded } from './seeded.ts';

const ROUTES = [
  '/baskets/{basket}/lines',
  '/orders/{order}',
  '/search',
  '/accounts/{account}/cards',
  '/health',
];
const CUSTOMERS = ['Ada', 'Grégoire', 'Łucja', 'Δημήτρης', '田中さん', 'Zoë 🌊'];
const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const STACK = [
  'GatewayTimeout: no answer from "cards" within 2500 ms',
  '    at CardGateway.authorise (/srv/app/dist/cards/gateway.js:71:13)',
  '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
  '    at async OrderFlow.pay (file:///srv/app/dist/orders/flow.js:204:22)',
  '    at async /srv/app/dist/http/router.js:38:9',
].join('\n');

type Shape = Pick<Span, 'name' | 'kind' | 'attributes'> & { failed: boolean };

const httpServer = (random: Seeded): Shape => {
  const route = random.pick(ROUTES);
  const status = random.pick([200, 200, 200, 200, 201, 204, 302, 404, 429, 500, 503]);
  return {
    name: `GET ${route}`,
    kind: 2,
    failed: status >= 500,
    attributes: attributes({
      'http.request.method': 'GET',
      'http.route': route,
      'http.response.status_code': status,
      'http.response.body.size': random.below(60_000),
      'url.scheme': 'https',
      'url.path': route.replace(/\{.+?\}/g, () => random.hex(6)),
      'url.query': `page=${random.below(30)}&sort=-placed_at`,
      'server.address': 'www.bazaar.example',
      'server.port': 443,
      'client.address': `198.51.100.${random.below(255)}`,
      'network.peer.address': `10.4.${random.below(255)}.${random.below(255)}`,
      'network.peer.port': 32_768 + random.below(20_000),
      'network.protocol.version': '1.1',
      'user_agent.original': BROWSER,
      'enduser.id': `customer-${random.hex(5)}`,
      'shop.customer.name': random.pick(CUSTOMERS),
      'shop.beta': random.chance(0.3),
      'thread.id': random.below(32),
    }),
  };
};

const httpClient = (random: Seeded): Shape => {
  const status = random.pick([200, 200, 200, 202, 409, 504]);
  return {
    name: 'POST',
    kind: 3,
    failed: status >= 500,
    attributes: attributes({
      'http.request.method': 'POST',
      'url.full': `https://cards.bazaar.internal:8443/v3/authorisations/${random.hex(8)}?wait=true`,
      'server.address': 'cards.bazaar.internal',
      'server.port': 8443,
      'peer.service': 'cards',
      'network.peer.address': `10.4.${random.below(255)}.${random.below(255)}`,
      'network.peer.port': 8443,
      'network.protocol.version': '1.1',
      'http.request.body.size': random.below(4000),
      'http.request.resend_count': random.below(3),
      'http.response.status_code': status,
      'http.response.body.size': random.below(4000),
      'user_agent.original': 'undici/7.9.0',
      'shop.breaker': 'closed',
      'shop.retry_budget': random.fraction(),
      'thread.id': random.below(32),
    }),
  };
};

const sqlClient = (random: Seeded): Shape => ({
  name: 'SELECT bazaar.order_lines',
  kind: 3,
  failed: false,
  attributes: attributes({
    'db.system.name': 'postgresql',
    'db.namespace': 'bazaar',
    'db.operation.name': 'SELECT',
    'db.collection.name': random.pick(['order_lines', 'baskets', 'accounts']),
    'db.query.text':
      'SELECT l.sku, l.quantity, l.price_cents, o."placed_at" FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.account_id = $1 AND o.placed_at >= $2 ORDER BY o.placed_at DESC LIMIT 100',
    'db.response.returned_rows': random.below(100),
    'db.client.connection.pool.name': 'main',
    'server.address': 'bazaar.cluster-c9x0example.eu-central-1.rds.amazonaws.com',
    'server.port': 5432,
    'network.peer.address': '10.4.40.8',
    'network.transport': 'tcp',
    'shop.customer.name': random.pick(CUSTOMERS),
    'shop.cache_hit': random.chance(0.4),
    'thread.id': random.below(32),
  }),
});

const awsClient = (random: Seeded): Shape => ({
  name: 'DynamoDB.Query',
  kind: 3,
  failed: false,
  attributes: attributes({
    'rpc.system': 'aws-api',
    'rpc.service': 'DynamoDB',
    'rpc.method': 'Query',
    'aws.request_id': random.hex(16).toUpperCase(),
    'aws.dynamodb.table_names': ['bazaar-baskets'],
    'aws.dynamodb.consistent_read': false,
    'aws.dynamodb.limit': 25,
    'cloud.region': 'eu-central-1',
    'db.system.name': 'aws.dynamodb',
    'db.operation.name': 'Query',
    'http.response.status_code': 200,
    'server.address': 'dynamodb.eu-central-1.amazonaws.com',
    'server.port': 443,
    'shop.capacity_units': 0.5 + random.below(20),
    'thread.id': random.below(32),
  }),
});

const messageProducer = (random: Seeded): Shape => ({
  name: 'send order-events',
  kind: 4,
  failed: false,
  attributes: attributes({
    'messaging.system': 'aws_sqs',
    'messaging.operation.type': 'send',
    'messaging.operation.name': 'SendMessage',
    'messaging.destination.name': 'order-events',
    'messaging.message.id': random.hex(16),
    'messaging.message.body.size': random.below(9000),
    'messaging.batch.message_count': 1 + random.below(9),
    'aws.sqs.queue.url': 'https://sqs.eu-central-1.amazonaws.com/111122223333/order-events',
    'aws.request_id': random.hex(16),
    'rpc.system': 'aws-api',
    'rpc.service': 'SQS',
    'rpc.method': 'SendMessage',
    'cloud.region': 'eu-central-1',
    'server.address': 'sqs.eu-central-1.amazonaws.com',
    'server.port': 443,
    'thread.id': random.below(32),
  }),
});

const internal = (random: Seeded): Shape => ({
  name: 'PriceBook.quote',
  kind: 1,
  failed: false,
  attributes: attributes({
    'code.function.name': 'PriceBook.quote',
    'code.file.path': '/srv/app/src/prices/book.ts',
    'code.line.number': random.below(400),
    'thread.id': random.below(32),
    'thread.name': `pool-${random.below(8)}`,
    'shop.currency': 'EUR',
    'shop.total': random.below(100_000) / 100,
    'shop.lines': random.below(40),
    'shop.coupon': random.hex(4),
    'shop.labels': ['frequent', 'newsletter', 'eu'],
    'shop.customer.name': random.pick(CUSTOMERS),
    'shop.tenant': `tenant-${random.below(60)}`,
    'shop.experiment': random.below(100),
    'shop.experiment.on': true,
    'shop.region': 'eu',
  }),
});

const SHAPES = [httpServer, httpClient, sqlClient, awsClient, messageProducer, internal] as const;

export interface TracesOptions {
  readonly spans?: number;
  readonly seed?: number;
  /** Start of the first span, epoch milliseconds. */
  readonly startMs?: number;
}

/** A deterministic traces request; 512 spans by default, spread over the four services with two scopes each. */
export function tracesPayload(options: TracesOptions = {}): TracesRequest {
  const { spans: total = 512, seed = 1, startMs = DEFAULT_START_MS } = options;
  const random = new Seeded(seed);
  const slots = SERVICES.length * 2;
  let clockMs = startMs;
  const spansOfSlot = (slot: number): Span[] => {
    const spans: Span[] = [];
    const count = Math.floor(total / slots) + (slot < total % slots ? 1 : 0);
    let traceId = '';
    let root = '';
    while (spans.length < count) {
      if (spans.length % 11 === 0) {
        traceId = random.hex(16);
        root = '';
      }
      clockMs += random.below(40) / 10;
      const made = span(random, traceId, root, clockMs);
      root ||= made.spanId!;
      spans.push(made);
    }
    return spans;
  };
  const scopes = [
    { name: '@opentelemetry/instrumentation-http', version: '0.301.0' },
    { name: 'bazaar.orders', version: '3.1.0' },
  ];
  return {
    resourceSpans: SERVICES.map((_, service) => ({
      resource: resource(random, service),
      scopeSpans: scopes.map((scope, index) => ({
        scope,
        spans: spansOfSlot(service * 2 + index),
        schemaUrl: 'https://opentelemetry.io/schemas/1.40.0',
      })),
    })),
  };
}

function span(random: Seeded, traceId: string, parentSpanId: string, startMs: number): Span {
  const { failed, ...shape } = random.pick(SHAPES)(random);
  const durationNanos = 30_000 + random.below(80_000_000);
  const end = nanos(startMs, durationNanos);
  const events: SpanEvent[] = [];
  if (failed) {
    events.push({
      timeUnixNano: end,
      name: 'exception',
      attributes: attributes({
        'exception.type': 'GatewayTimeout',
        'exception.message': 'no answer from "cards" within 2500 ms',
        'exception.stacktrace': STACK,
      }),
    });
  }
  if (random.chance(0.15)) {
    events.push({
      timeUnixNano: nanos(startMs, 900),
      name: random.pick(['retry', 'cache.miss', 'lock.acquired']),
      attributes: attributes({ 'shop.attempt': random.below(4), 'message.id': random.below(5000) }),
    });
  }
  const links: SpanLink[] = random.chance(0.05)
    ? [
        {
          traceId: random.hex(16),
          spanId: random.hex(8),
          attributes: attributes({ 'link.reason': 'batch' }),
          flags: 1,
        },
      ]
    : [];
  return {
    traceId,
    spanId: random.hex(8),
    parentSpanId,
    flags: 0x101,
    ...shape,
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: end,
    events,
    links,
    status: failed ? { code: 2, message: 'gateway timeout' } : {},
  };
}
