// Log records as services write them: most bodies are JSON text, some are maps, some are plain sentences.
import type { AnyValue, LogRecord, LogsRequest } from './otlp-json.ts';
import { DEFAULT_START_MS, resource, SERVICES } from './resource.ts';
import { anyValue, attributes, nanos, Seeded } from './seeded.ts';

const SEVERITIES = [
  [5, 'DEBUG'],
  [9, 'INFO'],
  [9, 'INFO'],
  [13, 'WARN'],
  [17, 'ERROR'],
] as const;
const MESSAGES = [
  'basket priced',
  'order placed',
  'card authorised',
  'asking "cards" again',
  'stock reserved',
];
const CUSTOMERS = ['Ada', 'Grégoire', 'Łucja', '田中さん', 'Zoë 🌊'];

export interface LogsOptions {
  readonly records?: number;
  readonly seed?: number;
  /** Time of the first record, epoch milliseconds. */
  readonly startMs?: number;
}

/** A deterministic logs request; 1,000 records by default over the four services. */
export function logsPayload(options: LogsOptions = {}): LogsRequest {
  const { records: total = 1000, seed = 2, startMs = DEFAULT_START_MS } = options;
  const random = new Seeded(seed);
  let clockMs = startMs;
  return {
    resourceLogs: SERVICES.map((_, service) => {
      const count = Math.floor(total / SERVICES.length) + (service < total % SERVICES.length ? 1 : 0);
      const logRecords = Array.from({ length: count }, () => {
        clockMs += random.below(30) / 10;
        return record(random, clockMs);
      });
      return {
        resource: resource(random, service),
        scopeLogs: [{ scope: { name: 'pino', version: '10.1.0' }, logRecords }],
      };
    }),
  };
}

function record(random: Seeded, timeMs: number): LogRecord {
  const [severityNumber, severityText] = random.pick(SEVERITIES);
  return {
    timeUnixNano: nanos(timeMs),
    observedTimeUnixNano: nanos(timeMs, 850_000),
    severityNumber,
    severityText,
    body: body(random),
    attributes: attributes({
      'log.file.path': '/var/log/containers/bazaar.log',
      'code.function.name': 'handle',
      'http.route': '/orders/{order}',
      'logger.name': 'bazaar.http',
      'shop.tenant': `tenant-${random.below(60)}`,
      'thread.id': random.below(32),
    }),
    flags: 1,
    traceId: random.hex(16),
    spanId: random.hex(8),
  };
}

function body(random: Seeded): AnyValue {
  const message = random.pick(MESSAGES);
  const customer = { id: `customer-${random.hex(4)}`, name: random.pick(CUSTOMERS) };
  const took = random.below(40_000) / 10 + 0.05;
  const kind = random.fraction();
  if (kind < 0.6) {
    return anyValue(
      JSON.stringify({
        message,
        requestId: random.hex(8),
        tookMs: took,
        customer,
        lines: random.below(30),
        ok: true,
      }),
    );
  }
  if (kind < 0.8) {
    return {
      kvlistValue: {
        values: [
          ...attributes({
            message,
            requestId: random.hex(8),
            tookMs: took,
            lines: random.below(30),
            ok: true,
          }),
          { key: 'customer', value: { kvlistValue: { values: attributes(customer) } } },
        ],
      },
    };
  }
  return anyValue(`${message}: order="${random.hex(6)}" took=${took}ms customer=${customer.name}`);
}
