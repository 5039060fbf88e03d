// Reads records of one JSON object a line as flat attributes; spans of OTLP JSON are such lines too.
import { PermanentError } from '../../model/errors.ts';
import type { Attributes } from './compare-attributes.ts';

/**
 * Nested objects become `outer.inner`; a list of OTLP attributes (`{ key, value: { stringValue } }`) becomes one
 * attribute for each key.
 * @throws PermanentError `malformed` naming the line that is no object
 */
export function parseAttributesJsonl(text: string): Attributes[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.flatMap((line, at) => {
    if (line.trim() === '') return [];
    const flat: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    flatten(objectOf(line, at + 1), '', flat);
    return [flat];
  });
}

function objectOf(line: string, number: number): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new PermanentError('malformed', `line ${number}: expected one JSON object`, { cause });
  }
  if (isObject(value)) return value;
  throw new PermanentError('malformed', `line ${number}: expected one JSON object, got ${line.slice(0, 40)}`);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function flatten(from: object, prefix: string, into: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(from)) {
    if (isObject(value)) flatten(value, `${prefix}${name}.`, into);
    else if (isOtlpList(value)) {
      for (const { key, value: any } of value) into[`${prefix}${key}`] = plain(any);
    } else into[`${prefix}${name}`] = value;
  }
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: object;
}

function isOtlpList(value: unknown): value is readonly OtlpAttribute[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (one) =>
        isObject(one) && 'key' in one && typeof one.key === 'string' && 'value' in one && isObject(one.value),
    )
  );
}

/** The value of an OTLP AnyValue; whole numbers come as text. */
function plain(any: object): unknown {
  const [kind, value] = Object.entries(any)[0] ?? [];
  return kind === 'intValue' ? Number(value) : value;
}
