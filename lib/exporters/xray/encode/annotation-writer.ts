// Writes the annotations of a segment: what X-Ray indexes. What does not fit stays for the metadata.
import { type AttributeKey, KeySideTable } from '../../../telemetry/key-table.ts';
import type { SpanView } from '../../../telemetry/span-view.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { MAX_ANNOTATIONS } from '../limits.ts';
import { type AnnotationKeys, annotationName, isAnnotationValue } from './annotation-keys.ts';
import { dropComma } from './http-writer.ts';
import type { ResourceText } from './resource-text.ts';
import type { SpanAttributes } from './span-attributes.ts';
import type { ValueWriter } from './value-writer.ts';

const COMMA = 0x2c;

interface AnnotationKey {
  /** Undefined when it is too long. */
  readonly name: string | undefined;
  readonly token: Uint8Array;
}

export class AnnotationWriter {
  private readonly json: JsonBuffer;
  private readonly values: ValueWriter;
  private readonly attributes: SpanAttributes;
  private readonly keys: AnnotationKeys;
  private readonly open: Uint8Array;
  private readonly names: KeySideTable<AnnotationKey>;
  private readonly used = new Set<string>();

  constructor(values: ValueWriter, attributes: SpanAttributes, keys: AnnotationKeys) {
    this.json = values.json;
    this.values = values;
    this.attributes = attributes;
    this.keys = keys;
    this.open = this.json.token(',"annotations":{');
    this.names = new KeySideTable((key) => this.annotationKey(key.text));
  }

  /**
   * Writes the block if there is an annotation, and marks the attributes in it as shown.
   * @returns entries of the resource that became annotations, by place; undefined when none did
   */
  write(span: SpanView, resource: ResourceText | undefined): ReadonlySet<number> | undefined {
    const { json, used } = this;
    used.clear();
    const from = json.length;
    json.raw(this.open);
    this.ofSpan(span);
    const placed = resource === undefined ? undefined : this.ofResource(resource);
    if (used.size === 0) json.length = from;
    else {
      dropComma(json);
      json.byte(0x7d);
    }
    return placed;
  }

  private ofSpan(span: SpanView): void {
    const { attributes, keys, values } = this;
    const { list, shown, cursor } = attributes;
    for (let i = 0; i < list.count && this.used.size < MAX_ANNOTATIONS; i++) {
      const key = list.keys[i] as AttributeKey;
      const isShown = shown[i] === 1;
      if (isShown ? !keys.isNamed(key.text) : !keys.isIndexed(key.text)) continue;
      const start = list.starts[i] as number;
      const end = list.ends[i] as number;
      attributes.value.read(cursor, start, end);
      if (!isAnnotationValue(cursor, attributes.value) || !this.key(this.names.of(key))) continue;
      values.write(cursor, span.keys, start, end);
      this.json.byte(COMMA);
      shown[i] = 1;
    }
  }

  private ofResource(resource: ResourceText): ReadonlySet<number> | undefined {
    const { keys } = this;
    if (!resource.isIndexed && keys.listed.size === 0) return undefined;
    const placed = new Set<number>();
    resource.entries.forEach((entry, place) => {
      if (this.used.size >= MAX_ANNOTATIONS || !entry.mayBeAnnotation || !keys.isIndexed(entry.name)) return;
      if (!this.key(this.annotationKey(entry.name))) return;
      this.json.raw(entry.value);
      this.json.byte(COMMA);
      placed.add(place);
    });
    return placed.size > 0 ? placed : undefined;
  }

  /** @returns false when there is such a key already, or it is too long */
  private key({ name, token }: AnnotationKey): boolean {
    if (name === undefined || this.used.has(name)) return false;
    this.used.add(name);
    this.json.raw(token);
    return true;
  }

  private annotationKey(key: string): AnnotationKey {
    const name = annotationName(key);
    return { name, token: this.json.keyToken(name ?? '') };
  }
}
