// The deployment of the end-to-end test of alert routing: one webhook, and waits of seconds.
import { defineTidewatch } from '../../lib/config/define.ts';

export default defineTidewatch({
  alerting: {
    route: {
      receiver: 'team',
      groupBy: ['alertname'],
      groupWait: '1s',
      groupInterval: '4s',
      repeatInterval: '1h',
    },
    receivers: [{ name: 'team', webhook: [{ url: { secret: 'tidewatch/hook' } }] }],
  },
  deployment: { stackName: 'TidewatchAlerting', removal: 'destroy' },
});
