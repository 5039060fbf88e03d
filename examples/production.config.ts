// A production deployment: HTTP API with throttling, a KMS key of its own, alarms by e-mail, archive kept seven years.
import { defineTidewatch } from '../lib/config/define.ts';

export default defineTidewatch({
  ingest: {
    door: 'httpApi',
    throttle: { requestsPerSecond: 500, burst: 1000 },
    reservedConcurrency: 100,
  },
  export: { maxConcurrency: 20 },
  xray: { indexedAttributes: ['http.route', 'enduser.id', 'order.id'] },
  metrics: {
    namespace: 'Shop/{deployment.environment.name}',
    dimensions: [
      { metric: 'http.server.request.duration', keys: ['http.request.method', 'http.route'] },
      { metric: 'db.client.*', keys: ['db.system.name', 'db.operation.name'] },
      { metric: 'queue_depth', keys: ['queue'] },
    ],
  },
  spanMetrics: { maxOperationsPerService: 100 },
  logs: { group: '/shop/{deployment.environment.name}/{service.name}', stream: '{service.instance.id}' },
  tiers: { hot: '14d', coldFrom: '31d', frozenFrom: '121d', expireAfter: '2555d' },
  deployment: {
    stackName: 'TidewatchProduction',
    encryption: 'customerKey',
    functionLogRetention: '30d',
    alarms: { emails: ['oncall@example.com'] },
  },
});
