// SLOs of a configuration: presets, files, defaults, and every problem with its place.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkConfig, compileConfig } from '../../lib/config/compile.ts';
import { sloName } from '../../lib/config/define/slo-parts.ts';
import type { SloConfig } from '../../lib/config/define/slos.ts';
import { defineTidewatch, slo, type TidewatchConfig } from '../../lib/config/define.ts';
import type { SloSettings } from '../../lib/slo/settings.ts';
import { OPENSLO } from '../slo/openslo-text.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WITH_LINKS = { owner: 'team-shop', runbookUrl: 'https://runbooks.example.com/checkout' };

function compiled(slos: readonly SloConfig[], more: TidewatchConfig = {}): readonly SloSettings[] {
  return compileConfig(defineTidewatch({ ...more, slos })).runtime.slo!.slos;
}

const indicator = (config: SloConfig): unknown => compiled([config])[0]!.indicator;

/** What is said about SLOs; that nobody is told of their alerts is said by the section `alerting`. */
const problems = (config: unknown): string[] =>
  checkConfig(config)
    .problems.filter(({ path }) => path !== 'alerting')
    .map(({ level, path, message }) => `${level} ${path}: ${message}`);

const source = (namespace: string, metric: string, dimensions: object, statistic = 'Sum') => ({
  kind: 'cloudwatch',
  namespace,
  metric,
  dimensions,
  statistic,
});

describe('a preset', () => {
  test('of an API counts answers of 5xx, by its name and stage', () => {
    const dimensions = { ApiName: 'orders', Stage: 'live' };
    const [made] = compiled([slo.apiGateway('orders', { stage: 'live' }).availability(0.999)]);
    expect(made).toMatchObject({ name: 'orders-availability', objective: 0.999 });
    expect(made?.period).toEqual({ kind: 'rolling', lengthMs: 30 * 86_400_000 });
    expect(made?.indicator).toEqual({
      kind: 'badTotal',
      bad: source('AWS/ApiGateway', '5XXError', dimensions),
      total: source('AWS/ApiGateway', 'Count', dimensions),
    });
    expect(indicator(slo.httpApi('a1b2', { name: 'shop' }).availability(0.99))).toMatchObject({
      bad: { metric: '5xx', dimensions: { ApiId: 'a1b2' } },
    });
  });

  test('of latency counts the events up to the threshold, in the unit of the metric', () => {
    const dimensions = { LoadBalancer: 'app/shop/50dc6c495c0c9188' };
    expect(indicator(slo.alb('app/shop/50dc6c495c0c9188').latency(0.99, { below: '300ms' }))).toEqual({
      kind: 'goodTotal',
      good: source('AWS/ApplicationELB', 'TargetResponseTime', dimensions, 'TC(:0.3)'),
      total: source('AWS/ApplicationELB', 'TargetResponseTime', dimensions, 'SampleCount'),
    });
    expect(indicator(slo.lambda('orders', { alias: 'live' }).latency(0.99, { below: '2s' }))).toMatchObject({
      good: { statistic: 'TC(:2000)', dimensions: { FunctionName: 'orders', Resource: 'orders:live' } },
    });
  });

  test('of latency by a percentile judges minutes', () => {
    expect(indicator(slo.apiGateway('orders').latency(0.95, { below: '200ms', percentile: 'p95' }))).toEqual({
      kind: 'threshold',
      metric: source('AWS/ApiGateway', 'Latency', { ApiName: 'orders' }, 'p95'),
      operator: 'lte',
      limit: 200,
    });
  });

  test('of a load balancer tells faults of the targets from its own', () => {
    const of = (faults: 'target' | 'loadBalancer') =>
      indicator(slo.alb('app/shop/1', { faults }).availability(0.99));
    expect(of('target')).toMatchObject({ bad: { metric: 'HTTPCode_Target_5XX_Count' } });
    expect(of('loadBalancer')).toMatchObject({ bad: { metric: 'HTTPCode_ELB_5XX_Count' } });
  });

  test('of a queue is about the age of its oldest message, in seconds', () => {
    expect(indicator(slo.sqsAge('orders').freshness('99.5%', { below: '5m' }))).toEqual({
      kind: 'threshold',
      metric: source('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: 'orders' }, 'Maximum'),
      operator: 'lte',
      limit: 300,
    });
  });

  test('of a table is about one operation', () => {
    const dimensions = { TableName: 'orders', Operation: 'GetItem' };
    const [availability, latency] = compiled([
      slo.dynamodb('orders', 'GetItem').availability(0.9999),
      slo.dynamodb('orders', 'GetItem').latency(0.99, { below: '10ms' }),
    ]);
    expect(availability).toMatchObject({
      name: 'orders-getitem-availability',
      indicator: { bad: source('AWS/DynamoDB', 'SystemErrors', dimensions) },
    });
    expect(latency?.indicator).toMatchObject({ good: { statistic: 'TC(:10)' } });
  });

  test('of any metric pair covers throughput, error ratio, freshness and correctness', () => {
    const metric = { namespace: 'Data', metric: 'Records' };
    const data = slo.metrics('import');
    expect(
      compiled([
        data.correctness(0.9999, { valid: metric, total: metric }, { rationale: 'contract' }),
        data.errorRatio(0.001, { errors: metric, total: metric }),
        data.throughput(0.99, metric, { atLeastPerMinute: 1000 }),
        data.freshness(0.995, metric, { below: '5m' }),
        data.latency(0.95, metric, { below: '10s' }, 's'),
        data.availability(0.9, { raw: metric }),
      ]).map(({ name, objective, indicator: { kind } }) => [name, objective, kind]),
    ).toEqual([
      ['import-correctness', 0.9999, 'goodTotal'],
      ['import-errors', 0.999, 'badTotal'],
      ['import-throughput', 0.99, 'threshold'],
      ['import-freshness', 0.995, 'threshold'],
      ['import-latency', 0.95, 'goodTotal'],
      ['import-availability', 0.9, 'raw'],
    ]);
  });

  test('takes whatever else an SLO takes, its name too', () => {
    const [made] = compiled([
      slo.lambda('orders').availability(0.99, { name: 'ordering', period: '7d', policy: slo.standardPolicy }),
    ]);
    expect(made).toMatchObject({ name: 'ordering', period: { lengthMs: 7 * 86_400_000 } });
    expect(made?.policy.map(({ action }) => action)).toEqual(['notify', 'requireApproval', 'freeze']);
  });

  test('refuses a threshold that is no duration, since another one would be watched', () => {
    expect(() => slo.lambda('orders').latency(0.99, { below: '300' })).toThrow(
      'below: expected a duration such as "300ms" or "5m", got "300"',
    );
  });

  test('makes names that every deployment takes', () => {
    expect(sloName('POST /orders/{id}')).toBe('post-orders-id');
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(`a${sloName(text)}`).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/);
      }),
    );
  });
});

describe('SLOs of spans', () => {
  const shop = slo.service('shop', { operation: 'POST /orders' }).availability(0.999, WITH_LINKS);

  test('read where this deployment writes them', () => {
    expect(compiled([shop])[0]).toMatchObject({ service: 'shop', name: 'shop-post-orders-availability' });
    expect(indicator(shop)).toEqual({
      kind: 'badTotal',
      bad: source('Tidewatch/Spans', 'Faults', { service: 'shop', operation: 'POST /orders' }),
      total: source('Tidewatch/Spans', 'Requests', { service: 'shop', operation: 'POST /orders' }),
    });
    const [elsewhere] = compiled([shop], { spanMetrics: { namespace: 'Shop/Spans' } });
    expect(elsewhere?.indicator).toMatchObject({ bad: { namespace: 'Shop/Spans' } });
  });

  test('of a whole service have its totals written', () => {
    const totals = (slos: SloConfig[]) => compileConfig({ slos }).runtime.spanMetrics.serviceTotals;
    expect(totals([shop])).toBe(false);
    expect(totals([shop, slo.service('shop').availability(0.99)])).toBe(true);
  });

  test('want spans to be counted', () => {
    expect(problems({ slos: [shop], spanMetrics: { enabled: false } })).toEqual([
      'error slos: the SLO shop-post-orders-availability reads span metrics; expected spanMetrics.enabled: true',
    ]);
  });
});

describe('what all SLOs have in common', () => {
  test('fills in what an SLO does not say, and leaves what it says', () => {
    const defaults = {
      owner: 'platform',
      runbookUrl: 'https://runbooks.example.com/{service}/{slo}',
      noDataAfter: '30m',
      lowTraffic: { minimumEvents: 50 },
      policy: slo.standardPolicy,
    };
    const [plain, own] = compiled(
      [
        slo.lambda('orders').availability(0.99, { service: 'shop' }),
        slo.lambda('stock').availability(0.99, {
          ...WITH_LINKS,
          noDataAfter: '1h',
          lowTraffic: { minimumFailures: 3 },
          policy: [{ action: 'notify', below: '50%' }],
        }),
      ],
      { sloOptions: { defaults } },
    );
    expect(plain).toMatchObject({
      owner: 'platform',
      runbookUrl: 'https://runbooks.example.com/shop/orders-availability',
      noDataAfterMs: 1_800_000,
      guards: { minimumEvents: 50 },
    });
    expect(plain?.policy).toHaveLength(3);
    expect(own).toMatchObject({
      owner: 'team-shop',
      noDataAfterMs: 3_600_000,
      guards: { minimumEvents: 0, minimumFailures: 3 },
      policy: [{ action: 'notify', below: 0.5, until: 0.5 }],
    });
  });

  test('is warned about where it is missing: a runbook and an owner', () => {
    expect(problems({ slos: [slo.lambda('orders').availability(0.99)] })).toEqual([
      'warning slos: the SLO orders-availability has no runbookUrl and no owner: whoever is woken finds nothing to do, or nobody to ask',
    ]);
    expect(problems({ slos: [slo.lambda('orders').availability(0.99, WITH_LINKS)] })).toEqual([]);
  });

  test('says where metrics and events go', () => {
    const slos = [slo.lambda('orders').availability(0.99)];
    expect(compileConfig({ slos }).runtime.slo).toMatchObject({
      shards: 1,
      metricsNamespace: 'Tidewatch/SLO',
      detailedMetrics: [],
      events: true,
    });
    const sloOptions = {
      metricsNamespace: 'Shop/SLO',
      detailedMetrics: ['orders-availability'],
      events: false,
    };
    expect(compileConfig({ slos, sloOptions }).runtime.slo).toMatchObject(sloOptions);
  });

  test('has room for 300 alarms of gates, unless they are switched off', () => {
    const gated = (count: number) =>
      Array.from({ length: count }, (_, at) =>
        slo.lambda(`f${at}`).availability(0.99, { ...WITH_LINKS, policy: slo.standardPolicy }),
      );
    expect(problems({ slos: gated(300) })).toEqual([]);
    expect(problems({ slos: gated(301) })).toEqual([
      'error sloOptions.gateAlarms: expected false: 301 SLOs close a gate, and a stack has room for 300 alarms of gates, got nothing',
    ]);
    const sloOptions = { gateAlarms: false };
    expect(compileConfig({ slos: gated(301), sloOptions }).deployment.sloGateAlarms).toBe(false);
    expect(compileConfig({ slos: gated(1) }).deployment.sloGateAlarms).toBeUndefined();
  });

  test('is dealt out to a shard for each 500', () => {
    const slos = Array.from({ length: 501 }, (_, index) => slo.lambda(`f${index}`).availability(0.99));
    expect(compileConfig({ slos }).runtime.slo?.shards).toBe(2);
  });
});

describe('files of SLOs', () => {
  const METRIC = '{ namespace: Shop, metric: Requests }';
  const OWN = `slos: [{ name: search, objective: 99%, period: 7d, indicator: { bad: ${METRIC}, total: ${METRIC} } }]`;

  function folder(files: Record<string, string>): string {
    const path = temporaryFolder();
    mkdirSync(join(path, 'slos'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, 'slos', name), text);
    return join(path, 'slos');
  }

  test('are read in the order of their names, each form, with the defaults of the configuration', () => {
    const path = folder({ 'a.yaml': OPENSLO, 'b.yaml': OWN });
    const made = compiled([slo.lambda('orders').availability(0.99)], {
      sloOptions: { files: [join(path, '*.yaml')], defaults: { owner: 'platform' } },
    });
    expect(made.map(({ name, owner }) => [name, owner])).toEqual([
      ['orders-availability', 'platform'],
      ['checkout', 'platform'],
      ['search', 'platform'],
    ]);
  });

  test('that are wrong, empty, absent or say a name twice are problems with the file in their path', () => {
    const path = folder({
      'a.yaml': OPENSLO.replace('0.999', '1'),
      'b.yaml': OWN,
      'c.yaml': OWN,
      'd.yaml': 'a: [',
    });
    const found = problems({ sloOptions: { files: [join(path, '*.yaml'), join(path, 'none/*.yaml'), 7] } });
    const errors = found.filter((line) => line.startsWith('error'));
    expect(errors).toEqual([
      expect.stringMatching(/^error sloOptions\.files\[1\]: expected a path of files that are there, got/),
      'error sloOptions.files[2]: expected a text, got 7',
      expect.stringContaining(`error ${join(path, 'a.yaml')}#spec.objectives[0].target: expected`),
      expect.stringContaining(`error ${join(path, 'd.yaml')}: `),
      `error ${join(path, 'c.yaml')}: the SLO search is already defined in ${join(path, 'b.yaml')}; expected another name`,
    ]);
  });

  test('of other systems can be replayed, and are not deployed', () => {
    const path = folder({ 'a.yaml': OPENSLO.replaceAll('CloudWatch', 'Prometheus') });
    const result = checkConfig({ sloOptions: { files: [join(path, 'a.yaml')] } });
    expect(result.ok && result.compiled.runtime.slo).toBeUndefined();
    expect(result.problems.at(-1)?.message).toBe(
      'the SLO checkout is not evaluated: its metrics are in Prometheus, and only those of CloudWatch are read',
    );
  });
});

describe('mistakes', () => {
  test('are listed with their places, all of them', () => {
    const errors = problems({
      slos: [
        { name: 'Orders', objective: 1, period: '30x', indicator: { good: {} } },
        {
          ...slo.lambda('a').availability(0.99),
          windows: [{ severity: 'loud', longWindow: '1h', shortWindow: '5m', factor: 2 }],
          colour: 'red',
        },
      ],
      sloOptions: { events: 'yes', detailedMetrics: ['nobody'], metricsNamespace: 'AWS/Mine' },
    }).filter((line) => line.startsWith('error'));
    expect(errors.map((line) => line.split(': ')[0])).toEqual([
      'error slos[0].name',
      'error slos[0].indicator.total',
      'error slos[0].indicator.good.namespace',
      'error slos[0].indicator.good.metric',
      'error slos[0].objective',
      'error slos[0].period',
      'error slos[1].colour',
      'error slos[1].windows[0].severity',
      'error sloOptions.detailedMetrics[0]',
      'error sloOptions.metricsNamespace',
      'error sloOptions.events',
    ]);
    expect(problems({ sloOptions: { file: [] } })).toEqual([
      expect.stringMatching(/^error sloOptions\.file: unknown key; known are files, /),
    ]);
  });

  test('of a window finer than the minutes in which deployed SLOs are evaluated is one', () => {
    const windows = [{ severity: 'page', longWindow: '5m', shortWindow: '30s', factor: 2 }] as const;
    expect(problems({ slos: [slo.lambda('a').availability(0.9, { windows, ...WITH_LINKS })] })).toEqual([
      'error slos: the SLO a-availability has a window or slice of 30s; expected whole minutes, in which deployed SLOs are evaluated',
    ]);
  });

  test('of any shape are problems, never exceptions', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (slos, sloOptions) => {
        expect(Array.isArray(checkConfig({ slos, sloOptions }).problems)).toBe(true);
      }),
    );
  });
});
