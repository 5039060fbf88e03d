// The deployment of the end-to-end test of SLOs: nine of ten checkouts within an hour, alerting within minutes.
import { defineTidewatch, slo } from '../../lib/config/define.ts';

const checkout = slo.service('storefront', { operation: 'POST /checkout' });

export default defineTidewatch({
  slos: [
    checkout.availability(0.9, {
      name: 'checkout',
      period: '1h',
      settle: '0s',
      windows: [{ severity: 'page', longWindow: '5m', shortWindow: '1m', factor: 2 }],
      policy: [{ action: 'freeze', below: 0, until: 0.1 }],
      runbookUrl: 'https://runbooks.example.com/checkout',
    }),
  ],
  deployment: { stackName: 'TidewatchSlo', removal: 'destroy' },
});
