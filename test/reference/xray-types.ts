// What the X-Ray reference reads and writes. It takes OTLP/JSON objects (ids in hex, 64-bit numbers as strings) and,
// for the benchmark's baseline, messages as protobufjs decodes them (ids as bytes, 64-bit numbers as Long).

export type Id = string | Uint8Array;
export type Integer =
  | string
  | number
  | bigint
  | { readonly low: number; readonly high: number; readonly unsigned: boolean };

export interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: Integer;
  readonly doubleValue?: number | string;
  readonly arrayValue?: { readonly values?: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] };
  readonly bytesValue?: Id;
}

export interface KeyValue {
  readonly key?: string;
  readonly value?: AnyValue | null;
}

export interface Event {
  readonly timeUnixNano?: Integer;
  readonly name?: string;
  readonly attributes?: readonly KeyValue[];
  readonly droppedAttributesCount?: number;
}

export interface Link {
  readonly traceId?: Id;
  readonly spanId?: Id;
  readonly traceState?: string;
  readonly attributes?: readonly KeyValue[];
  readonly droppedAttributesCount?: number;
}

export interface Span {
  readonly traceId?: Id;
  readonly spanId?: Id;
  readonly traceState?: string;
  readonly parentSpanId?: Id;
  readonly name?: string;
  readonly kind?: number;
  readonly startTimeUnixNano?: Integer;
  readonly endTimeUnixNano?: Integer;
  readonly attributes?: readonly KeyValue[];
  readonly droppedAttributesCount?: number;
  readonly events?: readonly Event[];
  readonly droppedEventsCount?: number;
  readonly links?: readonly Link[];
  readonly droppedLinksCount?: number;
  readonly status?: { readonly message?: string; readonly code?: number } | null;
  readonly flags?: number;
}

export interface Scope {
  readonly name?: string;
  readonly version?: string;
  readonly attributes?: readonly KeyValue[];
  readonly droppedAttributesCount?: number;
}

export interface TracesRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: {
      readonly attributes?: readonly KeyValue[];
      readonly droppedAttributesCount?: number;
    } | null;
    readonly scopeSpans?: readonly { readonly scope?: Scope | null; readonly spans?: readonly Span[] }[];
  }[];
}

/** A JSON object as `JSON.stringify` takes it. */
export type Json = { [key: string]: unknown };
