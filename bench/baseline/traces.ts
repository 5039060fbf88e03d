// The usual way from OTLP to PutTraceSegments: objects in, a segment object a span, JSON.stringify twice.
import { hex, integer, type PlainAttribute, record, seconds } from './accessors.ts';

interface PlainEvent {
  name: string;
  timeUnixNano: string;
  attributes?: PlainAttribute[];
}

interface PlainScope {
  name?: string;
  version?: string;
}

interface PlainSpan {
  traceId: Uint8Array | string;
  spanId: Uint8Array | string;
  parentSpanId?: Uint8Array | string | null;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: PlainAttribute[];
  events?: PlainEvent[];
  links?: { traceId: Uint8Array | string; spanId: Uint8Array | string; attributes?: PlainAttribute[] }[];
  status?: { code?: number; message?: string } | null;
}

/** An ExportTraceServiceRequest as protobufjs or JSON.parse give it. */
export interface PlainTraces {
  resourceSpans?: {
    resource?: { attributes?: PlainAttribute[] } | null;
    scopeSpans?: { scope?: PlainScope | null; spans?: PlainSpan[] }[];
  }[];
}

const DOCUMENTS_PER_CALL = 50;

/** Request bodies of PutTraceSegments, 50 documents each. */
export function traceBodies(request: PlainTraces): Buffer[] {
  const documents: string[] = [];
  for (const { resource, scopeSpans } of request.resourceSpans ?? []) {
    const resourceAttributes = record(resource?.attributes);
    for (const { scope, spans } of scopeSpans ?? []) {
      for (const span of spans ?? [])
        documents.push(JSON.stringify(segment(span, scope, resourceAttributes)));
    }
  }
  const bodies: Buffer[] = [];
  for (let i = 0; i < documents.length; i += DOCUMENTS_PER_CALL) {
    const part = documents.slice(i, i + DOCUMENTS_PER_CALL);
    bodies.push(Buffer.from(JSON.stringify({ TraceSegmentDocuments: part })));
  }
  return bodies;
}

function segment(
  span: PlainSpan,
  scope: PlainScope | null | undefined,
  resource: Record<string, unknown>,
): Record<string, unknown> {
  const attributes = record(span.attributes);
  const take = (key: string): unknown => {
    const value = attributes[key];
    delete attributes[key];
    return value;
  };
  const traceId = hex(span.traceId);
  const parentId = hex(span.parentSpanId);
  const isSubsegment = span.kind !== 2 && span.kind !== 5 && parentId !== '';
  const document: Record<string, unknown> = {
    trace_id: `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`,
    id: hex(span.spanId),
    name: name(span, attributes, resource),
    start_time: seconds(span.startTimeUnixNano),
    end_time: seconds(span.endTimeUnixNano),
  };
  if (parentId !== '') document.parent_id = parentId;
  if (isSubsegment) document.type = 'subsegment';
  if (attributes['rpc.system'] === 'aws-api') document.namespace = 'aws';
  else if (span.kind === 3 || span.kind === 4) document.namespace = 'remote';
  const status = Number(attributes['http.response.status_code'] ?? 0);
  if (status === 429) document.throttle = true;
  if (status >= 400 && status < 500) document.error = true;
  else if (status >= 500 || span.status?.code === 2) document.fault = true;
  const exceptions = (span.events ?? []).filter((event) => event.name === 'exception');
  if (exceptions.length > 0) {
    document.cause = {
      exceptions: exceptions.map((event, index) => exception(event, `${document.id}${index}`)),
    };
  }
  const http = httpBlock(take);
  if (http !== undefined) document.http = http;
  if (attributes['db.query.text'] !== undefined) {
    document.sql = {
      url: `${attributes['server.address']}/${take('db.namespace')}`,
      database_type: take('db.system.name'),
      user: take('db.user'),
      sanitized_query: take('db.query.text'),
    };
  }
  const isAws = document.namespace === 'aws';
  document.aws = {
    account_id: resource['cloud.account.id'],
    operation: isAws ? take('rpc.method') : undefined,
    region: take('aws.region'),
    request_id: take('aws.request_id'),
    cloudwatch_logs: [{ log_group: `/tidewatch/${resource['service.name']}` }],
    eks: { pod: resource['k8s.pod.name'] },
    xray: {
      sdk: `${resource['telemetry.sdk.name']} for ${resource['telemetry.sdk.language']}`,
      sdk_version: resource['telemetry.sdk.version'],
      auto_instrumentation: false,
    },
  };
  if (resource['cloud.platform'] === 'aws_eks') document.origin = 'AWS::EKS::Container';
  document.service = { version: resource['service.version'] };
  document.user = take('enduser.id');
  const metadata: Record<string, unknown> = {};
  if (!isSubsegment)
    for (const [key, value] of Object.entries(resource)) metadata[`otel.resource.${key}`] = value;
  const events = (span.events ?? []).filter((event) => event.name !== 'exception');
  document.metadata = {
    default: Object.assign(metadata, attributes),
    otel: {
      scope: { name: scope?.name, version: scope?.version },
      status_message: exceptions.length > 0 ? span.status?.message : undefined,
      events:
        events.length === 0
          ? undefined
          : events.map((event) => ({
              name: event.name,
              time: seconds(event.timeUnixNano),
              attributes: record(event.attributes),
            })),
    },
  };
  if (span.links !== undefined && span.links.length > 0) {
    document.links = span.links.map((link) => ({
      trace_id: `1-${hex(link.traceId).slice(0, 8)}-${hex(link.traceId).slice(8)}`,
      id: hex(link.spanId),
      attributes: record(link.attributes),
    }));
  }
  return document;
}

function name(
  span: PlainSpan,
  attributes: Record<string, unknown>,
  resource: Record<string, unknown>,
): unknown {
  if (span.kind === 2) return resource['service.name'];
  return attributes['peer.service'] ?? attributes['server.address'] ?? span.name;
}

function httpBlock(take: (key: string) => unknown): Record<string, unknown> | undefined {
  const method = take('http.request.method');
  const status = take('http.response.status_code');
  if (method === undefined && status === undefined) return undefined;
  const full = take('url.full');
  const query = take('url.query');
  const url =
    full ?? `${take('url.scheme')}://${take('server.address')}${take('url.path')}${query ? `?${query}` : ''}`;
  return {
    request: { method, url, user_agent: take('user_agent.original'), client_ip: take('client.address') },
    response: { status: integer(status as number), content_length: take('http.response.body.size') },
  };
}

function exception(event: { attributes?: PlainAttribute[] }, id: string): Record<string, unknown> {
  const attributes = record(event.attributes);
  const frames: { label?: string; path: string; line: number }[] = [];
  for (const line of String(attributes['exception.stacktrace'] ?? '')
    .split('\n')
    .slice(1)) {
    const found = /^\s*at (?:(.*) \()?(.*?):(\d+)(?::\d+)?\)?$/.exec(line);
    if (found) frames.push({ label: found[1] ?? '', path: found[2] ?? '', line: Number(found[3]) });
  }
  return { id, type: attributes['exception.type'], message: attributes['exception.message'], stack: frames };
}
