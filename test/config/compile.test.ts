// Configuration: what is taken, what is refused and in which words.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TIER_DEFAULTS } from '../../lib/archive/settings.ts';
import { checkConfig, compileConfig } from '../../lib/config/compile.ts';
import { defineTidewatch, type TidewatchConfig } from '../../lib/config/define.ts';
import { DEPLOYMENT_DEFAULTS } from '../../lib/config/deployment.ts';
import { ConfigError, type Problem } from '../../lib/config/problem.ts';
import { LOG_RETENTION_DAYS } from '../../lib/config/schema/parts.ts';
import { templatePrefix } from '../../lib/config/schema/template.ts';
import { LOGS_DEFAULTS } from '../../lib/exporters/cloudwatch-logs/settings.ts';
import { METRICS_DEFAULTS } from '../../lib/exporters/cloudwatch-metrics/settings.ts';
import { SPAN_METRICS_DEFAULTS } from '../../lib/exporters/span-metrics/settings.ts';
import { XRAY_DEFAULTS } from '../../lib/exporters/xray/settings.ts';
import { RECEIVER_DEFAULTS } from '../../lib/receivers/otlp/settings.ts';

/** Sections of domains, which have tests of their own. */
type Domain = 'slos' | 'sloOptions' | 'anomalies' | 'alerting' | 'onCall';

/** Every other key a user may write, each with a value that is not the default. */
const everything: Required<Omit<TidewatchConfig, Domain>> = {
  ingest: {
    door: 'httpApi',
    maxBodyBytes: 1_000_000,
    maxDecompressedBytes: 8_000_000,
    reservedConcurrency: 20,
    throttle: { requestsPerSecond: 50, burst: 100 },
  },
  export: { maxConcurrency: 5 },
  xray: { indexedAttributes: ['customer.id'], indexAllAttributes: true, segmentsPerSecond: 5_203 },
  metrics: {
    namespace: 'Shop/{service.name}',
    dimensions: [
      { metric: 'http.server.request.duration', keys: ['http.route'] },
      { metric: 'http.*', keys: ['http.request.method', 'http.route'] },
    ],
    resolution: '1s',
  },
  spanMetrics: { enabled: false, namespace: 'Shop/Spans', maxOperationsPerService: 50 },
  logs: { group: '/shop/{service.name}', stream: '{host.name}/{service.instance.id}', maxGroups: 10 },
  tiers: { hot: '14d', coldFrom: '40d', frozenFrom: '130d', expireAfter: '52w' },
  deployment: {
    stackName: 'Shop',
    removal: 'destroy',
    encryption: 'customerKey',
    functionLogRetention: '30d',
    alarms: { emails: ['ops@example.com'] },
  },
};

describe('a configuration', () => {
  test('that says nothing compiles to the defaults of every part', () => {
    expect(compileConfig(defineTidewatch({}))).toEqual({
      runtime: {
        receiver: RECEIVER_DEFAULTS,
        xray: XRAY_DEFAULTS,
        metrics: METRICS_DEFAULTS,
        spanMetrics: SPAN_METRICS_DEFAULTS,
        logs: LOGS_DEFAULTS,
        tiers: TIER_DEFAULTS,
      },
      deployment: DEPLOYMENT_DEFAULTS,
      warnings: [],
    });
  });

  test('that says everything compiles to settings with units in their names', () => {
    expect(compileConfig(defineTidewatch(everything))).toEqual({
      runtime: {
        receiver: { ...RECEIVER_DEFAULTS, maxBodyBytes: 1_000_000, maxDecompressedBytes: 8_000_000 },
        xray: {
          ...XRAY_DEFAULTS,
          indexedAttributes: ['customer.id'],
          indexAllAttributes: true,
          logGroupTemplate: '/shop/{service.name}',
          segmentsPerSecond: 1_040,
        },
        metrics: {
          ...METRICS_DEFAULTS,
          namespaceTemplate: 'Shop/{service.name}',
          dimensions: everything.metrics.dimensions,
          storageResolution: 1,
        },
        spanMetrics: {
          enabled: false,
          namespace: 'Shop/Spans',
          maxOperationsPerService: 50,
          serviceTotals: false,
        },
        logs: {
          ...LOGS_DEFAULTS,
          groupTemplate: '/shop/{service.name}',
          streamTemplate: '{host.name}/{service.instance.id}',
          maxGroups: 10,
          retentionDays: 14,
        },
        tiers: { hotDays: 14, coldFromDay: 40, frozenFromDay: 130, expireOnDay: 364 },
      },
      deployment: {
        stackName: 'Shop',
        door: { kind: 'httpApi', requestsPerSecond: 50, burst: 100 },
        ingestReservedConcurrency: 20,
        exportMaxConcurrency: 5,
        removal: 'destroy',
        encryption: 'customerKey',
        functionLogDays: 30,
        alarmEmails: ['ops@example.com'],
      },
      warnings: [],
    });
  });

  test('shares the rate of X-Ray between the functions that send at the same time', () => {
    const share = (maxConcurrency: number) =>
      compileConfig({ export: { maxConcurrency } }).runtime.xray.segmentsPerSecond;
    expect([2, 10, 1000].map(share)).toEqual([1300, 260, 2]);
  });

  test('is not changed by being written as JSON, which is how functions get it', () => {
    const { runtime } = compileConfig(everything);
    expect(JSON.parse(JSON.stringify(runtime))).toEqual(runtime);
  });

  test('has every problem listed, not only the first', () => {
    const result = checkConfig({
      tires: {},
      ingest: { door: 'lambda', maxBodyBytes: '5 MB' },
      tiers: { hot: '8d', coldFrom: 31 },
      metrics: { dimensions: [{ metric: 'a', key: ['b'] }] },
    });
    expect(result.problems.map(line)).toEqual([
      expect.stringMatching(/^tires: unknown key; known are "ingest", .*"slos"/),
      'ingest.door: expected one of "functionUrl", "httpApi", got "lambda"',
      'ingest.maxBodyBytes: expected a whole number from 1024 to 4718592, got "5 MB"',
      'metrics.dimensions[0].keys: expected a list of attribute keys, got nothing',
      'metrics.dimensions[0].key: unknown key; known are "metric", "keys"',
      expect.stringMatching(
        /^tiers\.hot: expected a retention that CloudWatch Logs knows \(1, 3, 5, .*\), got "8d"$/,
      ),
      'tiers.coldFrom: expected a duration of whole days such as "30d" or "52w", got 31',
    ]);
  });

  test('that cannot be compiled throws all problems in one error', () => {
    expect(() => compileConfig({ logs: { maxGroups: 0 }, xray: 1 })).toThrow(ConfigError);
    expect(() => compileConfig({ logs: { maxGroups: 0 }, xray: 1 })).toThrow(
      [
        'the configuration has problems',
        '  xray: expected an object, got 1',
        '  logs.maxGroups: expected a whole number from 1 to 5000, got 0',
      ].join('\n'),
    );
  });
});

describe('a problem is found', () => {
  test.each<[string, unknown, string]>([
    ['in what is no object', 'config', '(whole): expected an object, got "config"'],
    ['in nothing at all', undefined, '(whole): expected an object, got nothing'],
    [
      'when a function URL is to be throttled by rate',
      { ingest: { throttle: { requestsPerSecond: 5, burst: 5 } } },
      'ingest.throttle: expected door "httpApi": a function URL is throttled by ingest.reservedConcurrency',
    ],
    [
      'when less may come out of decompression than may go in',
      { ingest: { maxDecompressedBytes: 2048 } },
      'ingest.maxDecompressedBytes: expected at least maxBodyBytes (4600000), got 2048: an uncompressed body counts as decompressed',
    ],
    [
      'when a namespace is reserved',
      { metrics: { namespace: 'AWS/Shop' } },
      'metrics.namespace: expected a namespace that does not start with "AWS/", which is reserved, got "AWS/Shop"',
    ],
    [
      'when a placeholder is not closed',
      { logs: { group: '/shop/{service.name' } },
      'logs.group: expected each placeholder to be an attribute key in braces, such as {service.name}, got "/shop/{service.name"',
    ],
    [
      'when a placeholder is empty',
      { logs: { group: '/shop/{}' } },
      'logs.group: expected each placeholder to be an attribute key in braces, such as {service.name}, got "/shop/{}"',
    ],
    [
      'when a log group starts with a placeholder',
      { logs: { group: '{service.name}' } },
      'logs.group: expected a log group that starts with fixed text such as "/tidewatch/": the functions may write below it only, got "{service.name}"',
    ],
    [
      'when a log group is in the part that belongs to AWS',
      { logs: { group: '/aws/{service.name}' } },
      'logs.group: expected a log group outside "/aws/", which belongs to AWS services, got "/aws/{service.name}"',
    ],
    [
      'when a log group has characters that CloudWatch refuses',
      { logs: { group: '/my shop/{service.name}' } },
      'logs.group: expected a log group name without " ", got "/my shop/{service.name}"',
    ],
    [
      'when a dimension entry can never count',
      {
        metrics: {
          dimensions: [
            { metric: 'http.*', keys: ['a'] },
            { metric: 'http.server.*', keys: ['b'] },
          ],
        },
      },
      'metrics.dimensions[1].metric: expected a metric that no earlier entry matches, got "http.server.*": dimensions[0] ("http.*") comes first',
    ],
    [
      'when dimensions are too many',
      { metrics: { dimensions: [{ metric: '*', keys: Array.from({ length: 30 }, (_, i) => `k${i}`) }] } },
      'metrics.dimensions[0].keys: expected at most 29 attribute keys, got ["k0","k1","k2","k3","k4","k5","k6","k7","k8","k9","k10",…',
    ],
    [
      'when an attribute is indexed twice',
      { xray: { indexedAttributes: ['a', 'a'] } },
      'xray.indexedAttributes: expected each of the attribute keys once, got ["a","a"]',
    ],
    [
      'when frozen comes before cold',
      { tiers: { coldFrom: '200d' } },
      'tiers.frozenFrom: expected later than coldFrom (200d), got "121d"',
    ],
    [
      'when data is deleted before it is frozen',
      { tiers: { expireAfter: '100d' } },
      'tiers.expireAfter: expected later than frozenFrom (121d), got "100d"',
    ],
    [
      'when a topic is given with addresses',
      { deployment: { alarms: { topicArn: 'arn:aws:sns:eu-west-1:123456789012:ops', emails: ['a@b.ch'] } } },
      'deployment.alarms.emails: expected no addresses beside topicArn: subscribe them to that topic where it is made',
    ],
    [
      'when an address is none',
      { deployment: { alarms: { emails: ['ops'] } } },
      'deployment.alarms.emails[0]: expected an e-mail address, got "ops"',
    ],
    [
      'when a stack name has an underscore',
      { deployment: { stackName: 'my_stack' } },
      'deployment.stackName: expected letters, digits and hyphens, at most 128, a letter first, got "my_stack"',
    ],
  ])('%s', (_when, config, expected) => {
    const result = checkConfig(config);
    expect(result.ok).toBe(false);
    expect(result.problems.map(line)).toEqual([expected]);
  });
});

describe('a warning is given, and the configuration still deploys,', () => {
  test.each<[string, unknown, string]>([
    ['when data turns cold in its first month', { tiers: { coldFrom: '10d' } }, 'tiers.coldFrom'],
    [
      'when data leaves Glacier Instant Retrieval before its 90 days',
      { tiers: { frozenFrom: '91d' } },
      'tiers.frozenFrom',
    ],
    [
      'when data leaves Deep Archive before its 180 days',
      { tiers: { expireAfter: '200d' } },
      'tiers.expireAfter',
    ],
  ])('%s', (_when, config, path) => {
    const result = checkConfig(config);
    expect(result.ok).toBe(true);
    expect(result.problems).toMatchObject([{ level: 'warning', path }]);
  });
});

describe('laws', () => {
  test('no input whatever makes the check throw, and what it refuses has a reason', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, maxDepth: 4 }), (config) => {
        const result = checkConfig(config);
        expect(result.ok || result.problems.some((problem) => problem.level === 'error')).toBe(true);
      }),
    );
  });

  test('a section of anything is refused or compiled, never thrown through', () => {
    const section = fc.constantFrom(...(Object.keys(everything) as (keyof typeof everything)[]));
    const value = section.chain((name) => {
      const keys = Object.keys(everything[name]);
      return fc.record({
        name: fc.constant(name),
        value: fc.dictionary(fc.constantFrom(...keys), fc.anything()),
      });
    });
    fc.assert(
      fc.property(value, ({ name, value }) => {
        expect(() => checkConfig({ [name]: value })).not.toThrow();
      }),
    );
  });

  test('an unknown key is refused wherever it is', () => {
    const place = fc.constantFrom(...(Object.keys(everything) as (keyof typeof everything)[]));
    fc.assert(
      fc.property(place, fc.stringMatching(/^x[a-z]{3,8}$/), (name, key) => {
        const result = checkConfig({ ...everything, [name]: { ...everything[name], [key]: 1 } });
        expect(result.problems.map((problem) => problem.path)).toEqual([`${name}.${key}`]);
      }),
    );
  });

  test('tiers in order compile to the days that were written', () => {
    const day = fc.integer({ min: 1, max: 2000 });
    fc.assert(
      fc.property(fc.constantFrom(...LOG_RETENTION_DAYS), day, day, day, (hot, cold, more, evenMore) => {
        const { runtime } = compileConfig({
          tiers: {
            hot: `${hot}d`,
            coldFrom: `${cold}d`,
            frozenFrom: `${cold + more}d`,
            expireAfter: `${(cold + more + evenMore) * 24}h`,
          },
        });
        expect(runtime.tiers).toEqual({
          hotDays: hot,
          coldFromDay: cold,
          frozenFromDay: cold + more,
          expireOnDay: cold + more + evenMore,
        });
        expect(runtime.logs.retentionDays).toBe(hot);
      }),
    );
  });
});

test('the fixed text of a template ends where its first placeholder begins', () => {
  expect(templatePrefix('/shop/{service.name}/{a}')).toBe('/shop/');
  expect(templatePrefix('fixed')).toBe('fixed');
});

function line(problem: Problem): string {
  return `${problem.path || '(whole)'}: ${problem.message}`;
}
