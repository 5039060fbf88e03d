// Attribute values as plain JavaScript values.
import { rawNumber } from '../../lib/exporters/xray/encode/exact-json.ts';
import type { AnyValue, Id, Integer, Json, KeyValue } from './xray-types.ts';

const MAX_DEPTH = 64;

/** Attributes by key; of a repeated key the last value counts. */
export type Attributes = Map<string, AnyValue>;

export function attributesOf(list: readonly KeyValue[] | undefined): Attributes {
  const attributes: Attributes = new Map();
  for (const { key, value } of list ?? []) attributes.set(key ?? '', value ?? {});
  return attributes;
}

export function hex(id: Id | undefined): string {
  if (id === undefined) return '';
  return typeof id === 'string' ? id.toLowerCase() : Buffer.from(id).toString('hex');
}

/** All digits of a 64-bit integer: a number where it is exact. */
export function integer(value: Integer): number | bigint {
  if (typeof value === 'number') return value;
  if (typeof value === 'object') {
    if (value.high === 0) return value.low >>> 0;
    if (value.high === -1) return value.low < 0 ? value.low : value.low - 4294967296;
    return small((BigInt(value.high) << 32n) | BigInt(value.low >>> 0));
  }
  return small(BigInt(value));
}

function small(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Nanoseconds as seconds. */
export function seconds(nanos: Integer | undefined): number {
  if (nanos === undefined) return 0;
  if (typeof nanos === 'object') return ((nanos.high >>> 0) * 4294967296 + (nanos.low >>> 0)) / 1e9;
  return Number(nanos) / 1e9;
}

export function isZero(nanos: Integer | undefined): boolean {
  return nanos === undefined || seconds(nanos) === 0;
}

/** Text of a string value that is not empty. */
export function text(value: AnyValue | undefined): string | undefined {
  return value !== undefined && has(value, 'stringValue') && value.stringValue !== ''
    ? value.stringValue
    : undefined;
}

/** A plain value (string, bool, int, double) as text. */
export function plainText(value: AnyValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (has(value, 'stringValue')) return value.stringValue;
  if (has(value, 'boolValue')) return String(value.boolValue);
  if (has(value, 'intValue')) return String(integer(value.intValue as Integer));
  if (has(value, 'doubleValue')) return String(Number(value.doubleValue));
  return undefined;
}

/** An integer in any of the forms that SDKs use: int, whole double, digits in a string. */
export function wholeNumber(value: AnyValue | undefined): number | bigint | undefined {
  if (value === undefined) return undefined;
  if (has(value, 'intValue')) return integer(value.intValue as Integer);
  if (has(value, 'doubleValue')) {
    const double = Number(value.doubleValue);
    return Number.isSafeInteger(double) ? double : undefined;
  }
  return has(value, 'stringValue') && /^-?\d{1,15}$/.test(value.stringValue ?? '')
    ? Number(value.stringValue)
    : undefined;
}

export function isEmpty(value: AnyValue): boolean {
  return raw(value) === null;
}

/** The value as JSON has it: 64-bit digits kept, NaN and infinities as text, bytes in base64, empty as null. */
export function raw(value: AnyValue, depth = 0): unknown {
  if (has(value, 'stringValue')) return value.stringValue;
  if (has(value, 'intValue')) return exact(integer(value.intValue as Integer));
  if (has(value, 'boolValue')) return value.boolValue;
  if (has(value, 'doubleValue')) return finite(Number(value.doubleValue));
  if (has(value, 'bytesValue')) {
    const bytes = value.bytesValue as Id;
    return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('base64');
  }
  if (has(value, 'arrayValue')) {
    if (depth >= MAX_DEPTH) return `[nested deeper than ${MAX_DEPTH}]`;
    return (value.arrayValue?.values ?? []).map((inner) => raw(inner, depth + 1));
  }
  if (has(value, 'kvlistValue')) {
    if (depth >= MAX_DEPTH) return `[nested deeper than ${MAX_DEPTH}]`;
    return entries(attributesOf(value.kvlistValue?.values), depth + 1);
  }
  return null;
}

/** All attributes as one object. */
export function entries(attributes: Attributes, depth = 0): Json {
  return Object.fromEntries([...attributes].map(([key, value]) => [key, raw(value, depth)]));
}

/** What an annotation can hold: string, int, double, bool. */
export function annotationValue(value: AnyValue): unknown {
  return has(value, 'arrayValue') || has(value, 'kvlistValue') || has(value, 'bytesValue')
    ? undefined
    : (raw(value) ?? undefined);
}

// Messages of protobufjs have defaults of absent fields on their prototype.
function has(value: AnyValue, field: keyof AnyValue): boolean {
  return Object.hasOwn(value, field) && value[field] !== undefined && value[field] !== null;
}

function exact(value: number | bigint): unknown {
  return typeof value === 'number' ? value : rawNumber(String(value));
}

function finite(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
