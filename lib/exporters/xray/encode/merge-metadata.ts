// The slow way to metadata, for spans with `aws.xray.metadata.*` or `otel.resource.*` attributes, which may say the
// same key twice: everything is put into a map first, the last one counts.

import { XRAY } from '../../../model/semantic-conventions.ts';
import { VALUE } from '../../../telemetry/any-value.ts';
import type { SpanView } from '../../../telemetry/span-view.ts';
import type { AnnotationKeys } from './annotation-keys.ts';
import { RESOURCE_PREFIX } from './attribute-slots.ts';
import { type JsonObject, parseMetadataObject } from './exact-json.ts';
import { dropComma } from './http-writer.ts';
import type { MetadataParts } from './metadata-parts.ts';
import { OTEL_NAMESPACE } from './notes-writer.ts';
import type { SpanAttributes } from './span-attributes.ts';
import { MAX_DRAFT_BYTES, type ValueWriter } from './value-writer.ts';

const COMMA = 0x2c;

type MetadataObject = JsonObject | null;

/**
 * Writes `"default":{…},` and one member for each namespace, if there is anything in them.
 * @returns how many attributes no longer fitted
 */
export function mergeMetadata(
  span: SpanView,
  values: ValueWriter,
  attributes: SpanAttributes,
  keys: AnnotationKeys,
  parts: MetadataParts,
): number {
  const { json } = values;
  const byDefault = new Map<string, Uint8Array>();
  const namespaces = new Map<string, MetadataObject>();
  parts.resource?.entries.forEach((entry, place) => {
    if (!parts.annotated?.has(place)) byDefault.set(entry.name, entry.value);
  });
  const { list, shown, cursor } = attributes;
  let room = MAX_DRAFT_BYTES - (json.length - parts.draftStart);
  let leftOut = 0;
  for (let i = 0; i < list.count; i++) {
    if (shown[i] === 1) continue;
    if (room < 0) {
      leftOut++;
      continue;
    }
    const start = list.starts[i] as number;
    const end = list.ends[i] as number;
    const key = list.keys[i]?.text ?? '';
    attributes.value.read(cursor, start, end);
    if (attributes.value.kind === VALUE.empty) continue;
    const object = keys.isIndexed(key) ? undefined : metadataObject(key, attributes);
    if (object === undefined) {
      const from = json.length;
      values.write(cursor, span.keys, start, end);
      byDefault.set(key, Buffer.from(json.slice(from)));
      room -= key.length + json.length - from;
      json.length = from;
    } else if (key.slice(XRAY.metadataPrefix.length).toLowerCase() === 'default') {
      for (const [name, value] of Object.entries(object ?? {}))
        byDefault.set(name, json.token(JSON.stringify(value)));
      room -= end - start;
    } else {
      namespaces.set(key.slice(XRAY.metadataPrefix.length), object);
      room -= end - start;
    }
  }
  if (parts.isService) keepResource(byDefault, namespaces);
  if (byDefault.size > 0 || parts.isService) {
    json.raw(json.token('"default":{'));
    for (const [key, value] of byDefault) {
      json.raw(json.keyToken(key));
      json.raw(value);
      json.byte(COMMA);
    }
    dropComma(json);
    json.byte(0x7d);
    json.byte(COMMA);
  }
  for (const [namespace, object] of namespaces) {
    json.raw(json.keyToken(namespace));
    json.raw(json.token(JSON.stringify(object)));
    json.byte(COMMA);
  }
  return leftOut;
}

/** The object in an `aws.xray.metadata.*` attribute; undefined when it holds none and is an attribute like others. */
function metadataObject(key: string, attributes: SpanAttributes): MetadataObject | undefined {
  const { value, cursor } = attributes;
  if (!key.startsWith(XRAY.metadataPrefix) || value.kind !== VALUE.string) return undefined;
  if (key === `${XRAY.metadataPrefix}${OTEL_NAMESPACE}` || value.end - value.start > MAX_DRAFT_BYTES)
    return undefined;
  return parseMetadataObject(cursor.text(value.start, value.end));
}

/** A service segment has what the resource says, wherever it says it. */
function keepResource(byDefault: Map<string, Uint8Array>, namespaces: Map<string, MetadataObject>): void {
  for (const key of byDefault.keys()) if (!key.startsWith(RESOURCE_PREFIX)) byDefault.delete(key);
  for (const [namespace, object] of namespaces) {
    const kept = Object.entries(object ?? {}).filter(([key]) => key.startsWith(RESOURCE_PREFIX));
    if (object === null) namespaces.delete(namespace);
    else namespaces.set(namespace, Object.fromEntries(kept));
  }
}
