// On call: two people take turns by the week, somebody else at night, pages for what is urgent and tickets for the rest.
// Each secret is a name in Secrets Manager: put it there before you deploy.
import { defineTidewatch } from '../lib/config/define.ts';

export default defineTidewatch({
  alerting: {
    route: {
      receiver: 'tickets',
      groupBy: ['alertname', 'service'],
      routes: [{ matchers: ['severity=~"page|critical"'], receiver: 'pager', groupWait: '10s' }],
    },
    receivers: [
      {
        name: 'tickets',
        slack: [{ appToken: { secret: 'tidewatch/slack' }, channel: '#shop-alerts', sendResolved: true }],
      },
      { name: 'pager', escalation: [{ policy: 'shop' }] },
    ],
  },
  onCall: {
    people: {
      ada: { contacts: { pagerduty: [{ routingKey: { secret: 'tidewatch/pagerduty-ada' } }] } },
      ben: { contacts: { pagerduty: [{ routingKey: { secret: 'tidewatch/pagerduty-ben' } }] } },
      noor: { contacts: { sns: [{ phoneNumber: '+4915100000000' }] } },
      lea: {
        contacts: {
          email: [{ to: 'lea@example.com', from: 'tidewatch@example.com' }],
          sns: [{ phoneNumber: '+4915100000001' }],
        },
      },
    },
    schedules: {
      primary: {
        timeZone: 'Europe/Berlin',
        layers: [
          { name: 'week', people: ['ada', 'ben'], start: '2026-01-05T09:00', turn: '1w' },
          {
            name: 'nights',
            people: ['noor'],
            start: '2026-01-05T22:00',
            restrictions: [{ days: ['mon', 'tue', 'wed', 'thu'], from: '22:00', to: '06:00' }],
          },
        ],
      },
    },
    policies: {
      shop: {
        steps: [
          { tell: [{ schedule: 'primary' }] },
          { tell: [{ schedule: 'primary' }, { person: 'lea' }], acknowledgeWithin: '15m' },
          {
            tell: [
              { person: 'lea' },
              {
                name: '#incidents',
                channel: { slack: [{ appToken: { secret: 'tidewatch/slack' }, channel: '#incidents' }] },
              },
            ],
          },
        ],
      },
    },
    fallback: [{ person: 'lea' }],
    correlate: { within: '5m', labels: ['service'] },
    slack: { signingSecret: { secret: 'tidewatch/slack-signing' } },
    pagerDuty: { webhookSecret: { secret: 'tidewatch/pagerduty-webhook' } },
  },
});
