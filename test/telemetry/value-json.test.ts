import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyValue, KeyValue } from '../../bench/payloads/otlp-json.ts';
import { Seeded } from '../../bench/payloads/seeded.ts';
import { MalformedError } from '../../lib/model/errors.ts';
import { MAX_VALUE_DEPTH, stringValue } from '../../lib/telemetry/any-value.ts';
import { checkValue } from '../../lib/telemetry/check-values.ts';
import { KeyTable } from '../../lib/telemetry/key-table.ts';
import { ValueJsonWriter } from '../../lib/telemetry/value-json.ts';
import { WireCursor } from '../../lib/wire/cursor.ts';
import { type EscapeMode, JsonBuffer } from '../../lib/wire/json-buffer.ts';
import { anyValue } from '../support/arbitrary-otlp.ts';
import { mutate } from '../support/mutate.ts';
import { encodeMessage, otlpType } from '../support/otlp.ts';

const ANY_VALUE = otlpType('AnyValue');
const cursor = new WireCursor();
const keys = new KeyTable();
const writers = { once: writer('once'), twice: writer('twice') };

function writer(mode: EscapeMode) {
  const json = new JsonBuffer(mode, 16);
  return { json, values: new ValueJsonWriter(json) };
}

/** The JSON that the writer makes of an AnyValue message. */
function written(bytes: Buffer, mode: EscapeMode = 'once'): string {
  const { json, values } = writers[mode];
  json.clear();
  cursor.reset(bytes);
  values.write(cursor, keys, 0, bytes.length);
  const text = json.slice().toString();
  return mode === 'once' ? text : (JSON.parse(`"${text}"`) as string);
}

/** The same by another way: 64-bit integers as BigInt are left as digits. */
function plain(value: AnyValue): string {
  if ('stringValue' in value) return JSON.stringify(value.stringValue);
  if ('boolValue' in value) return String(value.boolValue);
  if ('intValue' in value) return String(BigInt(value.intValue as string));
  if ('doubleValue' in value) return JSON.stringify(value.doubleValue);
  if ('bytesValue' in value) return JSON.stringify(value.bytesValue);
  if ('arrayValue' in value) return `[${value.arrayValue.values.map(plain).join(',')}]`;
  if (!('kvlistValue' in value)) return 'null';
  const byKey = new Map(
    (value.kvlistValue.values as KeyValue[]).map((entry) => [entry.key, plain(entry.value)]),
  );
  return `{${[...byKey].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
}

describe('ValueJsonWriter', () => {
  it.each(['once', 'twice'] as const)('writes any value as plain JSON, escaped %s', (mode) => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(written(encodeMessage(ANY_VALUE, value), mode)).toBe(plain(value));
      }),
      { numRuns: 500 },
    );
  });

  it.each(['arrayValue', 'kvlistValue'] as const)(
    'writes %ss up to the depth limit and a mark below it',
    (kind) => {
      const nest = (depth: number): AnyValue =>
        depth === 0
          ? { intValue: '1' }
          : kind === 'arrayValue'
            ? { arrayValue: { values: [nest(depth - 1)] } }
            : { kvlistValue: { values: [{ key: 'k', value: nest(depth - 1) }] } };
      expect(written(encodeMessage(ANY_VALUE, nest(MAX_VALUE_DEPTH)))).toBe(plain(nest(MAX_VALUE_DEPTH)));
      const deeper = written(encodeMessage(ANY_VALUE, nest(MAX_VALUE_DEPTH + 1)));
      expect(deeper).toContain('"[nested deeper than 64]"');
      expect(JSON.parse(deeper)).toBeTypeOf('object');
    },
  );

  it('survives 10,000 nested values', () => {
    let value: Buffer = Buffer.from([0x18, 1]);
    for (let depth = 0; depth < 10_000; depth++) value = field(5, field(1, value));
    expect(written(value)).toContain('nested deeper');
    cursor.reset(value);
    expect(() => checkValue(cursor, 0, value.length)).not.toThrow();
  });

  it('throws nothing but MalformedError on broken bytes, and nothing at all on what was checked before', () => {
    const random = new Seeded(99);
    const samples = fc
      .sample(anyValue, { numRuns: 200, seed: 1 })
      .map((value) => encodeMessage(ANY_VALUE, value));
    let sound = 0;
    for (let round = 0; round < 3000; round++) {
      const broken = mutate(random.pick(samples), random);
      cursor.reset(broken);
      let checked = true;
      try {
        checkValue(cursor, 0, broken.length);
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
        checked = false;
      }
      try {
        const text = written(broken);
        if (checked) JSON.parse(text);
        sound += 1;
      } catch (error) {
        if (!(error instanceof MalformedError) || checked) throw error;
      }
    }
    expect(sound).toBeGreaterThan(300);
  });
});

describe('stringValue', () => {
  it('gives text of strings only', () => {
    const bytes = encodeMessage(ANY_VALUE, { stringValue: 'Zoë' });
    cursor.reset(bytes);
    expect(stringValue(cursor, 0, bytes.length)).toBe('Zoë');
    const int = encodeMessage(ANY_VALUE, { intValue: '7' });
    cursor.reset(int);
    expect(stringValue(cursor, 0, int.length)).toBeUndefined();
  });
});

function field(number: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, rest]), bytes]);
}
