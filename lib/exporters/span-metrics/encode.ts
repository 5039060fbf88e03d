// Spans → counts and durations by service, operation (or remote) and minute, before anything samples them.
import type { ResourceView } from '../../telemetry/resource-view.ts';
import { SPAN_KINDS, type SpanView } from '../../telemetry/span-view.ts';
import { type SpanRejection, spanRejection } from '../../telemetry/validity.ts';
import type { SpanVisitor } from '../../telemetry/walk.ts';
import { elapsedNanos, isZero64, unixMillis } from '../../wire/fixed64.ts';
import { FINEST_SCALE } from '../cloudwatch-metrics/exponential-layout.ts';
import { MAX_DIMENSION_VALUE_CHARS, MAX_NAME_CHARS } from '../cloudwatch-metrics/limits.ts';
import { asciiText, UNKNOWN_SERVICE } from '../cloudwatch-metrics/names.ts';
import { OTHER, operationOf } from './operation.ts';
import type { NameKind } from './ports.ts';
import { remoteOf } from './remote.ts';
import { SpanAttributes } from './span-attributes.ts';
import { spanOutcome } from './span-outcome.ts';

const MINUTE_MS = 60_000;
const NANOS_PER_MILLI = 1e6;

/** Distinct names of a service that one request may bring; the rest of it is counted under `_other`. */
const MAX_NAMES = 1000;

/** Counts of one name in one minute. */
export interface SpanGroup {
  readonly minuteMs: number;
  count: number;
  errors: number;
  faults: number;
  /** Milliseconds; NaN while no span had a start. */
  sum: number;
  min: number;
  max: number;
  /** Durations by bucket index at FINEST_SCALE. */
  readonly durations: Map<number, number>;
  zeros: number;
}

/** Counts of one operation or remote, by minute. */
export type NamedGroups = Map<number, SpanGroup>;

/** What one service did, or called, by name. */
export interface ServiceCounts {
  readonly service: string;
  readonly kind: NameKind;
  readonly names: Map<string, NamedGroups>;
}

export type SpanDrop = SpanRejection | 'noTime';

export class SpanMetricsEncoder implements SpanVisitor {
  /** In the order in which the request brings them. */
  counts: ServiceCounts[] = [];
  /** Spans that were counted. */
  counted = 0;
  readonly drops = new Map<SpanDrop, number>();
  private readonly attributes = new SpanAttributes();
  private readonly byService = new Map<string, Record<NameKind, ServiceCounts>>();
  private current: Record<NameKind, ServiceCounts> | undefined;

  /** Begins a request. */
  start(): void {
    this.counts = [];
    this.counted = 0;
    this.drops.clear();
    this.byService.clear();
    this.current = undefined;
  }

  resource(view: ResourceView): void {
    const service = asciiText(view.text('service.name') ?? '', MAX_DIMENSION_VALUE_CHARS) || UNKNOWN_SERVICE;
    let pair = this.byService.get(service);
    if (pair === undefined) {
      pair = {
        operations: { service, kind: 'operations', names: new Map() },
        remotes: { service, kind: 'remotes', names: new Map() },
      };
      this.byService.set(service, pair);
      this.counts.push(pair.operations, pair.remotes);
    }
    this.current = pair;
  }

  scope(): void {
    // Scopes do not matter to a service's operations.
  }

  span(span: SpanView): void {
    const { kind } = span;
    const isServed = kind === SPAN_KINDS.server || kind === SPAN_KINDS.consumer;
    if (!isServed && kind !== SPAN_KINDS.client && kind !== SPAN_KINDS.producer) return;
    const rejection = spanRejection(span);
    const endMs = unixMillis(span.cursor.data, span.endTimeAt);
    if (rejection !== undefined || endMs === 0) {
      this.drop(rejection ?? 'noTime');
      return;
    }
    this.counted++;
    const { attributes } = this;
    attributes.enter(span);
    const name = isServed ? operationOf(attributes, kind) : remoteOf(attributes);
    const { names } = this.current![isServed ? 'operations' : 'remotes'];
    const group = groupOf(names, asciiText(name, MAX_NAME_CHARS) || OTHER, endMs - (endMs % MINUTE_MS));
    group.count++;
    const outcome = spanOutcome(attributes, span.statusCode);
    if (outcome === 'error') group.errors++;
    else if (outcome === 'fault') group.faults++;
    if (isServed && !isZero64(span.cursor.data, span.startTimeAt)) addDuration(group, span);
  }

  private drop(reason: SpanDrop): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
  }
}

function groupOf(names: Map<string, NamedGroups>, name: string, minuteMs: number): SpanGroup {
  let minutes = names.get(name);
  if (minutes === undefined && names.size >= MAX_NAMES) minutes = names.get(OTHER);
  if (minutes === undefined) {
    minutes = new Map();
    names.set(names.size >= MAX_NAMES ? OTHER : name, minutes);
  }
  let group = minutes.get(minuteMs);
  if (group === undefined) {
    group = {
      minuteMs,
      count: 0,
      errors: 0,
      faults: 0,
      sum: Number.NaN,
      min: Number.NaN,
      max: Number.NaN,
      durations: new Map(),
      zeros: 0,
    };
    minutes.set(minuteMs, group);
  }
  return group;
}

/** A span that ends before it starts (two clocks) took no time. */
function addDuration(group: SpanGroup, { cursor, startTimeAt, endTimeAt }: SpanView): void {
  const millis = Math.max(0, elapsedNanos(cursor.data, startTimeAt, endTimeAt) / NANOS_PER_MILLI);
  if (Number.isNaN(group.sum)) {
    group.sum = group.min = group.max = millis;
  } else {
    group.sum += millis;
    group.min = Math.min(group.min, millis);
    group.max = Math.max(group.max, millis);
  }
  if (millis === 0) {
    group.zeros++;
    return;
  }
  // Bucket i holds (2^(i/64), 2^((i+1)/64)].
  const index = Math.ceil(Math.log2(millis) * 2 ** FINEST_SCALE) - 1;
  group.durations.set(index, (group.durations.get(index) ?? 0) + 1);
}
