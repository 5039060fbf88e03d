// One metric, read in place: its name, unit and kind, and where its data points lie.
import type { WireCursor } from '../wire/cursor.ts';
import {
  AGGREGATION_TEMPORALITY,
  DATA_POINTS,
  METRIC_EXPONENTIAL_HISTOGRAM,
  METRIC_GAUGE,
  METRIC_HISTOGRAM,
  METRIC_NAME,
  METRIC_SUM,
  METRIC_SUMMARY,
  METRIC_UNIT,
  SUM_IS_MONOTONIC,
} from '../wire/otlp-fields.ts';
import { RangeList } from './range-list.ts';

/** Which of OTLP's five kinds a metric is; `none` when it names no data. */
export const METRIC_KINDS = {
  none: 0,
  gauge: 1,
  sum: 2,
  histogram: 3,
  exponentialHistogram: 4,
  summary: 5,
} as const;

export type MetricKind = (typeof METRIC_KINDS)[keyof typeof METRIC_KINDS];

/** OTLP's AggregationTemporality. */
export const TEMPORALITY = { unspecified: 0, delta: 1, cumulative: 2 } as const;

export class MetricView {
  readonly cursor: WireCursor;
  /** Data point messages. */
  readonly points = new RangeList();
  nameStart = 0;
  nameEnd = 0;
  unitStart = 0;
  unitEnd = 0;
  kind: MetricKind = METRIC_KINDS.none;
  temporality = 0;
  isMonotonic = false;

  constructor(cursor: WireCursor) {
    this.cursor = cursor;
  }

  /** Reads the Metric message at the cursor. Where it names two kinds of data the last one counts. @throws MalformedError */
  parse(end: number): void {
    const cursor = this.cursor;
    this.nameStart = this.nameEnd = this.unitStart = this.unitEnd = 0;
    this.startData(METRIC_KINDS.none);
    while (cursor.pos < end) {
      const tag = cursor.tag();
      switch (tag) {
        case METRIC_NAME:
          this.nameEnd = cursor.endOfField(end);
          this.nameStart = cursor.pos;
          cursor.pos = this.nameEnd;
          break;
        case METRIC_UNIT:
          this.unitEnd = cursor.endOfField(end);
          this.unitStart = cursor.pos;
          cursor.pos = this.unitEnd;
          break;
        case METRIC_GAUGE:
          this.readData(METRIC_KINDS.gauge, cursor.endOfField(end));
          break;
        case METRIC_SUM:
          this.readData(METRIC_KINDS.sum, cursor.endOfField(end));
          break;
        case METRIC_HISTOGRAM:
          this.readData(METRIC_KINDS.histogram, cursor.endOfField(end));
          break;
        case METRIC_EXPONENTIAL_HISTOGRAM:
          this.readData(METRIC_KINDS.exponentialHistogram, cursor.endOfField(end));
          break;
        case METRIC_SUMMARY:
          this.readData(METRIC_KINDS.summary, cursor.endOfField(end));
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    cursor.endOf(end);
  }

  get name(): string {
    return this.cursor.text(this.nameStart, this.nameEnd);
  }

  get unit(): string {
    return this.cursor.text(this.unitStart, this.unitEnd);
  }

  private startData(kind: MetricKind): void {
    this.kind = kind;
    this.points.clear();
    this.temporality = 0;
    this.isMonotonic = false;
  }

  private readData(kind: MetricKind, end: number): void {
    if (kind !== this.kind) this.startData(kind);
    const cursor = this.cursor;
    while (cursor.pos < end) {
      const tag = cursor.tag();
      if (tag === DATA_POINTS) {
        const pointEnd = cursor.endOfField(end);
        this.points.add(cursor.pos, pointEnd);
        cursor.pos = pointEnd;
      } else if (tag === AGGREGATION_TEMPORALITY && hasTemporality(kind)) this.temporality = cursor.varint();
      else if (tag === SUM_IS_MONOTONIC && kind === METRIC_KINDS.sum)
        this.isMonotonic = cursor.varint() !== 0;
      else cursor.skip(tag, end);
    }
    cursor.endOf(end);
  }
}

function hasTemporality(kind: MetricKind): boolean {
  return (
    kind === METRIC_KINDS.sum || kind === METRIC_KINDS.histogram || kind === METRIC_KINDS.exponentialHistogram
  );
}
