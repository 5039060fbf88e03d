// What a resource adds to each of its documents, serialised once: who the service is and where it runs.

import { RESOURCE } from '../../../model/semantic-conventions.ts';
import { AnyValueView, VALUE } from '../../../telemetry/any-value.ts';
import type { ResourceView } from '../../../telemetry/resource-view.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { JsonToken } from '../../../wire/json-token.ts';
import { renderLogGroup } from '../../cloudwatch-logs/names.ts';
import { type AnnotationKeys, isAnnotationValue } from './annotation-keys.ts';
import { RESOURCE_PREFIX } from './attribute-slots.ts';
import { awsBlock, originOf, type ResourceSource } from './aws-environment.ts';
import { cleanServiceName } from './segment-name.ts';
import { textList } from './text-list.ts';
import type { ValueWriter } from './value-writer.ts';

const NOTHING = new JsonToken(new Uint8Array(0));
const COMMA = 0x2c;

/** Metadata of a resource is bounded, so that an endless resource is not copied to each of its segments. */
const MAX_METADATA_BYTES = 40 * 1024;

/** Log groups and image tags that are looked at. */
const MAX_LISTED = 50;

export interface ResourceEntry {
  /** `otel.resource.<key>`. */
  readonly name: string;
  /** `"otel.resource.key":value,`. */
  readonly text: Uint8Array;
  /** `value` alone. */
  readonly value: Uint8Array;
  readonly mayBeAnnotation: boolean;
}

export class ResourceText {
  isAws = true;
  language: string | undefined;
  /** Cleaned and escaped, without quotes; empty when the resource names no service. */
  serviceName: JsonToken = NOTHING;
  /** `"account_id":"…",`. */
  accountId: JsonToken = NOTHING;
  /** Inside of the `aws` block: log groups, platform, SDK. */
  aws: JsonToken = NOTHING;
  /** `,"service":{…},"origin":"…"`. */
  serviceAndOrigin: JsonToken = NOTHING;
  /** All entries as metadata. */
  metadata: Uint8Array = new Uint8Array(0);
  entries: readonly ResourceEntry[] = [];
  /** True when the settings make some of the entries annotations. */
  isIndexed = false;
  private readonly json: JsonBuffer;
  private readonly values: ValueWriter;
  private readonly annotationKeys: AnnotationKeys;
  private readonly logGroupTemplate: string;
  private readonly value = new AnyValueView();

  constructor(values: ValueWriter, annotationKeys: AnnotationKeys, logGroupTemplate: string) {
    this.json = values.json;
    this.values = values;
    this.annotationKeys = annotationKeys;
    this.logGroupTemplate = logGroupTemplate;
  }

  load(resource: ResourceView): void {
    const source: ResourceSource = {
      text: (key) => this.text(resource, key) || undefined,
      texts: (key) => this.texts(resource, key),
    };
    const provider = source.text(RESOURCE.cloudProvider);
    this.isAws = provider === undefined || provider === 'aws';
    this.language = source.text(RESOURCE.sdkLanguage);
    this.serviceName = this.token(
      JSON.stringify(cleanServiceName(source.text(RESOURCE.serviceName) ?? '')).slice(1, -1),
    );
    const account = this.isAws ? source.text(RESOURCE.cloudAccountId) : undefined;
    this.accountId = account === undefined ? NOTHING : this.token(`"account_id":${JSON.stringify(account)},`);
    const ownLogGroup = renderLogGroup(this.logGroupTemplate, (key) => resource.text(key));
    this.aws = this.token(JSON.stringify(awsBlock(source, this.isAws, ownLogGroup)).slice(1, -1));
    const version = versionOf(resource, source);
    const origin = this.isAws ? originOf(source) : undefined;
    this.serviceAndOrigin = this.token(
      (version === undefined ? '' : `,"service":{"version":${JSON.stringify(version)}}`) +
        (origin === undefined ? '' : `,"origin":"${origin}"`),
    );
    this.readEntries(resource);
  }

  private token(text: string): JsonToken {
    return new JsonToken(this.json.token(text));
  }

  private readEntries(resource: ResourceView): void {
    const { json, values, annotationKeys } = this;
    const { attributes, cursor, keys } = resource;
    const entries: ResourceEntry[] = [];
    this.isIndexed = false;
    const from = json.length;
    for (let i = 0; i < attributes.count; i++) {
      const start = attributes.starts[i] as number;
      const end = attributes.ends[i] as number;
      this.value.read(cursor, start, end);
      if (this.value.kind === VALUE.empty) continue;
      if (json.length - from > MAX_METADATA_BYTES) {
        json.raw(json.token(`"${RESOURCE_PREFIX}":"[${attributes.count - i} attributes left out]",`));
        break;
      }
      const name = RESOURCE_PREFIX + (attributes.keys[i]?.text ?? '').slice(0, MAX_METADATA_BYTES);
      const mayBeAnnotation = isAnnotationValue(cursor, this.value);
      const entryStart = json.length;
      json.raw(json.keyToken(name));
      const valueStart = json.length;
      values.write(cursor, keys, start, end);
      const value = copyOf(json, valueStart);
      json.byte(COMMA);
      entries.push({ name, text: copyOf(json, entryStart), value, mayBeAnnotation });
      if (mayBeAnnotation && annotationKeys.isAsked(name)) this.isIndexed = true;
    }
    this.entries = entries;
    this.metadata = copyOf(json, from);
    json.length = from;
  }

  /** Text of a string attribute; undefined for other kinds. */
  private text(resource: ResourceView, key: string): string | undefined {
    const place = resource.attributes.indexOf(key);
    if (place < 0) return undefined;
    this.value.read(
      resource.cursor,
      resource.attributes.starts[place] as number,
      resource.attributes.ends[place] as number,
    );
    if (this.value.kind !== VALUE.string) return undefined;
    return resource.cursor.text(
      this.value.start,
      Math.min(this.value.end, this.value.start + MAX_METADATA_BYTES),
    );
  }

  /** The texts of a list, or of a string in which `&` separates them. */
  private texts(resource: ResourceView, key: string): string[] {
    const joined = this.text(resource, key);
    if (joined !== undefined) return joined.split('&').filter((text) => text !== '');
    const place = resource.attributes.indexOf(key);
    if (place < 0 || this.value.kind !== VALUE.array) return [];
    const texts = textList(resource.cursor, this.value.start, this.value.end, MAX_LISTED);
    return texts.filter((text) => text !== '');
  }
}

/** The service's version, or the first tag of its image. */
function versionOf(resource: ResourceView, source: ResourceSource): string | undefined {
  if (resource.attributes.indexOf(RESOURCE.serviceVersion) >= 0) return source.text(RESOURCE.serviceVersion);
  if (resource.attributes.indexOf(RESOURCE.containerImageTag) >= 0)
    return source.text(RESOURCE.containerImageTag);
  return source.text(RESOURCE.containerImageTags) === undefined
    ? source.texts(RESOURCE.containerImageTags)[0]
    : undefined;
}

function copyOf(json: JsonBuffer, start: number): Uint8Array {
  return Buffer.from(json.slice(start));
}
