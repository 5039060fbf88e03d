// SLOs of a shop: spans that Tidewatch counts, services that AWS measures, metrics of one's own, a composite, a file.
// Run `tidewatch slo windows examples/slo.config.ts` to see when each of them alerts.
import { defineTidewatch, slo } from '../lib/config/define.ts';

const shop = slo.service('storefront', { operation: 'POST /checkout' });
const imports = { namespace: 'Shop/Imports', metric: 'Records' };

export default defineTidewatch({
  alerting: {
    route: { receiver: 'team', groupBy: ['slo'] },
    receivers: [
      {
        name: 'team',
        slack: [{ appToken: { secret: 'tidewatch/slack' }, channel: '#shop', sendResolved: true }],
      },
    ],
  },
  slos: [
    shop.availability(0.999, {
      rationale: 'customers asked for it; 99.99 % would need a second Region',
      policy: slo.standardPolicy,
    }),
    shop.latency('99%', { below: '500ms', lowTraffic: { minimumFailures: 5 } }),
    slo
      .apiGateway('orders')
      .availability(0.999, { period: { calendar: 'month', timeZone: 'Europe/Berlin' } }),
    slo.lambda('payments', { alias: 'live' }).availability(0.9995, { noDataAfter: '1h' }),
    slo.alb('app/shop/50dc6c495c0c9188').latency(0.95, { below: '200ms', percentile: 'p95' }),
    slo.sqsAge('shipments').freshness(0.995, { below: '5m' }),
    slo.dynamodb('stock', 'GetItem').latency(0.99, { below: '10ms' }),
    slo.metrics('import').correctness(
      0.9999,
      {
        valid: { ...imports, dimensions: { Result: 'valid' } },
        total: { ...imports, dimensions: { Result: 'any' } },
      },
      { period: '90d' },
    ),
    {
      name: 'buying',
      description: 'All that has to work so that somebody can buy',
      service: 'storefront',
      period: '7d',
      composite: [
        { name: 'checkout', objective: 0.999, weight: 2, indicator: shop.availability(0.999).indicator! },
        {
          name: 'payments',
          objective: 0.9995,
          indicator: slo.lambda('payments').availability(0.9995).indicator!,
        },
      ],
      exclusions: [
        {
          from: '2026-01-03T02:00:00+01:00',
          duration: '1h',
          repeat: 'FREQ=WEEKLY;BYDAY=SA',
          timeZone: 'Europe/Berlin',
          reason: 'maintenance of the payment provider',
          author: 'shop team',
        },
      ],
    },
  ],
  sloOptions: {
    files: ['examples/slos/*.yaml'],
    defaults: { owner: 'shop team', runbookUrl: 'https://runbooks.example.com/slo/{slo}' },
  },
});
