import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logsPayload } from '../../bench/payloads/logs.ts';
import { metricsPayload } from '../../bench/payloads/metrics.ts';
import { Seeded } from '../../bench/payloads/seeded.ts';
import { tracesPayload } from '../../bench/payloads/traces.ts';
import { MalformedError } from '../../lib/model/errors.ts';
import { SIGNALS, type Signal } from '../../lib/model/signal.ts';
import { transcodeOtlpJson } from '../../lib/wire/otlp-json/transcode.ts';
import { logsRequest, metricsRequest, tracesRequest } from '../support/arbitrary-otlp.ts';
import { mutate } from '../support/mutate.ts';
import { decodeProtobuf, encodeProtobuf, type OtlpRequest } from '../support/otlp.ts';
import { writeJsonFreely } from '../support/write-json-freely.ts';

const REQUESTS: Record<Signal, fc.Arbitrary<OtlpRequest>> = {
  traces: tracesRequest,
  logs: logsRequest,
  metrics: metricsRequest,
};
const PAYLOADS: Record<Signal, OtlpRequest> = {
  traces: tracesPayload({ spans: 6 }),
  logs: logsPayload({ records: 8 }),
  metrics: metricsPayload({ points: 30 }),
};
const FIXTURES = new URL('../fixtures/otlp/', import.meta.url);

describe.each(SIGNALS)('any %s request', (signal) => {
  it('is transcoded to what protobufjs encodes, however its JSON is written', () => {
    fc.assert(
      fc.property(REQUESTS[signal], fc.nat(), (arbitrary, seed) => {
        // JSON.stringify writes -0 as 0.
        const request = JSON.parse(JSON.stringify(arbitrary)) as OtlpRequest;
        const expected = decodeProtobuf(signal, encodeProtobuf(signal, request));
        for (const json of [JSON.stringify(request), writeJsonFreely(request, seed)]) {
          const { otlp, warnings } = transcodeOtlpJson(signal, Buffer.from(json));
          expect(decodeProtobuf(signal, otlp)).toEqual(expected);
          expect(warnings).toEqual([]);
        }
      }),
      { numRuns: 150, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('ends in a request or a MalformedError when its bytes are broken, and only JSON is taken', () => {
    const original = Buffer.from(JSON.stringify(PAYLOADS[signal]));
    const random = new Seeded(20_261_122);
    let taken = 0;
    for (let round = 0; round < 1500; round++) {
      const broken = mutate(original, random);
      const otlp = transcodeOrRefuse(signal, broken);
      if (otlp === undefined) continue;
      taken += 1;
      decodeProtobuf(signal, otlp);
      if (isUtf8(broken)) expect(() => JSON.parse(broken.toString())).not.toThrow();
    }
    expect(taken).toBeGreaterThan(100);
  });
});

describe('any text', () => {
  it('under an unknown key is taken exactly when JSON.parse takes it', () => {
    fc.assert(
      fc.property(jsonLikeText, (text) => {
        const body = `{"unknown":${text}}`;
        expect(transcodeOrRefuse('traces', Buffer.from(body)) !== undefined).toBe(parses(body));
      }),
      { numRuns: 3000 },
    );
  });

  it('as a double is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(numberLikeText, (text) => {
        const body = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{"asDouble":${text}}]}}]}]}]}`;
        const otlp = transcodeOrRefuse('metrics', Buffer.from(body));
        expect(otlp !== undefined).toBe(parses(text));
        if (otlp !== undefined) expect(otlp.readDoubleLE(otlp.length - 8)).toBe(Number(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('as a 64-bit integer is read with all its digits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.boolean(), (integer, quoted) => {
        const text = quoted ? `"${integer}"` : String(integer);
        const body = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{"asInt":${text}}]}}]}]}]}`;
        const otlp = transcodeOrRefuse('metrics', Buffer.from(body));
        expect(otlp !== undefined).toBe(BigInt.asIntN(64, integer) === integer);
        if (otlp !== undefined) expect(otlp.readBigInt64LE(otlp.length - 8)).toBe(integer);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('bodies kept from earlier findings', () => {
  const names = readdirSync(FIXTURES).filter((name) => /\.(traces|logs|metrics)\.json$/.test(name));

  it.each(names)('%s gives what is written beside it', async (name) => {
    const signal = name.split('.').at(-2) as Signal;
    const body = readFileSync(new URL(name, FIXTURES));
    let outcome: unknown;
    try {
      const { otlp, warnings } = transcodeOtlpJson(signal, body);
      outcome = { request: decodeProtobuf(signal, otlp), warnings };
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      outcome = { malformed: error.message };
    }
    const expected = new URL(name.replace(/\.json$/, '.expected.json'), FIXTURES);
    await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(expected.pathname);
  });
});

/** OTLP protobuf, or undefined for a body that is refused the way it should be. */
function transcodeOrRefuse(signal: Signal, body: Buffer): Buffer | undefined {
  try {
    return transcodeOtlpJson(signal, body).otlp;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const numberLikeText = fc
  .array(
    fc.constantFrom('-', '+', '.', 'e', 'E', '0', '00', '1', '9', '25', '123456789', '9007199254740993'),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));

/** Pieces of JSON in any order: right now and then, and mostly almost right. */
const jsonLikeText = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc
    .array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"a"',
        '"',
        '\\',
        '\\u00',
        'null',
        'tru',
        'true',
        '1',
        '-',
        '0',
        '.',
        ' ',
        '\n',
        '\u0001',
        'é',
      ),
      { maxLength: 9 },
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '\\', '0'))
    .map(([json, at, piece]) => {
      const cut = at % (json.length + 1);
      return json.slice(0, cut) + piece + json.slice(cut + 1);
    }),
);
