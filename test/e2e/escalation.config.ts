// The deployment of the end-to-end test of escalation: two levels, seconds apart.
import { defineTidewatch } from '../../lib/config/define.ts';

const hook = { secret: 'tidewatch/hook' };

export default defineTidewatch({
  alerting: {
    route: {
      receiver: 'pager',
      groupBy: ['alertname'],
      groupWait: '1s',
      groupInterval: '4s',
      repeatInterval: '1h',
    },
    receivers: [{ name: 'pager', escalation: [{ policy: 'shop' }] }],
  },
  onCall: {
    people: {
      ada: {
        contacts: {
          webhook: [{ url: hook, httpConfig: { httpHeaders: { 'X-Person': { values: ['ada'] } } } }],
        },
      },
      ben: {
        contacts: {
          webhook: [{ url: hook, httpConfig: { httpHeaders: { 'X-Person': { values: ['ben'] } } } }],
        },
      },
    },
    schedules: {
      primary: { timeZone: 'Europe/Berlin', layers: [{ people: ['ada'], start: '2026-01-05T09:00' }] },
    },
    policies: {
      shop: {
        steps: [
          { tell: [{ schedule: 'primary' }], acknowledgeWithin: '8s' },
          { tell: [{ person: 'ben' }], acknowledgeWithin: '10m' },
        ],
        repeat: 0,
      },
    },
    fallback: [{ person: 'ben' }],
  },
  deployment: { stackName: 'TidewatchEscalation', removal: 'destroy' },
});
