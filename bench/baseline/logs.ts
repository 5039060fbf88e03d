// The usual way from OTLP to PutLogEvents: objects in, an event object a record, JSON.stringify twice.
import { hex, integer, type PlainAttribute, type PlainValue, plain, record } from './accessors.ts';

/** An ExportLogsServiceRequest as protobufjs or JSON.parse give it. */
export interface PlainLogs {
  resourceLogs?: {
    resource?: { attributes?: PlainAttribute[] } | null;
    scopeLogs?: {
      scope?: { name?: string; version?: string } | null;
      logRecords?: {
        timeUnixNano?: string;
        observedTimeUnixNano?: string;
        severityNumber?: number;
        severityText?: string;
        body?: PlainValue | null;
        attributes?: PlainAttribute[];
        traceId?: Uint8Array | string;
        spanId?: Uint8Array | string;
      }[];
    }[];
  }[];
}

/** The request body of PutLogEvents, one for each service. */
export function logBodies(request: PlainLogs): Buffer[] {
  return (request.resourceLogs ?? []).map(({ resource, scopeLogs }) => {
    const resourceAttributes = record(resource?.attributes);
    const logEvents: { timestamp: number; message: string }[] = [];
    for (const { scope, logRecords } of scopeLogs ?? []) {
      for (const log of logRecords ?? []) {
        const nanos = integer(log.timeUnixNano ?? log.observedTimeUnixNano);
        logEvents.push({
          timestamp: Math.floor(nanos / 1e6),
          message: JSON.stringify({
            resource: resourceAttributes,
            scope: { name: scope?.name, version: scope?.version },
            timeUnixNano: nanos,
            severityNumber: log.severityNumber,
            severityText: log.severityText,
            body: plain(log.body),
            attributes: record(log.attributes),
            traceId: hex(log.traceId),
            spanId: hex(log.spanId),
          }),
        });
      }
    }
    logEvents.sort((a, b) => a.timestamp - b.timestamp);
    const logGroupName = `/tidewatch/${resourceAttributes['service.name']}`;
    return Buffer.from(JSON.stringify({ logGroupName, logStreamName: 'default', logEvents }));
  });
}
