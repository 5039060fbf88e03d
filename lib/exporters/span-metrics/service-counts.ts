// What one service did, or whom it called, in one request: counts by name and minute, with a bound on the names.
import { elapsedNanos } from '../../wire/fixed64.ts';
import { FINEST_SCALE } from '../cloudwatch-metrics/exponential-layout.ts';
import { MAX_NAME_CHARS } from '../cloudwatch-metrics/limits.ts';
import { asciiText } from '../cloudwatch-metrics/names.ts';
import { OTHER } from './operation.ts';
import type { NameKind } from './ports.ts';

const NANOS_PER_MILLI = 1e6;

/** Distinct names of a service that one request may bring; the rest of it is counted under `_other`. */
export const MAX_NAMES_PER_SERVICE = 1000;

/** Distinct names of all services of one request together: as many as its progress text has bits for. */
export const MAX_NAMES_PER_REQUEST = 5000;

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

/** Where the spans of a name go, as the spans have it; the minute of the last one first. */
interface Place {
  readonly minutes: NamedGroups;
  group: SpanGroup;
}

/** Names that a request may still bring. */
export interface NameBudget {
  left: number;
}

export class ServiceCounts {
  readonly service: string;
  readonly kind: NameKind;
  readonly names = new Map<string, NamedGroups>();
  /** Spans under `_other` because the request brings too many names. */
  folded = 0;
  private readonly budget: NameBudget;
  /** By the name as it came: most spans find their group without another look at the name. */
  private readonly places = new Map<string, Place>();

  constructor(service: string, kind: NameKind, budget: NameBudget) {
    this.service = service;
    this.kind = kind;
    this.budget = budget;
  }

  /** The group of a span. @param name as the span has it, any text */
  group(name: string, minuteMs: number): SpanGroup {
    const place = this.places.get(name);
    if (place === undefined) return this.newcomer(name, minuteMs);
    if (place.group.minuteMs !== minuteMs) place.group = groupOf(place.minutes, minuteMs);
    return place.group;
  }

  private newcomer(name: string, minuteMs: number): SpanGroup {
    const clean = asciiText(name, MAX_NAME_CHARS) || OTHER;
    let minutes = this.names.get(clean);
    if (minutes === undefined && clean !== OTHER && !this.hasRoom()) {
      this.folded++;
      return groupOf(this.minutesOf(OTHER), minuteMs);
    }
    minutes ??= this.minutesOf(clean);
    const group = groupOf(minutes, minuteMs);
    if (this.places.size < MAX_NAMES_PER_SERVICE) this.places.set(name, { minutes, group });
    return group;
  }

  private hasRoom(): boolean {
    return this.names.size < MAX_NAMES_PER_SERVICE && this.budget.left > 0;
  }

  private minutesOf(name: string): NamedGroups {
    let minutes = this.names.get(name);
    if (minutes === undefined) {
      minutes = new Map();
      this.names.set(name, minutes);
      this.budget.left--;
    }
    return minutes;
  }
}

function groupOf(minutes: NamedGroups, minuteMs: number): SpanGroup {
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

/**
 * Adds how long a span took; one that ends before it starts (two clocks) took no time.
 * @param data where both `fixed64` times lie
 */
export function addDuration(group: SpanGroup, data: DataView, startTimeAt: number, endTimeAt: number): void {
  const millis = Math.max(0, elapsedNanos(data, startTimeAt, endTimeAt) / NANOS_PER_MILLI);
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
