// Recording rules of Prometheus for SLOs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { prometheusRules } from '../../../lib/slo/export/prometheus-rules.ts';
import { tidewatch } from '../../cli/run-cli.ts';
import { slo } from '../support.ts';

const counter = (type: string) => ({ kind: 'other', type }) as const;
const source = (metric: string) =>
  ({
    kind: 'cloudwatch',
    namespace: 'AWS/ApiGateway',
    metric,
    dimensions: { ApiName: 'orders "v2"' },
    statistic: 'Sum',
  }) as const;

describe('recording rules', () => {
  test('are the budget and what is consumed of it, without the dust of floating point', () => {
    const api = slo({
      name: 'api-availability',
      indicator: {
        kind: 'goodTotal',
        good: counter('successful_requests'),
        total: counter('total_requests'),
      },
    });
    expect(prometheusRules([api])).toEqual({
      text: `# api-availability SLO
- record: slo:api_availability:error_budget
  expr: 0.001

- record: slo:api_availability:consumed_error_budget
  expr: |
    1 - (sum(rate(successful_requests[30d])) / sum(rate(total_requests[30d])))
`,
      left: [],
    });
  });

  test('name metrics of CloudWatch as the exporter of Prometheus does', () => {
    const orders = slo({
      name: 'orders',
      indicator: { kind: 'badTotal', bad: source('5XXError'), total: source('Count') },
    });
    const [, consumed] = parse(prometheusRules([orders]).text) as { expr: string }[];
    expect(consumed?.expr.trim()).toBe(
      'sum(rate(aws_apigateway_5_xxerror_sum{api_name="orders \\"v2\\""}[30d])) / sum(rate(aws_apigateway_count_sum{api_name="orders \\"v2\\""}[30d]))',
    );
  });

  test('leave out what is no quotient of counters, and say so', () => {
    const raw = slo({ name: 'raw', indicator: { kind: 'raw', rawType: 'success', metric: counter('up') } });
    expect(prometheusRules([raw])).toEqual({ text: '', left: ['raw'] });
  });
});

describe('slo export', () => {
  const folder = mkdtempSync(join(tmpdir(), 'export-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('prints the rules of a file', async () => {
    const file = join(folder, 'slos.json');
    const list = [
      { name: 'API Availability', target: 99.9, window: '30d', sli: 'api' },
      { name: 'Search', target: 99, window: '7d', sli: 'search' },
    ];
    writeFileSync(file, JSON.stringify(list));
    const { code, stdout } = await tidewatch('slo', 'export', file);
    expect(code).toBe(0);
    expect((parse(stdout) as { record: string }[]).map(({ record }) => record)).toEqual([
      'slo:api_availability:error_budget',
      'slo:api_availability:consumed_error_budget',
      'slo:search:error_budget',
      'slo:search:consumed_error_budget',
    ]);
  });
});
