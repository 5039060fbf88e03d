// The rules of the X-Ray translation as plainly as they can be written: objects in, documents out. What the encoder
// writes is held against this, and this against the documents of the collector.
import { ID_PURPOSE, madeUpId } from '../../lib/exporters/xray/encode/made-up-id.ts';
import type { XraySettings } from '../../lib/exporters/xray/settings.ts';
import { causeOf } from './xray-cause.ts';
import { httpBlock } from './xray-http.ts';
import { notesOf } from './xray-metadata.ts';
import { type NameContext, remoteServiceName, segmentName, serviceSegmentName } from './xray-names.ts';
import { callParts, type ResourceParts, resourceParts, sqlBlock } from './xray-resource.ts';
import type { Id, Json, Link, Scope, Span, TracesRequest } from './xray-types.ts';
import {
  type Attributes,
  attributesOf,
  entries,
  hex,
  isZero,
  plainText,
  seconds,
  text,
} from './xray-values.ts';

/** Attributes that the service segment of a split span does not have. */
const NOT_OF_SERVICE = ['aws.remote.service', 'aws.remote.operation', 'remoteTarget', 'K8s.RemoteNamespace'];

interface Surroundings {
  readonly resource: Attributes;
  readonly parts: ResourceParts;
  readonly scope: Json | undefined;
  readonly settings: XraySettings;
}

/** The segment documents of a request, in the order of its spans; spans with invalid ids are left out. */
export function xrayDocuments(request: TracesRequest, settings: XraySettings): Json[] {
  const documents: Json[] = [];
  for (const { resource, scopeSpans } of request.resourceSpans ?? []) {
    const attributes = attributesOf(resource?.attributes);
    const parts = resourceParts(attributes, settings.logGroupTemplate);
    for (const { scope, spans } of scopeSpans ?? []) {
      const around: Surroundings = { resource: attributes, parts, scope: scopeJson(scope), settings };
      for (const span of spans ?? []) if (isValid(span)) documents.push(...spanDocuments(span, around));
    }
  }
  return documents;
}

function isValid(span: Span): boolean {
  const parent = hex(span.parentSpanId);
  return isId(span.traceId, 32) && isId(span.spanId, 16) && (parent === '' || parent.length === 16);
}

function isId(id: Id | undefined, digits: number): boolean {
  const text = hex(id);
  return text.length === digits && !/^0+$/.test(text);
}

function spanDocuments(span: Span, around: Surroundings): Json[] {
  const attributes = attributesOf(span.attributes);
  const kind = span.kind ?? 0;
  const parent = isId(span.parentSpanId, 16);
  const marked = text(attributes.get('aws.span.kind')) === 'LOCAL_ROOT';
  const remoteParent = parent && ((span.flags ?? 0) & 0x300) === 0x300;
  const localRoot = marked || remoteParent;
  const isCall = kind === 3 || kind === 4 || (marked && kind !== 1 && kind !== 2);
  if (localRoot && isCall) return splitDocuments(span, attributes, around);
  const own = localRoot || !parent || kind === 2 || kind === 5;
  const parts = segmentParts(span, attributes, around, {
    id: hex(span.spanId),
    parent: parentOf(span),
    localRoot,
    segment: own,
  });
  const namespace = marked ? undefined : namespaceOf(attributes, kind);
  return [{ ...parts, namespace, type: own ? undefined : 'subsegment' }];
}

/** A client call where a trace enters a service: the call as a subsegment, and the service it was made by. */
function splitDocuments(span: Span, attributes: Attributes, around: Surroundings): Json[] {
  const kind = span.kind ?? 0;
  const id = hex(span.spanId);
  const serviceId = madeUpId(Buffer.from(hex(span.traceId) + id, 'hex'), ID_PURPOSE.serviceSegment, 0);
  const call = segmentParts(span, attributes, around, {
    localRoot: true,
    id,
    parent: serviceId,
    segment: kind === 5,
  });
  const ofService = new Map([...attributes].filter(([key]) => !NOT_OF_SERVICE.includes(key)));
  const service = segmentParts(span, ofService, around, {
    localRoot: true,
    id: serviceId,
    parent: parentOf(span),
    segment: true,
  });
  const named = {
    span,
    attributes: ofService,
    serviceName: text(around.resource.get('service.name')),
    localRoot: true,
    root: true,
  };
  const onlyResource = Object.entries(service.metadata as Record<string, Json | null>).flatMap(
    ([namespace, values]) =>
      namespace === 'otel' || values === null
        ? []
        : [
            [
              namespace,
              Object.fromEntries(Object.entries(values).filter(([key]) => key.startsWith('otel.resource.'))),
            ] as const,
          ],
  );
  return [
    {
      ...call,
      name: remoteServiceName(attributes) ?? call.name,
      namespace: namespaceOf(attributes, kind) ?? 'remote',
      type: 'subsegment',
      links: kind === 5 ? undefined : call.links,
    },
    {
      ...service,
      name: serviceSegmentName(named),
      http: undefined,
      aws: around.parts.aws,
      links: kind === 5 ? service.links : undefined,
      metadata: Object.fromEntries([['default', {}], ...onlyResource]),
    },
  ];
}

interface Place {
  readonly id: string;
  readonly parent: string | undefined;
  readonly localRoot: boolean;
  /** Segments carry the attributes of the resource, subsegments do not. */
  readonly segment: boolean;
}

function segmentParts(span: Span, attributes: Attributes, around: Surroundings, place: Place): Json {
  const { parts, resource, settings } = around;
  const events = span.events ?? [];
  const http = httpBlock(attributes, span.kind ?? 0, events);
  const cause = causeOf(span, attributes, text(resource.get('telemetry.sdk.language')), place.id);
  const call = callParts(attributes, parts);
  const sql = sqlBlock(attributes, span.name ?? '');
  const user = plainText(attributes.get('enduser.id')) || undefined;
  const shown = new Set([...http.shown, ...call.shown, ...sql.shown]);
  if (user !== undefined || attributes.get('enduser.id')?.stringValue === '') shown.add('enduser.id');
  if (cause.statusTextShown) shown.add('http.status_text');
  const left = new Map([...attributes].filter(([key]) => !shown.has(key)));
  const notes = notesOf(left, attributes, place.segment ? resource : new Map(), settings);
  const links = linksOf(span.links ?? []);
  const inProgress = attributes.get('aws.xray.inprogress')?.boolValue === true;
  const name: NameContext = {
    span,
    attributes,
    serviceName: text(resource.get('service.name')),
    localRoot: place.localRoot,
    root: place.localRoot || place.parent === undefined,
  };
  const start = isZero(span.startTimeUnixNano) ? span.endTimeUnixNano : span.startTimeUnixNano;
  return {
    trace_id: traceId(span.traceId),
    id: place.id,
    parent_id: place.parent,
    name: segmentName(name),
    start_time: seconds(start),
    end_time: inProgress ? undefined : Math.max(seconds(start), seconds(span.endTimeUnixNano)),
    in_progress: inProgress || undefined,
    ...cause.flags,
    http: http.http,
    cause: cause.cause,
    aws: { ...parts.aws, ...call.call },
    service: parts.service,
    origin: parts.origin,
    user,
    sql: sql.sql,
    annotations: notes.annotations,
    metadata: { ...notes.metadata, ...otelNotes(span, around.scope, cause, links.left) },
    links: links.shown.length > 0 ? links.shown : undefined,
  };
}

/** What OTLP says of a span and a segment has no field for. */
function otelNotes(
  span: Span,
  scope: Json | undefined,
  cause: ReturnType<typeof causeOf>,
  links: Json[],
): Json {
  const otel = {
    scope,
    trace_state: span.traceState || undefined,
    status_message: cause.statusMessageShown ? undefined : span.status?.message,
    dropped_attributes_count: span.droppedAttributesCount || undefined,
    dropped_events_count: span.droppedEventsCount || undefined,
    dropped_links_count: span.droppedLinksCount || undefined,
    events: cause.events.length > 0 ? cause.events : undefined,
    links: links.length > 0 ? links : undefined,
  };
  return Object.values(otel).some((note) => note !== undefined) ? { otel } : {};
}

function scopeJson(scope: Scope | null | undefined): Json | undefined {
  if (!scope) return undefined;
  const attributes = attributesOf(scope.attributes);
  const json = {
    name: scope.name || undefined,
    version: scope.version || undefined,
    attributes: attributes.size > 0 ? entries(attributes) : undefined,
    dropped_attributes_count: scope.droppedAttributesCount || undefined,
  };
  return Object.values(json).some((value) => value !== undefined) ? json : undefined;
}

/** Links that X-Ray can follow, and what it cannot show of them. */
function linksOf(links: readonly Link[]): { shown: Json[]; left: Json[] } {
  const shown: Json[] = [];
  const left: Json[] = [];
  for (const link of links) {
    const attributes = attributesOf(link.attributes);
    const json = attributes.size > 0 ? entries(attributes) : undefined;
    const valid = isId(link.traceId, 32) && isId(link.spanId, 16);
    if (valid) shown.push({ trace_id: traceId(link.traceId), id: hex(link.spanId), attributes: json });
    if (valid && !link.traceState && !link.droppedAttributesCount) continue;
    left.push({
      trace_id: hex(link.traceId),
      id: hex(link.spanId),
      trace_state: link.traceState || undefined,
      dropped_attributes_count: link.droppedAttributesCount || undefined,
      attributes: valid ? undefined : json,
    });
  }
  return { shown, left };
}

/** `aws.service` counts only where it is looked at as a name: no better source stands before it. */
function namespaceOf(attributes: Attributes, kind: number): string | undefined {
  const get = (key: string) => text(attributes.get(key));
  const isCall = kind === 3 || kind === 4;
  const better =
    (kind === 2 && get('aws.local.service')) ||
    ((isCall || kind === 5) && get('aws.remote.service')) ||
    get('peer.service');
  if (get('rpc.system') === 'aws-api' || (!better && attributes.has('aws.service'))) return 'aws';
  return isCall ? 'remote' : undefined;
}

function parentOf(span: Span): string | undefined {
  return isId(span.parentSpanId, 16) ? hex(span.parentSpanId) : undefined;
}

function traceId(id: Id | undefined): string {
  const digits = hex(id);
  return `1-${digits.slice(0, 8)}-${digits.slice(8)}`;
}
