// Turns spans into X-Ray segment documents: written straight into a buffer, in the form in which they are sent.
import { AWS_API, LOCAL_ROOT } from '../../../model/semantic-conventions.ts';
import type { ResourceView } from '../../../telemetry/resource-view.ts';
import type { ScopeView } from '../../../telemetry/scope-view.ts';
import {
  SPAN_FLAG_HAS_IS_REMOTE,
  SPAN_FLAG_IS_REMOTE,
  SPAN_KINDS,
  type SpanView,
} from '../../../telemetry/span-view.ts';
import { hasParent, type SpanRejection, spanRejection } from '../../../telemetry/validity.ts';
import type { SpanVisitor } from '../../../telemetry/walk.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { MAX_DOCUMENT_BYTES } from '../limits.ts';
import type { XraySettings } from '../settings.ts';
import { AnnotationKeys } from './annotation-keys.ts';
import { SLOT } from './attribute-slots.ts';
import { fitDocument } from './fit-document.ts';
import { ID_PURPOSE, madeUpId } from './made-up-id.ts';
import type { SegmentRole } from './name-writer.ts';
import { ResourceText } from './resource-text.ts';
import { ResourceTexts } from './resource-texts.ts';
import { type DocumentShape, SegmentWriter } from './segment-writer.ts';
import { ValueWriter } from './value-writer.ts';

/** What happens around each document; the default writes nothing between them. */
export interface DocumentSink {
  /** Called before a document is written into the buffer, to write what stands before it. */
  open(): void;
  /** Called when the document is complete; `start` is where it began in the buffer. */
  close(start: number): void;
  /** Called for a span that is left out. */
  reject(reason: SpanRejection): void;
  /** Called for a document that had to be cut to X-Ray's limit. */
  cut(): void;
}

const REMOTE_PARENT = SPAN_FLAG_HAS_IS_REMOTE | SPAN_FLAG_IS_REMOTE;

/** A SpanVisitor: call it for each span of a walk. One for the life of a function. */
export class SegmentEncoder implements SpanVisitor {
  private readonly json: JsonBuffer;
  private readonly sink: DocumentSink;
  private readonly values: ValueWriter;
  private readonly annotationKeys: AnnotationKeys;
  private readonly resources: ResourceTexts;
  private resourceText: ResourceText;
  private writer: SegmentWriter | undefined;
  private scopeView: ScopeView | undefined;
  private readonly shape: DocumentShape = {
    role: 'only',
    isSegment: false,
    isRoot: false,
    hasParent: false,
    madeUpId: '',
    isAwsCall: false,
    hasNamespace: true,
  };

  constructor(json: JsonBuffer, settings: XraySettings, sink: DocumentSink) {
    this.json = json;
    this.sink = sink;
    this.values = new ValueWriter(json);
    this.annotationKeys = new AnnotationKeys(settings);
    const makeText = () => new ResourceText(this.values, this.annotationKeys, settings.logGroupTemplate);
    this.resources = new ResourceTexts(makeText);
    this.resourceText = makeText();
  }

  resource(resource: ResourceView): void {
    this.resourceText = this.resources.of(resource);
  }

  scope(scope: ScopeView): void {
    this.scopeView = scope;
    this.writer?.notes.loadScope(scope);
  }

  span(span: SpanView): void {
    const rejection = spanRejection(span);
    if (rejection !== undefined) {
      this.sink.reject(rejection);
      return;
    }
    const writer = this.writerFor(span);
    const { attributes } = writer;
    attributes.load(span.attributes);
    const { kind } = span;
    const parent = hasParent(span);
    const isMarked = attributes.has(SLOT.awsSpanKind) && attributes.equals(SLOT.awsSpanKind, LOCAL_ROOT);
    const isLocalRoot = isMarked || (parent && (span.flags & REMOTE_PARENT) === REMOTE_PARENT);
    const { shape } = this;
    shape.isAwsCall = attributes.has(SLOT.rpcSystem) && attributes.equals(SLOT.rpcSystem, AWS_API);
    shape.hasParent = parent;
    const isCall = kind === SPAN_KINDS.client || kind === SPAN_KINDS.producer;
    const isService = kind === SPAN_KINDS.server || kind === SPAN_KINDS.internal;
    if (isLocalRoot && (isCall || (isMarked && !isService))) {
      this.split(writer, span);
      return;
    }
    shape.role = 'only';
    shape.isSegment = isLocalRoot || !parent || kind === SPAN_KINDS.server || kind === SPAN_KINDS.consumer;
    shape.isRoot = isLocalRoot || !parent;
    shape.hasNamespace = !isMarked;
    this.document(writer, span);
  }

  /** A call where a trace enters a service becomes two documents: the call, and the service that made it. */
  private split(writer: SegmentWriter, span: SpanView): void {
    const { shape } = this;
    const { attributes } = writer;
    shape.madeUpId = madeUpId(idBytes(span), ID_PURPOSE.serviceSegment, 0);
    shape.isRoot = true;
    shape.hasNamespace = true;
    const parent = shape.hasParent;
    this.part(writer, span, 'call', span.kind === SPAN_KINDS.consumer);
    attributes.load(span.attributes);
    attributes.hide(SLOT.awsRemoteService);
    attributes.hide(SLOT.awsRemoteOperation);
    attributes.hide(SLOT.awsRemoteTarget);
    attributes.hide(SLOT.awsRemoteNamespace);
    shape.hasParent = parent;
    this.part(writer, span, 'service', true);
  }

  private part(writer: SegmentWriter, span: SpanView, role: SegmentRole, isSegment: boolean): void {
    this.shape.role = role;
    this.shape.isSegment = isSegment;
    this.document(writer, span);
  }

  private document(writer: SegmentWriter, span: SpanView): void {
    const { json, sink } = this;
    sink.open();
    const start = json.length;
    this.annotationKeys.listed = writer.attributes.listOfKeys();
    writer.write(span, this.resourceText, this.shape);
    // In the form for a JSON string a document is longer than it is, never shorter.
    if (json.length - start > MAX_DOCUMENT_BYTES && fitDocument(json, start)) sink.cut();
    sink.close(start);
  }

  /** The views live as long as their walker; the writer is made when the first span shows which they are. */
  private writerFor(span: SpanView): SegmentWriter {
    const { writer } = this;
    if (writer !== undefined && writer.attributes.cursor === span.cursor) return writer;
    const made = new SegmentWriter(this.values, span, this.annotationKeys);
    if (this.scopeView !== undefined) made.notes.loadScope(this.scopeView);
    this.writer = made;
    return made;
  }
}

/** Trace id and span id. */
function idBytes(span: SpanView): Uint8Array {
  const { bytes } = span.cursor;
  return Buffer.concat([
    bytes.subarray(span.traceIdStart, span.traceIdEnd),
    bytes.subarray(span.spanIdStart, span.spanIdEnd),
  ]);
}
