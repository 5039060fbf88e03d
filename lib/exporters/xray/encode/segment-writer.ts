// Writes one segment document, block by block. The id stands at a fixed place behind the trace id, see ID_OFFSET.

import { VALUE } from '../../../telemetry/any-value.ts';
import type { SpanView } from '../../../telemetry/span-view.ts';
import { SPAN_KINDS, STATUS_CODES } from '../../../telemetry/span-view.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { type JsonTokens, jsonTokens } from '../../../wire/json-token.ts';
import type { AnnotationKeys } from './annotation-keys.ts';
import { AnnotationWriter } from './annotation-writer.ts';
import { SLOT } from './attribute-slots.ts';
import { CallWriter } from './call-writer.ts';
import { CauseWriter } from './cause-writer.ts';
import { HttpWriter } from './http-writer.ts';
import { LinkWriter } from './link-writer.ts';
import { MetadataWriter } from './metadata-writer.ts';
import { NameWriter, type SegmentRole } from './name-writer.ts';
import { NotesWriter } from './notes-writer.ts';
import type { ResourceText } from './resource-text.ts';
import { SpanAttributes } from './span-attributes.ts';
import { SpanEvents } from './span-events.ts';
import { SqlWriter } from './sql-writer.ts';
import { boundedEnd } from './text-range.ts';
import type { ValueWriter } from './value-writer.ts';

/** What a document is to become, besides what the span says. */
export interface DocumentShape {
  role: SegmentRole;
  isSegment: boolean;
  /** No parent, or one in another process. */
  isRoot: boolean;
  hasParent: boolean;
  /** Of a split span: id of the service segment, parent of the call. */
  madeUpId: string;
  isAwsCall: boolean;
  /** False for a local root that is no call: it has no namespace. */
  hasNamespace: boolean;
}

const SYNTAX = {
  traceId: '{"trace_id":"1-',
  dash: '-',
  id: '","id":"',
  parentId: '","parent_id":"',
  subsegment: '","type":"subsegment',
  aws: '","namespace":"aws',
  remote: '","namespace":"remote',
  name: '","name":"',
  startTime: '","start_time":',
  endTime: ',"end_time":',
  inProgress: ',"in_progress":true',
  error: ',"error":true',
  throttle: ',"throttle":true',
  fault: ',"fault":true',
  user: ',"user":"',
};

export class SegmentWriter {
  readonly attributes: SpanAttributes;
  readonly notes: NotesWriter;
  private readonly json: JsonBuffer;
  private readonly keys: AnnotationKeys;
  private readonly events: SpanEvents;
  private readonly name: NameWriter;
  private readonly http: HttpWriter;
  private readonly cause: CauseWriter;
  private readonly sql: SqlWriter;
  private readonly call: CallWriter;
  private readonly annotations: AnnotationWriter;
  private readonly metadata: MetadataWriter;
  private readonly links: LinkWriter;
  private readonly tokens: JsonTokens<typeof SYNTAX>;

  constructor(values: ValueWriter, span: SpanView, keys: AnnotationKeys) {
    const { json } = values;
    this.json = json;
    this.keys = keys;
    this.attributes = new SpanAttributes(span);
    this.events = new SpanEvents(span);
    this.name = new NameWriter(json, this.attributes);
    this.http = new HttpWriter(json, this.attributes);
    this.cause = new CauseWriter(json, this.attributes, this.events);
    this.sql = new SqlWriter(json, this.attributes);
    this.call = new CallWriter(json, this.attributes);
    this.annotations = new AnnotationWriter(values, this.attributes, keys);
    this.links = new LinkWriter(values, span);
    this.notes = new NotesWriter(values, this.events, this.cause, this.links);
    this.metadata = new MetadataWriter(values, this.attributes, keys, this.notes);
    this.tokens = jsonTokens(json, SYNTAX);
  }

  /** Writes the document of a span whose attributes are loaded. */
  write(span: SpanView, resource: ResourceText, shape: DocumentShape): void {
    const { json, attributes, events } = this;
    const draftStart = json.length;
    const isService = shape.role === 'service';
    this.head(span, resource, shape);
    if (span.events.count > 0) events.scan(span, shape.isAwsCall);
    this.blocks(span, resource, shape);
    resource.serviceAndOrigin.write(json);
    this.user(span);
    this.notes.attributesLeftOut = 0;
    this.links.leftOut = 0;
    const isConsumer = span.kind === SPAN_KINDS.consumer;
    const hasLinks = shape.role === 'only' || (isService ? isConsumer : !isConsumer);
    if (span.links.count > 0 && hasLinks) this.links.write(span);
    const ofResource = shape.isSegment ? resource : undefined;
    const annotated = this.keys.isNeeded ? this.annotations.write(span, ofResource) : undefined;
    this.metadata.write(span, { resource: ofResource, annotated, isService, draftStart });
    json.byte(0x7d);
    attributes.cursor.pos = span.end;
  }

  private head(span: SpanView, resource: ResourceText, shape: DocumentShape): void {
    const { json, tokens } = this;
    const { bytes } = span.cursor;
    tokens.traceId.write(json);
    json.hex(bytes, span.traceIdStart, 4);
    tokens.dash.write(json);
    json.hex(bytes, span.traceIdStart + 4, 12);
    tokens.id.write(json);
    if (shape.role === 'service') json.ascii(shape.madeUpId);
    else json.hex(bytes, span.spanIdStart, 8);
    if (shape.role === 'call') {
      tokens.parentId.write(json);
      json.ascii(shape.madeUpId);
    } else if (shape.hasParent) {
      tokens.parentId.write(json);
      json.hex(bytes, span.parentSpanIdStart, 8);
    }
    if (shape.role === 'call' || !shape.isSegment) tokens.subsegment.write(json);
    if (shape.hasNamespace && shape.role !== 'service') this.namespace(span, shape);
    tokens.name.write(json);
    this.name.write(span, resource, shape.role, shape.isRoot);
    this.times(span);
  }

  /** `aws.service` counts only where it is looked at as a name: no better source stands before it. */
  private namespace(span: SpanView, shape: DocumentShape): void {
    const { json, attributes, tokens } = this;
    const isAws =
      shape.isAwsCall || (attributes.has(SLOT.awsService) && !this.name.hasBetterThanAwsService(span.kind));
    if (isAws) tokens.aws.write(json);
    else if (shape.role === 'call' || span.kind === SPAN_KINDS.client || span.kind === SPAN_KINDS.producer) {
      tokens.remote.write(json);
    }
  }

  /** X-Ray takes no time of 0 and no end before the start: the other one stands in. */
  private times(span: SpanView): void {
    const { json, attributes, tokens } = this;
    const { data } = span.cursor;
    const start = isLater(data, span.startTimeAt, 0) ? span.startTimeAt : span.endTimeAt;
    tokens.startTime.write(json);
    json.unixSeconds(data, start);
    if (attributes.has(SLOT.xrayInProgress) && this.isInProgress()) {
      tokens.inProgress.write(json);
      return;
    }
    tokens.endTime.write(json);
    json.unixSeconds(data, isLater(data, span.endTimeAt, start) ? span.endTimeAt : start);
  }

  /** A bool in `aws.xray.inprogress` is no attribute of its own, whatever it says. */
  private isInProgress(): boolean {
    const { attributes } = this;
    attributes.read(SLOT.xrayInProgress);
    if (attributes.value.kind !== VALUE.bool) return false;
    attributes.show(SLOT.xrayInProgress);
    return attributes.value.bool;
  }

  private blocks(span: SpanView, resource: ResourceText, shape: DocumentShape): void {
    const { attributes } = this;
    const isService = shape.role === 'service';
    this.flags(span);
    if (attributes.isHttp) this.httpBlock(span, isService);
    this.cause.write(span, isService ? shape.madeUpId : undefined, resource.language);
    this.call.write(resource, isService);
    if (attributes.has(SLOT.dbOldSystem) || attributes.has(SLOT.dbSystemName)) this.sql.write(span);
  }

  private flags(span: SpanView): void {
    const { json, tokens } = this;
    const code = this.attributes.isHttp ? this.http.statusForFlags() : Number.NaN;
    if (code >= 400 && code <= 499) {
      tokens.error.write(json);
      if (code === 429) tokens.throttle.write(json);
    } else if ((code >= 500 && code <= 599) || span.statusCode === STATUS_CODES.error)
      tokens.fault.write(json);
  }

  private httpBlock(span: SpanView, isService: boolean): void {
    const { attributes, events, json } = this;
    let lo = 0;
    let hi = 0;
    if (attributes.has(SLOT.messageType) && attributes.equals(SLOT.messageType, 'RECEIVED')) {
      if (attributes.read(SLOT.oldPayloadSize) && attributes.value.kind === VALUE.int) {
        lo = attributes.value.lo;
        hi = attributes.value.hi;
      }
    }
    if ((lo | hi) === 0 && span.events.count > 0) {
      events.findReceivedSize(span);
      lo = events.receivedLo;
      hi = events.receivedHi;
    }
    const from = json.length;
    this.http.write(span.kind, lo, hi);
    // The service of a split span made no request, but its attributes are not told twice.
    if (isService) json.length = from;
  }

  /** Who the span was for. */
  private user(span: SpanView): void {
    const { attributes, json } = this;
    if (!attributes.has(SLOT.enduserId)) return;
    if (attributes.anyString(SLOT.enduserId)) {
      attributes.show(SLOT.enduserId);
      if (attributes.end === attributes.start) return;
      const { bytes, data } = span.cursor;
      this.tokens.user.write(json);
      json.escaped(bytes, data, attributes.start, boundedEnd(bytes, attributes.start, attributes.end));
      json.quoteMark();
      return;
    }
    const plain = attributes.plain(SLOT.enduserId);
    if (plain === undefined) return;
    attributes.show(SLOT.enduserId);
    this.tokens.user.write(json);
    json.ascii(plain);
    json.quoteMark();
  }
}

/** True when the time at `at` is after the one at `than`; an absent time is 0. */
function isLater(data: DataView, at: number, than: number): boolean {
  if (at === 0) return false;
  const hi = data.getUint32(at + 4, true);
  const lo = data.getUint32(at, true);
  if (than === 0) return (hi | lo) !== 0;
  const thanHi = data.getUint32(than + 4, true);
  return hi > thanHi || (hi === thanHi && lo > data.getUint32(than, true));
}
