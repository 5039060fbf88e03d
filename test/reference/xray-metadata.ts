// Annotations and metadata: where everything goes that has no field of its own.
import { parseMetadataObject } from '../../lib/exporters/xray/encode/exact-json.ts';
import type { AnyValue, Json } from './xray-types.ts';
import { type Attributes, annotationValue, isEmpty, raw } from './xray-values.ts';

const MAX_ANNOTATIONS = 50;
const MAX_KEY_CHARS = 500;
const MAX_VALUE_CHARS = 1_000;
const PREFIX = 'aws.xray.metadata.';

export interface IndexSettings {
  readonly indexedAttributes: readonly string[];
  readonly indexAllAttributes: boolean;
}

export interface Notes {
  readonly annotations: Json;
  readonly metadata: Record<string, Json | null>;
}

/**
 * @param left attributes that no block shows @param all every attribute of the span
 * @param resource attributes, empty for a subsegment
 */
export function notesOf(
  left: Attributes,
  all: Attributes,
  resource: Attributes,
  settings: IndexSettings,
): Notes {
  const annotations: Json = {};
  const byDefault: Json = Object.create(null);
  const metadata: Record<string, Json | null> = Object.create(null);
  const { indexAllAttributes: indexAll } = settings;
  const asked = new Set(settings.indexedAttributes);
  const list = all.get('aws.xray.annotations')?.arrayValue;
  const listed = list ? (list.values ?? []) : undefined;
  const indexed = new Set([
    ...settings.indexedAttributes,
    ...(listed ?? []).flatMap(({ stringValue }) => stringValue ?? []),
  ]);

  const annotate = (key: string, value: AnyValue): boolean => {
    const plain = annotationValue(value);
    const name = key.replace(/[^A-Za-z0-9.]/gu, '_');
    const fits =
      [...key].length <= MAX_KEY_CHARS && (typeof plain !== 'string' || [...plain].length <= MAX_VALUE_CHARS);
    if (plain === undefined || !fits || Object.hasOwn(annotations, name)) return false;
    if (Object.keys(annotations).length >= MAX_ANNOTATIONS) return false;
    annotations[name] = plain;
    return true;
  };

  for (const [key, value] of all) {
    const consumed = !left.has(key);
    if (key === 'aws.xray.annotations' && listed !== undefined) continue;
    if (key === 'aws.xray.inprogress' && value.boolValue !== undefined) continue;
    if (isEmpty(value) || (consumed && !asked.has(key))) continue;
    if ((indexAll || (consumed ? asked : indexed).has(key)) && annotate(key, value)) continue;
    if (consumed) continue;
    const object =
      !indexAll && !indexed.has(key) && key.startsWith(PREFIX)
        ? parseMetadataObject(value.stringValue ?? '')
        : undefined;
    const namespace = key.slice(PREFIX.length);
    if (object === undefined || namespace === 'otel') byDefault[key] = raw(value);
    else if (namespace.toLowerCase() === 'default') Object.assign(byDefault, object);
    else metadata[namespace] = object as Json | null;
  }
  const fromResource: Json = {};
  for (const [key, value] of resource) {
    const name = `otel.resource.${key}`;
    if (isEmpty(value) || ((indexAll || indexed.has(name)) && annotate(name, value))) continue;
    fromResource[name] = raw(value);
  }
  const merged = { ...fromResource, ...byDefault };
  if (Object.keys(merged).length > 0) metadata.default = merged;
  return { annotations, metadata };
}
