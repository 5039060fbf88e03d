// What the demo deploys: telemetry, an objective for checkouts, and somebody who is called when it is missed.
// In a project of your own the import is `from 'tidewatch/config'`.
import { defineTidewatch, slo } from '../../lib/config/define.ts';
import { PHONE_SECRET } from './phone.ts';

const checkout = slo.service('storefront', { operation: 'POST /checkout' });

export default defineTidewatch({
  xray: { indexedAttributes: ['http.route', 'enduser.id'] },
  slos: [
    // Period and windows are short, so that a demo of a minute can miss the objective; two minutes, since a minute may
    // end between the orders and their evaluation.
    checkout.availability(0.95, {
      name: 'checkout',
      period: '1h',
      settle: '0s',
      windows: [{ severity: 'page', longWindow: '4m', shortWindow: '2m', factor: 1.5 }],
      policy: [{ action: 'freeze', below: 0, until: 0.1 }],
      runbookUrl: 'https://runbooks.example.com/checkout',
    }),
  ],
  alerting: {
    route: { receiver: 'on-call', groupBy: ['slo'], groupWait: '1s' },
    receivers: [{ name: 'on-call', escalation: [{ policy: 'shop' }] }],
  },
  onCall: {
    people: { ada: { contacts: { webhook: [{ url: { secret: PHONE_SECRET } }] } } },
    schedules: {
      primary: { timeZone: 'Europe/Berlin', layers: [{ people: ['ada'], start: '2026-01-05T09:00' }] },
    },
    policies: { shop: { steps: [{ tell: [{ schedule: 'primary' }] }] } },
    fallback: [{ person: 'ada' }],
  },
});
