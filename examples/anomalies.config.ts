// Watching metrics for anomalies: presets, a disk that must not fill up, log patterns, a gate for deployments.
import { defineTidewatch } from '../lib/config/define.ts';

export default defineTidewatch({
  alerting: {
    route: { receiver: 'team', groupBy: ['service'] },
    receivers: [{ name: 'team', webhook: [{ url: { secret: 'tidewatch/team-webhook' } }] }],
  },
  anomalies: {
    strictness: 2,
    watch: [
      { preset: 'spans', severity: 'page' },
      { preset: 'lambda', name: 'shop-*' },
      { preset: 'alb' },
      { preset: 'sqs', every: '1m' },
      { preset: 'rds' },
      {
        namespace: 'CWAgent',
        metric: 'disk_used_percent',
        statistic: 'Maximum',
        dimensions: { host: 'db-*', path: '/' },
        minimum: 0,
        maximum: 100,
        predict: { above: 90, within: '72h' },
      },
      // Orders a minute, with a load test that is neither judged nor learned.
      {
        namespace: 'Shop',
        metric: 'orders',
        statistic: 'Sum',
        dimensions: { region: '*' },
        missing: 'zero',
        publishScore: true,
        excluded: [{ from: '2026-11-24T20:00:00Z', to: '2026-11-24T23:00:00Z' }],
      },
    ],
    logPatterns: { groups: ['/tidewatch/*'] },
    canary: {
      metrics: [
        {
          namespace: 'AWS/Lambda',
          metric: 'Errors',
          statistic: 'Sum',
          dimensions: { FunctionName: 'shop-orders' },
          critical: true,
        },
        {
          namespace: 'AWS/Lambda',
          metric: 'Duration',
          statistic: 'p95',
          dimensions: { FunctionName: 'shop-orders' },
        },
      ],
    },
  },
});
