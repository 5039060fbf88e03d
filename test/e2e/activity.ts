// What a service of the end-to-end tests does: requests with calls, queries and failures, log lines, metrics.
import { type Counter, type Histogram, SeverityNumber, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { SdkService } from './sdk-service.ts';

/** Orders counted and values recorded, to compare with what CloudWatch has. */
export interface Measured {
  orders: number;
  values: number;
  valueSum: number;
}

/** Makes traffic on one service; the same instruments for its whole life, so that cumulative points grow. */
export class Activity {
  readonly measured: Measured = { orders: 0, values: 0, valueSum: 0 };
  private readonly service: SdkService;
  private readonly orders: Counter;
  private readonly value: Histogram;

  constructor(service: SdkService) {
    this.service = service;
    this.orders = service.meter.createCounter('e2e.orders', { unit: '{order}' });
    this.value = service.meter.createHistogram('e2e.order.value', { unit: 'EUR' });
  }

  /** One request: a server span with a call and a query below it, a log line, and each fifth time an exception. */
  request(number: number): void {
    const { tracer, logger } = this.service;
    const server = tracer.startSpan('GET /orders/:id', {
      root: true,
      kind: SpanKind.SERVER,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/orders/:id',
        'url.scheme': 'https',
        'url.path': `/orders/${number}`,
        'server.address': 'shop.example',
        'e2e.number': number,
        'e2e.name': 'Łódź "quoted" \\ 🌊',
      },
    });
    this.service.within(server, () => {
      const call = tracer.startSpan('POST', {
        kind: SpanKind.CLIENT,
        attributes: {
          'http.request.method': 'POST',
          'url.full': 'https://cards.example/authorise',
          'server.address': 'cards.example',
          'http.response.status_code': 200,
        },
      });
      call.end();
      const query = tracer.startSpan('SELECT orders', {
        kind: SpanKind.CLIENT,
        attributes: {
          'db.system.name': 'postgresql',
          'db.namespace': 'shop',
          'db.query.text': 'SELECT * FROM orders WHERE id = $1',
          'server.address': 'db.example',
        },
      });
      query.end();
      const fails = number % 5 === 0;
      if (fails) {
        const error = new TypeError(`order ${number} is broken`);
        server.recordException(error);
        server.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      }
      server.setAttribute('http.response.status_code', fails ? 500 : 200);
      logger.emit({
        severityNumber: fails ? SeverityNumber.ERROR : SeverityNumber.INFO,
        severityText: fails ? 'ERROR' : 'INFO',
        body: `order ${number} of ${this.service.name}`,
        attributes: { 'e2e.number': number },
      });
    });
    server.end();
    this.orders.add(1, { region: number % 2 === 0 ? 'north' : 'south' });
    this.value.record(number, { region: 'north' });
    this.measured.orders += 1;
    this.measured.values += 1;
    this.measured.valueSum += number;
  }
}
