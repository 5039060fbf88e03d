// The encoder against the plain-object reference: golden files, generated payloads, arbitrary requests.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metricsPayload } from '../../../bench/payloads/metrics.ts';
import type { MetricsRequest } from '../../../bench/payloads/otlp-json.ts';
import {
  METRICS_DEFAULTS,
  type MetricsSettings,
} from '../../../lib/exporters/cloudwatch-metrics/settings.ts';
import { referenceDatums } from '../../reference/metrics-reference.ts';
import { metricsRequest } from '../../support/arbitrary-otlp.ts';
import { decodeProtobuf, encodeProtobuf } from '../../support/otlp.ts';
import { EncoderUnderTest } from './encode-metrics.ts';

const SETTINGS: Record<string, MetricsSettings> = {
  standard: METRICS_DEFAULTS,
  'some dimensions': {
    ...METRICS_DEFAULTS,
    namespaceTemplate: 'Shop/{service.name}',
    dimensions: [
      { metric: 'http.*', keys: ['http.route', 'http.request.method', 'host.name'] },
      { metric: '*', keys: ['http.route', 'service.name', 'ключ'] },
    ],
    storageResolution: 1,
  },
  'all dimensions': {
    ...METRICS_DEFAULTS,
    dimensions: [
      {
        metric: '*',
        keys: [
          'http.request.method',
          'http.response.status_code',
          'http.route',
          'network.protocol.version',
          'server.address',
          'shop.tenant',
          'deployment.environment.name',
        ],
      },
    ],
  },
};

/** Through protobuf and back, so that both read what was on the wire. */
function compare(under: EncoderUnderTest, request: MetricsRequest, settings: MetricsSettings): void {
  const otlp = encodeProtobuf('metrics', request);
  const wanted = referenceDatums(decodeProtobuf('metrics', otlp), settings);
  const got = under.encode(otlp);
  expect(got.datums).toEqual(wanted.datums.map((entry) => JSON.parse(JSON.stringify(entry))));
  expect(got.drops).toEqual(wanted.drops);
  expect(got.cumulative).toBe(wanted.cumulative);
}

describe.each(Object.entries(SETTINGS))('with %s the encoder equals the reference', (_, settings) => {
  const under = new EncoderUnderTest(settings);

  test.each([1, 2, 3])('on generated payload %i, delta or not', (seed) => {
    compare(under, metricsPayload({ seed, points: 300 }), settings);
  });

  test('on arbitrary requests', () => {
    fc.assert(
      fc.property(metricsRequest, (request) => compare(under, request, settings)),
      { numRuns: 400 },
    );
  });
});

const GOLDEN = new URL('../../golden/metrics/', import.meta.url);
const inputs = readdirSync(GOLDEN).filter((name) => name.endsWith('.input.json'));

describe('golden files', () => {
  test.each(inputs)('%s becomes what is written beside it', (name) => {
    const request = JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8')) as MetricsRequest;
    compare(new EncoderUnderTest(SETTINGS['some dimensions']!), request, SETTINGS['some dimensions']!);
    const { datums, drops } = new EncoderUnderTest().encode(encodeProtobuf('metrics', request));
    const made = { datums: datums.map(({ datum }) => datum), drops };
    const file = new URL(name.replace('.input.', '.expected.'), GOLDEN);
    // UPDATE_GOLDEN=1 rewrites the files; a person reads the difference.
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, `${JSON.stringify(made, null, 1)}\n`);
    expect(made).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });
});
