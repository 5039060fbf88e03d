// Who a cumulative series is: resource, scope, metric, attributes and start time, whatever order attributes come in.
import { createHash } from 'node:crypto';
import type { AttributeList } from '../../telemetry/attribute-list.ts';
import { KeySideTable } from '../../telemetry/key-table.ts';
import type { MetricView } from '../../telemetry/metric-view.ts';
import type { ResourceView } from '../../telemetry/resource-view.ts';
import type { ScopeView } from '../../telemetry/scope-view.ts';
import type { WireCursor } from '../../wire/cursor.ts';
import { SeriesHash } from './series-hash.ts';

/** Of the name of a resource; the others tell it apart among its tenant's. */
const TENANT_DIGITS = 16;

interface Lanes {
  readonly lo: number;
  readonly hi: number;
}

const NO_LANES: Lanes = { lo: 0, hi: 0 };

export class SeriesIdentity {
  private readonly hash = new SeriesHash();
  private readonly member = new SeriesHash();
  private readonly keys = new KeySideTable<Lanes>((key) => {
    const bytes = Uint8Array.from(Buffer.from(key.text));
    const hash = new SeriesHash();
    hash.start();
    hash.bytes(new DataView(bytes.buffer), 0, bytes.length);
    return { lo: hash.lo, hi: hash.hi };
  });
  private tenant: string | undefined;
  private tenantName = '';
  private resourceView: ResourceView | undefined;
  private resourceName: string | undefined;
  private scope: Lanes = NO_LANES;
  private metric: Lanes = NO_LANES;
  /** Low and high half of the last series; its resource is `resource`. */
  lo = 0;
  hi = 0;

  startRequest(tenant: string): void {
    if (tenant === this.tenant) return;
    this.tenant = tenant;
    // A digest, so that no tenant can make a resource that has the name of another one's.
    this.tenantName = createHash('sha256').update(tenant).digest('hex').slice(0, TENANT_DIGITS);
  }

  enterResource(view: ResourceView): void {
    this.resourceView = view;
    this.resourceName = undefined;
  }

  enterScope(view: ScopeView): void {
    const { hash } = this;
    hash.start();
    hash.bytes(view.cursor.data, view.nameStart, view.nameEnd);
    hash.bytes(view.cursor.data, view.versionStart, view.versionEnd);
    this.addAttributes(view.attributes, view.cursor);
    this.scope = this.finished();
  }

  enterMetric(view: MetricView): void {
    const { hash } = this;
    hash.start();
    hash.number(this.scope.lo);
    hash.number(this.scope.hi);
    hash.bytes(view.cursor.data, view.nameStart, view.nameEnd);
    hash.bytes(view.cursor.data, view.unitStart, view.unitEnd);
    hash.number(view.kind);
    this.metric = this.finished();
  }

  /** Hashes a point of the current metric into `lo` and `hi`. @param startTimeAt 0 when the point has no start time */
  point(attributes: AttributeList, startTimeAt: number, cursor: WireCursor): void {
    const { hash } = this;
    hash.start();
    hash.number(this.metric.lo);
    hash.number(this.metric.hi);
    if (startTimeAt > 0) {
      hash.number(cursor.data.getInt32(startTimeAt, true));
      hash.number(cursor.data.getInt32(startTimeAt + 4, true));
    }
    this.addAttributes(attributes, cursor);
    hash.finish();
    this.lo = hash.lo;
    this.hi = hash.hi;
  }

  /** Name of the current resource and its tenant: 32 hex digits. */
  get resource(): string {
    this.resourceName ??= this.nameResource();
    return this.resourceName;
  }

  private nameResource(): string {
    const { hash, resourceView } = this;
    hash.start();
    if (resourceView !== undefined) this.addAttributes(resourceView.attributes, resourceView.cursor);
    const { lo, hi } = this.finished();
    return `${this.tenantName}${hex(lo)}${hex(hi)}`;
  }

  private addAttributes(attributes: AttributeList, cursor: WireCursor): void {
    const { member } = this;
    const { keys, starts, ends, count } = attributes;
    for (let i = 0; i < count; i++) {
      const key = this.keys.of(keys[i] as AttributeList['keys'][number]);
      member.lo = key.lo;
      member.hi = key.hi;
      member.bytes(cursor.data, starts[i] as number, ends[i] as number);
      member.finish();
      this.hash.addUnordered(member.lo, member.hi);
    }
  }

  private finished(): Lanes {
    this.hash.finish();
    return { lo: this.hash.lo, hi: this.hash.hi };
  }
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}
