// Who a cumulative series is: resource, scope, metric, attributes and start time, whatever order attributes come in.
import { createHash } from 'node:crypto';
import type { AttributeList } from '../../telemetry/attribute-list.ts';
import { KeySideTable } from '../../telemetry/key-table.ts';
import type { MetricView } from '../../telemetry/metric-view.ts';
import type { ResourceView } from '../../telemetry/resource-view.ts';
import type { ScopeView } from '../../telemetry/scope-view.ts';
import type { WireCursor } from '../../wire/cursor.ts';
import { SeriesHash } from './series-hash.ts';

/** Bytes of a resource's name among the shards. */
const RESOURCE_BYTES = 16;

interface Lanes {
  readonly lo: number;
  readonly hi: number;
}

const NO_LANES: Lanes = { lo: 0, hi: 0 };

export class SeriesIdentity {
  private readonly hash = new SeriesHash();
  private readonly member = new SeriesHash();
  private readonly keys = new KeySideTable<Lanes>((key) => {
    const bytes = Buffer.from(key.text);
    const hash = new SeriesHash();
    hash.start();
    hash.bytes(bytes, 0, bytes.length);
    return { lo: hash.lo, hi: hash.hi };
  });
  private tenant = '';
  private resourceView: ResourceView | undefined;
  private resourceName: string | undefined;
  private scope: Lanes = NO_LANES;
  private metric: Lanes = NO_LANES;
  /** Low and high half of the last series; its resource is `resource`. */
  lo = 0;
  hi = 0;

  startRequest(tenant: string): void {
    this.tenant = tenant;
  }

  enterResource(view: ResourceView): void {
    this.resourceView = view;
    this.resourceName = undefined;
  }

  enterScope(view: ScopeView): void {
    const { hash } = this;
    hash.start();
    hash.bytes(view.cursor.bytes, view.nameStart, view.nameEnd);
    hash.bytes(view.cursor.bytes, view.versionStart, view.versionEnd);
    this.addAttributes(view.attributes, view.cursor);
    this.scope = this.finished();
  }

  enterMetric(view: MetricView): void {
    const { hash } = this;
    hash.start();
    hash.number(this.scope.lo);
    hash.number(this.scope.hi);
    hash.bytes(view.cursor.bytes, view.nameStart, view.nameEnd);
    hash.bytes(view.cursor.bytes, view.unitStart, view.unitEnd);
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

  /** Name of the current resource and tenant: 32 hex digits. */
  get resource(): string {
    this.resourceName ??= this.nameResource();
    return this.resourceName;
  }

  private nameResource(): string {
    const digest = createHash('sha256').update(this.tenant).update('\n');
    const view = this.resourceView;
    if (view !== undefined) {
      const { keys, starts, ends, count } = view.attributes;
      const order = Array.from({ length: count }, (_, i) => i);
      order.sort((a, b) => (keys[a]!.text < keys[b]!.text ? -1 : 1));
      for (const i of order) {
        const value = view.cursor.bytes.subarray(starts[i], ends[i]);
        digest.update(`${keys[i]!.text}\n${value.length}\n`).update(value);
      }
    }
    return digest.digest('hex').slice(0, RESOURCE_BYTES * 2);
  }

  private addAttributes(attributes: AttributeList, cursor: WireCursor): void {
    const { member } = this;
    const { keys, starts, ends, count } = attributes;
    for (let i = 0; i < count; i++) {
      const key = this.keys.of(keys[i] as AttributeList['keys'][number]);
      member.lo = key.lo;
      member.hi = key.hi;
      member.bytes(cursor.bytes, starts[i] as number, ends[i] as number);
      member.finish();
      this.hash.addUnordered(member.lo, member.hi);
    }
  }

  private finished(): Lanes {
    this.hash.finish();
    return { lo: this.hash.lo, hi: this.hash.hi };
  }
}
