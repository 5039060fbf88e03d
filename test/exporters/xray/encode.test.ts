// The encoder against the plain-object reference: golden files, generated payloads, arbitrary requests.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TracesRequest as PayloadRequest } from '../../../bench/payloads/otlp-json.ts';
import { tracesPayload } from '../../../bench/payloads/traces.ts';
import { XRAY_DEFAULTS, type XraySettings } from '../../../lib/exporters/xray/settings.ts';
import { xrayDocuments } from '../../reference/xray-reference.ts';
import type { TracesRequest } from '../../reference/xray-types.ts';
import { tracesRequest } from '../../support/arbitrary-otlp.ts';
import { decodeProtobuf, encodeProtobuf } from '../../support/otlp.ts';
import { xrayRequest } from './arbitrary-spans.ts';
import { encodeDocuments, encodeTexts } from './encode-documents.ts';
import { differences } from './oracle.ts';

const GOLDEN = new URL('../../golden/xray/', import.meta.url);
const inputs = readdirSync(GOLDEN).filter((name) => name.endsWith('.input.json'));

interface Golden {
  readonly settings: Partial<XraySettings>;
  readonly request: PayloadRequest;
}

describe('golden files', () => {
  test.each(inputs)('%s gives the expected documents', (name) => {
    const { settings, request } = readGolden(name);
    const documents = encodeDocuments(encodeProtobuf('traces', request), settings);
    const file = new URL(name.replace('.input.', '.expected.'), GOLDEN);
    const written = `${JSON.stringify(documents, null, 2)}\n`;
    // UPDATE_GOLDEN=1 rewrites the files; a person reads the difference.
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, written);
    expect(written).toBe(readFileSync(file, 'utf8'));
  });

  test.each(inputs)('%s equals the reference', (name) => {
    const { settings, request } = readGolden(name);
    expectReference(request, settings);
  });

  test.each(inputs)('%s is the same text inside a call body and outside', (name) => {
    const { settings, request } = readGolden(name);
    const otlp = encodeProtobuf('traces', request);
    expect(encodeTexts(otlp, settings, 'once')).toEqual(encodeTexts(otlp, settings, 'twice'));
  });
});

const SETTINGS: Partial<XraySettings>[] = [
  {},
  { indexAllAttributes: true },
  {
    indexedAttributes: ['http.method', 'url.full', 'app.plain', 'otel.resource.service.name', 'db.statement'],
  },
  { logGroupTemplate: '/logs/{service.namespace}/{service.name}' },
];

test.each([1, 2, 3])('a generated payload equals the reference (seed %i)', (seed) => {
  for (const settings of SETTINGS) expectReference(tracesPayload({ seed, spans: 200 }), settings);
});

test('any valid request equals the reference', () => {
  fc.assert(fc.property(tracesRequest, fc.constantFrom(...SETTINGS), expectReference), { numRuns: 300 });
});

test('any request full of what the rules look at equals the reference', () => {
  fc.assert(fc.property(xrayRequest, fc.constantFrom(...SETTINGS), expectReference), { numRuns: 800 });
});

test('an encoder that has seen other requests writes the same documents', () => {
  fc.assert(
    fc.property(fc.array(xrayRequest, { minLength: 2, maxLength: 4 }), (requests) => {
      const together = { resourceSpans: requests.flatMap(({ resourceSpans }) => resourceSpans ?? []) };
      const apart = requests.flatMap((request) => encodeTexts(encodeProtobuf('traces', request)).texts);
      expect(encodeTexts(encodeProtobuf('traces', together)).texts).toEqual(apart);
    }),
    { numRuns: 100 },
  );
});

function expectReference(request: PayloadRequest, settings: Partial<XraySettings>): void {
  const otlp = encodeProtobuf('traces', request);
  const reference = xrayDocuments(decodeProtobuf('traces', otlp) as TracesRequest, {
    ...XRAY_DEFAULTS,
    ...settings,
  });
  expect(differences(reference, encodeDocuments(otlp, settings))).toEqual([]);
}

function readGolden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8')) as Golden;
}
