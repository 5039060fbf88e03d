// How the usual way reads OTLP objects: decoded by protobufjs, or parsed from JSON. The transforms share the rest.

interface Long {
  readonly low: number;
  readonly high: number;
}

/** An attribute value as protobufjs or JSON.parse give it. */
export interface PlainValue {
  stringValue?: string | null;
  boolValue?: boolean | null;
  intValue?: Long | string | number | null;
  doubleValue?: number | null;
  arrayValue?: { values?: PlainValue[] } | null;
  kvlistValue?: { values?: PlainAttribute[] } | null;
  bytesValue?: Uint8Array | string | null;
}

export interface PlainAttribute {
  key: string;
  value?: PlainValue | null;
}

type Integer = Long | string | number | null | undefined;

/** An integer of any spelling as a number. */
export function integer(value: Integer): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'object') return value.high * 4294967296 + (value.low >>> 0);
  return Number(value);
}

/** Nanoseconds as seconds since the epoch. */
export function seconds(nanos: Integer): number {
  return integer(nanos) / 1e9;
}

/** An id as lower-case hexadecimal digits. */
export function hex(id: Uint8Array | string | null | undefined): string {
  if (id === null || id === undefined || id.length === 0) return '';
  return typeof id === 'string' ? id : Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex');
}

/** A value as a JavaScript value. A decoded message has every other field as a default on its prototype. */
export function plain(value: PlainValue | null | undefined): unknown {
  if (value === null || value === undefined) return null;
  if (Object.hasOwn(value, 'stringValue')) return value.stringValue;
  if (Object.hasOwn(value, 'intValue')) return integer(value.intValue);
  if (Object.hasOwn(value, 'boolValue')) return value.boolValue;
  if (Object.hasOwn(value, 'doubleValue')) return value.doubleValue;
  if (Object.hasOwn(value, 'arrayValue')) return (value.arrayValue?.values ?? []).map(plain);
  if (Object.hasOwn(value, 'kvlistValue')) return record(value.kvlistValue?.values);
  if (Object.hasOwn(value, 'bytesValue'))
    return Buffer.from(value.bytesValue as Uint8Array).toString('base64');
  return null;
}

/** Attributes as an object. */
export function record(attributes: readonly PlainAttribute[] | null | undefined): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const attribute of attributes ?? []) result[attribute.key] = plain(attribute.value);
  return result;
}
