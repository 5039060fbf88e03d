// What each OTLP/JSON key means: its protobuf tag and how its value is written. Tables only; transcode.ts reads them.
import type { Signal } from '../../model/signal.ts';
import * as tags from '../otlp-fields.ts';
import { Pattern } from './scanner.ts';

// How a JSON value becomes a protobuf value. Plain constants so that the switch over them is a jump table.
export const STRING = 1;
/** Hexadecimal in JSON, bytes in protobuf: trace and span ids. */
export const ID = 2;
/** Base64 in JSON. */
export const BYTES = 3;
export const BOOL = 4;
/** int64 varint; integers beyond 64 bits become AnyValue's double (the OpenTelemetry JS SDK sends 1e300 so). */
export const ANY_INT = 5;
export const DOUBLE = 6;
export const FIXED64 = 7;
export const SFIXED64 = 8;
export const FIXED32 = 9;
export const UINT32 = 10;
export const UINT64 = 11;
/** Zigzag. */
export const SINT32 = 12;
/** Integer by the specification; names are understood too and reported. */
export const ENUM = 13;
export const MESSAGE = 14;

export type Kind = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14;

/** One key of a message. */
export class Field {
  readonly name: string;
  readonly tag: number;
  readonly kind: Kind;
  readonly repeated: boolean;
  /** Type of the value, when it is a message. */
  readonly type: MessageType | undefined;
  /** Names of an enum's numbers from 0 on. */
  readonly names: readonly string[] | undefined;
  /** `"name":` */
  readonly quoted: Pattern;
  /** The field that followed this one last time: what is tried first. */
  next: Field | undefined;

  constructor(name: string, options: FieldOptions) {
    this.name = name;
    this.tag = options.tag;
    this.kind = options.kind;
    this.repeated = options.repeated ?? false;
    this.type = options.type;
    this.names = options.names;
    this.quoted = new Pattern(`"${name}":`);
  }
}

interface FieldOptions {
  readonly tag: number;
  readonly kind: Kind;
  readonly repeated?: boolean;
  readonly type?: MessageType;
  readonly names?: readonly string[];
}

/** The keys of one message. */
export class MessageType {
  /** Bytes kept free for the length in front of the message; the usual number saves moving what follows. */
  readonly lengthBytes: number;
  /** True for the two lists that make values nest. */
  readonly nests: boolean;
  readonly fields = new Map<string, Field>();
  /** Fields by the first byte of their name. */
  byFirstByte: (readonly Field[] | undefined)[] = [];
  /** The field that stood first last time. */
  first: Field | undefined;
  /** What `define` was told, until `prepare` makes the tables of it. */
  private declared: Readonly<Record<string, Field | FieldOptions>> | undefined;

  constructor(lengthBytes: 1 | 2 | 3 = 1, nests = false) {
    this.lengthBytes = lengthBytes;
    this.nests = nests;
  }

  /** Fields in the order in which senders usually write them. */
  define(fields: Readonly<Record<string, Field | FieldOptions>>): this {
    this.declared = fields;
    return this;
  }

  /**
   * Makes the tables of this type and of the types in it; to be called before a body is read. Once, and not when the
   * module is loaded: that would be a fifth of the time that ingest-otlp takes to start, JSON or not.
   */
  prepare(): void {
    const { declared } = this;
    if (declared === undefined) return;
    this.declared = undefined;
    this.byFirstByte = new Array(128).fill(undefined);
    let before: Field | undefined;
    for (const [name, options] of Object.entries(declared)) {
      const field = options instanceof Field ? options : new Field(name, options);
      this.fields.set(name, field);
      const firstByte = name.charCodeAt(0);
      this.byFirstByte[firstByte] = [...(this.byFirstByte[firstByte] ?? []), field];
      if (before === undefined) this.first = field;
      else before.next = field;
      before = field;
      field.type?.prepare();
    }
  }

  /** True when the type has a field of this name, prepared or not. */
  has(name: string): boolean {
    return this.fields.has(name) || (this.declared !== undefined && Object.hasOwn(this.declared, name));
  }
}

function scalar(tag: number, kind: Kind): FieldOptions {
  return { tag, kind };
}
function scalars(tag: number, kind: Kind): FieldOptions {
  return { tag, kind, repeated: true };
}
function message(tag: number, type: MessageType): FieldOptions {
  return { tag, kind: MESSAGE, type };
}
function messages(tag: number, type: MessageType): FieldOptions {
  return { tag, kind: MESSAGE, type, repeated: true };
}
function enumeration(tag: number, prefix: string, names: string): FieldOptions {
  return { tag, kind: ENUM, names: names.split(' ').map((name) => prefix + name) };
}

/** The two messages that most of a request consists of; transcode.ts has a short way for them. */
export const anyValue: MessageType = new MessageType();
export const attributeValue = new Field('value', message(tags.KEY_VALUE_VALUE, anyValue));
export const keyValue: MessageType = new MessageType().define({
  key: scalar(tags.KEY_VALUE_KEY, STRING),
  value: attributeValue,
});
const arrayValue = new MessageType(1, true).define({ values: messages(tags.LIST_VALUES, anyValue) });
const keyValueList = new MessageType(1, true).define({ values: messages(tags.LIST_VALUES, keyValue) });
anyValue.define({
  stringValue: scalar(tags.ANY_VALUE_STRING, STRING),
  intValue: scalar(tags.ANY_VALUE_INT, ANY_INT),
  boolValue: scalar(tags.ANY_VALUE_BOOL, BOOL),
  doubleValue: scalar(tags.ANY_VALUE_DOUBLE, DOUBLE),
  arrayValue: message(tags.ANY_VALUE_ARRAY, arrayValue),
  kvlistValue: message(tags.ANY_VALUE_KVLIST, keyValueList),
  bytesValue: scalar(tags.ANY_VALUE_BYTES, BYTES),
});

const entityRef = new MessageType().define({
  schemaUrl: scalar(tags.ENTITY_REF_SCHEMA_URL, STRING),
  type: scalar(tags.ENTITY_REF_TYPE, STRING),
  idKeys: scalars(tags.ENTITY_REF_ID_KEYS, STRING),
  descriptionKeys: scalars(tags.ENTITY_REF_DESCRIPTION_KEYS, STRING),
});
const resource = new MessageType(2).define({
  attributes: messages(tags.RESOURCE_ATTRIBUTES, keyValue),
  droppedAttributesCount: scalar(tags.RESOURCE_DROPPED_ATTRIBUTES_COUNT, UINT32),
  entityRefs: messages(tags.RESOURCE_ENTITY_REFS, entityRef),
});
const scope = new MessageType().define({
  name: scalar(tags.SCOPE_NAME, STRING),
  version: scalar(tags.SCOPE_VERSION, STRING),
  attributes: messages(tags.SCOPE_ATTRIBUTES, keyValue),
  droppedAttributesCount: scalar(tags.SCOPE_DROPPED_ATTRIBUTES_COUNT, UINT32),
});

const spanEvent = new MessageType().define({
  timeUnixNano: scalar(tags.EVENT_TIME, FIXED64),
  name: scalar(tags.EVENT_NAME, STRING),
  attributes: messages(tags.EVENT_ATTRIBUTES, keyValue),
  droppedAttributesCount: scalar(tags.EVENT_DROPPED_ATTRIBUTES_COUNT, UINT32),
});
const spanLink = new MessageType().define({
  traceId: scalar(tags.LINK_TRACE_ID, ID),
  spanId: scalar(tags.LINK_SPAN_ID, ID),
  traceState: scalar(tags.LINK_TRACE_STATE, STRING),
  attributes: messages(tags.LINK_ATTRIBUTES, keyValue),
  droppedAttributesCount: scalar(tags.LINK_DROPPED_ATTRIBUTES_COUNT, UINT32),
  flags: scalar(tags.LINK_FLAGS, FIXED32),
});
const spanStatus = new MessageType().define({
  code: enumeration(tags.STATUS_CODE, 'STATUS_CODE_', 'UNSET OK ERROR'),
  message: scalar(tags.STATUS_MESSAGE, STRING),
});
const span = new MessageType(2).define({
  traceId: scalar(tags.SPAN_TRACE_ID, ID),
  spanId: scalar(tags.SPAN_SPAN_ID, ID),
  traceState: scalar(tags.SPAN_TRACE_STATE, STRING),
  parentSpanId: scalar(tags.SPAN_PARENT_SPAN_ID, ID),
  flags: scalar(tags.SPAN_FLAGS, FIXED32),
  name: scalar(tags.SPAN_NAME, STRING),
  kind: enumeration(tags.SPAN_KIND, 'SPAN_KIND_', 'UNSPECIFIED INTERNAL SERVER CLIENT PRODUCER CONSUMER'),
  startTimeUnixNano: scalar(tags.SPAN_START_TIME, FIXED64),
  endTimeUnixNano: scalar(tags.SPAN_END_TIME, FIXED64),
  attributes: messages(tags.SPAN_ATTRIBUTES, keyValue),
  droppedAttributesCount: scalar(tags.SPAN_DROPPED_ATTRIBUTES_COUNT, UINT32),
  events: messages(tags.SPAN_EVENTS, spanEvent),
  droppedEventsCount: scalar(tags.SPAN_DROPPED_EVENTS_COUNT, UINT32),
  links: messages(tags.SPAN_LINKS, spanLink),
  droppedLinksCount: scalar(tags.SPAN_DROPPED_LINKS_COUNT, UINT32),
  status: message(tags.SPAN_STATUS, spanStatus),
});

const logRecord = new MessageType(2).define({
  timeUnixNano: scalar(tags.LOG_TIME, FIXED64),
  observedTimeUnixNano: scalar(tags.LOG_OBSERVED_TIME, FIXED64),
  severityNumber: enumeration(
    tags.LOG_SEVERITY_NUMBER,
    'SEVERITY_NUMBER_',
    'UNSPECIFIED TRACE TRACE2 TRACE3 TRACE4 DEBUG DEBUG2 DEBUG3 DEBUG4 INFO INFO2 INFO3 INFO4 ' +
      'WARN WARN2 WARN3 WARN4 ERROR ERROR2 ERROR3 ERROR4 FATAL FATAL2 FATAL3 FATAL4',
  ),
  severityText: scalar(tags.LOG_SEVERITY_TEXT, STRING),
  body: message(tags.LOG_BODY, anyValue),
  attributes: messages(tags.LOG_ATTRIBUTES, keyValue),
  droppedAttributesCount: scalar(tags.LOG_DROPPED_ATTRIBUTES_COUNT, UINT32),
  flags: scalar(tags.LOG_FLAGS, FIXED32),
  traceId: scalar(tags.LOG_TRACE_ID, ID),
  spanId: scalar(tags.LOG_SPAN_ID, ID),
  eventName: scalar(tags.LOG_EVENT_NAME, STRING),
});

const exemplar = new MessageType().define({
  timeUnixNano: scalar(tags.EXEMPLAR_TIME, FIXED64),
  asDouble: scalar(tags.EXEMPLAR_AS_DOUBLE, DOUBLE),
  asInt: scalar(tags.EXEMPLAR_AS_INT, SFIXED64),
  traceId: scalar(tags.EXEMPLAR_TRACE_ID, ID),
  spanId: scalar(tags.EXEMPLAR_SPAN_ID, ID),
  filteredAttributes: messages(tags.EXEMPLAR_FILTERED_ATTRIBUTES, keyValue),
});
const numberPoint = new MessageType(2).define({
  attributes: messages(tags.NUMBER_ATTRIBUTES, keyValue),
  startTimeUnixNano: scalar(tags.NUMBER_START_TIME, FIXED64),
  timeUnixNano: scalar(tags.NUMBER_TIME, FIXED64),
  asDouble: scalar(tags.NUMBER_AS_DOUBLE, DOUBLE),
  asInt: scalar(tags.NUMBER_AS_INT, SFIXED64),
  exemplars: messages(tags.NUMBER_EXEMPLARS, exemplar),
  flags: scalar(tags.NUMBER_FLAGS, UINT32),
});
const histogramPoint = new MessageType(2).define({
  attributes: messages(tags.HISTOGRAM_ATTRIBUTES, keyValue),
  startTimeUnixNano: scalar(tags.HISTOGRAM_START_TIME, FIXED64),
  timeUnixNano: scalar(tags.HISTOGRAM_TIME, FIXED64),
  count: scalar(tags.HISTOGRAM_COUNT, FIXED64),
  sum: scalar(tags.HISTOGRAM_SUM, DOUBLE),
  bucketCounts: scalars(tags.HISTOGRAM_BUCKET_COUNTS, FIXED64),
  explicitBounds: scalars(tags.HISTOGRAM_EXPLICIT_BOUNDS, DOUBLE),
  exemplars: messages(tags.HISTOGRAM_EXEMPLARS, exemplar),
  flags: scalar(tags.HISTOGRAM_FLAGS, UINT32),
  min: scalar(tags.HISTOGRAM_MIN, DOUBLE),
  max: scalar(tags.HISTOGRAM_MAX, DOUBLE),
});
const buckets = new MessageType(2).define({
  offset: scalar(tags.BUCKETS_OFFSET, SINT32),
  bucketCounts: scalars(tags.BUCKETS_BUCKET_COUNTS, UINT64),
});
const exponentialPoint = new MessageType(2).define({
  attributes: messages(tags.EXPONENTIAL_ATTRIBUTES, keyValue),
  startTimeUnixNano: scalar(tags.EXPONENTIAL_START_TIME, FIXED64),
  timeUnixNano: scalar(tags.EXPONENTIAL_TIME, FIXED64),
  count: scalar(tags.EXPONENTIAL_COUNT, FIXED64),
  sum: scalar(tags.EXPONENTIAL_SUM, DOUBLE),
  scale: scalar(tags.EXPONENTIAL_SCALE, SINT32),
  zeroCount: scalar(tags.EXPONENTIAL_ZERO_COUNT, FIXED64),
  positive: message(tags.EXPONENTIAL_POSITIVE, buckets),
  negative: message(tags.EXPONENTIAL_NEGATIVE, buckets),
  flags: scalar(tags.EXPONENTIAL_FLAGS, UINT32),
  exemplars: messages(tags.EXPONENTIAL_EXEMPLARS, exemplar),
  min: scalar(tags.EXPONENTIAL_MIN, DOUBLE),
  max: scalar(tags.EXPONENTIAL_MAX, DOUBLE),
  zeroThreshold: scalar(tags.EXPONENTIAL_ZERO_THRESHOLD, DOUBLE),
});
const quantileValue = new MessageType().define({
  quantile: scalar(tags.QUANTILE_QUANTILE, DOUBLE),
  value: scalar(tags.QUANTILE_VALUE, DOUBLE),
});
const summaryPoint = new MessageType(2).define({
  attributes: messages(tags.SUMMARY_ATTRIBUTES, keyValue),
  startTimeUnixNano: scalar(tags.SUMMARY_START_TIME, FIXED64),
  timeUnixNano: scalar(tags.SUMMARY_TIME, FIXED64),
  count: scalar(tags.SUMMARY_COUNT, FIXED64),
  sum: scalar(tags.SUMMARY_SUM, DOUBLE),
  quantileValues: messages(tags.SUMMARY_QUANTILE_VALUES, quantileValue),
  flags: scalar(tags.SUMMARY_FLAGS, UINT32),
});

const aggregationTemporality = enumeration(
  tags.AGGREGATION_TEMPORALITY,
  'AGGREGATION_TEMPORALITY_',
  'UNSPECIFIED DELTA CUMULATIVE',
);
const metricData = (point: MessageType) =>
  new MessageType(2).define({ dataPoints: messages(tags.DATA_POINTS, point), aggregationTemporality });
const metric = new MessageType(2).define({
  name: scalar(tags.METRIC_NAME, STRING),
  description: scalar(tags.METRIC_DESCRIPTION, STRING),
  unit: scalar(tags.METRIC_UNIT, STRING),
  sum: message(
    tags.METRIC_SUM,
    new MessageType(2).define({
      dataPoints: messages(tags.DATA_POINTS, numberPoint),
      aggregationTemporality,
      isMonotonic: scalar(tags.SUM_IS_MONOTONIC, BOOL),
    }),
  ),
  gauge: message(
    tags.METRIC_GAUGE,
    new MessageType(2).define({ dataPoints: messages(tags.DATA_POINTS, numberPoint) }),
  ),
  histogram: message(tags.METRIC_HISTOGRAM, metricData(histogramPoint)),
  exponentialHistogram: message(tags.METRIC_EXPONENTIAL_HISTOGRAM, metricData(exponentialPoint)),
  summary: message(
    tags.METRIC_SUMMARY,
    new MessageType(2).define({ dataPoints: messages(tags.DATA_POINTS, summaryPoint) }),
  ),
  metadata: messages(tags.METRIC_METADATA, keyValue),
});

/** The envelope that the three signals share. */
function request(resourceItems: string, scopeItems: string, items: string, item: MessageType): MessageType {
  const scopeType = new MessageType(3).define({
    scope: message(tags.SCOPE_ITEMS_SCOPE, scope),
    [items]: messages(tags.SCOPE_ITEMS_ITEM, item),
    schemaUrl: scalar(tags.SCOPE_ITEMS_SCHEMA_URL, STRING),
  });
  const resourceType = new MessageType(3).define({
    resource: message(tags.RESOURCE_ITEMS_RESOURCE, resource),
    [scopeItems]: messages(tags.RESOURCE_ITEMS_SCOPE_ITEMS, scopeType),
    schemaUrl: scalar(tags.RESOURCE_ITEMS_SCHEMA_URL, STRING),
  });
  return new MessageType().define({ [resourceItems]: messages(tags.REQUEST_RESOURCE_ITEMS, resourceType) });
}

/** The request that each signal's path takes. */
export const REQUEST_TYPES: Readonly<Record<Signal, MessageType>> = {
  traces: request('resourceSpans', 'scopeSpans', 'spans', span),
  logs: request('resourceLogs', 'scopeLogs', 'logRecords', logRecord),
  metrics: request('resourceMetrics', 'scopeMetrics', 'metrics', metric),
};

/** True for the message that a whole body is. */
export function isRequestType(type: MessageType): boolean {
  return Object.values(REQUEST_TYPES).includes(type);
}

/** True for the outermost key of any signal. */
export function isRequestKey(key: string): boolean {
  return Object.values(REQUEST_TYPES).some((type) => type.has(key));
}
