// Which fields of which OTLP message hold messages: all that the walk at the door has to know of the protocol.
import * as tags from '../../wire/otlp-fields.ts';

/** What lies in a length-delimited field that is looked into. Fields that are not listed are stepped over. */
export interface Shape {
  /** By tag. */
  readonly fields: readonly (Shape | undefined)[];
  readonly kind: ShapeKind;
}

/** `message` is looked into; `list` too, and counts as one level of nesting; the others are runs of numbers. */
export type ShapeKind = 'message' | 'list' | 'packedFixed64' | 'packedVarints';

type Fields = readonly (readonly [tag: number, shape: Shape])[];

class MutableShape implements Shape {
  readonly kind: ShapeKind;
  readonly fields: (Shape | undefined)[] = [];

  constructor(kind: ShapeKind) {
    this.kind = kind;
  }

  /** Without holes, so that reading an unknown tag is a plain array access. */
  with(fields: Fields): this {
    const last = Math.max(...fields.map(([tag]) => tag));
    while (this.fields.length <= last) this.fields.push(undefined);
    for (const [tag, shape] of fields) this.fields[tag] = shape;
    return this;
  }
}

function message(...fields: Fields): Shape {
  return fields.length === 0 ? new MutableShape('message') : new MutableShape('message').with(fields);
}

const flat = message();
const packedFixed64: Shape = new MutableShape('packedFixed64');

const anyValue = new MutableShape('message');
const keyValue = message([tags.KEY_VALUE_VALUE, anyValue]);
anyValue.with([
  [tags.ANY_VALUE_ARRAY, new MutableShape('list').with([[tags.LIST_VALUES, anyValue]])],
  [tags.ANY_VALUE_KVLIST, new MutableShape('list').with([[tags.LIST_VALUES, keyValue]])],
]);

export const RESOURCE: Shape = message([tags.RESOURCE_ATTRIBUTES, keyValue]);
export const SCOPE: Shape = message([tags.SCOPE_ATTRIBUTES, keyValue]);

export const SPAN: Shape = message(
  [tags.SPAN_ATTRIBUTES, keyValue],
  [tags.SPAN_EVENTS, message([tags.EVENT_ATTRIBUTES, keyValue])],
  [tags.SPAN_LINKS, message([tags.LINK_ATTRIBUTES, keyValue])],
  [tags.SPAN_STATUS, flat],
);

export const LOG_RECORD: Shape = message([tags.LOG_BODY, anyValue], [tags.LOG_ATTRIBUTES, keyValue]);

const exemplar = message([tags.EXEMPLAR_FILTERED_ATTRIBUTES, keyValue]);
const buckets = message([tags.BUCKETS_BUCKET_COUNTS, new MutableShape('packedVarints')]);
const numberPoint = message([tags.NUMBER_ATTRIBUTES, keyValue], [tags.NUMBER_EXEMPLARS, exemplar]);
const histogramPoint = message(
  [tags.HISTOGRAM_ATTRIBUTES, keyValue],
  [tags.HISTOGRAM_BUCKET_COUNTS, packedFixed64],
  [tags.HISTOGRAM_EXPLICIT_BOUNDS, packedFixed64],
  [tags.HISTOGRAM_EXEMPLARS, exemplar],
);
const exponentialPoint = message(
  [tags.EXPONENTIAL_ATTRIBUTES, keyValue],
  [tags.EXPONENTIAL_POSITIVE, buckets],
  [tags.EXPONENTIAL_NEGATIVE, buckets],
  [tags.EXPONENTIAL_EXEMPLARS, exemplar],
);
const summaryPoint = message([tags.SUMMARY_ATTRIBUTES, keyValue], [tags.SUMMARY_QUANTILE_VALUES, flat]);

/** By the field of a metric that holds its data: the shape of the points in it. */
export const DATA_POINT_SHAPES: readonly (Shape | undefined)[] = message(
  [tags.METRIC_GAUGE, numberPoint],
  [tags.METRIC_SUM, numberPoint],
  [tags.METRIC_HISTOGRAM, histogramPoint],
  [tags.METRIC_EXPONENTIAL_HISTOGRAM, exponentialPoint],
  [tags.METRIC_SUMMARY, summaryPoint],
).fields;

/** The rest of a metric. */
export const METRIC: Shape = message([tags.METRIC_METADATA, keyValue]);
