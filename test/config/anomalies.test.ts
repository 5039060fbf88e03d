// The section `anomalies`: what is written becomes watches; everything wrong is listed with its path.
import { describe, expect, test } from 'vitest';
import { PRESET_NAMES, PRESETS } from '../../lib/anomaly/presets/settings.ts';
import { checkConfig, compileConfig } from '../../lib/config/compile.ts';
import type { AnomaliesConfig } from '../../lib/config/define/anomalies.ts';

const settingsOf = (anomalies: AnomaliesConfig, more = {}) =>
  compileConfig({ ...more, anomalies }).runtime.anomaly!;
const problemsOf = (anomalies: unknown, more = {}) =>
  checkConfig({ ...more, anomalies }).problems.map(({ path, message }) => `${path}: ${message}`);

describe('anomalies', () => {
  test('that are not configured are not there', () => {
    expect(compileConfig({}).runtime.anomaly).toBeUndefined();
  });

  test('with nothing said watch the span metrics, in the namespace these are written to', () => {
    const { watches, spanNamespace } = settingsOf({}, { spanMetrics: { namespace: 'Shop/Spans' } });
    expect(spanNamespace).toBe('Shop/Spans');
    expect(watches.map(({ namespace }) => namespace)).toEqual(watches.map(() => 'Shop/Spans'));
    expect(watches.map(({ metric }) => metric)).toEqual(
      expect.arrayContaining(['Requests', 'Errors', 'Faults', 'Duration', 'CallFaults']),
    );
  });

  test.each(PRESET_NAMES)('preset %s is written out, each metric of its first dimension', (preset) => {
    const { watches } = settingsOf({ watch: [{ preset, name: 'shop-*', severity: 'page' }] });
    expect(watches).toHaveLength(PRESETS[preset].metrics.length);
    watches.forEach((watch, at) => {
      const { dimensions } = PRESETS[preset].metrics[at]!;
      expect(watch.dimensions[dimensions[0]!]).toBe('shop-*');
      expect(watch.component).toMatch(/^\{\w+\}$/);
      expect(watch.severity).toBe('page');
      expect(watch.minimum).toBe(0);
    });
  });

  test("of a metric of one's own take what is written, and the rest from above", () => {
    const { watches } = settingsOf({
      strictness: 2,
      excluded: [{ from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00+01:00' }],
      watch: [
        {
          namespace: 'CWAgent',
          metric: 'disk_used_percent',
          statistic: 'Maximum',
          dimensions: { host: 'db-*', path: '/' },
          minimum: 0,
          maximum: 100,
          every: '1m',
          predict: { above: 90, within: '3d' },
        },
      ],
    });
    expect(watches).toEqual([
      {
        source: 'anomalies.watch[0]',
        namespace: 'CWAgent',
        metric: 'disk_used_percent',
        statistic: 'Maximum',
        dimensions: { host: 'db-*', path: '/' },
        component: '{host}',
        every: '1m',
        severity: 'ticket',
        head: 'both',
        strictness: 2,
        minimum: 0,
        maximum: 100,
        missing: 'skip',
        publishScore: false,
        excluded: [{ from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 1, 23) }],
        prediction: { limit: 90, side: 'above', horizonMs: 259_200_000, probability: 0.8 },
      },
    ]);
  });

  test('that are wrong are all listed with path, what was expected and what was got', () => {
    const metric = { namespace: 'Shop', metric: 'Latency', statistic: 'p95' };
    expect(
      problemsOf({
        strictness: 0,
        groupWithin: '15',
        watch: [
          { preset: 'lamda' },
          { ...metric, statistic: 'median' },
          { ...metric, metric: 'a*b' },
          { ...metric, minimum: 5, maximum: 5 },
          { ...metric, predict: { within: '1h' } },
          { ...metric, predict: { above: 1, within: '30d' } },
          { ...metric, excluded: [{ from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z' }] },
          { ...metric, excluded: [{ from: '2026-11-02 00:00', to: '2026-11-03T00:00:00Z' }] },
          { ...metric, wach: true },
        ],
      }),
    ).toEqual([
      'anomalies.strictness: expected a number from 0.1 to 10, got 0',
      'anomalies.groupWithin: expected a duration such as "15m", at most "6h", got "15"',
      expect.stringMatching(
        /^anomalies\.watch\[0\]\.preset: expected one of "spans", "lambda".*got "lamda"$/,
      ),
      expect.stringMatching(
        /^anomalies\.watch\[1\]\.statistic: expected a statistic of CloudWatch.*got "median"$/,
      ),
      expect.stringMatching(/^anomalies\.watch\[2\]\.metric: expected a metric name.*got "a\*b"$/),
      'anomalies.watch[3].maximum: expected above minimum (5), got 5',
      expect.stringMatching(/^anomalies\.watch\[4\]\.predict: expected either above or below/),
      expect.stringMatching(/^anomalies\.watch\[5\]\.predict\.within: expected a duration.*got "30d"$/),
      expect.stringMatching(
        /^anomalies\.watch\[6\]\.excluded\[0\]: expected a period that ends after it begins/,
      ),
      expect.stringMatching(
        /^anomalies\.watch\[7\]\.excluded\[0\]\.from: expected a time with its zone.*got "2026-11-02 00:00"$/,
      ),
      expect.stringMatching(/^anomalies\.watch\[8\]\.wach: unknown key; known are "namespace"/),
    ]);
  });

  test('watch logs and gate deployments only where it is asked for', () => {
    const { runtime } = compileConfig({
      anomalies: {
        logPatterns: { groups: ['/tidewatch/*'] },
        canary: {
          metrics: [
            { namespace: 'Shop', metric: 'Errors', statistic: 'Sum', dimensions: { b: '1', a: '2' } },
          ],
        },
      },
    });
    expect(runtime.logWatch).toEqual({ groups: ['/tidewatch/*'], severity: 'ticket' });
    expect(runtime.canary).toEqual({
      metrics: [
        {
          name: 'Shop Errors Sum',
          metric: {
            namespace: 'Shop',
            name: 'Errors',
            dimensions: [
              { name: 'a', value: '2' },
              { name: 'b', value: '1' },
            ],
          },
          statistic: 'Sum',
          bad: 'increase',
          critical: false,
        },
      ],
      watchMs: 600_000,
      acceptMarginal: false,
    });
    const plain = compileConfig({ anomalies: {} }).runtime;
    expect([plain.logWatch, plain.canary]).toEqual([undefined, undefined]);
    expect(problemsOf({ logPatterns: { groups: ['a b'] }, canary: { metrics: [] } })).toEqual([
      expect.stringMatching(/^anomalies\.canary\.metrics: expected 1 to 100 metrics/),
      expect.stringMatching(/^anomalies\.logPatterns\.groups\[0\]: expected a log group.*got "a b"$/),
    ]);
  });

  test('cannot watch span metrics that are turned off', () => {
    expect(problemsOf({}, { spanMetrics: { enabled: false } })).toEqual([
      'anomalies.watch[0]: expected spanMetrics to be enabled: this preset watches them',
    ]);
  });
});
