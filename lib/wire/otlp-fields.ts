// Protobuf tags of every OTLP message: what the transcoder writes and what the views switch on.
//
// A tag is `field number << 3 | wire type`, as it stands on the wire. A field that arrives with another wire type has
// another tag and so falls under "unknown field, skip", which is what protobuf asks for. Plain constants rather than an
// object: esbuild writes them into the `switch` as literals, and V8 then makes a jump table of it.
// Source: opentelemetry-proto 1.11.0 (2026-07-21), *.proto.

/** Wire types of protobuf; groups (3 and 4) are not used by OTLP. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LEN = 2;
export const FIXED32 = 5;

// Export{Trace,Logs,Metrics}ServiceRequest; Resource{Spans,Logs,Metrics}; Scope{Spans,Logs,Metrics}: one shape each.
export const REQUEST_RESOURCE_ITEMS = (1 << 3) | LEN;
export const RESOURCE_ITEMS_RESOURCE = (1 << 3) | LEN;
export const RESOURCE_ITEMS_SCOPE_ITEMS = (2 << 3) | LEN;
export const RESOURCE_ITEMS_SCHEMA_URL = (3 << 3) | LEN;
export const SCOPE_ITEMS_SCOPE = (1 << 3) | LEN;
export const SCOPE_ITEMS_ITEM = (2 << 3) | LEN;
export const SCOPE_ITEMS_SCHEMA_URL = (3 << 3) | LEN;

export const RESOURCE_ATTRIBUTES = (1 << 3) | LEN;
export const RESOURCE_DROPPED_ATTRIBUTES_COUNT = (2 << 3) | VARINT;
export const RESOURCE_ENTITY_REFS = (3 << 3) | LEN;

export const ENTITY_REF_SCHEMA_URL = (1 << 3) | LEN;
export const ENTITY_REF_TYPE = (2 << 3) | LEN;
export const ENTITY_REF_ID_KEYS = (3 << 3) | LEN;
export const ENTITY_REF_DESCRIPTION_KEYS = (4 << 3) | LEN;

export const SCOPE_NAME = (1 << 3) | LEN;
export const SCOPE_VERSION = (2 << 3) | LEN;
export const SCOPE_ATTRIBUTES = (3 << 3) | LEN;
export const SCOPE_DROPPED_ATTRIBUTES_COUNT = (4 << 3) | VARINT;

export const KEY_VALUE_KEY = (1 << 3) | LEN;
export const KEY_VALUE_VALUE = (2 << 3) | LEN;

/** ArrayValue and KeyValueList hold their members in the same field. */
export const LIST_VALUES = (1 << 3) | LEN;

export const ANY_VALUE_STRING = (1 << 3) | LEN;
export const ANY_VALUE_BOOL = (2 << 3) | VARINT;
export const ANY_VALUE_INT = (3 << 3) | VARINT;
export const ANY_VALUE_DOUBLE = (4 << 3) | FIXED64;
export const ANY_VALUE_ARRAY = (5 << 3) | LEN;
export const ANY_VALUE_KVLIST = (6 << 3) | LEN;
export const ANY_VALUE_BYTES = (7 << 3) | LEN;

export const SPAN_TRACE_ID = (1 << 3) | LEN;
export const SPAN_SPAN_ID = (2 << 3) | LEN;
export const SPAN_TRACE_STATE = (3 << 3) | LEN;
export const SPAN_PARENT_SPAN_ID = (4 << 3) | LEN;
export const SPAN_NAME = (5 << 3) | LEN;
export const SPAN_KIND = (6 << 3) | VARINT;
export const SPAN_START_TIME = (7 << 3) | FIXED64;
export const SPAN_END_TIME = (8 << 3) | FIXED64;
export const SPAN_ATTRIBUTES = (9 << 3) | LEN;
export const SPAN_DROPPED_ATTRIBUTES_COUNT = (10 << 3) | VARINT;
export const SPAN_EVENTS = (11 << 3) | LEN;
export const SPAN_DROPPED_EVENTS_COUNT = (12 << 3) | VARINT;
export const SPAN_LINKS = (13 << 3) | LEN;
export const SPAN_DROPPED_LINKS_COUNT = (14 << 3) | VARINT;
export const SPAN_STATUS = (15 << 3) | LEN;
export const SPAN_FLAGS = (16 << 3) | FIXED32;

export const EVENT_TIME = (1 << 3) | FIXED64;
export const EVENT_NAME = (2 << 3) | LEN;
export const EVENT_ATTRIBUTES = (3 << 3) | LEN;
export const EVENT_DROPPED_ATTRIBUTES_COUNT = (4 << 3) | VARINT;

export const LINK_TRACE_ID = (1 << 3) | LEN;
export const LINK_SPAN_ID = (2 << 3) | LEN;
export const LINK_TRACE_STATE = (3 << 3) | LEN;
export const LINK_ATTRIBUTES = (4 << 3) | LEN;
export const LINK_DROPPED_ATTRIBUTES_COUNT = (5 << 3) | VARINT;
export const LINK_FLAGS = (6 << 3) | FIXED32;

export const STATUS_MESSAGE = (2 << 3) | LEN;
export const STATUS_CODE = (3 << 3) | VARINT;

export const LOG_TIME = (1 << 3) | FIXED64;
export const LOG_SEVERITY_NUMBER = (2 << 3) | VARINT;
export const LOG_SEVERITY_TEXT = (3 << 3) | LEN;
export const LOG_BODY = (5 << 3) | LEN;
export const LOG_ATTRIBUTES = (6 << 3) | LEN;
export const LOG_DROPPED_ATTRIBUTES_COUNT = (7 << 3) | VARINT;
export const LOG_FLAGS = (8 << 3) | FIXED32;
export const LOG_TRACE_ID = (9 << 3) | LEN;
export const LOG_SPAN_ID = (10 << 3) | LEN;
export const LOG_OBSERVED_TIME = (11 << 3) | FIXED64;
export const LOG_EVENT_NAME = (12 << 3) | LEN;

export const METRIC_NAME = (1 << 3) | LEN;
export const METRIC_DESCRIPTION = (2 << 3) | LEN;
export const METRIC_UNIT = (3 << 3) | LEN;
export const METRIC_GAUGE = (5 << 3) | LEN;
export const METRIC_SUM = (7 << 3) | LEN;
export const METRIC_HISTOGRAM = (9 << 3) | LEN;
export const METRIC_EXPONENTIAL_HISTOGRAM = (10 << 3) | LEN;
export const METRIC_SUMMARY = (11 << 3) | LEN;
export const METRIC_METADATA = (12 << 3) | LEN;

/** Gauge, Sum, Histogram, ExponentialHistogram and Summary share these; Gauge and Summary have data points only. */
export const DATA_POINTS = (1 << 3) | LEN;
export const AGGREGATION_TEMPORALITY = (2 << 3) | VARINT;
export const SUM_IS_MONOTONIC = (3 << 3) | VARINT;

export const NUMBER_START_TIME = (2 << 3) | FIXED64;
export const NUMBER_TIME = (3 << 3) | FIXED64;
export const NUMBER_AS_DOUBLE = (4 << 3) | FIXED64;
export const NUMBER_EXEMPLARS = (5 << 3) | LEN;
export const NUMBER_AS_INT = (6 << 3) | FIXED64;
export const NUMBER_ATTRIBUTES = (7 << 3) | LEN;
export const NUMBER_FLAGS = (8 << 3) | VARINT;

export const HISTOGRAM_START_TIME = (2 << 3) | FIXED64;
export const HISTOGRAM_TIME = (3 << 3) | FIXED64;
export const HISTOGRAM_COUNT = (4 << 3) | FIXED64;
export const HISTOGRAM_SUM = (5 << 3) | FIXED64;
/** Repeated numbers come packed (one length-delimited run) or unpacked (a tag each); readers accept both, mixed. */
export const HISTOGRAM_BUCKET_COUNTS = (6 << 3) | LEN;
export const HISTOGRAM_BUCKET_COUNT_UNPACKED = (6 << 3) | FIXED64;
export const HISTOGRAM_EXPLICIT_BOUNDS = (7 << 3) | LEN;
export const HISTOGRAM_EXPLICIT_BOUND_UNPACKED = (7 << 3) | FIXED64;
export const HISTOGRAM_EXEMPLARS = (8 << 3) | LEN;
export const HISTOGRAM_ATTRIBUTES = (9 << 3) | LEN;
export const HISTOGRAM_FLAGS = (10 << 3) | VARINT;
export const HISTOGRAM_MIN = (11 << 3) | FIXED64;
export const HISTOGRAM_MAX = (12 << 3) | FIXED64;

export const EXPONENTIAL_ATTRIBUTES = (1 << 3) | LEN;
export const EXPONENTIAL_START_TIME = (2 << 3) | FIXED64;
export const EXPONENTIAL_TIME = (3 << 3) | FIXED64;
export const EXPONENTIAL_COUNT = (4 << 3) | FIXED64;
export const EXPONENTIAL_SUM = (5 << 3) | FIXED64;
/** sint32: zigzag. */
export const EXPONENTIAL_SCALE = (6 << 3) | VARINT;
export const EXPONENTIAL_ZERO_COUNT = (7 << 3) | FIXED64;
export const EXPONENTIAL_POSITIVE = (8 << 3) | LEN;
export const EXPONENTIAL_NEGATIVE = (9 << 3) | LEN;
export const EXPONENTIAL_FLAGS = (10 << 3) | VARINT;
export const EXPONENTIAL_EXEMPLARS = (11 << 3) | LEN;
export const EXPONENTIAL_MIN = (12 << 3) | FIXED64;
export const EXPONENTIAL_MAX = (13 << 3) | FIXED64;
export const EXPONENTIAL_ZERO_THRESHOLD = (14 << 3) | FIXED64;

/** sint32: zigzag. */
export const BUCKETS_OFFSET = (1 << 3) | VARINT;
/** uint64, unlike the fixed64 counts of an explicit histogram. */
export const BUCKETS_BUCKET_COUNTS = (2 << 3) | LEN;
export const BUCKETS_BUCKET_COUNT_UNPACKED = (2 << 3) | VARINT;

export const SUMMARY_START_TIME = (2 << 3) | FIXED64;
export const SUMMARY_TIME = (3 << 3) | FIXED64;
export const SUMMARY_COUNT = (4 << 3) | FIXED64;
export const SUMMARY_SUM = (5 << 3) | FIXED64;
export const SUMMARY_QUANTILE_VALUES = (6 << 3) | LEN;
export const SUMMARY_ATTRIBUTES = (7 << 3) | LEN;
export const SUMMARY_FLAGS = (8 << 3) | VARINT;

export const QUANTILE_QUANTILE = (1 << 3) | FIXED64;
export const QUANTILE_VALUE = (2 << 3) | FIXED64;

export const EXEMPLAR_TIME = (2 << 3) | FIXED64;
export const EXEMPLAR_AS_DOUBLE = (3 << 3) | FIXED64;
export const EXEMPLAR_SPAN_ID = (4 << 3) | LEN;
export const EXEMPLAR_TRACE_ID = (5 << 3) | LEN;
export const EXEMPLAR_AS_INT = (6 << 3) | FIXED64;
export const EXEMPLAR_FILTERED_ATTRIBUTES = (7 << 3) | LEN;

// Export…ServiceResponse, ExportPartialSuccess and google.rpc.Status, which the receiver writes.
export const RESPONSE_PARTIAL_SUCCESS = (1 << 3) | LEN;
export const PARTIAL_SUCCESS_REJECTED = (1 << 3) | VARINT;
export const PARTIAL_SUCCESS_ERROR_MESSAGE = (2 << 3) | LEN;
export const RPC_STATUS_CODE = (1 << 3) | VARINT;
export const RPC_STATUS_MESSAGE = (2 << 3) | LEN;
