// The configuration that `cdk deploy` and `tidewatch check` use. Everything may be left out: see lib/config/define.ts.
// In a project of your own the import is `from 'tidewatch/config'`.
import { defineTidewatch } from './lib/config/define.ts';

export default defineTidewatch({
  xray: { indexedAttributes: ['http.route', 'enduser.id'] },
  metrics: {
    dimensions: [
      { metric: 'http.server.*', keys: ['http.request.method', 'http.route', 'http.response.status_code'] },
    ],
  },
  tiers: { hot: '7d', coldFrom: '31d', frozenFrom: '121d' },
});
