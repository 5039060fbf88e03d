// Writes the name of a segment: the first source that has something to say in characters that X-Ray takes.
import { AWS_API, LOCAL_ROOT } from '../../../model/semantic-conventions.ts';
import { SPAN_KINDS, type SpanView } from '../../../telemetry/span-view.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { MAX_NAME_CHARS } from '../limits.ts';
import { SLOT, type Slot } from './attribute-slots.ts';
import { databaseHost } from './database-host.ts';
import type { ResourceText } from './resource-text.ts';
import { cleanServiceName, cleanSpanName, DEFAULT_NAME } from './segment-name.ts';
import type { SpanAttributes } from './span-attributes.ts';

/** What is looked at of an endless name. */
const MAX_SOURCE_BYTES = 4_096;

/** 1 for the ASCII that every name may have and JSON need not escape. */
const PLAIN = new Uint8Array(256);
for (const code of Buffer.from(' 0123456789_.:/%&#=+-@')) PLAIN[code] = 1;
for (let code = 65; code <= 90; code++) PLAIN[code] = PLAIN[code + 32] = 1;

/** Which document of a span is named: its only one, or one of the two of a split span. */
export type SegmentRole = 'only' | 'call' | 'service';

export class NameWriter {
  private readonly json: JsonBuffer;
  private readonly attributes: SpanAttributes;

  constructor(json: JsonBuffer, attributes: SpanAttributes) {
    this.json = json;
    this.attributes = attributes;
  }

  /**
   * Writes the name without quotes.
   * @param isRoot no parent, or one in another process: the segment stands for the service
   */
  write(span: SpanView, resource: ResourceText, role: SegmentRole, isRoot: boolean): void {
    if (role === 'call' && this.remoteService()) return;
    if (role === 'service' && (this.slot(SLOT.awsLocalService) || this.service(resource))) return;
    if (this.source(span.kind, resource, isRoot)) return;
    const { bytes, data } = span.cursor;
    if (isPlain(bytes, span.nameStart, span.nameEnd)) {
      this.json.escaped(bytes, data, span.nameStart, span.nameEnd);
      return;
    }
    const end = Math.min(span.nameEnd, span.nameStart + MAX_SOURCE_BYTES);
    this.json.escapedText(cleanSpanName(span.cursor.text(span.nameStart, end)) || DEFAULT_NAME);
  }

  /** True when a source that stands before `aws.service` names the segment. */
  hasBetterThanAwsService(kind: number): boolean {
    const { attributes } = this;
    if (kind === SPAN_KINDS.server && attributes.string(SLOT.awsLocalService)) return true;
    const isCall = kind === SPAN_KINDS.client || kind === SPAN_KINDS.producer || kind === SPAN_KINDS.consumer;
    return (isCall && attributes.string(SLOT.awsRemoteService)) || attributes.string(SLOT.peerService);
  }

  private source(kind: number, resource: ResourceText, isRoot: boolean): boolean {
    const { attributes } = this;
    const isRemote = kind === SPAN_KINDS.client || kind === SPAN_KINDS.producer;
    const isServer = kind === SPAN_KINDS.server;
    const isInternal = kind === SPAN_KINDS.internal;
    const isMarked = isInternal && attributes.equals(SLOT.awsSpanKind, LOCAL_ROOT);
    return (
      ((isServer || isMarked) && this.slot(SLOT.awsLocalService)) ||
      ((isRemote || kind === SPAN_KINDS.consumer) && this.remoteService()) ||
      this.slot(SLOT.peerService) ||
      this.slot(SLOT.awsService) ||
      this.database() ||
      (isServer && this.service(resource)) ||
      this.slot(SLOT.rpcService) ||
      this.slot(SLOT.oldHost) ||
      this.slot(SLOT.oldPeerName) ||
      // The collector stops here.
      (!isServer && this.namespace()) ||
      (isRemote && (this.slot(SLOT.messagingDestination) || this.slot(SLOT.serverAddress))) ||
      (isRoot && (isInternal || kind === SPAN_KINDS.consumer) && this.service(resource))
    );
  }

  private slot(slot: Slot): boolean {
    return this.attributes.string(slot) && this.clean(this.attributes.start, this.attributes.end);
  }

  private service(resource: ResourceText): boolean {
    if (resource.serviceName.length === 0) return false;
    resource.serviceName.write(this.json);
    return true;
  }

  private remoteService(): boolean {
    const { attributes } = this;
    const isAws = attributes.equals(SLOT.rpcSystem, AWS_API);
    if (!attributes.string(SLOT.awsRemoteService)) return false;
    const { start, end, cursor } = attributes;
    if (!isAws) return this.clean(start, end);
    for (const prefix of ['AWS.SDK.', 'AWS::']) {
      if (cursor.equals(start, Math.min(end, start + prefix.length), prefix))
        return this.clean(start + prefix.length, end);
    }
    return this.clean(start, end);
  }

  /** `db.name`, and `@` with the host of the connection string. */
  private database(): boolean {
    const { attributes } = this;
    if (!attributes.string(SLOT.dbOldName)) return false;
    if (!attributes.has(SLOT.dbOldConnectionString)) return this.clean(attributes.start, attributes.end);
    const name = cleanServiceName(this.shortText(attributes.start, attributes.end));
    const host = databaseHost(attributes.text(SLOT.dbOldConnectionString)?.slice(0, MAX_SOURCE_BYTES) ?? '');
    return name !== '' && this.text(host === undefined ? name : cleanServiceName(`${name}@${host}`));
  }

  /** `db.namespace`, and `@` with the server's address. */
  private namespace(): boolean {
    const { attributes, json } = this;
    if (!attributes.string(SLOT.dbNamespace)) return false;
    const { start, end } = attributes;
    if (!attributes.string(SLOT.serverAddress)) return this.clean(start, end);
    const { bytes, data } = attributes.cursor;
    const isShort = end - start + attributes.end - attributes.start < MAX_NAME_CHARS;
    if (isShort && isPlain(bytes, start, end) && isPlain(bytes, attributes.start, attributes.end)) {
      json.escaped(bytes, data, start, end);
      json.byte(64);
      json.escaped(bytes, data, attributes.start, attributes.end);
      return true;
    }
    const name = cleanServiceName(this.shortText(start, end));
    return (
      name !== '' &&
      this.text(cleanServiceName(`${name}@${this.shortText(attributes.start, attributes.end)}`))
    );
  }

  private clean(start: number, end: number): boolean {
    const { bytes, data } = this.attributes.cursor;
    if (!isPlain(bytes, start, end)) return this.text(cleanServiceName(this.shortText(start, end)));
    this.json.escaped(bytes, data, start, end);
    return true;
  }

  private text(name: string): boolean {
    if (name === '') return false;
    this.json.escapedText(name);
    return true;
  }

  private shortText(start: number, end: number): string {
    return this.attributes.cursor.text(start, Math.min(end, start + MAX_SOURCE_BYTES));
  }
}

/** True for 1 to 200 bytes that all are plain. */
function isPlain(bytes: Buffer, start: number, end: number): boolean {
  if (end === start || end - start > MAX_NAME_CHARS) return false;
  for (let i = start; i < end; i++) if (PLAIN[bytes[i] as number] === 0) return false;
  return true;
}
