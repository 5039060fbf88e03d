// The encoder against the plain-object reference: golden files, generated payloads, arbitrary requests.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logsPayload } from '../../../bench/payloads/logs.ts';
import type { LogsRequest } from '../../../bench/payloads/otlp-json.ts';
import { parseExact } from '../../reference/exact-json.ts';
import { logEvents } from '../../reference/logs-reference.ts';
import { logsRequest } from '../../support/arbitrary-otlp.ts';
import { decodeProtobuf, encodeProtobuf } from '../../support/otlp.ts';
import { encodeCalls, encodeEvents, SOURCE } from './encode-events.ts';

const GOLDEN = new URL('../../golden/logs/', import.meta.url);
const inputs = readdirSync(GOLDEN).filter((name) => name.endsWith('.input.json'));

describe('golden files', () => {
  test.each(inputs)('%s gives the expected calls', (name) => {
    const request = JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8')) as LogsRequest;
    const calls = encodeCalls(encodeProtobuf('logs', request)).map((call) => ({
      ...call,
      logEvents: call.logEvents.map(({ timestamp, message }) => ({
        timestamp,
        message: parseExact(message),
      })),
    }));
    const file = new URL(name.replace('.input.', '.expected.'), GOLDEN);
    // UPDATE_GOLDEN=1 rewrites the files; a person reads the difference.
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, `${JSON.stringify(calls, null, 2)}\n`);
    expect(calls).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });

  test.each(inputs)('%s equals the reference', (name) => {
    const request = JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8')) as LogsRequest;
    expectReference(request);
  });
});

test.each([1, 2, 3])('a generated payload equals the reference (seed %i)', (seed) => {
  expectReference(logsPayload({ seed, records: 300 }));
});

test('any valid request equals the reference', () => {
  fc.assert(fc.property(logsRequest, expectReference), { numRuns: 400 });
});

function expectReference(request: LogsRequest): void {
  const otlp = encodeProtobuf('logs', request);
  const expected = logEvents(decodeProtobuf('logs', otlp), SOURCE);
  expect(canonical(encodeEvents(otlp))).toEqual(canonical(expected));
}

/** Key order and prototypes aside. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([key, inner]) => [key, canonical(inner)])
    .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
}
