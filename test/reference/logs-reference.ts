// What the CloudWatch Logs encoder must write, said with plain objects: slow, short, and read by people.
import type { AnyValue, KeyValue, LogRecord, LogsRequest } from '../../bench/payloads/otlp-json.ts';
import { renderLogGroup, renderLogStream } from '../../lib/exporters/cloudwatch-logs/names.ts';
import { MAX_VALUE_DEPTH } from '../../lib/telemetry/any-value.ts';
import { exactNumber } from './exact-json.ts';

export interface LogEvent {
  group: string;
  stream: string;
  timestamp: number;
  /** The parsed message, numbers as `exactNumber` writes them. */
  message: Record<string, unknown>;
}

export interface LogSource {
  ingestId: string;
  acceptedAtMs: number;
  groupTemplate: string;
  streamTemplate: string;
}

/** Events of a request in the order of its records. @param request as decodeProtobuf gives it */
export function logEvents(request: LogsRequest, source: LogSource): LogEvent[] {
  let ordinal = 0;
  return (request.resourceLogs ?? []).flatMap(({ resource, scopeLogs }) =>
    (scopeLogs ?? []).flatMap(({ scope, logRecords }) =>
      (logRecords ?? []).map((record) => {
        const attribute = (key: string) =>
          plainText(resource?.attributes?.findLast((a) => a.key === key)?.value);
        return {
          group: renderLogGroup(source.groupTemplate, attribute),
          stream: renderLogStream(source.streamTemplate, attribute),
          timestamp: timestampOf(record, source.acceptedAtMs),
          message: compact({
            severityText: record.severityText || undefined,
            severityNumber: number(record.severityNumber),
            eventName: record.eventName || undefined,
            body: record.body === undefined ? undefined : value(record.body, 0),
            traceId: id(record.traceId, 32),
            spanId: id(record.spanId, 16),
            flags: number(record.flags),
            attributes: object(record.attributes),
            timeUnixNano: nanos(record.timeUnixNano),
            observedTimeUnixNano: nanos(record.observedTimeUnixNano),
            droppedAttributesCount: number(record.droppedAttributesCount),
            scope: compact({
              name: scope?.name || undefined,
              version: scope?.version || undefined,
              attributes: object(scope?.attributes),
              droppedAttributesCount: number(scope?.droppedAttributesCount),
            }),
            resource: compact({
              attributes: object(resource?.attributes),
              droppedAttributesCount: number(resource?.droppedAttributesCount),
            }),
            recordId: `${source.ingestId}-${ordinal++}`,
          }),
        };
      }),
    ),
  );
}

function timestampOf(record: LogRecord, acceptedAtMs: number): number {
  const time = BigInt(record.timeUnixNano ?? 0) || BigInt(record.observedTimeUnixNano ?? 0);
  return time === 0n ? acceptedAtMs : Number(time / 1_000_000n);
}

function value(any: AnyValue, depth: number): unknown {
  if ('stringValue' in any) return any.stringValue;
  if ('boolValue' in any) return any.boolValue;
  if ('intValue' in any) return exactNumber(BigInt(any.intValue).toString());
  if ('doubleValue' in any) {
    const double = Number(any.doubleValue);
    return Number.isFinite(double) ? exactNumber(String(double)) : String(double);
  }
  if ('bytesValue' in any) return any.bytesValue;
  const tooDeep = `[nested deeper than ${MAX_VALUE_DEPTH}]`;
  if ('arrayValue' in any) {
    if (depth >= MAX_VALUE_DEPTH) return tooDeep;
    return (any.arrayValue.values ?? []).map((item) => value(item, depth + 1));
  }
  if ('kvlistValue' in any) {
    if (depth >= MAX_VALUE_DEPTH) return tooDeep;
    return map(any.kvlistValue.values ?? [], depth + 1);
  }
  return null;
}

/** A repeated key: the last value, in the first one's place. */
function map(entries: readonly KeyValue[], depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = Object.create(null);
  for (const entry of entries) result[entry.key ?? ''] = value(entry.value ?? {}, depth);
  return result;
}

function object(entries: readonly KeyValue[] | undefined): Record<string, unknown> | undefined {
  return entries === undefined || entries.length === 0 ? undefined : map(entries, 0);
}

function plainText(any: AnyValue | undefined): string | undefined {
  if (any === undefined) return undefined;
  if ('stringValue' in any) return any.stringValue;
  if ('boolValue' in any) return String(any.boolValue);
  if ('intValue' in any) return BigInt(any.intValue).toString();
  if ('doubleValue' in any) return String(Number(any.doubleValue));
  return undefined;
}

function id(hex: string | undefined, digits: number): string | undefined {
  const valid = hex !== undefined && hex.length === digits && !/^0*$/.test(hex);
  return valid ? hex.toLowerCase() : undefined;
}

function number(count: number | undefined): string | undefined {
  return count === undefined || count === 0 ? undefined : exactNumber(String(count));
}

function nanos(time: string | undefined): string | undefined {
  return time === undefined || BigInt(time) === 0n ? undefined : exactNumber(BigInt(time).toString());
}

/** Without what is absent; undefined when nothing is left. */
function compact(fields: Record<string, unknown>): Record<string, unknown>;
function compact(fields: Record<string, unknown>): Record<string, unknown> | undefined {
  const kept = Object.entries(fields).filter(([, field]) => field !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
