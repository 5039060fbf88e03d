// Spans → counts and durations by service, operation (or remote) and minute, before anything samples them.
import type { ResourceView } from '../../telemetry/resource-view.ts';
import { SPAN_KINDS, type SpanView } from '../../telemetry/span-view.ts';
import { type SpanRejection, spanRejection } from '../../telemetry/validity.ts';
import type { SpanVisitor } from '../../telemetry/walk.ts';
import { isZero64, unixMillis } from '../../wire/fixed64.ts';
import { MAX_DIMENSION_VALUE_CHARS } from '../cloudwatch-metrics/limits.ts';
import { asciiText, UNKNOWN_SERVICE } from '../cloudwatch-metrics/names.ts';
import { OTHER, operationOf } from './operation.ts';
import type { NameKind } from './ports.ts';
import { remoteOf } from './remote.ts';
import { addDuration, MAX_NAMES_PER_REQUEST, type NameBudget, ServiceCounts } from './service-counts.ts';
import { SpanAttributes } from './span-attributes.ts';
import { spanOutcome } from './span-outcome.ts';

const MINUTE_MS = 60_000;

/**
 * Services that one request may bring; the spans of further ones are counted together, as service and name `_other`.
 * Each service costs two reads of the state table when an instance meets it first, and its metrics money.
 */
export const MAX_SERVICES = 200;

export type SpanDrop = SpanRejection | 'noTime';

type Counts = Readonly<Record<NameKind, ServiceCounts>>;

export class SpanMetricsEncoder implements SpanVisitor {
  /** In the order in which the request brings them. */
  counts: ServiceCounts[] = [];
  /** Spans that were counted. */
  counted = 0;
  /** Spans of services above the cap. */
  serviceless = 0;
  readonly drops = new Map<SpanDrop, number>();
  private readonly attributes = new SpanAttributes();
  private readonly byService = new Map<string, Counts>();
  private budget: NameBudget = { left: MAX_NAMES_PER_REQUEST };
  private current: Counts | undefined;
  private isOther = false;

  /** Begins a request. */
  start(): void {
    this.counts = [];
    this.counted = 0;
    this.serviceless = 0;
    this.drops.clear();
    this.byService.clear();
    this.budget = { left: MAX_NAMES_PER_REQUEST };
    this.current = undefined;
    this.attributes.startRequest();
  }

  resource(view: ResourceView): void {
    const service = asciiText(view.text('service.name') ?? '', MAX_DIMENSION_VALUE_CHARS) || UNKNOWN_SERVICE;
    this.isOther = !this.byService.has(service) && this.byService.size >= MAX_SERVICES;
    this.current = this.countsOf(this.isOther ? OTHER : service);
  }

  scope(): void {
    // Scopes do not matter to a service's operations.
  }

  span(span: SpanView): void {
    const { kind, cursor } = span;
    const isServed = kind === SPAN_KINDS.server || kind === SPAN_KINDS.consumer;
    if (!isServed && kind !== SPAN_KINDS.client && kind !== SPAN_KINDS.producer) return;
    const rejection = spanRejection(span);
    const endMs = unixMillis(cursor.data, span.endTimeAt);
    if (rejection !== undefined || endMs === 0) {
      this.drop(rejection ?? 'noTime');
      return;
    }
    this.counted++;
    const { attributes } = this;
    attributes.enter(span);
    const counts = this.current![isServed ? 'operations' : 'remotes'];
    const group = counts.group(this.nameOf(isServed, kind), endMs - (endMs % MINUTE_MS));
    group.count++;
    const outcome = spanOutcome(attributes, span.statusCode);
    if (outcome === 'error') group.errors++;
    else if (outcome === 'fault') group.faults++;
    if (isServed && !isZero64(cursor.data, span.startTimeAt))
      addDuration(group, cursor.data, span.startTimeAt, span.endTimeAt);
  }

  private nameOf(isServed: boolean, kind: number): string {
    if (!this.isOther) return isServed ? operationOf(this.attributes, kind) : remoteOf(this.attributes);
    this.serviceless++;
    return OTHER;
  }

  private countsOf(service: string): Counts {
    let counts = this.byService.get(service);
    if (counts === undefined) {
      counts = {
        operations: new ServiceCounts(service, 'operations', this.budget),
        remotes: new ServiceCounts(service, 'remotes', this.budget),
      };
      this.byService.set(service, counts);
      this.counts.push(counts.operations, counts.remotes);
    }
    return counts;
  }

  private drop(reason: SpanDrop): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
  }
}
