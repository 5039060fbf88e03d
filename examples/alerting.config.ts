// Alert routing: what an alertmanager.yml says, in TypeScript. Prometheus, Grafana and CloudWatch send the alerts.
// An alertmanager.yml that there is already: `alerting: { alertmanagerFile: 'alertmanager.yml' }`.
import { defineTidewatch } from '../lib/config/define.ts';

export default defineTidewatch({
  alerting: {
    cloudwatchAlarms: { namePrefixes: ['prod-'] },
    snsTopics: ['arn:aws:sns:eu-central-1:123456789012:backups'],
    route: {
      receiver: 'tickets',
      groupBy: ['alertname', 'service'],
      groupWait: '30s',
      routes: [
        { matchers: ['severity=~"page|critical"'], receiver: 'pager', repeatInterval: '1h' },
        {
          matchers: [{ name: 'team', value: 'data' }],
          receiver: 'data',
          activeTimeIntervals: ['office hours'],
        },
      ],
    },
    receivers: [
      {
        name: 'tickets',
        jira: [
          {
            apiUrl: 'https://shop.atlassian.net/rest/api/3',
            user: 'tidewatch@example.com',
            apiToken: { secret: 'tidewatch/jira' },
            project: 'OPS',
            issueType: 'Task',
          },
        ],
      },
      { name: 'pager', pagerduty: [{ routingKey: { secret: 'tidewatch/pagerduty' } }] },
      {
        name: 'data',
        slack: [
          {
            appToken: { parameter: '/tidewatch/slack' },
            channel: '#data',
            sendResolved: true,
            title: '{{ status }}: {{ groupLabels.alertname }}',
          },
        ],
      },
    ],
    inhibitRules: [
      { sourceMatchers: ['severity="page"'], targetMatchers: ['severity="ticket"'], equal: ['service'] },
    ],
    timeIntervals: [
      {
        name: 'office hours',
        timeIntervals: [
          {
            weekdays: ['monday:friday'],
            times: [{ startTime: '09:00', endTime: '17:00' }],
            location: 'Europe/Berlin',
          },
        ],
      },
    ],
  },
});
