// The deployment of the end-to-end test of Alertmanager's API: alerts are shown and told nobody.
import { defineTidewatch } from '../../lib/config/define.ts';

export default defineTidewatch({
  alerting: {
    cloudwatchAlarms: true,
    route: {
      receiver: 'tickets',
      groupBy: ['alertname'],
      routes: [{ matchers: ['severity="page"'], receiver: 'pager' }],
    },
    receivers: [{ name: 'tickets' }, { name: 'pager' }],
  },
  deployment: { stackName: 'TidewatchAlertsApi', removal: 'destroy' },
});
